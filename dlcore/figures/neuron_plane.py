"""What one neuron answers at every place of its input plane."""

from __future__ import annotations

import numpy as np
from contourpy import contour_generator

from dlcore.figures import style


class NeuronPlane:
    """The output y over both inputs, the line z = 0, and the present input; redrawn in place.

    Parameters
    ----------
    ticks : (points,), the values of each input at which y is given.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> ticks = np.linspace(-2, 2, 5)
    >>> x1, x2 = np.meshgrid(ticks, ticks)
    >>> plane = NeuronPlane(ticks)
    >>> plane.update(y=np.tanh(x1 + x2), z=x1 + x2, limit=1.0, point=(1.0, 0.5))
    >>> plane.boundary.get_xdata().size > 0
    True
    """

    def __init__(self, ticks: np.ndarray):
        self.ticks = ticks
        self.figure = style.lab_figure(2.9, right=0.84, top=0.3)
        self.axes = self.figure.add_subplot()
        style.small(self.axes)
        half = (ticks[1] - ticks[0]) / 2
        self.image = self.axes.imshow(
            np.zeros((len(ticks), len(ticks))), cmap=style.SIGNED, vmin=-1, vmax=1, origin="lower",
            extent=(ticks[0] - half, ticks[-1] + half) * 2, interpolation="nearest", animated=True,
        )  # fmt: skip
        (self.boundary,) = self.axes.plot([], [], color="black", linewidth=2, label="z = 0", animated=True)
        (self.point,) = self.axes.plot(
            [],
            [],
            "o",
            color="black",
            markeredgecolor="white",
            markersize=10,
            label="this input",
            animated=True,
        )
        self.axes.set(xlabel="input x₁", ylabel="input x₂", aspect="equal")
        self.axes.set(xlim=(ticks[0], ticks[-1]), ylim=(ticks[0], ticks[-1]))
        style.legend_above(self.axes, columns=2)
        beside = self.figure.add_axes((0.77, 0.21, 0.04, 0.59))
        self.figure.colorbar(self.image, cax=beside, label="output y")
        style.small(beside)

    def update(self, y: np.ndarray, z: np.ndarray, limit: float, point: tuple[float, float]) -> None:
        """Show another state.

        Parameters
        ----------
        y, z : (points, points), row i holds the values at ``x2 = ticks[i]``.
        limit : the colours reach from -limit to limit.
        point : (x1, x2), the present input.
        """
        self.image.set_data(y)
        if self.image.get_clim() != (-limit, limit):
            self.image.set_clim(-limit, limit)
        pieces = contour_generator(self.ticks, self.ticks, z).lines(0.0)
        self.boundary.set_data(*(pieces[0].T if pieces else ([], [])))
        self.point.set_data([point[0]], [point[1]])
