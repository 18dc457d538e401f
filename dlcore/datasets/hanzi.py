"""Chinese characters as trees of their components, with their numbers of strokes."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np

from dlcore.trees import Tree, parse_tree


def hanzi_trees(labels: bool = False) -> tuple[list[str], list[Tree], np.ndarray]:
    """3,748 common characters (GB 2312, level 1), each taken apart into components.

    Parameters
    ----------
    labels : whether to keep how the components are put together, such as ``a`` (side by side) or ``d``
        (one above the other), as a leaf in front of them.

    Returns
    -------
    characters : the characters.
    trees : one nested tuple for each; see `dlcore.trees`.
    strokes : (3748,), int, how many strokes the character is written with.

    Examples
    --------
    >>> characters, trees, strokes = hanzi_trees()
    >>> characters[0], trees[0], int(strokes[0])
    ('啊', ('口', ('阝', ('丁', '口'))), 10)
    """
    with (files(__package__) / "hanzi_trees.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    trees = [parse_tree(row["tree"], labels) for row in rows]
    return [row["char"] for row in rows], trees, np.array([int(row["strokes"]) for row in rows])
