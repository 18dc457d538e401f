"""Small conversions that Keras keeps under this name."""

from __future__ import annotations

import numpy as np

from dlcore.inputs import as_numbers


def to_categorical(y: np.ndarray, num_classes: int | None = None) -> np.ndarray:
    """Turn labels into one-hot rows.

    Parameters
    ----------
    y : (...), integer labels 0 to num_classes - 1.
    num_classes : how many classes there are; by default the largest label plus 1.

    Returns
    -------
    one_hot : (..., num_classes), float32

    Raises
    ------
    TypeError : labels are not numbers.
    ValueError : there are no labels, or one is not a whole number, negative or too large.

    Examples
    --------
    >>> to_categorical([0, 2], 3)
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    labels = as_numbers("y", y)
    whole = labels.astype(np.intp)
    if not np.array_equal(whole, labels):
        raise ValueError(
            f"to_categorical expected whole-number labels, got {labels[whole != labels].flat[0]}."
        )
    classes = int(whole.max(initial=-1)) + 1 if num_classes is None else num_classes
    if whole.size and (whole.min() < 0 or whole.max() >= classes):
        raise ValueError(
            f"to_categorical expected labels 0 to {classes - 1}, "
            f"got labels from {whole.min()} to {whole.max()}."
        )
    return np.eye(classes, dtype=np.float32)[whole]
