"""Layer by layer: how long the gradient is, and how large an update is against the weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import NullLocator

from dlcore.figures import style
from dlcore.figures.loss_curves import decades


class LayerSteps:
    """Two charts over the layers, both on log axes, redrawn in place.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> steps = LayerSteps()
    >>> steps.update([0.02, 0.3], [0.001, 0.004])
    >>> steps.charts[0].get_ylim()
    (np.float64(0.001), np.float64(1.0))
    """

    def __init__(self):
        self.figure = style.lab_figure(1.6, left=0.41, right=0.11, top=0.22)
        self.charts = self.figure.subplots(1, 2, gridspec_kw={"wspace": 0.5})
        self.lines = []
        for axes, title in zip(self.charts, ("gradient norm", "update / weight"), strict=True):
            axes.set(xlabel="layer", yscale="log", ylim=(1e-3, 1))
            axes.yaxis.set_minor_locator(NullLocator())  # small ticks that take long to place
            axes.set_title(title, y=1)
            style.small(axes)
            axes.grid(alpha=0.3)
            self.lines += axes.plot([], [], "o-", markersize=4, color=style.TRAINING, animated=True)

    def update(self, gradient_norms: Sequence[float], update_ratios: Sequence[float]) -> None:
        """Show another state; both (layers,), first layer first. Zeros have no place on a log axis."""
        layers = np.arange(1, len(gradient_norms) + 1)
        for axes, line, values in zip(self.charts, self.lines, (gradient_norms, update_ratios), strict=True):
            values = np.asarray(values, dtype=float)
            line.set_data(layers[values > 0], values[values > 0])
            if axes.get_xlim() != (0.5, layers[-1] + 0.5):
                axes.set(xlim=(0.5, layers[-1] + 0.5), xticks=layers)
            if (values > 0).any():
                low, high = decades(values[values > 0])
                shown = axes.get_ylim()
                if low < shown[0] or high > shown[1]:
                    axes.set_ylim(min(low, shown[0]), max(high, shown[1]))
