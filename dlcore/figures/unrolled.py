"""A recurrent neuron unrolled: the same neuron at each time step, with the numbers of one pass in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from dlcore.figures import style


def unrolled(
    x: Sequence[float],
    h: Sequence[float],
    weights: tuple[float, float],
    gradients: Sequence[float] | None = None,
) -> Figure:
    """Time from left to right; W leads up from each input, U from each state to the next.

    Parameters
    ----------
    x : (time,), one number for each step.
    h : (time + 1,), the states of a layer with one unit; ``h[0]`` is the one before the first step.
    weights : W and U.
    gradients : (time,), dL/dh[1] to dL/dh[time], which travel back above the states.

    Examples
    --------
    >>> drawing = unrolled(x=[2.0, 0.0], h=[0.0, 2.0, 1.0], weights=(1.0, 0.5))
    >>> sorted({text.get_text() for text in drawing.axes[0].texts})
    ['', '0', '1', '2', 'U = 0.5', 'W = 1', 'h[0]', 'h[1]', 'h[2]', 'x[0]', 'x[1]']
    """
    W, U = weights
    top = 1.4 if gradients is None else 2.0
    figure = style.new_figure(1.35 * len(h), 1.1 * (top + 0.9))
    axes = figure.add_subplot()
    for t, state in enumerate(h):
        _circle(axes, (t, 1), state, f"h[{t}]", above=0.37)
        if t == 0:
            continue
        _circle(axes, (t, 0), x[t - 1], f"x[{t - 1}]", above=-0.37)
        _weight(axes, (t - 1, 1), (t, 1), f"U = {U:g}", U)
        _weight(axes, (t, 0), (t, 1), f"W = {W:g}", W)
    for t, gradient in enumerate([] if gradients is None else gradients, start=1):
        label = f"∂L/∂h[{t}]\n{gradient:.4g}".replace("-", "−")
        axes.text(t, 1.8, label, color=_colour(gradient), fontsize=9, ha="center", va="center")
        if t > 1:
            _arrow(axes, (t - 0.36, 1.8), (t - 0.64, 1.8), _colour(gradient), linestyle="--", shrink=0)
    axes.set(xlim=(-0.55, len(h) - 0.4), ylim=(-0.5, top + 0.1))
    axes.axis("off")
    return figure


def _colour(number: float) -> str:
    return style.POSITIVE if number > 0 else style.NEGATIVE


def _circle(axes, place: tuple[float, float], number: float, name: str, above: float) -> None:
    """A number in a circle, and its name above or below it."""
    axes.scatter(*place, s=1000, facecolor="white", edgecolor="black", zorder=3)
    axes.text(*place, f"{np.round(number, 4):.4g}", ha="center", va="center", fontsize=9, zorder=4)
    axes.text(place[0], place[1] + above, name, ha="center", va="center", fontsize=9)


def _weight(axes, start: tuple[float, float], end: tuple[float, float], label: str, weight: float) -> None:
    """One use of a weight as an arrow, its label in the middle."""
    _arrow(axes, start, end, _colour(weight), linestyle="-", shrink=17)
    middle = np.add(start, end) / 2
    axes.text(*middle, label, color=_colour(weight), fontsize=8, ha="center", va="center", zorder=2,
              bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})  # fmt: skip


def _arrow(
    axes, start: tuple[float, float], end: tuple[float, float], colour: str, linestyle: str, shrink: float
) -> None:
    look = {"arrowstyle": "->", "color": colour, "linestyle": linestyle, "shrinkA": shrink, "shrinkB": shrink}
    axes.annotate("", end, start, arrowprops=look, zorder=1)
