"""Handwritten digits, 8 by 8 pixels (Alpaydin and Kaynak, 1998): small enough to train in a blink."""

from __future__ import annotations

from importlib.resources import files

import numpy as np


def digits() -> tuple[np.ndarray, np.ndarray]:
    """1,797 pictures of digits and their labels.

    Returns
    -------
    images : (1797, 8, 8), uint8, ink from 0 to 16.
    labels : (1797,), uint8, the digit.

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, int(images.max()), labels[:5].tolist()
    ((1797, 8, 8), 16, [0, 1, 2, 3, 4])
    """
    with np.load(files(__package__) / "digits_8x8.npz") as data:
        return data["images"], data["labels"]
