"""The Euclidean length of a vector, for gradients of any size."""

from __future__ import annotations

import math

import numpy as np


def length(vector: np.ndarray) -> float:
    """``sqrt(sum of v_i^2)``, also where the squares are too small or too large for the numbers' type.

    Parameters
    ----------
    vector : (numbers,)

    Examples
    --------
    >>> length(np.array([3.0, 4.0]))
    5.0
    >>> tiny = np.float32(2) ** -100 * np.array([3, 4], np.float32)
    >>> float(tiny @ tiny), length(tiny) == 5 * 2**-100  # the squares are 0, the length is not
    (0.0, True)
    """
    squares = float(np.vdot(vector, vector))  # unlike @, it does not warn of an overflow
    if 1e-30 < squares < math.inf:
        return math.sqrt(squares)
    largest = float(np.abs(vector).max(initial=0))
    if largest == 0 or not math.isfinite(largest):
        return largest
    scaled = vector / largest
    return largest * math.sqrt(scaled @ scaled)
