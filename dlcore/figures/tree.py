"""A tree with the numbers of its nodes: leaves at the bottom, the root at the top."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dlcore.figures import style
from dlcore.trees import Plan

CELL, HEIGHT = 0.44, 0.28  # inches: the width of a number, and the height of a node
GAP, ROW = 0.32, 0.8  # between neighbouring leaves, and from one level to the next


def tree(plan: Plan, vectors: np.ndarray, words: Sequence[str] = ()) -> Figure:
    """Every node as a row of cells, joined to its children; nodes of equal height stand side by side.

    Cells are red where a number is positive, blue where it is negative, and stronger where it is larger. Up
    to three numbers a node are written out. Beside each node stands its row in the plan.

    Parameters
    ----------
    plan : the plan of a single tree (see `dlcore.trees.Plan`).
    vectors : (nodes, units), what to show at each node, in the order of the plan.
    words : what to write below the nodes, in that order; an empty text for nothing.

    Raises
    ------
    ValueError : the plan holds several trees.

    Examples
    --------
    >>> from dlcore.trees import Trees
    >>> drawing = tree(Trees([("a", "b")]).plan(), np.array([[1.0], [2.0], [3.0]]), ["one", "two", ""])
    >>> [text.get_text() for text in drawing.axes[0].texts]
    ['1', '0', 'one', '2', '1', 'two', '3', '2']
    """
    if len(plan.roots) != 1:
        raise ValueError(f"expected the plan of one tree, got {len(plan.roots)}. Take trees[i : i + 1].")
    vectors = np.asarray(vectors, dtype=float)
    written = vectors.shape[1] <= 3
    cell = CELL if written else 1.2 / vectors.shape[1]
    width = cell * vectors.shape[1]
    x, y = places(plan)
    x, y = x * (width + GAP), y * ROW
    figure = style.new_figure(x.max() + width + 0.7, y.max() + 1.0)
    axes = figure.add_subplot()
    for parent, children in enumerate(plan.children, start=len(plan.symbols)):
        for child in children[children < plan.nodes]:
            ends = [x[child], x[parent]], [y[child], y[parent]]
            axes.plot(*ends, color="0.45", linewidth=1.2, zorder=1)
    limit = float(np.abs(vectors).max()) or 1.0
    for node, vector in enumerate(vectors[: plan.nodes]):
        left, bottom = x[node] - width / 2, y[node] - HEIGHT / 2
        for place, number in enumerate(vector):
            axes.add_patch(_cell(left + place * cell, bottom, cell, number / limit, written))
            if written:
                colour = "white" if abs(number) > 0.6 * limit else "black"
                digits = 2 if abs(number) < 0.1 else 3  # as many as there is room for
                axes.text(
                    left + (place + 0.5) * cell, y[node], f"{number:.{digits}g}", color=colour, fontsize=9,
                    ha="center", va="center", zorder=4,
                )  # fmt: skip
        axes.add_patch(Rectangle((left, bottom), width, HEIGHT, fill=False, edgecolor="black", zorder=3))
        axes.text(left - 0.05, y[node], str(node), fontsize=8, ha="right", va="center", color="0.3")
        if node < len(words) and words[node]:
            plate = {"facecolor": "white", "edgecolor": "none", "pad": 1}
            axes.text(x[node], bottom - 0.07, words[node], fontsize=10, ha="center", va="top", bbox=plate)
    axes.set(xlim=(-width / 2 - 0.35, x.max() + width / 2 + 0.35), ylim=(-0.55, y.max() + 0.45))
    axes.axis("off")
    return figure


def places(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Where the nodes of one tree stand: (nodes,) from left to right, and (nodes,) their heights.

    The leaves stand side by side in reading order, and a parent above the middle of its children.

    Examples
    --------
    >>> from dlcore.trees import Trees
    >>> across, up = places(Trees([(("a", "b"), "c")]).plan())
    >>> across.tolist(), up.tolist()
    ([0.0, 1.0, 2.0, 0.5, 1.25], [0.0, 0.0, 0.0, 1.0, 2.0])
    """
    first = len(plan.symbols)
    across, up = np.zeros(plan.nodes), np.zeros(plan.nodes)
    for height, level in enumerate(plan.levels, start=1):
        up[level] = height
    waiting, leaves = [int(plan.roots[0])], 0
    while waiting:
        node = waiting.pop()
        if node < first:
            across[node], leaves = leaves, leaves + 1
        else:
            own = plan.children[node - first]
            waiting.extend(int(child) for child in own[::-1] if child < plan.nodes)
    for node in range(first, plan.nodes):
        own = plan.children[node - first]
        across[node] = across[own[own < plan.nodes]].mean()
    return across, up


def _cell(left, bottom, width, share, outlined):
    """One number as a coloured rectangle; ``share`` is from -1 to 1."""
    colour = colormaps[style.SIGNED](0.5 + share / 2)
    edge = "0.4" if outlined else "none"
    return Rectangle((left, bottom), width, HEIGHT, facecolor=colour, edgecolor=edge, linewidth=0.5, zorder=2)
