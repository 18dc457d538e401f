"""Optimizers race from one start over one loss surface."""

from __future__ import annotations

from html import escape

import numpy as np
from ipywidgets import HTML

from dlcore.figures.race import TICKS, RaceLosses, RacePaths
from dlcore.labs.lab import Lab, column, row
from dlcore.labs.optimizer_race_state import RACERS, OptimizerRaceState
from dlcore.labs.surface import Surface
from dlcore.labs.transport import Transport

STRIDES = {"1 step": 1, "10 steps": 10}


class OptimizerRace(Lab):
    """The lab of optimizers: SGD, momentum, Nesterov, RMSprop and Adam on the same loss.

    Show it with ``OptimizerRace()`` as the last line of a cell, or with settings:
    ``OptimizerRace(surface="saddle", steps=0)``. In a cell of code ``lab.state`` is an
    `OptimizerRaceState`: ``lab.change(learning_rate=0.05)``, then ``print(lab.state)``.

    Examples
    --------
    >>> lab = OptimizerRace(steps=0)
    >>> lab.transport.step()
    >>> lab.state.steps, lab.transport.count
    (1, 'Step 1 of 300')
    """

    state_class = OptimizerRaceState

    def arrange(self):
        controls = self.controls
        self.transport = Transport(
            step=self.forwards,
            reset=lambda: self.change(steps=0),
            back=self.backwards,
            granularities=tuple(STRIDES),
            frames_per_second=15,
        )
        self.transport.granularity_control.value = "1 step"
        self.verdict, self.table = HTML(), HTML()
        self.verdict.layout.min_height = "4rem"
        self.paths, self.curves = RacePaths(list(RACERS)), RaceLosses(list(RACERS))
        self.shown = None  # the surface that the contour lines are of
        self.show_figures()
        self.paths_surface = Surface(self.paths.figure, "")
        self.curves_surface = Surface(self.curves.figure, "")
        return [
            self.transport,
            controls["steps"],
            row(self.paths_surface, self.curves_surface),
            self.verdict,
            self.table,
            row(
                column(*(controls[name] for name in ("surface", "condition", "rates", "learning_rate"))),
                column(controls["start_x"], controls["start_y"]),
            ),
        ]

    def forwards(self) -> bool:
        """Let all take the next step, or ten; False when there is none left."""
        return self.follow(
            self.state.forwards(STRIDES[self.transport.granularity]),
            "That was the last step. Reset goes back to the start.",
        )

    def backwards(self) -> bool:
        """Take back a step, or ten; False at the start."""
        return self.follow(self.state.backwards(STRIDES[self.transport.granularity]), "This is the start.")

    def show(self) -> None:
        state = self.state
        self.transport.count = f"Step {state.steps} of {state.settings['steps'].highest}"
        self.controls["condition"].layout.display = "flex" if state.surface == "bowl" else "none"
        same = state.rates == "same-for-all"
        self.controls["learning_rate"].layout.display = "flex" if same else "none"
        self.show_figures()
        self.paths_surface.redraw()
        self.curves_surface.redraw()
        first = state.ranking()[0]
        self.paths_surface.tooltip = (
            f"Paths of five optimizers over contour lines of {state.landscape.formula}, after "
            f"{state.steps} steps. Their places stand in the table."
        )
        self.curves_surface.tooltip = (
            f"Loss against steps on a log axis; lowest is {first} with {state.losses[first][-1]:.1e}."
        )
        trouble = any(step is not None for step in state.diverged.values())
        kind = "alert" if trouble else "status"
        formula = escape(state.landscape.formula)
        self.verdict.value = f'<p class="dlcore-{kind}">{formula}. {escape(state.verdict())}</p>'
        self.table.value = table(state)

    def show_figures(self) -> None:
        """Bring both charts to the present state."""
        state = self.state
        surface = (state.surface, state.condition if state.surface == "bowl" else None)
        if self.shown != surface:
            x, y = np.meshgrid(TICKS, TICKS)
            self.paths.show_surface(state.landscape.value(x, y), state.landscape.names)
            self.shown = surface
        self.paths.update(state.paths)
        self.curves.update(state.losses)


def table(state: OptimizerRaceState) -> str:
    """One row for each racer, lowest loss first, as HTML."""
    rows = []
    for name in state.ranking():
        x, y = state.paths[name][-1]
        step = state.diverged[name]
        place = f"({x:.3g}, {y:.3g})" if step is None else f"diverged at step {step}"
        cells = [f"{state.losses[name][-1]:.2e}", f"{state.rate_of[name]:.3g}", place]
        cells = "".join(f"<td>{cell}</td>" for cell in cells).replace("-", "−")
        rows.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
    head = "".join(f'<th scope="col">{name}</th>' for name in ("optimizer", "loss", "learning rate", "place"))
    return (
        '<div class="dlcore-nodes" tabindex="0" role="group" aria-label="all optimizers">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
