"""Points in the plane, one mark for each class."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from dlcore.figures import style


def points(x: np.ndarray, classes: np.ndarray) -> Figure:
    """A scatter plot; classes differ in colour and in the shape of their marks.

    Parameters
    ----------
    x : (points, 2)
    classes : (points,), whole numbers from 0; up to four of them.

    Raises
    ------
    ValueError : there are more classes than marks to tell them apart.

    Examples
    --------
    >>> len(points(np.zeros((2, 2)), np.array([0, 1])).axes[0].collections)
    2
    """
    figure = style.new_figure(3.8, 3.6)
    axes = figure.add_subplot()
    for label, (colour, marker) in style.told_apart(np.unique(classes), style.CLASSES):
        own = classes == label
        axes.scatter(*x[own].T, c=colour, marker=marker, s=22, label=f"class {label}")
    axes.set(xlabel="input 0", ylabel="input 1", aspect="equal")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, frameon=False)
    return figure
