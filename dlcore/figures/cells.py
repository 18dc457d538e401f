"""A table of numbers as one artist: coloured cells with their numbers in them, drawn in a few milliseconds.

A hundred text artists take a tenth of a second to draw, too long for a picture that follows a slider. Here
the cells and the numbers are put together as one array of pixels.
"""

from __future__ import annotations

from functools import lru_cache

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.font_manager import findfont, get_font
from matplotlib.patches import Rectangle

from dlcore.figures import style
from dlcore.figures.number_grids import FRAME

LINE = 140  # grey of the lines between cells
LARGEST = 22  # pixels, of a number
FEW_COLUMNS = 13  # so many have room for a number each
UNKNOWN = 170  # grey of a cell that has no number
PALE = 0.72  # share of white over cells that are set back
PLATE_MARGINS = {"left": 0.04, "bottom": 0.04, "top": 0.22}  # inches; a title stands above the cells


class Cells(Artist):
    """An array as coloured cells, from the top left; each number in black or white, as it can be read.

    Parameters
    ----------
    axes : are filled; their limits count cells, as those of ``imshow`` do.
    signed : True shows 0 as white, positive numbers red and negative ones blue; False 0 black and the largest
        number white.

    Examples
    --------
    >>> cells = Cells(style.new_figure(2, 2).add_subplot(), signed=True)
    >>> cells.update(np.array([[-1.0, 0.25], [0.0, 1.0]]))
    >>> cells.words
    [['−1.0', '0.2'], ['0', '1.0']]
    >>> cells.update(np.array([[2, -1]]))
    >>> cells.words
    [['2', '−1']]
    """

    def __init__(self, axes: Axes, signed: bool):
        super().__init__()
        self.set_animated(True)
        self.signed = signed
        self.colormap = mpl.colormaps[style.SIGNED if signed else "gray"]
        self._shown = self._picture = None  # what is in sight, and its pixels
        axes.add_artist(self)
        axes.set(xticks=[], yticks=[])
        self.update(np.zeros((1, 1)))

    def update(
        self,
        array: np.ndarray,
        limit: float | None = None,
        numbers: bool | None = None,
        pale: np.ndarray | None = None,
        decimals: int = 1,
    ) -> None:
        """Show another array.

        Parameters
        ----------
        array : (rows, columns); not-a-number is a cell without a number.
        limit : the number whose colour is the strongest; the largest one by default.
        numbers : whether the numbers stand in the cells; by default where they have room.
        pale : (rows, columns), True for cells that are set back.
        decimals : digits after the point; none where all numbers are whole.
        """
        array = np.asarray(array, float)
        shown = (
            array.shape,
            array.tobytes(),
            limit,
            numbers,
            decimals,
            None if pale is None else pale.tobytes(),
        )
        if shown == self._shown:
            return
        self._shown, self._picture, self.array = shown, None, array
        known = np.where(np.isfinite(self.array), self.array, 0.0)
        limit = limit or float(np.abs(known).max()) or 1.0
        share = (known / limit + 1) / 2 if self.signed else known / limit
        colours = self.colormap(share)[:, :, :3]
        colours[~np.isfinite(self.array)] = UNKNOWN / 255
        if pale is not None:
            colours[pale] = PALE + (1 - PALE) * colours[pale]
        self.colours = (255 * colours).astype(np.uint8)
        numbers = array.shape[1] <= FEW_COLUMNS if numbers is None else numbers
        decimals = decimals if (known % 1).any() else 0
        self.words = [[written(n, decimals) for n in line] for line in self.array] if numbers else None
        rows, columns = self.array.shape
        limits = (-0.5, columns - 0.5), (rows - 0.5, -0.5)
        if (self.axes.get_xlim(), self.axes.get_ylim()) != limits:
            self.axes.set(xlim=limits[0], ylim=limits[1], aspect="equal")

    def draw(self, renderer) -> None:
        left, bottom, right, top = (round(edge) for edge in self.axes.bbox.extents)
        size = top - bottom, right - left
        if self._picture is None or self._picture.shape[:2] != size:
            self._picture = np.ascontiguousarray(self.pixels(*size)[::-1])  # a renderer counts from below
        context = renderer.new_gc()
        renderer.draw_image(context, left, bottom, self._picture)
        context.restore()

    def pixels(self, height: int, width: int) -> np.ndarray:
        """The table as (height, width, 4) pixels, the top row first."""
        rows, columns = self.array.shape
        down, right = (np.arange(rows + 1) * height // rows), (np.arange(columns + 1) * width // columns)
        row_of, column_of = (
            np.repeat(np.arange(rows), np.diff(down)),
            np.repeat(np.arange(columns), np.diff(right)),
        )
        picture = np.full((height, width, 4), 255, np.uint8)
        picture[:, :, :3] = self.colours[row_of[:, None], column_of]
        if self.words is None:
            return picture
        picture[down[1:-1], :, :3] = LINE
        picture[:, right[1:-1], :3] = LINE
        longest = max(len(word) for line in self.words for word in line)
        cell = min(height // rows, width // columns)
        size = min(0.42 * cell, 1.45 * cell / max(longest, 1), LARGEST)
        for i, j in np.ndindex(rows, columns):
            stamp(picture[down[i] : down[i + 1], right[j] : right[j + 1]], self.words[i][j], round(size))
        return picture


def stamp(cell: np.ndarray, word: str, size: int) -> None:
    """Write a word into the middle of a cell (height, width, 4) of one colour."""
    if not word:
        return
    ink = lettering(word, size)
    top, left = (max((cell.shape[axis] - ink.shape[axis]) // 2, 0) for axis in (0, 1))
    area = cell[top : top + ink.shape[0], left : left + ink.shape[1], :3]
    ink = ink[: area.shape[0], : area.shape[1], None]
    ground = area[0, 0].astype(float)
    colour = 0 if readable_in_black(ground / 255) else 255
    area[...] = ink * colour + (1 - ink) * ground


@lru_cache(maxsize=4096)
def lettering(word: str, size: int) -> np.ndarray:
    """How much of each pixel is ink, (height, width) from 0 to 1; all words of a size are equally high."""
    font = get_font(findfont("DejaVu Sans"))
    font.set_size(size, 72)
    font.set_text("0123456789", 0)
    font.draw_glyphs_to_bitmap(antialiased=True)
    height = font.get_image().shape[0]
    font.set_text(word, 0)
    font.draw_glyphs_to_bitmap(antialiased=True)
    image = np.asarray(font.get_image()) / 255
    missing = max(height - image.shape[0], 0)
    return np.pad(image, [(missing - missing // 2, missing // 2), (0, 0)])


def readable_in_black(colour: np.ndarray) -> bool:
    """Whether black has more contrast to a colour (red, green, blue from 0 to 1) than white has.

    Source: WCAG 2.2, relative luminance and contrast ratio.
    """
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722]) > 0.179


def written(number: float, decimals: int) -> str:
    """A number for a cell, short: 0 has no decimals, and what is not a number is nothing."""
    if not np.isfinite(number):
        return ""
    text = f"{number:.{decimals}f}"
    return "0" if float(text) == 0 else text.replace("-", "−")


class CellFrame:
    """A thick frame around some cells, to be moved.

    Parameters
    ----------
    axes : where the cells are.
    dashed : whether the frame is a dashed one, where there are two.

    Examples
    --------
    >>> frame = CellFrame(style.new_figure(2, 2).add_subplot())
    >>> frame.place(row=2, column=0, height=3, width=3)
    >>> frame.line.get_xy(), frame.line.get_width()
    ((-0.5, 1.5), 3)
    """

    def __init__(self, axes: Axes, dashed: bool = False):
        common = {"fill": False, "animated": True, "clip_on": False, "joinstyle": "miter"}
        # the white below the frame keeps it apart from cells of its own brightness
        self.ground = Rectangle((0, 0), 1, 1, edgecolor="white", zorder=5, **common)
        style_of_line = (0, (2.2, 1.2)) if dashed else "-"
        colour = "#5a2ca0" if dashed else FRAME
        self.line = Rectangle((0, 0), 1, 1, edgecolor=colour, linestyle=style_of_line, zorder=6, **common)
        axes.add_artist(self.ground)
        axes.add_artist(self.line)

    def place(self, row: float, column: float, height: float, width: float) -> None:
        """Put the frame around the cells from (row, column); among small cells it is a thin one."""
        left, right = self.ground.axes.get_xlim()
        share = 1 if right - left <= FEW_COLUMNS else 0.6
        for one, linewidth in ((self.ground, 4.6), (self.line, 2.6)):
            one.set(xy=(column - 0.5, row - 0.5), height=height, width=width, visible=True)
            one.set_linewidth(share * linewidth)

    def hide(self) -> None:
        """Take the frame away."""
        for one in (self.ground, self.line):
            one.set_visible(False)
