"""Tables of numbers with frames."""

import numpy as np

from dlcore.figures import number_grids


def test_tables_say_their_numbers_and_frame_the_cells_that_are_asked_for():
    map_ = np.array([[-2.0, 0.0], [1.0, -0.0]])
    figure = number_grids({"x": np.ones((3, 3)), "z": map_}, {"x": [(0, 1, 2, 2)]}, signed=["z"])
    picture, signed = figure.axes
    assert [text.get_text() for text in signed.texts] == ["-2", "0", "1", "0"]
    (frame,) = picture.patches
    assert (frame.get_x(), frame.get_y(), frame.get_width(), frame.get_height()) == (0.5, -0.5, 2, 2)
    assert not signed.patches


def test_signed_tables_are_white_at_zero_and_numbers_can_be_read_on_every_cell():
    figure = number_grids({"z": np.array([[-1.0, 0.0, 1.0]]), "x": np.array([[0.0, 1.0]])}, signed=["z"])
    (scale,), (grey,) = (axes.images for axes in figure.axes)
    assert (scale.norm.vmin, scale.norm.vmax, grey.norm.vmin) == (-1, 1, 0)
    colours = [text.get_color() for axes in figure.axes for text in axes.texts]
    assert colours == ["white", "black", "white", "white", "black"]


def test_tables_go_on_in_a_new_row():
    figure = number_grids({name: np.ones((2, 2)) for name in "abc"}, columns=2)
    figure.canvas.draw()
    a, b, c = (axes.get_position() for axes in figure.axes)
    assert a.y0 == b.y0 > c.y1
    assert a.x0 == c.x0 < b.x0
