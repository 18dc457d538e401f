"""A network in the middle of a forward and backward pass: what is known, and what is computed just now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import matplotlib as mpl
import numpy as np

from dlcore.figures import style

FADED, ACTIVE = "#8c959f", "#1f2328"
EDGES_WITH_NUMBERS = 9  # more numbers than that would lie over each other


@dataclass
class Scene:
    """What the drawing shows. Not a number (NaN) stands for what has not been computed yet.

    Attributes
    ----------
    values : the numbers in the neurons, one array for each column, input first.
    gradients : the numbers below the neurons, likewise.
    edges : the numbers on the lines between neighbouring columns, (right, left).
    value_names, gradient_names, edge_names : what these numbers are, for each column or gap.
    loss : the number at the end.
    active_nodes, active_edges : which neurons and lines the present operation is about; of the shapes above.
    loss_active : whether it is about the loss.
    """

    values: list[np.ndarray]
    gradients: list[np.ndarray]
    edges: list[np.ndarray]
    value_names: list[str]
    gradient_names: list[str]
    edge_names: list[str]
    loss: float = np.nan
    active_nodes: list[np.ndarray] = field(default_factory=list)
    active_edges: list[np.ndarray] = field(default_factory=list)
    loss_active: bool = False


class StepperDrawing:
    """Columns of neurons, a line for each weight, the loss at the end; redrawn in place.

    Red is positive, blue negative; a negative line is dashed. The wider a line, the larger its number. What
    the present operation is about is drawn in full, all else is faded.

    Parameters
    ----------
    sizes : neurons in each column, input first.
    titles : words above each column.

    Attributes
    ----------
    figure : the matplotlib Figure.

    Examples
    --------
    >>> drawing = StepperDrawing((2, 3, 1), ("input", "dense", "dense_1"))
    >>> [len(column) for column in drawing.nodes]
    [2, 3, 1]
    """

    def __init__(self, sizes: Sequence[int], titles: Sequence[str]):
        rows = max(sizes)
        self.figure = style.lab_figure(1.2 + 0.72 * rows, left=0.04, bottom=0.04, top=0.04, width=4.9)
        axes = self.axes = self.figure.add_subplot()
        axes.set(xlim=(-0.45, len(sizes) + 0.35), ylim=(-rows / 2 - 0.35, rows / 2 + 0.75))
        axes.axis("off")
        self.places = [[(column, (n - 1) / 2 - row) for row in range(n)] for column, n in enumerate(sizes)]
        self.loss_place = (len(sizes), 0.0)
        top, bottom = rows / 2 + 0.75, -rows / 2 - 0.1
        for column, title in enumerate((*titles, "loss")):
            axes.text(column, top, title, ha="center", va="top", fontsize=8.5, color=ACTIVE)
        words = {"ha": "center", "va": "top", "fontsize": 8, "color": "#57606a", "animated": True}
        self.headings = [axes.text(column, top - 0.27, "", **words) for column in range(len(sizes))]
        self.gap_headings = [axes.text(gap + 0.5, bottom, "", **words) for gap in range(len(sizes) - 1)]
        self.lines = [
            [
                [
                    # Neighbouring lines have their numbers at different places, so that none hides another.
                    self._line(left, right, where=0.36 if j % 2 == 0 else 0.54)
                    for j, left in enumerate(self.places[gap])
                ]
                for right in self.places[gap + 1]
            ]
            for gap in range(len(sizes) - 1)
        ]
        self.to_loss = [self._line(place, self.loss_place)[0] for place in self.places[-1]]
        self.nodes = [[self._node(place) for place in column] for column in self.places]
        self.loss_node = self._node(self.loss_place)

    def update(self, scene: Scene) -> None:
        """Take the numbers of a scene."""
        for heading, value, gradient in zip(
            self.headings, scene.value_names, scene.gradient_names, strict=True
        ):
            heading.set_text(f"{value}\nbelow: {gradient}" if gradient else value)
        for heading, name in zip(self.gap_headings, scene.edge_names, strict=True):
            heading.set_text(f"lines: {name}")
        value_scale = largest(scene.values)
        for gap, numbers in enumerate(scene.edges):
            active = scene.active_edges[gap]
            for (i, j), number in np.ndenumerate(numbers):
                with_number = active[i, j] and active.sum() <= EDGES_WITH_NUMBERS
                self._show_line(self.lines[gap][i][j], number, largest([numbers]), active[i, j], with_number)
        for column, row in ((c, r) for c, places in enumerate(self.places) for r in range(len(places))):
            self._show_node(
                self.nodes[column][row],
                scene.values[column][row],
                scene.gradients[column][row],
                value_scale,
                scene.active_nodes[column][row],
            )
        self._show_node(self.loss_node, scene.loss, np.nan, None, scene.loss_active)
        for line in self.to_loss:
            line.set(
                color=ACTIVE if scene.loss_active else FADED, linewidth=1.6 if scene.loss_active else 0.6
            )

    # ------------------------------------------------------------------ artists, and what they show

    def _line(self, start, end, where=0.5):
        (x0, y0), (x1, y1) = start, end
        (line,) = self.axes.plot([x0, x1], [y0, y1], color=FADED, linewidth=0.6, zorder=1, animated=True)
        text = self.axes.text(
            x0 + where * (x1 - x0), y0 + where * (y1 - y0), "", fontsize=8, ha="center", va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6}, zorder=2, animated=True,
        )  # fmt: skip
        return line, text

    def _node(self, place):
        x, y = place
        circle = self.axes.scatter(
            [x], [y], s=900, facecolor="white", edgecolor=FADED, zorder=3, animated=True
        )
        value = self.axes.text(x, y, "", ha="center", va="center", fontsize=8, zorder=4, animated=True)
        gradient = self.axes.text(
            x, y - 0.38, "", ha="center", va="center", fontsize=8.5, zorder=5, animated=True,
            bbox={"facecolor": "white", "edgecolor": "none", "boxstyle": "round,pad=0.15"},
        )  # fmt: skip
        return circle, value, gradient

    def _show_line(self, artists, number, scale, active, with_number):
        line, text = artists
        colour = style.POSITIVE if number > 0 else style.NEGATIVE
        line.set(
            color=colour,
            alpha=1.0 if active else 0.3,
            linewidth=0.6 + 3.2 * abs(number) / scale,
            linestyle="-" if number >= 0 else (0, (4, 2)),
        )
        text.set(text=short(number) if with_number else "", color=colour, visible=bool(with_number))

    def _show_node(self, artists, value, gradient, scale, active):
        circle, text, below = artists
        known = np.isfinite(value)
        colour = signed_colour(value / scale) if known and scale else "white"
        circle.set(facecolor=colour, edgecolor=ACTIVE if active else FADED, linewidth=2.6 if active else 1.0)
        text.set(text=short(value) if known else "", color=ACTIVE)
        shown = bool(np.isfinite(gradient))
        below.set(text=short(gradient) if shown else "", visible=shown)
        if shown:
            sign = style.POSITIVE if gradient > 0 else style.NEGATIVE
            below.set_color(sign)
            below.get_bbox_patch().set_edgecolor(sign if active else "none")


def signed_colour(share: float) -> tuple[float, ...]:
    """A pale colour of the map for signed numbers, for a share of -1 to 1: black on it can be read."""
    return mpl.colormaps[style.SIGNED](0.5 + 0.3 * share)


def largest(arrays: Sequence[np.ndarray]) -> float:
    """The largest size of a known number, 1 if there is none but zeros."""
    return max((float(np.nanmax(np.abs(a))) for a in arrays if np.isfinite(a).any()), default=0.0) or 1.0


def short(number: float) -> str:
    """Three significant digits, two of a small number, with a true minus sign.

    Examples
    --------
    >>> short(-0.12345), short(0.0), short(2.0), short(-0.012345)
    ('−0.123', '0', '2', '−0.012')
    """
    digits = 3 if abs(number) >= 0.1 else 2
    return f"{number + 0.0:.{digits}g}".replace("-", "−")
