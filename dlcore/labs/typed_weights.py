"""Weights that a reader types into a lab, such as those of a small network on the board."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

LARGEST = 10_000  # of a weight: the numbers of a small network stay within float32 then


def arrays(text: str, sizes: list[int]) -> list[np.ndarray]:
    """The weights that a reader typed, as one array for each W and b; no text, no arrays.

    Raises
    ------
    ValueError : something is not a number or too large, or a network of these sizes has more or fewer
        weights.

    Examples
    --------
    >>> arrays("1, 2, 3", [2, 1])
    [array([[1., 2.]]), array([3.])]
    >>> arrays("1 2", [2, 1])
    Traceback (most recent call last):
        ...
    ValueError: own weights expected 3 numbers, W 1×2, b 1, got 2.
    """
    words = text.replace(",", " ").replace("−", "-").split()
    if not words:
        return []
    try:
        numbers = np.array(words, float)
    except ValueError as error:
        raise ValueError(f"own weights expected numbers with spaces between them: {error}.") from None
    possible = np.abs(numbers) <= LARGEST  # also False for nan
    if not possible.all():
        wrong = words[int(np.argmin(possible))]
        raise ValueError(f"own weights expected numbers from −{LARGEST} to {LARGEST}, got {wrong!r}.")
    shapes = [shape for n, m in pairwise(sizes) for shape in ((m, n), (m,))]
    counts = [math.prod(shape) for shape in shapes]
    if len(numbers) != sum(counts):
        order = ", ".join(f"{'Wb'[i % 2]} {'×'.join(map(str, shape))}" for i, shape in enumerate(shapes))
        raise ValueError(f"own weights expected {sum(counts)} numbers, {order}, got {len(numbers)}.")
    parts = np.split(numbers, np.cumsum(counts)[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
