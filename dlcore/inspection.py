"""What to look for inside a network while it learns."""

from __future__ import annotations

import numpy as np


def dead_share(y: np.ndarray) -> float:
    """Share of neurons whose output is 0 for every sample.

    No gradient gets through such a ReLU, so that its weights never change again.

    Parameters
    ----------
    y : (samples, neurons), outputs of a layer.

    Examples
    --------
    >>> dead_share(np.array([[0.0, 2.0], [0.0, 0.0]]))
    0.5
    """
    return float(np.mean(~np.any(y, axis=0)))
