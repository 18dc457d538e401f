"""Numbers of many units along time, as strips of colour below each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from dlcore.figures import style


class TimeStrips:
    """A heat map for each quantity, time from left to right, one row for each unit; redrawn in place.

    Red is positive, blue negative, white 0; what cannot be negative goes from white (0) to black. A frame
    marks the present step.

    Parameters
    ----------
    titles : the name of each strip, mapped to whether its numbers have a sign.
    height : of the figure, in inches.
    xlabel, ylabel : what time is counted in, and in which order the units stand.

    Attributes
    ----------
    figure : matplotlib Figure.

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
        self.figure = style.new_figure(style.LAB_WIDTH, height)
        self.charts = list(self.figure.subplots(len(titles), 1, sharex=True, squeeze=False)[:, 0])
        self.images, self.scales, self.frames = [], [], []
        for axes, title in zip(self.charts, titles, strict=True):
            style.small(axes)
            axes.set_title(title, fontsize=8, loc="left", pad=3)
            axes.set_yticks([])
            image = axes.imshow(
                np.zeros((1, 1, 4), np.uint8), aspect="auto", interpolation="nearest", animated=True
            )
            self.images.append(image)
            self.scales.append(axes.set_title("", fontsize=8, loc="right", pad=3))
            # black inside white: it is seen on every colour
            for colour, width in (("white", 2.2), ("black", 1.2)):
                frame = Rectangle((0, 0), 1, 1, fill=False, color=colour, linewidth=width, animated=True)
                self.frames.append(axes.add_patch(frame))
        self.charts[-1].set_xlabel(xlabel)
        self.charts[-1].xaxis.set_major_locator(MaxNLocator(8, integer=True))
        self.figure.supylabel(ylabel, fontsize=9)

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
        for number, (values, limit) in enumerate(zip(quantities, limits, strict=True)):
            steps, units = values.shape
            image, signed = self.images[number], self.signed[number]
            image.set_data(colours(values.astype(float) / limit, signed))
            extent = (first - 0.5, first + steps - 0.5, units, 0)
            if tuple(image.get_extent()) != extent:
                image.set_extent(extent)
            lowest = f"−{limit:g}" if signed else "0"
            self.scales[number].set_text(f"{lowest} to {limit:g}")
            for frame in self.frames[2 * number : 2 * number + 2]:
                frame.set_bounds(present - 0.5, 0, 1, units)
            axes = self.charts[number]
            if axes.get_ylim() != (units, 0):
                axes.set_ylim(units, 0)
            if axes.get_xlim() != (first - 0.5, first + steps - 0.5):
                axes.set_xlim(first - 0.5, first + steps - 0.5)


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
