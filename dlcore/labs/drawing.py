"""A picture that the reader draws: ten rows of ten cells, with a check box for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import traitlets
from ipywidgets import HTML, Button, Checkbox, GridBox, HBox, Layout, VBox
from ipywidgets.widgets.widget_bool import CheckboxStyle

SIDE = 10
DIGITS = (SIDE + 3) // 4  # hexadecimal digits of a row


@dataclass(frozen=True)
class Drawing:
    """The setting of a drawing. Its value is a short text: each row as a hexadecimal number, left cell first.

    Examples
    --------
    >>> setting = Drawing("Drawing", "-".join(["000"] * 10))
    >>> setting.check("drawing", np.eye(10))
    '200-100-080-040-020-010-008-004-002-001'
    >>> setting.check("drawing", "200-100")
    Traceback (most recent call last):
        ...
    ValueError: drawing expected 10 rows of 3 hexadecimal digits up to 3ff, joined by -, got '200-100'.
    """

    label: str
    default: str

    def check(self, name: str, value: Any) -> str:
        if not isinstance(value, str):
            cells = np.asarray(value)
            if cells.shape != (SIDE, SIDE):
                raise ValueError(
                    f"{name} expected {SIDE} × {SIDE} cells, got an array of shape {cells.shape}."
                )
            return to_text(cells)
        try:
            return to_text(to_cells(value))
        except ValueError:
            raise ValueError(
                f"{name} expected {SIDE} rows of {DIGITS} hexadecimal digits up to {2**SIDE - 1:x}, "
                f"joined by -, got {value!r}."
            ) from None

    def parse(self, name: str, text: str) -> str:
        return self.check(name, text)

    def text(self, value: str) -> str:
        return value

    def control(self) -> DrawingGrid:
        return DrawingGrid(self)


def to_text(cells: np.ndarray) -> str:
    """(10, 10) cells as text; a cell that is more than a third full is drawn, or thin strokes would break."""
    full = np.asarray(cells) > 1 / 3
    return "-".join(f"{sum(1 << (SIDE - 1 - j) for j in np.flatnonzero(row)):0{DIGITS}x}" for row in full)


def to_cells(text: str) -> np.ndarray:
    """The cells of a text, (10, 10), 1 where there is ink and 0 elsewhere; raises ValueError.

    Examples
    --------
    >>> to_cells("-".join(["200"] * 9 + ["3ff"]))[[0, 9]].astype(int)
    array([[1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
           [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]])
    """
    numbers = [int(row, 16) for row in text.split("-")]
    if len(numbers) != SIDE or max(numbers) >= 1 << SIDE:
        raise ValueError(text)
    return np.array([[number >> (SIDE - 1 - j) & 1 for j in range(SIDE)] for number in numbers], float)


def larger(cells: np.ndarray) -> np.ndarray:
    """A drawing as the networks for digits see it: (28, 28), each cell as 2 × 2 pixels, a margin around."""
    picture = np.zeros((28, 28))
    picture[4:24, 4:24] = cells.repeat(2, axis=0).repeat(2, axis=1)
    return picture


def smaller(picture: np.ndarray) -> np.ndarray:
    """The way back: the middle 20 × 20 pixels of (28, 28), as means of 2 × 2.

    Examples
    --------
    >>> cells = np.eye(10)
    >>> bool((smaller(larger(cells)) == cells).all())
    True
    """
    return picture[4:24, 4:24].reshape(SIDE, 2, SIDE, 2).mean(axis=(1, 3))


class DrawingGrid(VBox):
    """The check boxes; ``value`` is the text. Tab goes from cell to cell, the space bar fills or clears one.

    The boxes are made when they are first asked for: a reader who does not draw needs no hundred widgets.

    Attributes
    ----------
    boxes : the check boxes, row by row; empty until `unfold`.
    clear_button : empties all cells.

    Examples
    --------
    >>> grid = DrawingGrid(Drawing("Drawing", "-".join(["000"] * 10)))
    >>> grid.unfold()
    >>> grid.boxes[9].value = True
    >>> grid.value[:3], grid.boxes[9].description
    ('001', 'row 1, column 10')
    """

    value = traitlets.Unicode()

    def __init__(self, setting: Drawing):
        super().__init__()
        self.add_class("dlcore-drawing")
        self.boxes: list[Checkbox] = []
        self._label = setting.label
        self._writing = False
        self.clear_button = Button(description="Clear the drawing", icon="eraser")
        self.clear_button.on_click(lambda _: setattr(self, "value", to_text(np.zeros((SIDE, SIDE)))))
        self.value = setting.default

    def unfold(self) -> None:
        """Make the boxes, if they are not there yet."""
        if self.boxes:
            return
        shared = {"layout": Layout(width="auto", margin="0"), "style": CheckboxStyle(), "indent": False}
        self.boxes = [
            Checkbox(bool(cell), description=f"row {i + 1}, column {j + 1}", **shared)
            for (i, j), cell in np.ndenumerate(to_cells(self.value))
        ]
        for box in self.boxes:
            box.observe(self._read, "value")
        how = f"{self._label}: click a cell, or go to it with Tab and press the space bar."
        self.children = [HTML(how), GridBox(self.boxes).add_class("dlcore-cells"), HBox([self.clear_button])]

    @traitlets.observe("value")
    def _write(self, change) -> None:
        self._writing = True
        for box, cell in zip(self.boxes, to_cells(change["new"]).ravel(), strict=False):
            box.value = bool(cell)
        self._writing = False

    def _read(self, change) -> None:
        if not self._writing:
            self.value = to_text(np.reshape([box.value for box in self.boxes], (SIDE, SIDE)))
