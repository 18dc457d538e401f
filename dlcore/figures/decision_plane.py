"""Which class a network gives to every place of the plane, with the samples on top."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb

from dlcore.figures import style


class DecisionPlane:
    """A coloured plane, redrawn in place. White is where the network is torn between classes.

    Parameters
    ----------
    ticks : (points,), the values of each input at which there are probabilities.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> plane = DecisionPlane(np.linspace(-1, 1, 3))
    >>> x, y = np.array([[0.5, 0.0], [-0.5, 0.0], [0.0, 0.5]]), np.array([0, 1, 1])
    >>> plane.update(np.full((3, 3, 2), 0.5), (x[:2], y[:2]), (x[2:], y[2:]), present=x[:1])
    >>> int(plane.image.get_array().min())  # torn everywhere: all white
    255
    """

    def __init__(self, ticks: np.ndarray):
        self.figure = style.lab_figure(3.3, top=0.3)
        self.axes = self.figure.add_subplot()
        style.small(self.axes)
        half = (ticks[1] - ticks[0]) / 2
        self.image = self.axes.imshow(
            np.full((len(ticks), len(ticks), 4), 255, np.uint8), interpolation="nearest", origin="lower",
            extent=(ticks[0] - half, ticks[-1] + half) * 2, animated=True,
        )  # fmt: skip
        self.colours = np.array([to_rgb(colour) for colour, _ in style.CLASSES])
        self.training, self.held_out = [], []
        for colour, marker in style.CLASSES:
            marks = {"linestyle": "", "marker": marker, "animated": True, "color": colour}
            self.training += self.axes.plot([], [], **marks, markersize=4.5, markeredgecolor="white")
            self.held_out += self.axes.plot([], [], **marks, markersize=4, fillstyle="none")
        (self.present,) = self.axes.plot(
            [], [], "o", color="black", fillstyle="none", markersize=9, animated=True
        )
        self.axes.set(xlabel="input x₁", ylabel="input x₂", aspect="equal")
        self.axes.set(xlim=(ticks[0], ticks[-1]), ylim=(ticks[0], ticks[-1]))
        self.axes.set_title("filled: training, hollow: validation, ringed: next", fontsize=8, y=1)

    def update(
        self,
        probabilities: np.ndarray,
        training: tuple[np.ndarray, np.ndarray],
        held_out: tuple[np.ndarray, np.ndarray],
        present: np.ndarray,
    ) -> None:
        """Show another state.

        Parameters
        ----------
        probabilities : (points, points, classes), row i at ``x2 = ticks[i]``.
        training, held_out : samples (samples, 2) and their classes (samples,).
        present : (samples, 2), the samples that are worked on just now.
        """
        classes = probabilities.shape[-1]
        winner = probabilities.argmax(axis=-1)
        certainty = (probabilities.max(axis=-1, keepdims=True) - 1 / classes) / (1 - 1 / classes)
        certainty = np.nan_to_num(certainty)  # of a training that diverged: NaN has no colour
        # At most 55 % of a class's own colour, so that its marks stand out from its ground; as bytes with
        # alpha, which matplotlib draws three times as fast as floats.
        ground = 255 - 140 * certainty * (1 - self.colours[winner])
        self.image.set_data(np.dstack([ground, np.full(winner.shape, 255)]).astype(np.uint8))
        for marks, (x, y) in ((self.training, training), (self.held_out, held_out)):
            for label, line in enumerate(marks):
                line.set_data(*x[y == label].T)
        self.present.set_data(*present.T)
