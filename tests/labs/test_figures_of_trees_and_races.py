"""What the pictures of the tree composer, the gradient flow and the optimizer race show."""

import numpy as np

from dlcore.figures import style
from dlcore.figures.layer_curve import LayerCurve
from dlcore.figures.race import HIGHEST, LOWEST, TICKS, RaceLosses, RacePaths
from dlcore.figures.tree_drawing import NARROW, WIDE, TreeDrawing, brief
from dlcore.trees import Trees

WHITE = (1, 1, 1, 1)


def drawing(tree, units=2):
    return TreeDrawing(Trees([tree]).plan(), units)


def test_cells_are_red_above_zero_blue_below_and_white_where_nothing_is_known():
    picture = drawing(("a", "b"))
    h = np.array([[1.0, -1.0], [0.0, 0.5], [np.nan, np.nan]])
    picture.update(h, np.full(3, np.nan), active=[0])
    colours = picture.cells.get_facecolor().reshape(3, 2, 4)
    red, _, blue, _ = colours[0, 0]
    assert red > blue
    red, _, blue, _ = colours[0, 1]
    assert blue > red
    assert tuple(colours[2, 0]) == tuple(colours[2, 1]) == WHITE
    styles = [line[1] for line in picture.frames.get_linestyle()]
    assert styles[0] is None
    assert styles[2] is not None


def test_discs_grow_with_the_gradient_and_stand_beside_its_number():
    picture = drawing((("a", "b"), "c"))
    norms = np.array([1.0, 2.0, 0.0, np.nan, 4.0])
    picture.update(np.zeros((5, 2)), norms, active=[])
    sizes = picture.discs.get_sizes()
    assert sizes[4] == 2 * sizes[1] == 4 * sizes[0] > 0 == sizes[2] == sizes[3]
    assert [text.get_text() for text in picture.norms] == ["1.0", "2.0", "0", "", "4.0"]


def test_the_present_node_and_the_lines_to_its_children_stand_out():
    picture = drawing((("a", "b"), "c"))  # leaves 0, 1, 2; inner nodes 3 and 4
    picture.update(np.zeros((5, 2)), np.full(5, np.nan), active=[3])
    assert np.argmax(picture.frames.get_linewidth()) == 3
    widths = dict(zip(picture._edges, picture.edges.get_linewidth(), strict=True))
    assert widths[0] == widths[1] > widths[2] == widths[3]


def test_leaves_stand_at_equal_distances_over_the_whole_width():
    """Words are set below them, in as many columns of equal width."""
    for leaves, width in ((2, NARROW), (6, NARROW), (7, WIDE), (12, WIDE)):
        picture = drawing(tuple("abcdefghijkl"[:leaves]))
        assert picture.figure.get_figwidth() == width
        assert picture.axes.get_xlim() == (-0.5, leaves - 0.5)
        assert picture.axes.get_position().bounds == (0, 0, 1, 1)


def test_lengths_stay_brief():
    for length in (0.0, 1e-12, 4e-5, 0.01, 0.999, 9.99, 99.9, 12345.0):
        assert len(brief(length)) <= 5


def test_layers_without_a_place_on_a_log_axis_are_left_out():
    curve = LayerCurve("length", style.TRAINING, "o", most_layers=9)
    curve.update(np.array([0.0, 1e-5, np.inf, 2.0]), before=np.empty(0))
    np.testing.assert_array_equal(np.isfinite(curve.now.get_ydata()), [False, True, False, True])
    low, high = curve.axes.get_ylim()
    assert low <= 1e-5
    assert high >= 2
    assert curve.axes.get_xlim() == (0.5, 9.5)


def test_contour_lines_lie_where_the_loss_is_equal():
    chart = RacePaths(["SGD"])
    x, y = np.meshgrid(TICKS, TICKS)
    chart.show_surface(x**2 + y**2, ("a", "b"))
    radii = [np.hypot(*segment.T) for segment in chart.contours.get_segments()]
    assert len(radii) >= 10
    whole = [r for r in radii if 0.3 < r.max() < TICKS[-1]]
    assert whole
    assert all(np.ptp(r) < 0.02 for r in whole)
    assert chart.axes.get_xlabel() == "a"


def test_paths_and_losses_end_where_the_racers_are():
    paths, losses = RacePaths(["SGD", "Adam"]), RaceLosses(["SGD", "Adam"])
    paths.update({"SGD": np.array([[1.0, 1.0], [1e30, 0.0]]), "Adam": np.array([[1.0, 1.0], [0.5, 0.25]])})
    assert np.isfinite(paths.paths["SGD"].get_xdata()).all()
    assert (paths.places["Adam"].get_xdata()[0], paths.places["Adam"].get_ydata()[0]) == (0.5, 0.25)
    assert (paths.start.get_xdata()[0], paths.start.get_ydata()[0]) == (1.0, 1.0)
    losses.update({"SGD": np.array([1.0, 1e30]), "Adam": np.array([1.0, 0.0])})
    assert losses.ends["SGD"].get_ydata()[0] == HIGHEST
    assert losses.ends["Adam"].get_ydata()[0] == LOWEST
    low, high = losses.axes.get_ylim()
    assert low <= LOWEST
    assert high >= HIGHEST
