"""Many small maps as one picture: one artist is drawn much faster than sixty-four."""

from __future__ import annotations

import math

import numpy as np

from dlcore.figures import style
from dlcore.figures.cells import PLATE_MARGINS, CellFrame, Cells


class Mosaic:
    """Maps in rows, all on one scale, with a frame around one of them.

    Parameters
    ----------
    signed : see `Cells`.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> mosaic = Mosaic(signed=False)
    >>> mosaic.update("maps", np.ones((5, 5, 32)), chosen=7)
    >>> mosaic.cells.array.shape  # 6 by 6 places of 5 pixels, and lines between them
    (35, 35)
    """

    def __init__(self, signed: bool):
        self.figure = style.lab_figure(3.25, **PLATE_MARGINS)
        self.axes = self.figure.add_subplot()
        self.cells, self.frame = Cells(self.axes, signed), CellFrame(self.axes)

    def update(self, title: str, maps: np.ndarray, chosen: int | None = None) -> None:
        """Show other maps.

        Parameters
        ----------
        title : words above them.
        maps : (height, width, maps), counted row by row. A single one has its numbers in its cells.
        chosen : which of them has the frame.
        """
        if self.axes.get_title() != title:
            self.axes.set_title(title, fontsize=9, y=1)
        self.cells.update(side_by_side(maps), numbers=None if maps.shape[2] == 1 else False, decimals=2)
        if chosen is None:
            self.frame.hide()
        else:
            height, width, count = maps.shape
            row, column = divmod(chosen, columns(count))
            self.frame.place(row * (height + 1), column * (width + 1), height, width)


def columns(count: int) -> int:
    """How many of so many maps stand in a row: as many as in a column."""
    return math.ceil(math.sqrt(count))


def side_by_side(maps: np.ndarray, across: int | None = None, below: int = 1, beside: int = 1) -> np.ndarray:
    """(height, width, maps) as one array with lines of not-a-number between the maps.

    Parameters
    ----------
    maps : (height, width, maps)
    across : maps in a row; by default as many as in a column.
    below, beside : how many lines lie between two maps, in each direction.

    Examples
    --------
    >>> side_by_side(np.arange(4.0).reshape(1, 1, 4))
    array([[ 0., nan,  1.],
           [nan, nan, nan],
           [ 2., nan,  3.]])
    """
    height, width, count = maps.shape
    across = across or columns(count)
    down = -(-count // across)
    places = np.full((down * across, height + below, width + beside), np.nan)
    places[:count, :height, :width] = maps.transpose(2, 0, 1)
    sheet = places.reshape(down, across, height + below, width + beside).transpose(0, 2, 1, 3)
    bottom, right = down * (height + below), across * (width + beside)
    return sheet.reshape(bottom, right)[: bottom - below, : right - beside]
