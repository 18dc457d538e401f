"""Tables of numbers that are drawn as one artist."""

import io

import numpy as np
import pytest
from PIL import Image

from dlcore.figures import style
from dlcore.figures.cell_plates import CellPlate, CellTables
from dlcore.figures.cells import Cells, lettering, readable_in_black, written
from dlcore.labs.surface import Surface


def table(array, signed=False, **options):
    cells = Cells(style.new_figure(2, 2).add_subplot(), signed)
    cells.update(np.array(array, float), **options)
    return cells


def luminance(colour):
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_signed_numbers_are_white_at_zero_and_alike_on_both_sides():
    cells = table([[-2.0, 0.0, 2.0]], signed=True)
    blue, white, red = (cells.pixels(30, 90)[15, place, :3].astype(int) for place in (2, 32, 62))
    assert white.min() > 240
    assert blue[2] > blue[0] + 40
    assert red[0] > red[2] + 40


def test_each_cell_has_its_place_also_where_pixels_do_not_divide():
    cells = table(np.eye(3), numbers=False)
    picture = cells.pixels(100, 101)[:, :, 0]
    for i, j in np.ndindex(3, 3):
        assert picture[100 * i // 3 + 15, 101 * j // 3 + 15] == (255 if i == j else 0)


@pytest.mark.parametrize("signed", [False, True])
def test_every_number_can_be_read_on_its_colour(signed):
    shades = np.linspace(-1 if signed else 0, 1, 50)
    cells = table(shades[None], signed, numbers=False)
    for colour in cells.colours[0] / 255:
        ink, ground = (0.0 if readable_in_black(colour) else 1.0), luminance(colour)
        light, dark = max(ink, ground) + 0.05, min(ink, ground) + 0.05
        assert light / dark >= 4.5


def test_numbers_leave_ink_and_unknown_cells_none():
    picture = table([[0.5, np.nan], [0.5, 0.5]], limit=1).pixels(80, 80)[:, :, 0]
    known, unknown = picture[3:37, 3:37], picture[3:37, 43:77]
    assert len(np.unique(known)) > 2
    assert len(np.unique(unknown)) == 1


def test_ink_of_a_word_is_the_same_each_time_and_grows_with_its_size():
    np.testing.assert_array_equal(lettering("−1.5", 12), lettering("−1.5", 12))
    assert lettering("8", 20).shape[0] > lettering("8", 10).shape[0]
    assert lettering("8", 20).max() > 0.9
    assert lettering("−", 20).shape[0] == lettering("8", 20).shape[0]


@pytest.mark.parametrize(
    ("number", "word"),
    [(0.0, "0"), (-0.04, "0"), (-1.25, "−1.2"), (12.0, "12.0"), (np.nan, ""), (np.inf, "")],
)
def test_words(number, word):
    assert written(number, 1) == word


def test_whole_numbers_have_no_decimals_and_large_tables_no_words():
    assert table([[1, -2], [0, 3]], signed=True).words == [["1", "−2"], ["0", "3"]]
    assert table(np.ones((3, 15))).words is None


def test_a_picture_is_made_anew_when_anything_changes_and_only_then():
    plate = CellPlate(signed=True)
    plate.update("title", np.eye(4), frame=(0, 0, 2, 2), limit=1)
    surface = Surface(plate.figure, "a table")
    surface.redraw()
    seen = [surface.value]
    made = plate.cells._picture
    plate.update("title", np.eye(4), frame=(1, 1, 2, 2), limit=1)
    surface.redraw()
    seen.append(surface.value)
    assert plate.cells._picture is made
    for changed in (
        {"limit": 2},
        {"limit": 2, "pale": np.eye(4) == 0},
        {"limit": 2, "decimals": 0, "numbers": False},
    ):
        plate.update("title", np.eye(4), frame=(1, 1, 2, 2), **changed)
        surface.redraw()
        seen.append(surface.value)
    plate.update("title", np.eye(4), mark=(0, 0), dashed=(2, 2, 2, 2))
    surface.redraw()
    seen.append(surface.value)
    plate.update("another title", np.eye(3))
    surface.redraw()
    seen.append(surface.value)
    assert len(set(seen)) == len(seen)


def test_a_frame_lies_around_its_cells():
    plate = CellPlate(signed=False)
    plate.update("title", np.zeros((4, 4)), frame=(1, 2, 2, 1))
    surface = Surface(plate.figure, "a table")
    surface.redraw()
    pixels = np.asarray(Image.open(io.BytesIO(surface.value)).convert("RGB")).astype(int)
    orange = np.abs(pixels - [0xC2, 0x78, 0x00]).max(axis=2) < 40
    left, _, right, top = plate.axes.bbox.extents
    rows, columns = np.nonzero(orange)
    cell = (right - left) / 4
    assert columns.min() == pytest.approx(left + 2 * cell, abs=5)
    assert columns.max() == pytest.approx(left + 3 * cell, abs=5)
    height = len(pixels)
    assert rows.min() == pytest.approx(height - top + cell, abs=5)
    assert rows.max() == pytest.approx(height - top + 3 * cell, abs=5)


def test_small_tables_stand_in_rows():
    tables = CellTables([("a", False), ("b", True), ("c", True)])
    assert [cells.axes.get_title() for cells in tables.cells] == ["a", "b", "c"]
    assert [cells.signed for cells in tables.cells] == [False, True, True]
