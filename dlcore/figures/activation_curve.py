"""An activation function with one point on it and the slope there."""

from __future__ import annotations

import numpy as np

from dlcore.figures import style


class ActivationCurve:
    """The curve ``y = f(z)``, redrawn in place as the point moves on it.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> chart = ActivationCurve()
    >>> z = np.linspace(-2, 2, 5)
    >>> chart.update("relu", z, np.maximum(z, 0), point=(1.0, 1.0), slope=1.0)
    >>> chart.point.get_data()
    ([1.0], [1.0])
    """

    def __init__(self):
        self.figure = style.lab_figure(2.9, right=0.18, top=0.3)
        self.axes = self.figure.add_subplot()
        style.small(self.axes)
        self.axes.axhline(0, color="0.75", linewidth=1)
        self.axes.axvline(0, color="0.75", linewidth=1)
        self.axes.set(xlabel="weighted sum z", ylabel="output y")
        moving = {"animated": True}
        (self.guide,) = self.axes.plot([], [], ":", color="0.35", **moving)
        (self.curve,) = self.axes.plot([], [], color=style.TRAINING, linewidth=2, label="y = f(z)", **moving)
        (self.tangent,) = self.axes.plot(
            [], [], "--", color=style.VALIDATION, linewidth=2, label="slope f′(z)", **moving
        )
        (self.point,) = self.axes.plot(
            [], [], "o", color="black", markersize=9, label="this neuron", **moving
        )
        style.legend_above(self.axes, columns=3, columnspacing=1, handlelength=1.6)

    def update(
        self, name: str, z: np.ndarray, y: np.ndarray, point: tuple[float, float], slope: float
    ) -> None:
        """Show another state.

        Parameters
        ----------
        name : of the activation.
        z, y : (points,), the curve.
        point : (z, y) of the neuron.
        slope : f'(z) there.
        """
        at, height = point
        self.curve.set_data(z, y)
        self.point.set_data([at], [height])
        self.guide.set_data([at, at, z[0]], [0, height, height])
        reach = np.array([-2.0, 2.0])
        self.tangent.set_data(at + reach, height + slope * reach)
        if self.axes.get_title() != name:
            room = 0.12 * (y.max() - y.min())
            self.axes.set(xlim=(z[0], z[-1]), ylim=(y.min() - room, y.max() + room))
            self.axes.set_ylabel(f"output y = {name}(z)")
            self.axes.set_title(name, visible=False)
