"""A tree in the middle of being composed: the vectors that are known, and the gradients on their way down."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from matplotlib import colormaps
from matplotlib.collections import LineCollection, PolyCollection

from dlcore.figures import style
from dlcore.figures.stepper import ACTIVE, FADED, largest
from dlcore.figures.tree import places
from dlcore.trees import Plan

NARROW, WIDE = 3.4, 4.9  # inches; the narrow one needs no shrinking on a telephone
STRIP = 0.15  # inches, the height of a vector
GRADIENT = "#6a3d9a"
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}  # lines do not run through numbers


class TreeDrawing:
    """One tree, root above; every vector is a strip of coloured cells. Redrawn in place.

    Red cells are positive, blue ones negative, both on one scale for the whole tree. A violet disc below a
    strip is as large as the node's gradient is long, and stands beside the number. The node of the present
    step has a black frame. The axes fill the figure, and the leaves stand at equal distances, so that words
    can be set below them.

    Parameters
    ----------
    plan : the plan of one tree.
    units : how many numbers a vector has.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> from dlcore.trees import Trees
    >>> drawing = TreeDrawing(Trees([("a", "b")]).plan(), units=2)
    >>> h = np.array([[1.0, -1.0], [0.5, 0.0], [np.nan, np.nan]])
    >>> drawing.update(h, norms=np.array([0.3, np.nan, np.nan]), active=[2])
    >>> [text.get_text() for text in drawing.norms]
    ['0.30', '', '']
    """

    def __init__(self, plan: Plan, units: int):
        leaves, levels = len(plan.symbols), len(plan.levels)
        self.plan = plan
        across, up = places(plan)
        step = float(np.clip(2.6 / levels, 0.52, 0.95))  # inches from one level to the next
        bottom, top = 0.42, 0.26
        height = bottom + levels * step + top
        width = NARROW if leaves <= 6 else WIDE
        self.figure = style.lab_figure(height, width=width)
        axes = self.axes = self.figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(-0.5, leaves - 0.5), ylim=(0, height))
        axes.axis("off")
        inch = leaves / width  # in units of the x-axis
        self.width = min(0.86, 1.1 * inch)
        x, y = across, bottom + up * step
        self._parent = np.full(plan.nodes, -1)
        for node, children in enumerate(plan.children, start=leaves):
            self._parent[children[children < plan.nodes]] = node
        self._edges = [node for node in range(plan.nodes) if self._parent[node] >= 0]
        ends = [
            [(x[node], y[node] + STRIP / 2), (x[self._parent[node]], y[self._parent[node]] - STRIP / 2)]
            for node in self._edges
        ]
        self.edges = axes.add_collection(LineCollection(ends, zorder=1, animated=True))
        lefts = x[:, None] - self.width / 2 + np.arange(units) * self.width / units
        self.cells = axes.add_collection(
            PolyCollection(
                [box(left, y[n], self.width / units) for n in range(plan.nodes) for left in lefts[n]],
                zorder=3,
                linewidth=0,
                animated=True,
            )
        )
        self.frames = axes.add_collection(
            PolyCollection(
                [box(lefts[n][0], y[n], self.width) for n in range(plan.nodes)],
                zorder=4,
                facecolor="none",
                animated=True,
            )
        )
        for node in range(plan.nodes):
            axes.text(
                lefts[node][0], y[node] + STRIP / 2 + 0.02, str(node), fontsize=9, color="0.3",
                ha="left", va="bottom", zorder=5, bbox=PLATE,
            )  # fmt: skip
        below = y - STRIP / 2 - 0.11
        room = 0.09 * inch  # left of the number, for the disc
        self.discs = axes.scatter(
            lefts[:, 0] + room, below, s=0, color=GRADIENT, zorder=5, linewidth=0, animated=True
        )
        self.norms = [
            axes.text(
                lefts[node][0] + 2.1 * room, below[node], "", fontsize=9, color=GRADIENT, va="center",
                zorder=6, animated=True, bbox=PLATE,
            )
            for node in range(plan.nodes)
        ]  # fmt: skip

    def update(self, h: np.ndarray, norms: np.ndarray, active: Collection[int]) -> None:
        """Show another state. Not a number (NaN) stands for what is not known yet.

        Parameters
        ----------
        h : (nodes, units), the vectors.
        norms : (nodes,), the length of dL/dh.
        active : the nodes of the present step.
        """
        limit = largest([h])
        colours = colormaps[style.SIGNED](0.5 + h.ravel() / (2 * limit))
        colours[np.isnan(h.ravel())] = (1, 1, 1, 1)
        self.cells.set_facecolor(colours)
        known = np.isfinite(h).all(axis=1)
        is_active = np.isin(np.arange(len(h)), list(active))
        self.frames.set_edgecolor([ACTIVE if on else FADED for on in is_active])
        self.frames.set_linewidth(np.where(is_active, 2.2, 0.8))
        self.frames.set_linestyle(["-" if on else ":" for on in known])
        on_the_way = [is_active[self._parent[node]] for node in self._edges]
        self.edges.set_color([ACTIVE if on else FADED for on in on_the_way])
        self.edges.set_linewidth([2.0 if on else 0.9 for on in on_the_way])
        self.discs.set_sizes(np.nan_to_num(120 * norms / largest([norms])))
        for text, norm in zip(self.norms, norms, strict=True):
            text.set(text=brief(norm) if np.isfinite(norm) else "", visible=bool(np.isfinite(norm)))


def brief(length: float) -> str:
    """A length in about four characters: there is no room for more.

    Examples
    --------
    >>> [brief(length) for length in (0.0, 0.00052, 0.06, 0.761, 7.61, 76.1, 761.2)]
    ['0', '5e-4', '0.06', '0.76', '7.6', '76', '761']
    """
    if length == 0:
        return "0"
    if length < 0.01:
        return f"{length:.0e}".replace("e-0", "e-")
    return f"{length:.2f}" if length < 1 else f"{length:.1f}" if length < 10 else f"{length:.0f}"


def box(left: float, middle: float, width: float) -> list[tuple[float, float]]:
    """The corners of a cell or a strip."""
    low, high = middle - STRIP / 2, middle + STRIP / 2
    return [(left, low), (left + width, low), (left + width, high), (left, high)]
