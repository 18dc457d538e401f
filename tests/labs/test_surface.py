"""A figure as one picture, redrawn in place."""

import io

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from dlcore.labs.surface import Surface


def line_chart():
    figure = Figure(figsize=(3, 2), dpi=100)
    axes = figure.add_subplot()
    (line,) = axes.plot([0, 1], [0, 1], animated=True)
    return figure, axes, line


def pixels(surface):
    return np.asarray(Image.open(io.BytesIO(surface.value)))


def test_a_redrawn_picture_equals_one_drawn_from_scratch():
    figure, _, line = line_chart()
    surface = Surface(figure, "a line")
    line.set_data([0, 1], [1, 0])
    surface.redraw()
    redrawn = pixels(surface)
    surface.show(figure)
    np.testing.assert_array_equal(redrawn, pixels(surface))


def test_a_changed_axis_is_drawn_too():
    figure, axes, _ = line_chart()
    surface = Surface(figure, "a line")
    surface.redraw()
    before = pixels(surface)
    axes.set_xlim(0, 100)
    surface.redraw()
    assert (before != pixels(surface)).any()


def test_what_has_not_changed_is_drawn_once(monkeypatch):
    figure, _, line = line_chart()
    surface = Surface(figure, "a line")
    surface.redraw()
    monkeypatch.setattr(figure, "draw", lambda *_: (_ for _ in ()).throw(AssertionError("drawn again")))
    line.set_ydata([1, 0])
    surface.redraw()


def test_the_picture_is_the_same_at_every_run():
    one, other = Surface(line_chart()[0], "a line"), Surface(line_chart()[0], "a line")
    one.redraw()
    other.redraw()
    assert one.value == other.value != b""


def test_it_has_a_name_for_those_who_do_not_see_it_and_fits_a_telephone():
    surface = Surface(line_chart()[0], "a rising line")
    assert surface.tooltip == "a rising line"
    assert surface.get_state()["description"] == ""  # else the browser leaves the name away
    assert (surface.layout.width, surface.layout.max_width) == ("288px", "100%")
