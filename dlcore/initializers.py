"""Initial weights: how large the random numbers are that training starts from.

All take ``(shape, fan_in, fan_out, rng)`` and return a float64 array of that shape. ``fan_in`` is the
number of inputs of one neuron, ``fan_out`` the number of neurons that one input reaches. The formulas
are those of Keras.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlcore.lookup import find

Initializer = Callable[[tuple[int, ...], int, int, np.random.Generator], np.ndarray]

# The standard deviation of a unit normal that is cut off at two standard deviations.
TRUNCATED_STD = 0.87962566103423978


def zeros(shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """All zeros: right for biases, wrong for weights (all neurons would stay alike).

    Examples
    --------
    >>> zeros((2,), 3, 2, np.random.default_rng(0))
    array([0., 0.])
    """
    return np.zeros(shape)


def ones(shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """All ones.

    Examples
    --------
    >>> ones((2,), 3, 2, np.random.default_rng(0))
    array([1., 1.])
    """
    return np.ones(shape)


def random_normal(shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Normal with mean 0 and standard deviation 0.05.

    Examples
    --------
    >>> values = random_normal((100, 100), 100, 100, np.random.default_rng(0))
    >>> round(float(values.std()), 2)
    0.05
    """
    return rng.normal(0.0, 0.05, shape)


def random_uniform(shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform between -0.05 and 0.05.

    Examples
    --------
    >>> values = random_uniform((100, 100), 100, 100, np.random.default_rng(0))
    >>> bool(abs(values).max() <= 0.05)
    True
    """
    return rng.uniform(-0.05, 0.05, shape)


def glorot_uniform(shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform in ``±sqrt(6 / (fan_in + fan_out))``; Keras's default. Source: Glorot and Bengio (2010).

    Examples
    --------
    >>> w = glorot_uniform((64, 784), 784, 64, np.random.default_rng(0))
    >>> bool(abs(w).max() <= (6 / (784 + 64)) ** 0.5)
    True
    """
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape)


def glorot_normal(shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Truncated normal of variance ``2 / (fan_in + fan_out)``. Source: Glorot and Bengio (2010).

    Examples
    --------
    >>> values = glorot_normal((100, 100), 100, 100, np.random.default_rng(0))
    >>> round(float(values.var() * 100), 1)  # 2 / (100 + 100), times 100
    1.0
    """
    return _truncated_normal(shape, np.sqrt(2 / (fan_in + fan_out)), rng)


def he_uniform(shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform in ``±sqrt(6 / fan_in)``, made for ReLU. Source: He et al. (2015).

    Examples
    --------
    >>> values = he_uniform((100, 100), 100, 100, np.random.default_rng(0))
    >>> bool(abs(values).max() <= (6 / 100) ** 0.5)
    True
    """
    limit = np.sqrt(6 / fan_in)
    return rng.uniform(-limit, limit, shape)


def he_normal(shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Truncated normal of variance ``2 / fan_in``, made for ReLU. Source: He et al. (2015).

    Examples
    --------
    >>> values = he_normal((100, 100), 100, 100, np.random.default_rng(0))
    >>> round(float(values.var() * 100), 1)  # 2 / 100, times 100
    2.0
    """
    return _truncated_normal(shape, np.sqrt(2 / fan_in), rng)


def orthogonal(shape: tuple[int, ...], fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """A matrix with orthonormal rows or columns, which keeps lengths. Source: Saxe et al. (2014).

    Examples
    --------
    >>> q = orthogonal((2, 3), 3, 2, np.random.default_rng(0))
    >>> (q @ q.T).round(6) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """
    rows, columns = shape[0], int(np.prod(shape[1:]))
    q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    q *= np.sign(np.diag(r))
    return (q if rows >= columns else q.T).reshape(shape)


def _truncated_normal(shape: tuple[int, ...], std: float, rng: np.random.Generator) -> np.ndarray:
    """Normal numbers of that standard deviation, with those beyond two of the untruncated drawn again."""
    values = rng.normal(size=shape)
    while (outside := np.abs(values) > 2).any():
        values[outside] = rng.normal(size=np.count_nonzero(outside))
    return values * (std / TRUNCATED_STD)


INITIALIZERS: dict[str, Initializer] = {
    function.__name__: function
    for function in (
        zeros,
        ones,
        random_normal,
        random_uniform,
        glorot_uniform,
        glorot_normal,
        he_uniform,
        he_normal,
        orthogonal,
    )
}


def get(initializer: str | Initializer) -> Initializer:
    """The initializer of that name; a function of the same form is returned as it is.

    Raises
    ------
    ValueError : the name is not known.

    Examples
    --------
    >>> get("zeros") is zeros
    True
    """
    return initializer if callable(initializer) else find("initializer", initializer, INITIALIZERS)


def require_known(initializer: str | Initializer) -> str | Initializer:
    """``initializer`` itself; raises ValueError now, and not at its first use, if the name is not known."""
    get(initializer)
    return initializer
