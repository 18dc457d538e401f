"""Loss against epochs while training goes on: on the data learned from and on held-out data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from dlcore.figures import style

FURTHEST = 1e100  # matplotlib multiplies the limits of its axes: 1e300 would overflow there


class LossCurves:
    """Two curves that grow, redrawn in place. The axes grow in leaps, so that they are seldom drawn anew.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> curves = LossCurves()
    >>> curves.update([0, 1, 2], [0.7, 0.5, 0.4], [0.7, 0.6, 0.5], log=False)
    >>> [float(limit) for limit in curves.axes.get_xlim()]
    [0.0, 20.0]
    """

    def __init__(self):
        self.figure = style.lab_figure(1.9, left=0.46, right=0.11)
        self.axes = self.figure.add_subplot()
        style.small(self.axes)
        self.axes.set(xlabel="epoch", ylabel="mean loss", xlim=(0, 20), ylim=(0, 1))
        self.axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        self.axes.grid(alpha=0.3)
        (self.training,) = self.axes.plot([], [], color=style.TRAINING, label="training", animated=True)
        (self.validation,) = self.axes.plot(
            [], [], "--", color=style.VALIDATION, label="validation", animated=True
        )
        self.axes.legend(loc="upper right", fontsize=8)

    def update(
        self, epochs: Sequence[int], training: Sequence[float], validation: Sequence[float], log: bool
    ) -> None:
        """Show another state; all three sequences are (epochs,), ``log`` sets the loss axis."""
        self.training.set_data(epochs, training)
        self.validation.set_data(epochs, validation)
        losses = drawable(np.array([*training, *validation]))
        right = 20.0
        while right < epochs[-1]:
            right *= 2
        if self.axes.get_xlim() != (0, right):
            self.axes.set_xlim(0, right)
        if log:
            positive = losses[losses > 0]
            limits = decades(positive if positive.size else np.ones(1))
        else:
            limits = (0.0, leap(losses.max()) if losses.size else 1.0)
        if (self.axes.get_yscale() == "log") != log:
            self.axes.set_yscale("log" if log else "linear")
        if self.axes.get_ylim() != limits:
            self.axes.set_ylim(limits)


def drawable(values: np.ndarray) -> np.ndarray:
    """Those of some numbers that axes can hold: a training that diverges leaves some that they cannot.

    Examples
    --------
    >>> drawable(np.array([0.5, np.inf, np.nan, -1e300]))
    array([0.5])
    """
    return values[np.abs(values) < FURTHEST]


def leap(largest: float) -> float:
    """The next of ... 0.5, 1, 2, 5, 10 ... that leaves ``largest`` in the picture.

    Examples
    --------
    >>> leap(0.7), leap(1.2), leap(30.0)
    (1.0, 2.0, 50.0)
    """
    decade = 10.0 ** np.floor(np.log10(max(largest, 1e-9)))
    return float(next(decade * factor for factor in (1, 2, 5, 10) if decade * factor >= largest))


def decades(values: np.ndarray) -> tuple[float, float]:
    """The whole powers of ten around positive values.

    Examples
    --------
    >>> decades(np.array([0.02, 3.0]))
    (0.01, 10.0)
    """
    low, high = np.floor(np.log10(values.min())), np.ceil(np.log10(values.max()))
    return float(10.0**low), float(10.0 ** max(high, low + 1))
