"""Gradient clipping: a bound on the gradient, so that one steep place does not throw the weights far off.

Source: Pascanu, Mikolov and Bengio (2013), "On the difficulty of training recurrent neural networks".
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dlcore.lengths import length


def clip_by_value(gradient: np.ndarray, limit: float) -> np.ndarray:
    """Each number cut off at ``±limit``.

    Examples
    --------
    >>> clip_by_value(np.array([3.0, -0.5]), 1.0)
    array([ 1. , -0.5])
    """
    return np.clip(gradient, -limit, limit)


def clip_by_norm(gradient: np.ndarray, limit: float, parts: Iterable[slice] = (slice(None),)) -> np.ndarray:
    """Each part, where it is longer than ``limit``, scaled to that length; its direction stays.

    Examples
    --------
    >>> clip_by_norm(np.array([3.0, 4.0]), 1.0)
    array([0.6, 0.8])
    >>> clip_by_norm(np.array([3.0, 0.5]), 1.0, parts=[slice(0, 1), slice(1, 2)])
    array([1. , 0.5])
    """
    clipped = gradient.copy()
    for part in parts:
        norm = length(gradient[part])
        if norm > limit:
            clipped[part] *= limit / norm
    return clipped
