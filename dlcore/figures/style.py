"""What all figures share: a light plate, one map for signed numbers, colours that differ in brightness."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

SIGNED = "RdBu_r"  # red is positive, blue negative, white 0: through the whole book
POSITIVE, NEGATIVE = "#b2182b", "#2166ac"  # the ends of that map, for lines and words
TRAINING, VALIDATION = "#0b5fa5", "#b3430f"

# Lines of one chart, and classes of one scatter plot: a colour never stands alone.
LOOKS = (
    {"color": "#0b5fa5", "linestyle": "-"},
    {"color": "#b3430f", "linestyle": "--"},
    {"color": "#1b7837", "linestyle": "-."},
    {"color": "#6a3d9a", "linestyle": ":"},
)
CLASSES = (("#0b5fa5", "o"), ("#b3430f", "^"), ("#1b7837", "s"), ("#6a3d9a", "D"))


class BookFigure(Figure):
    """A figure without pyplot's global list; a notebook shows it as a PNG."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        # savefig would draw everything twice. Level 3 takes about half of the time of 6, the default, and the
        # files are about as large: drawings a tenth larger, sheets of digits a fifth smaller.
        FigureCanvasAgg(self).print_png(buffer, pil_kwargs={"compress_level": 3})
        return buffer.getvalue()


def told_apart(names: Iterable[Any], looks: Sequence[Any] = LOOKS) -> list[tuple[Any, Any]]:
    """Each name with a look of its own; raises ValueError where there are not so many looks."""
    names = list(names)
    if len(names) > len(looks):
        raise ValueError(
            f"This chart can tell {len(looks)} things apart, got {len(names)}: "
            f"{', '.join(map(str, names))}. Draw two charts."
        )
    return list(zip(names, looks, strict=False))


def new_figure(width: float, height: float) -> BookFigure:
    """An empty figure of that size in inches."""
    return BookFigure(figsize=(width, height), layout="constrained", facecolor="white", dpi=144)


LAB_WIDTH = 3.1  # inches: two figures fit side by side into a page, and one into a telephone


def lab_figure(
    height: float,
    left: float = 0.56,
    right: float = 0.04,
    bottom: float = 0.43,
    top: float = 0.08,
    width: float = LAB_WIDTH,
) -> BookFigure:
    """An empty figure for a lab, with its margins, all in inches.

    Matplotlib could find the margins, but to measure all texts takes longer than to draw them. It measures
    them for a title too, unless that has a place: write ``axes.set_title(..., y=1)``.
    """
    figure = BookFigure(figsize=(width, height), facecolor="white", dpi=144)
    figure.subplots_adjust(left / width, bottom / height, 1 - right / width, 1 - top / height)
    return figure


def small(axes) -> None:
    """Give the axes of a figure of ``LAB_WIDTH`` text that is small, but no smaller than can be read."""
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set_fontsize(9)
    axes.tick_params(labelsize=8)
    axes.yaxis.labelpad = 2


def legend_above(axes, columns: int, middle: float = 0.5, **more) -> None:
    """Explain the lines of a lab's figure above its axes; ``middle`` is the place across, from 0 to 1."""
    axes.legend(
        loc="lower center", bbox_to_anchor=(middle, 1), ncols=columns, frameon=False, fontsize=8, **more
    )
