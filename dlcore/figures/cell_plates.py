"""Tables of numbers to watch while something moves over them: one large table, or several small ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlcore.figures import style
from dlcore.figures.cells import PLATE_MARGINS, CellFrame, Cells

Place = tuple[float, float, float, float]  # row, column, height, width


class CellPlate:
    """One table with a frame around some of its cells, a dashed frame around others, and a mark on one.

    Parameters
    ----------
    signed : see `Cells`.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> plate = CellPlate(signed=False)
    >>> plate.update("picture", np.eye(4), frame=(1, 1, 3, 3))
    >>> plate.axes.get_title(), plate.frame.line.get_visible(), plate.dashed.line.get_visible()
    ('picture', True, False)
    """

    def __init__(self, signed: bool):
        self.figure = style.lab_figure(3.25, **PLATE_MARGINS)
        self.axes = self.figure.add_subplot()
        self.cells = Cells(self.axes, signed)
        self.frame, self.dashed = CellFrame(self.axes), CellFrame(self.axes, dashed=True)
        (self.mark,) = self.axes.plot(
            [], [], "v", color="#5a2ca0", markeredgecolor="white", markersize=8, zorder=7, animated=True
        )

    def update(
        self,
        title: str,
        array: np.ndarray,
        frame: Place | None = None,
        dashed: Place | None = None,
        mark: tuple[float, float] | None = None,
        **cells,
    ) -> None:
        """Show another table.

        Parameters
        ----------
        title : words above it.
        frame, dashed : (row, column, height, width) of the framed cells, or None.
        mark : (row, column) of the cell with a mark in its upper corner, or None.
        cells : what `Cells.update` takes.
        """
        if self.axes.get_title() != title:
            self.axes.set_title(title, fontsize=9, y=1)
        self.cells.update(array, **cells)
        for one, place in ((self.frame, frame), (self.dashed, dashed)):
            one.hide() if place is None else one.place(*place)
        self.mark.set_data(([], []) if mark is None else ([mark[1] + 0.32], [mark[0] - 0.34]))


class CellTables:
    """Several small tables, each under its title.

    Parameters
    ----------
    tables : (title, signed) of each.
    columns : tables in a row.

    Attributes
    ----------
    figure : matplotlib Figure.
    cells : the `Cells` of each table.

    Examples
    --------
    >>> tables = CellTables([("x", False), ("W", True), ("x · W", True)], columns=2)
    >>> tables.cells[2].update(np.eye(3))
    >>> len(tables.figure.axes)
    3
    """

    def __init__(self, tables: Sequence[tuple[str, bool]], columns: int = 2):
        rows = -(-len(tables) // columns)
        self.figure = style.lab_figure(1.62 * rows, **PLATE_MARGINS)
        self.figure.subplots_adjust(wspace=0.05, hspace=0.19)
        self.cells = []
        for number, (title, signed) in enumerate(tables, start=1):
            axes = self.figure.add_subplot(rows, columns, number)
            axes.set_title(title, fontsize=9, y=1)
            self.cells.append(Cells(axes, signed))
