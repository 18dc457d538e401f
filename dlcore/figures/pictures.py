"""Small pictures side by side: digits, or the weights of neurons laid out as pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from dlcore.figures import style
from dlcore.figures.mosaic import side_by_side


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
    axes = figure.add_subplot()
    axes.axis("off")
    enlarged = -(-10 // np.shape(images)[2])  # so that a tenth of a picture, the room between two, is a pixel
    images = np.asarray(images).repeat(enlarged, axis=1).repeat(enlarged, axis=2)
    height, width = images.shape[1:]
    beside, above = round(0.1 * width), round((0.1 if titles is None else 0.4) * height)
    # One sheet: an artist for each picture takes ten times as long to draw.
    sheet = side_by_side(images.transpose(1, 2, 0), columns, above, beside)
    bottom, right = sheet.shape
    frames = []
    for position in range(len(images)):
        row, column = divmod(position, columns)
        left, top = column * (width + beside), row * (height + above)
        frames.append([(left + x, top + y) for x, y in ((0, 0), (width, 0), (width, height), (0, height))])
        if titles is not None:
            middle = left + width / 2
            axes.text(middle, top - 0.06 * height, titles[position], ha="center", va="bottom", fontsize=9)
    drawn = (
        axes.imshow(sheet, vmax=limit, extent=(0, right, bottom, 0), **scale),
        axes.add_collection(PolyCollection(frames, facecolor="none", edgecolor="black", linewidth=0.8)),
    )
    for artist in drawn:
        artist.set_clip_on(False)
        artist.set_in_layout(False)  # they lie within the axes and need not be measured, unlike long titles
    axes.set(xlim=(0, right), ylim=(bottom, 0 if titles is None else 0.1 * height - above))
    return figure
