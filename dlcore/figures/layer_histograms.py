"""Layer by layer: how the weights and how the outputs of the neurons are spread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlcore.figures import style
from dlcore.figures.loss_curves import drawable, leap

BINS = 24
LOOKS = (*style.LOOKS, {"color": "black", "linestyle": "-"})


class LayerHistograms:
    """Two charts with one line for each layer, redrawn in place.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> histograms = LayerHistograms()
    >>> histograms.update([np.array([-0.4, 0.3])], [np.array([0.0, 0.9])])
    >>> [float(limit) for limit in histograms.charts[0].get_xlim()]
    [-0.5, 0.5]
    """

    def __init__(self):
        # room for the legend below
        self.figure = style.lab_figure(2.1, left=0.46, right=0.08, bottom=0.67, top=0.22)
        self.charts = self.figure.subplots(1, 2, sharey=True, gridspec_kw={"wspace": 0.17})
        self.lines = []
        for axes, title in zip(self.charts, ("weights", "outputs of neurons"), strict=True):
            axes.set(ylim=(0, 0.6), xlim=(-1, 1))
            axes.set_title(title, y=1)
            style.small(axes)
            axes.grid(alpha=0.3)
            self.lines.append(
                [
                    axes.plot([], [], drawstyle="steps-mid", animated=True, label=f"layer {n}", **look)[0]
                    for n, look in enumerate(LOOKS, start=1)
                ]
            )
        self.charts[0].set_ylabel("share")
        self.legend = None

    def update(self, weights: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        """Show another state: for each layer all its weights, and the outputs of its neurons."""
        self._name_layers(len(weights))
        for axes, lines, layers in zip(self.charts, self.lines, (weights, outputs), strict=True):
            shown = [drawable(values) for values in layers]
            limit = leap(max((float(np.abs(values).max()) for values in shown if values.size), default=1.0))
            if axes.get_xlim() != (-limit, limit):
                axes.set_xlim(-limit, limit)
            edges = np.linspace(-limit, limit, BINS + 1)
            for number, line in enumerate(lines):
                if number < len(layers):
                    counts, _ = np.histogram(shown[number], edges)
                    line.set_data((edges[:-1] + edges[1:]) / 2, counts / layers[number].size)
                else:
                    line.set_data([], [])

    def _name_layers(self, layers: int) -> None:
        if self.legend is not None and len(self.legend.get_texts()) == layers:
            return
        if self.legend is not None:
            self.legend.remove()
        self.legend = self.figure.legend(
            handles=self.lines[0][:layers],
            loc="lower center",
            ncols=3,
            frameon=False,
            fontsize=8,
            columnspacing=1,
        )
