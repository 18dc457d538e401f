"""A small network as circles and lines, with the numbers of one pass in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from dlcore.figures import style


def network(
    values: Sequence[np.ndarray],
    weights: Sequence[np.ndarray],
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
) -> Figure:
    """Columns of neurons with their values; a line for each weight, red if positive and blue if negative.

    Parameters
    ----------
    values : the numbers of each column, input first, each (neurons,).
    weights : W between neighbouring columns, each (neurons of the right, neurons of the left).
    inputs, outputs : words beside the first and the last column.

    Examples
    --------
    >>> drawing = network([np.ones(2), np.zeros(1)], [np.array([[0.5, -1.0]])])
    >>> len(drawing.axes[0].lines), [text.get_text() for text in drawing.axes[0].texts]
    (2, ['0.5', '-1', '1', '1', '0'])
    """
    tallest = max(map(len, values))
    figure = style.new_figure(2.4 * len(values), 0.9 * tallest + 0.2)
    axes = figure.add_subplot()
    places = [
        [(2.6 * column, (len(numbers) - 1) / 2 - row) for row in range(len(numbers))]
        for column, numbers in enumerate(values)
    ]
    largest = max(float(np.abs(W).max()) for W in weights) or 1.0
    for column, W in enumerate(weights):
        for (i, j), weight in np.ndenumerate(W):
            _line(axes, places[column][j], places[column + 1][i], weight, largest)
    for numbers, column in zip(values, places, strict=True):
        for number, place in zip(numbers, column, strict=True):
            axes.scatter(*place, s=900, facecolor="white", edgecolor="black", zorder=3)
            axes.text(*place, f"{number:.3g}", ha="center", va="center", fontsize=9, zorder=4)
    for words, column, shift, side in (
        (inputs, places[0], -0.4, "right"),
        (outputs, places[-1], 0.4, "left"),
    ):
        for word, (x, y) in zip(words, column, strict=False):
            axes.text(x + shift, y, word, ha=side, va="center", fontsize=10)
    axes.set(xlim=(-1.3, places[-1][0][0] + 1.1))
    axes.set(ylim=(-tallest / 2 - 0.1, tallest / 2 + 0.1))
    axes.axis("off")
    return figure


def _line(axes, start, end, weight, largest):
    """One weight as a line, with its number near the start, before the lines cross."""
    (x0, y0), (x1, y1) = start, end
    colour = style.POSITIVE if weight > 0 else style.NEGATIVE
    axes.plot([x0, x1], [y0, y1], color=colour, linewidth=0.6 + 3 * abs(weight) / largest, zorder=1)
    axes.text(
        x0 + 0.24 * (x1 - x0), y0 + 0.24 * (y1 - y0), f"{weight:g}", color=colour, fontsize=8,
        ha="center", va="center", zorder=2,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )  # fmt: skip
