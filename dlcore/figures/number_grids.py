"""Small tables of numbers side by side: pictures, kernels and maps, with frames around cells."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dlcore.figures import style

Frame = tuple[int, int, int, int]  # row, column, height, width
FRAME = "#c27800"  # neither on the grey nor on the signed map, and clear of both ends


def number_grids(
    grids: Mapping[str, np.ndarray],
    frames: Mapping[str, Sequence[Frame]] | None = None,
    signed: Collection[str] = (),
    columns: int | None = None,
    cell: float = 0.42,
) -> Figure:
    """Each table with its name above it, its rows counted on the left and its columns below.

    Parameters
    ----------
    grids : ``{name: array}``, each (rows, columns).
    frames : ``{name: [(row, column, height, width), ...]}``, cells to draw a thick frame around.
    signed : names of the tables with signed numbers, which are red, blue and white; the others are pictures,
        from 0 in black to their largest number in white.
    columns : tables in a row; by default all of them. Fewer can be read on a telephone, too.
    cell : side of a cell in inches.

    Examples
    --------
    >>> drawing = number_grids({"x": np.eye(2), "y": np.array([[-1.0]])}, {"x": [(0, 0, 2, 1)]}, signed=["y"])
    >>> [axes.get_title() for axes in drawing.axes], [text.get_text() for text in drawing.axes[0].texts]
    (['x', 'y'], ['1', '0', '0', '1'])
    """
    columns = columns or len(grids)
    heights, widths = [0] * -(-len(grids) // columns), [0] * columns  # in cells, with room for words
    for place, array in enumerate(grids.values()):
        row, column = divmod(place, columns)
        heights[row] = max(heights[row], array.shape[0] + 2)
        widths[column] = max(widths[column], array.shape[1] + 1)
    figure = style.new_figure(cell * sum(widths), cell * sum(heights))
    layout = figure.add_gridspec(len(heights), columns, height_ratios=heights, width_ratios=widths)
    for place, (name, array) in enumerate(grids.items()):
        axes = figure.add_subplot(layout[divmod(place, columns)])
        _table(axes, array, name in signed, 21 * cell)
        axes.set_title(name, fontsize=10)
        for row, column, height, width in (frames or {}).get(name, ()):
            corner = (column - 0.5, row - 0.5)
            frame = Rectangle(corner, width, height, fill=False, linewidth=3, edgecolor=FRAME)
            axes.add_artist(frame).set_clip_on(False)
    return figure


def _table(axes, array: np.ndarray, signed: bool, fontsize: float) -> None:
    """One table; each number is written in black or white, whichever differs more from its cell."""
    limit = float(np.abs(array).max()) or 1.0
    scale = {"cmap": style.SIGNED, "vmin": -limit} if signed else {"cmap": "gray", "vmin": 0}
    picture = axes.imshow(array, vmax=limit, **scale)
    for (row, column), number in np.ndenumerate(array):
        red, green, blue, _ = picture.cmap(picture.norm(number))
        dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.5
        axes.text(
            column, row, f"{number + 0.0:.3g}", ha="center", va="center", fontsize=fontsize,
            color="white" if dark else "black", in_layout=False,
        )  # fmt: skip
    rows, columns = array.shape
    axes.set_xticks(range(columns))
    axes.set_yticks(range(rows))
    axes.tick_params(labelsize=7, length=0)
    axes.hlines(np.arange(1, rows) - 0.5, -0.5, columns - 0.5, color="#888888", linewidth=0.6)
    axes.vlines(np.arange(1, columns) - 0.5, -0.5, rows - 0.5, color="#888888", linewidth=0.6)
