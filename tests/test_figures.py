"""Charts of several things: each has a look of its own, or the chart says that it has no more of them."""

import numpy as np
import pytest

from dlcore import figures


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
