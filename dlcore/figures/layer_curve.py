"""One number for each layer of a deep network on a log axis, and what it was before the last change."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator

from dlcore.figures import style
from dlcore.figures.gradient_norms import powers_of_ten


class LayerCurve:
    """A line over the layers, redrawn in place. What is 0 or not finite has no place on a log axis.

    Parameters
    ----------
    ylabel : what the number is.
    colour, marker : of the line.
    most_layers : how many layers there may be; the axis always has room for them.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> curve = LayerCurve("length", style.TRAINING, "o", most_layers=5)
    >>> curve.update(np.array([0.01, 0.1, 1.0]), before=np.array([1.0, 1.0]))
    >>> [float(limit) for limit in curve.axes.get_ylim()]
    [0.001, 10.0]
    """

    def __init__(self, ylabel: str, colour: str, marker: str, most_layers: int):
        self.figure = style.lab_figure(2.9, left=0.61, top=0.3)
        self.axes = self.figure.add_subplot()
        self.axes.set(xlabel="layer, from the input to the output", ylabel=ylabel, yscale="log")
        style.small(self.axes)
        self.axes.set(xlim=(0.5, most_layers + 0.5), ylim=(1e-3, 10))
        self.axes.yaxis.set_minor_locator(NullLocator())  # they take half of the time of a new axis
        self.axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        self.axes.grid(alpha=0.3)
        (self.before,) = self.axes.plot(
            [], [], "--", color="0.55", linewidth=1.3, label="before the last change", animated=True
        )
        (self.now,) = self.axes.plot(
            [], [], marker + "-", color=colour, markersize=4, linewidth=1.6, label="now", animated=True
        )
        style.legend_above(self.axes, columns=2, middle=0.45, handles=[self.now, self.before])

    def update(self, now: np.ndarray, before: np.ndarray) -> None:
        """Show another state; both (layers,), first layer first, ``before`` may be empty."""
        shown = [np.where(np.isfinite(v) & (v > 0), v, np.nan) for v in (now, before)]
        for line, values in zip((self.now, self.before), shown, strict=True):
            line.set_data(np.arange(1, len(values) + 1), values)
        limits = powers_of_ten(np.concatenate(shown))
        if self.axes.get_ylim() != limits:
            self.axes.set_ylim(limits)
