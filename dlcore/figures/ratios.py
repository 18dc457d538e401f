"""How many times as fast: one point for each case and competitor, on an axis of equal factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from dlcore.figures import style

LOOKS = tuple(zip((*(look["color"] for look in style.LOOKS), "#333333", "#8a6100"), "os^DvP", strict=True))


def ratios(cases: Sequence[str], series: Mapping[str, Sequence[float | None]], xlabel: str) -> Figure:
    """Points to the right of the line at 1 are cases that we win.

    Parameters
    ----------
    cases : names of the cases, from top to bottom.
    series : ``{competitor: ratios}``, one ratio for each case, or None where there is none; up to six.
    xlabel : what the ratio is.

    Raises
    ------
    ValueError : there are more competitors than looks to tell them apart.

    Examples
    --------
    >>> chart = ratios(["small", "large"], {"them": [2.0, 0.5]}, "their time / ours")
    >>> [label.get_text() for label in chart.axes[0].get_yticklabels()]
    ['small', 'large']
    """
    figure = style.new_figure(6.4, 1 + 0.36 * len(cases))
    axes = figure.add_subplot()
    for name, (color, marker) in style.told_apart(series, LOOKS):
        values = series[name]
        places = [place for place, value in enumerate(values) if value is not None]
        axes.plot([values[place] for place in places], places, marker, color=color, label=name)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.set(xlabel=xlabel, yticks=range(len(cases)), yticklabels=cases)
    axes.invert_yaxis()
    axes.grid(alpha=0.3)
    axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.18), ncols=3, fontsize=8)
    return figure
