"""One quantity against another: a line for each of a few named series."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from dlcore.figures import style


def lines(
    series: Mapping[str, tuple[np.ndarray, np.ndarray]],
    xlabel: str,
    ylabel: str,
    log_x: bool = False,
    log_y: bool = False,
) -> Figure:
    """Lines in one chart, told apart by colour and by the way they are drawn.

    Parameters
    ----------
    series : ``{name: (x, y)}``, both (points,), up to four. Up to twelve points are marked one by one.
    xlabel, ylabel : what the axes show, with the unit.
    log_x, log_y : whether equal steps on the axis are equal factors.

    Raises
    ------
    ValueError : there are more series than looks to tell them apart.

    Examples
    --------
    >>> chart = lines({"square": ([0, 1, 2], [0, 1, 4])}, "side", "area")
    >>> chart.axes[0].get_ylabel()
    'area'
    """
    figure = style.new_figure(5.2, 3.2)
    axes = figure.add_subplot()
    for name, look in style.told_apart(series):
        x, y = series[name]
        axes.plot(x, y, label=name, **look, marker="o" if len(x) <= 12 else None)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_xscale("log" if log_x else "linear")
    axes.set_yscale("log" if log_y else "linear")
    axes.grid(alpha=0.3)
    if len(series) > 1:
        axes.legend()
    return figure
