"""Which class was taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dlcore.figures import style


def confusion_matrix(counts: np.ndarray, labels: Sequence | None = None) -> Figure:
    """A table of counts, darker for more; right answers on the diagonal are framed and stay white.

    Parameters
    ----------
    counts : (classes, classes), entry (i, j) says how often class i was taken for class j.
    labels : names of the classes; by default their numbers.

    Examples
    --------
    >>> [text.get_text() for text in confusion_matrix(np.array([[5, 1], [0, 4]])).axes[0].texts]
    ['5', '1', '0', '4']
    """
    classes = len(counts)
    labels = range(classes) if labels is None else labels
    mistakes = np.where(np.eye(classes, dtype=bool), 0, counts)
    figure = style.new_figure(0.55 * classes + 0.9, 0.5 * classes + 0.7)
    axes = figure.add_subplot()
    axes.imshow(mistakes, cmap="Greys", vmin=0, vmax=max(1, 1.5 * mistakes.max()))
    for i, j in np.ndindex(counts.shape):
        axes.text(
            j, i, str(counts[i, j]), ha="center", va="center", fontweight="bold" if i == j else "normal",
            color="white" if mistakes[i, j] > 0.75 * mistakes.max() > 0 else "black", in_layout=False,
        )  # fmt: skip
        if i == j:
            axes.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, linewidth=1.5))
    axes.set_xticks(range(classes), labels)
    axes.set_yticks(range(classes), labels)
    axes.set(xlabel="what the network says", ylabel="what it is")
    return figure
