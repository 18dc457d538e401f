"""Small pictures side by side: digits, or the weights of neurons laid out as pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from dlcore.figures import style


def pictures(
    images: np.ndarray, titles: Sequence | None = None, columns: int = 10, signed: bool = False
) -> Figure:
    """A grid of grey or signed pictures, all on one scale.

    Parameters
    ----------
    images : (pictures, height, width)
    titles : a word above each picture.
    columns : pictures in a row.
    signed : False shows 0 as black and the largest value as white; True shows positive numbers red, negative
        ones blue and 0 white, on a scale that is the same in both directions.

    Examples
    --------
    >>> len(pictures(np.zeros((3, 8, 8)), titles=[0, 1, 2]).axes)
    3
    """
    rows = -(-len(images) // columns)
    side = min(1.6, 6.0 / columns)  # inches
    figure = style.new_figure(columns * side, rows * side * (1.3 if titles is not None else 1.0))
    limit = float(np.abs(images).max()) or 1.0
    scale = {"cmap": style.SIGNED, "vmin": -limit} if signed else {"cmap": "gray", "vmin": 0}
    for position, image in enumerate(images):
        axes = figure.add_subplot(rows, columns, position + 1)
        axes.imshow(image, vmax=limit, **scale)
        axes.set(xticks=[], yticks=[])
        if titles is not None:
            axes.set_title(str(titles[position]), fontsize=9)
    return figure
