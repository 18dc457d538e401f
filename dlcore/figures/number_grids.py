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
    cell: float = 0.42,
) -> Figure:
    """Each table with its name above it, its rows counted on the left and its columns below.

    Parameters
    ----------
    grids : ``{name: array}``, each (rows, columns).
    frames : ``{name: [(row, column, height, width), ...]}``, cells to draw a thick frame around.
    signed : names of the tables with signed numbers, which are red, blue and white; the others are pictures,
        from 0 in black to their largest number in white.
    cell : side of a cell in inches.

    Examples
    --------
    >>> drawing = number_grids({"x": np.eye(2), "y": np.array([[-1.0]])}, {"x": [(0, 0, 2, 1)]}, signed=["y"])
    >>> [axes.get_title() for axes in drawing.axes], [text.get_text() for text in drawing.axes[0].texts]
    (['x', 'y'], ['1', '0', '0', '1'])
    """
    widths = [array.shape[1] + 1 for array in grids.values()]
    tallest = max(len(array) for array in grids.values())
    figure = style.new_figure(cell * sum(widths), cell * (tallest + 2))
    plates = figure.subplots(1, len(grids), squeeze=False, width_ratios=widths)[0]
    for axes, (name, array) in zip(plates, grids.items(), strict=True):
        _table(axes, array, name in signed, 18 * cell)
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
            color="white" if dark else "black",
        )  # fmt: skip
    axes.set_xticks(range(array.shape[1]))
    axes.set_yticks(range(len(array)))
    axes.tick_params(labelsize=7, length=0)
    axes.set_xticks(np.arange(array.shape[1] + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(array) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="#888888", linewidth=0.6)
    axes.tick_params(which="minor", length=0)
