"""Pictures that a reader draws."""

import numpy as np
import pytest

from dlcore.labs.drawing import SIDE, Drawing, DrawingGrid, to_cells, to_text

EMPTY = to_text(np.zeros((SIDE, SIDE)))


def test_a_drawing_and_its_text_are_the_same():
    cells = np.random.default_rng(0).integers(0, 2, (SIDE, SIDE))
    np.testing.assert_array_equal(to_cells(to_text(cells)), cells)
    assert Drawing("Drawing", EMPTY).parse("drawing", to_text(cells).upper()) == to_text(cells)


def test_the_first_cell_is_the_highest_bit():
    assert to_cells("200" + EMPTY[3:])[0].tolist() == [1] + [0] * 9


@pytest.mark.parametrize("text", ["", "xyz", EMPTY + "-000", EMPTY[:-3] + "400", "-1" + EMPTY[3:]])
def test_a_text_that_is_no_drawing_is_refused(text):
    with pytest.raises(ValueError, match="10 rows of 3 hexadecimal digits"):
        Drawing("Drawing", EMPTY).check("drawing", text)


def test_boxes_are_made_once_and_only_when_they_are_needed():
    grid = DrawingGrid(Drawing("Drawing", EMPTY))
    assert grid.boxes == []
    grid.value = "3ff" + EMPTY[3:]
    grid.unfold()
    boxes = grid.boxes
    grid.unfold()
    assert grid.boxes is boxes
    assert [box.value for box in boxes[:11]] == [True] * 10 + [False]
    assert len({box.description for box in boxes}) == 100


def test_boxes_and_value_follow_each_other():
    grid = DrawingGrid(Drawing("Drawing", EMPTY))
    grid.unfold()
    seen = []
    grid.observe(lambda change: seen.append(change["new"]), "value")
    grid.boxes[25].value = True
    assert to_cells(grid.value)[2, 5] == 1
    grid.value = "001" + EMPTY[3:]
    assert (grid.boxes[9].value, grid.boxes[25].value) == (True, False)
    grid.clear_button.click()
    assert grid.value == EMPTY
    assert not any(box.value for box in grid.boxes)
    assert len(seen) == 3  # a change of many boxes is told once
