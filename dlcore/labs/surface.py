"""A matplotlib figure as one picture on the page, redrawn in place.

What changes at every frame is made with ``animated=True``. All the rest (axes, ticks, labels) is drawn
once and kept; a frame puts the kept picture back, draws the animated artists over it and encodes the
canvas as PNG. matplotlib itself knows when the rest has changed (``figure.stale``): only then is it drawn
anew.
"""

from __future__ import annotations

import io

import traitlets
from ipywidgets import Image
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image as Picture

CSS_PIXELS_PER_INCH = 96
DOTS_PER_INCH = 120  # sharper than that costs frames: drawing and encoding go with the number of dots


class Surface(Image):
    """One figure in one image widget; there is no picture before the first `redraw`.

    Parameters
    ----------
    figure : matplotlib Figure; what moves in it is ``animated``.
    description : the picture in words, for readers who do not see it. Change it as ``surface.tooltip``.

    Examples
    --------
    >>> figure = Figure(figsize=(2, 1))
    >>> line = figure.add_subplot().plot([0, 1], [0, 1], animated=True)[0]
    >>> surface = Surface(figure, "a rising line")
    >>> surface.redraw()
    >>> before = surface.value
    >>> line.set_ydata([1, 0])
    >>> surface.redraw()
    >>> before != surface.value and surface.value[:4] == b"\\x89PNG"
    True
    """

    # The browser's side sets the tooltip, its only name for the picture, just where it finds this empty.
    description = traitlets.Unicode("").tag(sync=True)

    def __init__(self, figure: Figure, description: str):
        super().__init__(tooltip=description)
        self.add_class("dlcore-surface")
        self.layout.max_width = "100%"
        self.layout.height = "auto"
        self._take(figure)

    def show(self, figure: Figure) -> None:
        """Draw another figure in place of the present one."""
        self._take(figure)
        self.redraw()

    def _take(self, figure: Figure) -> None:
        self.figure = figure
        figure.set_dpi(DOTS_PER_INCH)
        self.layout.width = f"{figure.get_figwidth() * CSS_PIXELS_PER_INCH:.0f}px"
        self._canvas = FigureCanvasAgg(figure)
        figure.stale = True

    def redraw(self) -> None:
        """Draw the figure as it is now and send it to the page."""
        if self.figure.stale:
            self._canvas.draw()
            self._keep_background()
        else:
            self._canvas.restore_region(self._background)
        for artist in self._moving:
            self.figure.draw_artist(artist)
        self.value = png(self._canvas)

    def _keep_background(self) -> None:
        self._background = self._canvas.copy_from_bbox(self.figure.bbox)
        moving = self.figure.findobj(lambda artist: artist.get_animated())
        self._moving = sorted(moving, key=lambda artist: artist.get_zorder())

    def __repr__(self) -> str:
        return f"Surface({self.tooltip!r})"


def png(canvas: FigureCanvasAgg) -> bytes:
    """The canvas as PNG: little compression, because a frame has to be quick more than small."""
    width, height = canvas.get_width_height(physical=True)
    picture = Picture.frombuffer("RGBA", (width, height), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "png", compress_level=1)
    return buffer.getvalue()
