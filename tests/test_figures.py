"""Charts of several things: each has a look of its own, or the chart says that it has no more of them."""

import numpy as np
import pytest

from dlcore import figures
from dlcore.figures.decision_plane import DecisionPlane


def named(count, value):
    return {f"number {i}": value for i in range(count)}


CHARTS = {
    "lines": (4, lambda n: figures.lines(named(n, ([0, 1], [1, 2])), "x", "y")),
    "points": (4, lambda n: figures.points(np.zeros((n, 2)), np.arange(n))),
    "ratios": (6, lambda n: figures.ratios(["a", "b"], named(n, [0.5, 2.0]), "ratio")),
}


@pytest.mark.parametrize(("most", "draw"), CHARTS.values(), ids=CHARTS)
def test_a_chart_shows_all_of_them_or_says_how_many_it_can_tell_apart(most, draw):
    assert len(draw(most).axes[0].get_legend().get_texts()) == most
    with pytest.raises(ValueError, match=rf"tell {most} things apart, got {most + 1}"):
        draw(most + 1)


def test_the_plane_is_white_where_a_network_that_diverged_has_no_answer():
    ticks = np.linspace(-1, 1, 2)
    plane, no_points = DecisionPlane(ticks), (np.zeros((0, 2)), np.zeros(0))
    probabilities = np.array([[[np.nan, np.nan], [1.0, 0.0]], [[0.0, 1.0], [0.5, 0.5]]])
    plane.update(probabilities, no_points, no_points, np.zeros((0, 2)))
    ground = np.asarray(plane.image.get_array())
    assert (ground[0, 0] == 255).all()
    assert not (ground[0, 1] == 255).all()
