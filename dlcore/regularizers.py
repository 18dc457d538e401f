"""Regularizers: a penalty on large weights, which is added to the loss.

A layer keeps them in ``layer.regularizers``, one for each parameter that has one. Names as in Keras.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from dlcore.lookup import find


@dataclass(frozen=True)
class L1L2:
    """``R(W) = l1 sum |W| + l2 sum W²`` and its gradient ``l1 sign(W) + 2 l2 W``.

    The first term pulls small weights to 0, the second pulls on each weight in proportion to its size.

    Parameters
    ----------
    l1, l2 : the factors of the two terms, not negative.

    Raises
    ------
    ValueError : a factor is negative.

    Source
    ------
    Goodfellow, Bengio and Courville (2016), *Deep Learning*, section 7.1.

    Examples
    --------
    >>> penalty = L1L2(l1=0.5, l2=0.1)
    >>> penalty(np.array([[1.0, -2.0]]))
    2.0
    >>> penalty.gradient(np.array([[1.0, -2.0]]))
    array([[ 0.7, -0.9]])
    """

    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self):
        for name, factor in asdict(self).items():
            if not factor >= 0:
                raise ValueError(f"{name} must not be negative, got {factor!r}.")

    def __call__(self, W: np.ndarray) -> float:
        return float(self.l1 * np.abs(W).sum() + self.l2 * np.square(W).sum())

    def gradient(self, W: np.ndarray) -> np.ndarray:
        """``dR/dW``, in the shape of W. At the kink W = 0 the slope is taken as 0."""
        return self.l1 * np.sign(W) + 2 * self.l2 * W


def L1(l1: float = 0.01) -> L1L2:  # noqa: N802 (Keras's name)
    """``R(W) = l1 sum |W|``.

    Examples
    --------
    >>> L1(0.5)(np.array([1.0, -2.0]))
    1.5
    """
    return L1L2(l1=l1)


def L2(l2: float = 0.01) -> L1L2:  # noqa: N802
    """``R(W) = l2 sum W²``.

    Examples
    --------
    >>> L2(0.5)(np.array([1.0, -2.0]))
    2.5
    """
    return L1L2(l2=l2)


REGULARIZERS = {"l1": L1, "l2": L2}


def get(regularizer: str | L1L2 | None) -> L1L2 | None:
    """The regularizer of that name with its default factor; None stays None.

    Raises
    ------
    ValueError : the name is not known.

    Examples
    --------
    >>> get("l2")
    L1L2(l1=0.0, l2=0.01)
    """
    if regularizer is None or isinstance(regularizer, L1L2):
        return regularizer
    return find("regularizer", regularizer, REGULARIZERS)()
