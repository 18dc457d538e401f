"""Three recurrent layers unrolled in time: their states, and how far back their gradients reach."""

from __future__ import annotations

from html import escape

import numpy as np
from ipywidgets import HTML

from dlcore.figures.gradient_norms import GradientNorms
from dlcore.figures.loss_curves import leap
from dlcore.figures.time_strips import TimeStrips
from dlcore.labs.lab import Lab, column, row
from dlcore.labs.surface import Surface
from dlcore.labs.unrolled_rnn_state import NAMES, UnrolledRNNState, short

THEORY = "radius^(time − t)"


class UnrolledRNN(Lab):
    """The lab of gradients through time. Show it with ``UnrolledRNN()`` as the last line of a cell, or with
    settings: ``UnrolledRNN(activation="linear", radius=1.2)``.

    In a cell of code ``lab.state`` is an `UnrolledRNNState`: ``lab.change(time=80)``, then
    ``print(lab.state)``.

    Examples
    --------
    >>> lab = UnrolledRNN(activation="linear")
    >>> lab.controls["radius"].value = 1.1
    >>> bool(lab.state.norms["SimpleRNN"][0] > 1)
    True
    """

    state_class = UnrolledRNNState

    def arrange(self):
        self.strips = TimeStrips({f"state h of {name}": True for name in NAMES}, height=3.9)
        self.curves = GradientNorms(list(NAMES), height=3.9, theory=THEORY)
        self.formula, self.table, self.verdicts = HTML(), HTML(), HTML()
        self.show_figures()
        self.strips_surface = Surface(self.strips.figure, "")
        self.curves_surface = Surface(self.curves.figure, "")
        of_layers = [self.controls[name] for name in ("radius", "time", "activation", "matrix")]
        others = [self.controls[name] for name in ("units", "keep_bias", "seed")]
        clipping = [self.controls[name] for name in ("clipping", "limit")]
        return [
            row(self.strips_surface, self.curves_surface),
            self.status,
            row(column(self.controls["t"], self.formula), column(self.table)),
            self.verdicts,
            row(column(*of_layers), column(*others, *clipping)),
        ]

    def refresh(self) -> None:
        slider, last = self.controls["t"], self.state.time
        self._following = True
        slider.max, slider.description = last, f"Look at state h[t], t (0 to {last})"
        super().refresh()

    def trouble(self) -> str:
        troubles = {name: self.state.trouble(name) for name in NAMES}
        return " ".join(f"{name}: {words}" for name, words in troubles.items() if words)

    def show(self) -> None:
        state = self.state
        if trouble := self.trouble():
            self.say(trouble, urgent=True)
        self.controls["limit"].layout.display = "none" if state.clipping == "off" else "flex"
        self.show_figures()
        self.strips_surface.redraw()
        self.curves_surface.redraw()
        self.strips_surface.tooltip = (
            f"States of SimpleRNN, GRU and LSTM over {state.time} time steps, one row for each of "
            f"{state.units} units, blue below zero and red above; h[{state.t}] is framed."
        )
        self.curves_surface.tooltip = "Length of the gradient of each state on a log axis. " + " ".join(
            f"{name}: {state.norms[name][0]:.1e} at h[0], {state.norms[name][state.t]:.1e} at h[{state.t}]."
            for name in NAMES
        )
        self.formula.value = (
            '<div class="dlcore-formula" tabindex="0" role="group" aria-label="formula with numbers">'
            f"{escape(state.formula())}</div>"
        )
        self.table.value = norm_table(state)
        verdicts = {name: state.verdict(name) for name in NAMES}
        verdicts["Theory"] = (
            f"A linear layer with an orthogonal matrix: {state.radius:g}^{state.time} = "
            f"{in_digits(state.theory[0])} at h[0]."
        )
        self.verdicts.value = "".join(f"<p><b>{name}.</b> {words}</p>" for name, words in verdicts.items())

    def show_figures(self) -> None:
        """Bring both figures to the present state."""
        state = self.state
        states = [state.states[name] for name in NAMES]
        self.strips.update(states, [colour_limit(values) for values in states], first=0, present=state.t)
        self.curves.update({**state.norms, THEORY: state.theory}, present=state.t)


def colour_limit(values: np.ndarray) -> float:
    """A round number above the finite ones of these."""
    finite = np.abs(values[np.isfinite(values)])
    return leap(float(finite.max())) if finite.size and finite.max() > 0 else 1.0


def norm_table(state: UnrolledRNNState) -> str:
    """The numbers of each layer as HTML, one column for each.

    Examples
    --------
    >>> table = norm_table(UnrolledRNNState(time=5, t=2, radius=0.5, activation="linear"))
    >>> table.count("<tr>"), "<td>0.125</td>" in table
    (6, True)
    """
    norms = [state.norms[name] for name in NAMES]
    befores, afters = zip(*(state.gradient_norms[name] for name in NAMES), strict=True)
    rows = {
        f"‖∂L/∂h[{state.t}]‖": [values[state.t] for values in norms],
        "‖∂L/∂h[0]‖": [values[0] for values in norms],
        "each step back, ×": map(state.factor, NAMES),
        "whole gradient": befores,
        "after clipping": afters,
    }
    head = "".join(f'<th scope="col">{name}</th>' for name in ("length of", *NAMES))
    body = ""
    for name, numbers in rows.items():
        cells = "".join(f"<td>{in_digits(number)}</td>" for number in numbers)
        body += f'<tr><th scope="row">{name}</th>{cells}</tr>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def in_digits(number: float) -> str:
    """Three significant digits, short enough for a telephone; what is not finite in words.

    Examples
    --------
    >>> in_digits(0.00012345), in_digits(0.00001), in_digits(1234), in_digits(float("inf"))
    ('0.000123', '1e−5', '1.23e3', 'infinite')
    """
    if not np.isfinite(number):
        return short(number)
    digits, e, power = f"{number:.3g}".partition("e")
    return f"{digits}e{int(power)}".replace("-", "−") if e else digits
