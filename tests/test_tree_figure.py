"""The drawing of a tree: every node, every number, every line to a child."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from dlcore.figures.tree import tree
from dlcore.trees import Trees


def test_nodes_numbers_and_lines():
    plan = Trees([(("a", "b", "c"), "d")]).plan()
    axes = tree(plan, [[1, 0], [-4, 0], [0, 0], [0, 2], [3, 3], [4, 4]]).axes[0]
    assert len(axes.lines) == 5  # every node but the root hangs on one
    words = [text.get_text() for text in axes.texts]
    assert words[:6] == ["1", "0", "0", "-4", "0", "1"]
    colours = [to_hex(patch.get_facecolor()) for patch in axes.patches if patch.get_fill()]
    negative, zero, positive = colours[2], colours[4], colours[10]
    assert zero == "#f7f6f6"
    assert int(negative[1:3], 16) < int(negative[5:], 16)  # blue
    assert int(positive[1:3], 16) > int(positive[5:], 16)  # red


def test_many_units_are_colours_only():
    plan = Trees(["a"]).plan()
    assert [text.get_text() for text in tree(plan, np.ones((1, 8)), ["word"]).axes[0].texts] == ["0", "word"]


def test_one_tree_only():
    with pytest.raises(ValueError, match=r"one tree, got 2. Take trees\[i : i \+ 1\]"):
        tree(Trees(["a", "b"]).plan(), np.ones((2, 1)))
