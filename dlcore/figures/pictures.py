"""Small pictures side by side: digits, or the weights of neurons laid out as pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

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
    >>> figure = pictures(np.zeros((3, 8, 8)), titles=["a", "b", "c"])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['a', 'b', 'c']
    """
    rows = -(-len(images) // columns)
    side = min(1.6, 6.0 / columns)  # inches
    figure = style.new_figure(columns * side, rows * side * (1.3 if titles is not None else 1.0))
    limit = float(np.abs(images).max()) or 1.0
    scale = {"cmap": style.SIGNED, "vmin": -limit} if signed else {"cmap": "gray", "vmin": 0}
    # All in one axes: an axes of its own for each picture takes twenty times as long to draw.
    axes = figure.add_subplot()
    height, width = np.shape(images)[1:]
    for position, image in enumerate(images):
        row, column = divmod(position, columns)
        left, top = 1.1 * width * column, (1.1 if titles is None else 1.4) * height * row
        axes.imshow(image, vmax=limit, extent=(left, left + width, top + height, top), **scale)
        axes.add_patch(Rectangle((left, top), width, height, fill=False, linewidth=0.8, clip_on=False))
        if titles is not None:
            axes.text(
                left + width / 2, top - 0.06 * height, titles[position], ha="center", va="bottom", fontsize=9
            )
    axes.axis("off")
    for artist in (*axes.images, *axes.patches):
        artist.set_in_layout(False)  # they lie within the axes and need not be measured, unlike long titles
    axes.set(
        xlim=(0, 1.1 * width * columns - 0.1 * width),
        ylim=(top + height, 0 if titles is None else -0.3 * height),
    )
    return figure
