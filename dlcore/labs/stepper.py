"""Follow one sample forward through a small network, and its gradient back, one operation at a time."""

from __future__ import annotations

from ipywidgets import HTML, Button

from dlcore.figures.stepper import StepperDrawing
from dlcore.labs.lab import Lab, column, row
from dlcore.labs.stepper_state import StepperState
from dlcore.labs.surface import Surface
from dlcore.labs.transport import Transport
from dlcore.tracing.step import styled

OPERATIONS_PER_SECOND = 0.8  # slow enough to read the formula


class Stepper(Lab):
    """The lab of forward and backward: a drawing of the network, and the present operation with its numbers.

    Show it with ``Stepper()`` as the last line of a cell, or with settings: ``Stepper(position=0)``.
    In a cell of code, ``lab.state`` is a `StepperState`: ``lab.transport.step()``, then ``print(lab.state)``.

    Examples
    --------
    >>> lab = Stepper(position=0)
    >>> lab.transport.step()
    >>> lab.state.step
    TraceStep('dense', 'z')
    >>> lab.transport.count
    'Operation 1 of 14'
    """

    state_class = StepperState

    def arrange(self):
        self.transport = Transport(
            step=self.forwards,
            reset=lambda: self.change(position=0),
            back=self.backwards,
            granularities=("operation", "layer"),
            frames_per_second=OPERATIONS_PER_SECOND,
        )
        self.transport.granularity_control.value = "operation"
        self.new_weights = Button(description="New weights", icon="random")
        self.new_weights.on_click(lambda _: self.change(seed=(self.state.seed + 1) % 100, weights=""))
        self.formula = HTML()
        self.formula.layout.min_height = "12rem"  # most operations need no more: what is below stays in place
        self.draw_anew()
        self.surface = Surface(self.drawing.figure, "")
        controls = self.controls
        return [
            self.transport,
            controls["position"],
            row(self.surface, column(controls["neuron"], self.formula)),
            row(
                column(*(controls[name] for name in ("inputs", "x0", "x1", "x2", "x3"))),
                column(*(controls[name] for name in ("task", "outputs", "label", "target"))),
            ),
            row(
                column(controls["hidden"], controls["activation"]),
                column(controls["seed"], self.new_weights, controls["weights"]),
            ),
        ]

    def forwards(self) -> bool:
        """Do the next operation, or layer; False when there is none left."""
        return self.follow(
            self.state.forwards(by_part=self.transport.granularity == "layer"),
            "That was the last operation. Reset goes back to the start.",
        )

    def backwards(self) -> bool:
        """Undo the last operation, or layer; False at the start."""
        return self.follow(
            self.state.backwards(by_part=self.transport.granularity == "layer"), "This is the start."
        )

    def draw_anew(self) -> None:
        """Make the drawing for networks of the present size."""
        layers = self.state.model.layers
        self.sizes = [self.state.inputs, *(layer.units for layer in layers)]
        self.drawing = StepperDrawing(self.sizes, ["input", *(layer.name for layer in layers)])
        self.drawing.update(self.state.scene())

    def refresh(self) -> None:
        slider, last = self.controls["position"], len(self.state.trace)
        self._following = True
        slider.max, slider.description = last, f"Operation (0 to {last})"
        super().refresh()

    def show(self) -> None:
        state = self.state
        self.transport.count = f"Operation {state.position} of {len(state.trace)}"
        for name, needed in {
            **{f"x{j}": j < state.inputs for j in range(4)},
            "outputs": state.task == "class",
            "label": state.task != "number",
            "target": state.task == "number",
        }.items():
            self.controls[name].layout.display = "flex" if needed else "none"
        if self.sizes == [state.inputs, *(layer.units for layer in state.model.layers)]:
            self.drawing.update(state.scene())
            self.surface.redraw()
        else:
            self.draw_anew()
            self.surface.show(self.drawing.figure)
        steps = [step for step in (state.step, *state.details()) if step is not None]
        start = "<p>The input is known, nothing is computed yet. Press <strong>Step</strong>.</p>"
        self.formula.value = styled("<hr>".join(step.to_html() for step in steps) or start)
        sizes = "-".join(map(str, self.sizes))
        doing = f"{state.step.layer}, {state.step.title}" if state.step else "nothing is computed yet"
        self.surface.tooltip = (
            f"Network with {sizes} neurons. Operation {state.position} of {len(state.trace)}: {doing}. "
            "The numbers stand in the formula."
        )
