"""Numbers of many units along time, as strips of colour below each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from dlcore.figures import style

TITLE, BELOW = 0.2, 0.55  # inches: above each strip for its title, and below all for the axis


class TimeStrips:
    """A heat map for each quantity, time from left to right, one row for each unit; redrawn in place.

    Red is positive, blue negative, white 0; what cannot be negative goes from white (0) to black. A frame
    marks the present step. All strips share one axes, which is drawn much faster than one for each.

    Parameters
    ----------
    titles : the name of each strip, mapped to whether its numbers have a sign.
    height : of the figure, in inches.
    xlabel, ylabel : what time is counted in, and in which order the units stand.

    Attributes
    ----------
    figure : matplotlib Figure.
    axes : the axes; y runs down in inches.

    Examples
    --------
    >>> strips = TimeStrips({"state h": True, "forget gate f": False}, height=2)
    >>> h = np.array([[0.5, -0.25], [1.5, 0.0], [0.0, 1.0]])
    >>> strips.update([h, np.abs(h) / 2], limits=[1.5, 1.0], first=0, present=1)
    >>> [text.get_text() for text in strips.scales]
    ['−1.5 to 1.5', '0 to 1']
    """

    def __init__(
        self, titles: Mapping[str, bool], height: float, xlabel: str = "time step", ylabel: str = "units"
    ):
        self.signed = list(titles.values())
        self.strip_height = (height - BELOW) / len(titles) - TITLE
        self.tops = [TITLE + number * (TITLE + self.strip_height) for number in range(len(titles))]
        self.figure = style.lab_figure(height, left=0.25, top=0.04)
        self.axes = axes = self.figure.add_subplot()
        axes.set(xlabel=xlabel, ylabel=ylabel, yticks=[])
        axes.spines[:].set_visible(False)
        style.small(axes)
        axes.yaxis.labelpad = 6
        beside = axes.get_yaxis_transform()  # x from 0 to 1 over the width, y as on the axis
        self.images, self.scales, self.frames = [], [], []
        for top, title in zip(self.tops, titles, strict=True):
            words = {"transform": beside, "va": "bottom", "fontsize": 8}
            axes.text(0, top - 0.04, title, **words)
            self.scales.append(axes.text(1, top - 0.04, "", ha="right", **words))
            border = {"transform": beside, "fill": False, "linewidth": 1, "clip_on": False}
            axes.add_patch(Rectangle((0, top), 1, self.strip_height, **border))
            image = axes.imshow(
                np.zeros((1, 1, 4), np.uint8), aspect="auto", interpolation="nearest", animated=True
            )
            self.images.append(image)
            # black inside white: it is seen on every colour
            for colour, width in (("white", 2.2), ("black", 1.2)):
                frame = Rectangle((0, 0), 1, 1, fill=False, color=colour, linewidth=width, animated=True)
                self.frames.append(axes.add_patch(frame))
        axes.set(xlim=(-0.5, 0.5), ylim=(height - BELOW, 0))
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))

    def update(
        self, quantities: Sequence[np.ndarray], limits: Sequence[float], first: int, present: int
    ) -> None:
        """Show another state.

        Parameters
        ----------
        quantities : for each strip (steps, units); what is not finite stays white.
        limits : for each strip the number at which its colour is at its end.
        first : the time of the first step.
        present : the time of the step to mark.
        """
        left, right = first - 0.5, first + len(quantities[0]) - 0.5
        if self.axes.get_xlim() != (left, right):
            self.axes.set_xlim(left, right)
        for number, (values, limit, top) in enumerate(zip(quantities, limits, self.tops, strict=True)):
            image, signed = self.images[number], self.signed[number]
            image.set_data(colours(values.astype(float) / limit, signed))
            extent = (left, right, top + self.strip_height, top)
            if tuple(image.get_extent()) != extent:  # it would let all be drawn anew
                image.set_extent(extent)
            lowest = f"−{limit:g}" if signed else "0"
            self.scales[number].set_text(f"{lowest} to {limit:g}")
            for frame in self.frames[2 * number : 2 * number + 2]:
                frame.set_bounds(present - 0.5, top, 1, self.strip_height)


def colours(shares: np.ndarray, signed: bool) -> np.ndarray:
    """Numbers from -1 or 0 to 1, (steps, units), as bytes (units, steps, 4), which are drawn faster.

    Examples
    --------
    >>> colours(np.array([[0.0, 1.0, np.nan]]), signed=False)[:, 0]
    array([[255, 255, 255, 255],
           [  0,   0,   0, 255],
           [  0,   0,   0,   0]], dtype=uint8)
    """
    places = np.where(np.isfinite(shares), (shares + 1) / 2 if signed else shares, np.nan)
    return mpl.colormaps[style.SIGNED if signed else "Greys"](places.T, bytes=True)
