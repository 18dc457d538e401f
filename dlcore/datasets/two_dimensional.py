"""Points in the plane in a few classes: data that you can see, made by a formula.

Each function returns ``x`` of shape (samples, 2), about -1 to 1, and integer labels ``y`` of shape
(samples,). ``noise`` is the standard deviation of a normal shift that is added to each coordinate.
TypeError or ValueError is raised unless ``samples``, and the number of classes where it can be chosen, are
whole numbers of at least 1.
"""

from __future__ import annotations

import numpy as np

from dlcore.inputs import positive_integer

Points = tuple[np.ndarray, np.ndarray]


def circles(samples: int = 200, noise: float = 0.05, seed: int = 0) -> Points:
    """A ring around a ring: two classes that no straight line can part.

    Examples
    --------
    >>> x, y = circles(100, noise=0.0)
    >>> np.hypot(*x[y == 0].T).round(3).max(), np.hypot(*x[y == 1].T).round(3).max()
    (np.float64(0.9), np.float64(0.4))
    """
    samples = positive_integer("circles", "samples", samples)
    rng = np.random.default_rng(seed)
    y = np.arange(samples) % 2
    angle = rng.uniform(0, 2 * np.pi, samples)
    radius = np.where(y == 0, 0.9, 0.4)
    return _shift(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), noise, rng), y


def moons(samples: int = 200, noise: float = 0.05, seed: int = 0) -> Points:
    """Two half rings that reach into each other; two classes.

    Examples
    --------
    >>> x, y = moons(100)
    >>> x.shape, np.bincount(y)
    ((100, 2), array([50, 50]))
    """
    samples = positive_integer("moons", "samples", samples)
    rng = np.random.default_rng(seed)
    y = np.arange(samples) % 2
    angle = rng.uniform(0, np.pi, samples)
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    lower = np.stack([0.5 - np.cos(angle), 0.25 - np.sin(angle)], axis=1)
    return _shift(np.where(y[:, None] == 0, upper, lower) / 1.5, noise, rng), y


def spiral(samples: int = 200, noise: float = 0.02, seed: int = 0, arms: int = 2) -> Points:
    """Arms wound around each other, one class each: the hardest of these sets.

    Examples
    --------
    >>> x, y = spiral(90, arms=3)
    >>> x.shape, np.bincount(y)
    ((90, 2), array([30, 30, 30]))
    """
    samples, arms = positive_integer("spiral", "samples", samples), positive_integer("spiral", "arms", arms)
    rng = np.random.default_rng(seed)
    y = np.arange(samples) % arms
    along = rng.uniform(0.05, 1, samples)
    angle = 3 * np.pi * along + 2 * np.pi * y / arms
    x = np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1)
    return _shift(x, noise, rng), y


def xor(samples: int = 200, noise: float = 0.05, seed: int = 0) -> Points:
    """Four squares, opposite ones in the same class: each coordinate alone says nothing.

    Examples
    --------
    >>> x, y = xor(100, noise=0.0)
    >>> bool(((x[:, 0] * x[:, 1] > 0) == y).all())
    True
    """
    samples = positive_integer("xor", "samples", samples)
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.1, 1, (samples, 2)) * rng.choice([-1, 1], (samples, 2))
    return _shift(x, noise, rng), (x[:, 0] * x[:, 1] > 0).astype(int)


def blobs(samples: int = 200, noise: float = 0.15, seed: int = 0, centres: int = 3) -> Points:
    """Round clouds around centres on a circle, one class each: straight lines can part them.

    Examples
    --------
    >>> x, y = blobs(90, noise=0.0, centres=4)
    >>> np.unique(x.round(1) + 0.0, axis=0)
    array([[-0.7,  0. ],
           [ 0. , -0.7],
           [ 0. ,  0.7],
           [ 0.7,  0. ]])
    """
    samples = positive_integer("blobs", "samples", samples)
    centres = positive_integer("blobs", "centres", centres)
    rng = np.random.default_rng(seed)
    y = np.arange(samples) % centres
    angle = 2 * np.pi * y / centres
    return _shift(0.7 * np.stack([np.cos(angle), np.sin(angle)], axis=1), noise, rng), y


def _shift(x: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    return x + rng.normal(0, noise, x.shape)
