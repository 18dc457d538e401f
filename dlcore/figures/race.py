"""A race of optimizers: their paths over the contour lines of the loss, and the loss against the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection
from matplotlib.ticker import NullLocator

from dlcore.figures import style

REACH = 2.2  # how far the picture goes from 0 in both directions
TICKS = np.linspace(-REACH, REACH, 45)
LINES = 14
LOOKS = tuple(zip((*style.LOOKS, {"color": "black", "linestyle": "-"}), "o^sDv", strict=True))
LOWEST, HIGHEST = 1e-9, 1e6  # of the loss axis


class RacePaths:
    """Contour lines of the loss, and the way of each racer over them; redrawn in place.

    From one line to the next the loss, counted from the lowest in the picture, grows by the same factor. A
    small dot is the start, a mark the present place of each racer.

    Parameters
    ----------
    names : of the racers, up to five.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> chart = RacePaths(["SGD"])
    >>> x, y = np.meshgrid(TICKS, TICKS)
    >>> chart.show_surface(x**2 + y**2, ("x", "y"))
    >>> chart.update({"SGD": np.array([[2.0, 0.0], [1.0, 0.0]])})
    >>> chart.places["SGD"].get_xdata()
    array([1.])
    """

    def __init__(self, names: Sequence[str]):
        self.figure = style.lab_figure(3.1)
        self.axes = self.figure.add_subplot()
        self.axes.set(xlabel="x", ylabel="y", aspect="equal", xlim=(-REACH, REACH), ylim=(-REACH, REACH))
        style.small(self.axes)
        self.contours = self.axes.add_collection(
            LineCollection([], colors="0.72", linewidths=0.8, zorder=1, animated=True)
        )
        self.paths, self.places = {}, {}
        for name, (look, marker) in style.told_apart(names, LOOKS):
            (self.paths[name],) = self.axes.plot([], [], linewidth=1.3, zorder=2, animated=True, **look)
            (self.places[name],) = self.axes.plot(
                [], [], marker, color=look["color"], markeredgecolor="white", markersize=7, zorder=3,
                animated=True,
            )  # fmt: skip
        (self.start,) = self.axes.plot([], [], "o", color="black", markersize=4, zorder=4, animated=True)

    def show_surface(self, losses: np.ndarray, names: tuple[str, str]) -> None:
        """Show another loss surface.

        Parameters
        ----------
        losses : (45, 45), row i holds the losses at ``y = TICKS[i]``.
        names : of the two parameters.
        """
        if (self.axes.get_xlabel(), self.axes.get_ylabel()) != names:
            self.axes.set(xlabel=names[0], ylabel=names[1])
        generator = contour_generator(TICKS, TICKS, losses)
        low, high = float(losses.min()), float(losses.max())
        levels = low + (high - low) * np.geomspace(2e-3, 0.9, LINES)
        self.contours.set_segments([piece for level in levels for piece in generator.lines(level)])

    def update(self, paths: Mapping[str, np.ndarray]) -> None:
        """Show how far the racers are; each path is (steps + 1, 2), start first."""
        for name, path in paths.items():
            # matplotlib has trouble with numbers that are far out of the picture
            x, y = np.clip(path, -99 * REACH, 99 * REACH).T
            self.paths[name].set_data(x, y)
            self.places[name].set_data(x[-1:], y[-1:])
        self.start.set_data(x[:1], y[:1])


class RaceLosses:
    """Loss against steps for each racer, on a log axis; redrawn in place.

    What is below a billionth counts as a billionth, so that the axis stays readable.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> chart = RaceLosses(["SGD", "Adam"])
    >>> chart.update({"SGD": np.array([2.0, 0.5]), "Adam": np.array([2.0, 1.0])})
    >>> [float(limit) for limit in chart.axes.get_ylim()]
    [0.1, 10.0]
    """

    def __init__(self, names: Sequence[str]):
        self.figure = style.lab_figure(3.1, right=0.14, top=0.48)
        self.axes = self.figure.add_subplot()
        self.axes.set(xlabel="steps", ylabel="loss", yscale="log", xlim=(0, 20), ylim=(0.1, 10))
        style.small(self.axes)
        self.axes.yaxis.set_minor_locator(NullLocator())  # they take half of the time of a new axis
        self.axes.grid(alpha=0.3)
        self.lines, self.ends = {}, {}
        for name, (look, marker) in style.told_apart(names, LOOKS):
            (self.lines[name],) = self.axes.plot([], [], linewidth=1.5, animated=True, **look)
            (self.ends[name],) = self.axes.plot(
                [], [], marker, color=look["color"], markeredgecolor="white", markersize=7, animated=True
            )
        entries = [
            self.axes.plot([], [], marker=marker, markeredgecolor="white", label=name, **look)[0]
            for name, (look, marker) in style.told_apart(names, LOOKS)
        ]
        style.legend_above(
            self.axes, columns=3, middle=0.42, handles=entries, columnspacing=1, handlelength=2.6
        )

    def update(self, losses: Mapping[str, np.ndarray]) -> None:
        """Show another state; each (steps + 1,)."""
        shown = {name: np.clip(values, LOWEST, HIGHEST) for name, values in losses.items()}
        for name, values in shown.items():
            self.lines[name].set_data(np.arange(len(values)), values)
            self.ends[name].set_data([len(values) - 1], values[-1:])
        steps = max(map(len, shown.values())) - 1
        right = next(limit for limit in (20, 50, 100, 200, 300, steps) if limit >= steps)
        if self.axes.get_xlim() != (0, right):
            self.axes.set_xlim(0, right)
        everything = np.concatenate(list(shown.values()))
        low = 10.0 ** np.floor(np.log10(everything.min()))
        high = 10.0 ** np.ceil(np.log10(everything.max()) + 1e-9)
        if self.axes.get_ylim() != (low, high):
            self.axes.set_ylim(low, high)
