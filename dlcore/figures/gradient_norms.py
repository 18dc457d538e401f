"""How long the gradient of each state is, along time: where it fades, and where it explodes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import MaxNLocator

from dlcore.figures import style

LEAST, MOST = -45, 39  # the powers of ten that float32 can hold


class GradientNorms:
    """Lines over time on a log axis, redrawn in place. What is 0 or not finite has no place on it.

    Parameters
    ----------
    names : of the lines.
    height : of the figure, in inches.
    theory : the name of one more line, thin and black, or "".
    xlabel : what the steps are.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> chart = GradientNorms(["SimpleRNN"], height=2)
    >>> chart.update({"SimpleRNN": np.array([0.01, 0.1, 1.0])}, present=1)
    >>> [float(limit) for limit in chart.axes.get_ylim()]
    [0.001, 10.0]
    """

    def __init__(self, names: list[str], height: float, theory: str = "", xlabel: str = "time step t"):
        several = len(names) > 1 or theory
        self.figure = style.lab_figure(height, top=0.48 if several else 0.22)
        self.axes = self.figure.add_subplot()
        style.small(self.axes)
        self.axes.set(xlabel=xlabel, ylabel="length of ∂L/∂h", yscale="log", ylim=(1e-3, 10))
        self.axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        self.axes.grid(alpha=0.3)
        self.lines = {
            name: self.axes.plot([], [], label=name, animated=True, linewidth=2, **look)[0]
            for name, look in style.told_apart(names)
        }
        if theory:
            (self.lines[theory],) = self.axes.plot(
                [], [], label=theory, animated=True, color="black", linewidth=0.9
            )
        self.place = self.axes.axvline(0, color="#57606a", linewidth=1, animated=True)
        self.marks = self.axes.plot([], [], "o", color="black", markersize=4, animated=True)[0]
        if several:
            style.legend_above(self.axes, columns=2, middle=0.45, handlelength=2.6, columnspacing=1)

    def update(self, norms: Mapping[str, np.ndarray], present: int) -> None:
        """Show another state.

        Parameters
        ----------
        norms : for each line (steps,).
        present : the step to mark.
        """
        shown = {
            name: np.where(np.isfinite(values) & (values > 0), values, np.nan)
            for name, values in norms.items()
        }
        for name, values in shown.items():
            self.lines[name].set_data(np.arange(len(values)), values)
        steps = max(map(len, shown.values()))
        self.place.set_xdata([present, present])
        heights = [values[present] for values in shown.values()]
        self.marks.set_data([present] * len(heights), heights)
        if self.axes.get_xlim() != (-0.5, steps - 0.5):
            self.axes.set_xlim(-0.5, steps - 0.5)
        limits = powers_of_ten(np.concatenate(list(shown.values())))
        if self.axes.get_ylim() != limits:
            self.axes.set_ylim(limits)


def powers_of_ten(values: np.ndarray) -> tuple[float, float]:
    """Limits of a log axis around positive numbers, in leaps of a factor of 1000: so they seldom change.

    Examples
    --------
    >>> powers_of_ten(np.array([0.2, np.nan, 5.0]))
    (0.001, 10.0)
    """
    known = values[np.isfinite(values)]
    powers = np.log10(known if known.size else np.ones(1))
    low = 3 * np.floor(powers.min() / 3)
    high = 3 * np.ceil((powers.max() - 1) / 3) + 1
    return float(10.0 ** max(low, LEAST)), float(10.0 ** min(max(high, low + 1), MOST))
