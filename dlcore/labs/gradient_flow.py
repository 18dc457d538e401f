"""How a gradient fares on its way through many layers: it vanishes, explodes, or arrives."""

from __future__ import annotations

from html import escape

from ipywidgets import HTML, Button

from dlcore.figures import style
from dlcore.figures.layer_curve import LayerCurve
from dlcore.labs.gradient_flow_state import GradientFlowState
from dlcore.labs.lab import Lab, column, row
from dlcore.labs.surface import Surface


class GradientFlow(Lab):
    """The lab of depth: activation, initial weights, number of layers, and a way around them.

    Show it with ``GradientFlow()`` as the last line of a cell, or with settings:
    ``GradientFlow(activation="relu", initializer="he_normal")``. In a cell of code ``lab.state`` is a
    `GradientFlowState`: ``lab.change(depth=30)``, then ``print(lab.state)``.

    Examples
    --------
    >>> lab = GradientFlow(depth=10)
    >>> lab.controls["activation"].value = "linear"
    >>> "Layer 1 receives" in lab.verdict.value
    True
    """

    state_class = GradientFlowState

    def arrange(self):
        controls = self.controls
        self.verdict, self.table = HTML(), HTML()
        most = self.state.settings["depth"].highest
        self.gradients = LayerCurve("length of ∂L/∂z", style.VALIDATION, "o", most)
        self.outputs = LayerCurve("standard deviation of outputs", style.TRAINING, "s", most)
        self.show_figures()
        self.gradients_surface = Surface(self.gradients.figure, "")
        self.outputs_surface = Surface(self.outputs.figure, "")
        self.new_weights = Button(description="New weights", icon="random")
        self.new_weights.on_click(lambda _: self.change(seed=(self.state.seed + 1) % 100))
        what = HTML(
            "<p>A gradient of length 1 comes in at the output and goes back through all layers. "
            "Nothing is trained: what you see is what fresh weights do to it.</p>"
        )
        return [
            what,
            self.verdict,
            row(self.gradients_surface, self.outputs_surface),
            row(
                column(*(controls[name] for name in ("activation", "initializer", "residual"))),
                column(*(controls[name] for name in ("depth", "width", "inputs"))),
            ),
            row(column(controls["seed"]), column(self.new_weights)),
            self.table,
        ]

    def show(self) -> None:
        state = self.state
        self.verdict.value = (
            f'<p role="status" class="dlcore-status">{escape(state.verdict())} '
            f"{escape(state.verdict_of_spreads())}</p>"
        )
        self.show_figures()
        self.gradients_surface.redraw()
        self.outputs_surface.redraw()
        self.gradients_surface.tooltip = (
            f"Length of the gradient in {state.depth} layers on a log axis: "
            f"{state.gradient_norms[0]:.1e} in layer 1, {state.gradient_norms[-1]:.1e} in the last."
        )
        self.outputs_surface.tooltip = (
            f"Standard deviation of the outputs of {state.depth} layers on a log axis: "
            f"{state.spreads[0]:.1e} in layer 1, {state.spreads[-1]:.1e} in the last."
        )
        self.table.value = table(state)

    def show_figures(self) -> None:
        """Bring both charts to the present state."""
        norms_before, spreads_before = self.state.before
        self.gradients.update(self.state.gradient_norms, norms_before)
        self.outputs.update(self.state.spreads, spreads_before)


def table(state: GradientFlowState) -> str:
    """One row for each layer, as HTML, the last layer first: the gradient comes from there."""
    rows = [
        f'<tr><th scope="row">{layer}</th><td>{state.gradient_norms[layer - 1]:.2e}</td>'
        f"<td>{state.spreads[layer - 1]:.2e}</td></tr>"
        for layer in range(state.depth, 0, -1)
    ]
    head = "".join(f'<th scope="col">{name}</th>' for name in ("layer", "‖∂L/∂z‖", "std of outputs"))
    return (
        '<details class="dlcore-more"><summary>All layers as a table</summary>'
        '<div class="dlcore-nodes" tabindex="0" role="group" aria-label="all layers">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></details>"
    )
