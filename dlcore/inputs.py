"""Checks of what a caller hands to a model, made once for a whole data set."""

from __future__ import annotations

from typing import Any

import numpy as np


def as_numbers(name: str, data: Any, dtype: Any = None) -> np.ndarray:
    """``data`` as an array of finite numbers.

    Parameters
    ----------
    name : what the data is called in messages ("x", "y", ...).
    data : (samples, ...), anything that NumPy can turn into an array.
    dtype : type of the result; by default that of the data.

    Raises
    ------
    TypeError : data does not hold numbers.
    ValueError : there are no samples, or some numbers are NaN or infinite.

    Examples
    --------
    >>> as_numbers("x", [[1.0, float("nan")]])
    Traceback (most recent call last):
        ...
    ValueError: x holds 1 value that is NaN or infinite, the first at index (0, 1). Remove or replace it.
    """
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ValueError(f"{name} has rows of different lengths: {error}") from error
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"{name} expected numbers, got an array of dtype {array.dtype}. "
            "Turn words or categories into numbers first."
        )
    if array.ndim == 0 or len(array) == 0:
        raise ValueError(f"{name} expected at least one sample, got an array of shape {array.shape}.")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = np.argwhere(~np.isfinite(array))
        first = tuple(int(i) for i in bad[0])
        some = "value that is" if len(bad) == 1 else "values that are"
        it = "it" if len(bad) == 1 else "them"
        raise ValueError(
            f"{name} holds {len(bad)} {some} NaN or infinite, the first at index {first}. "
            f"Remove or replace {it}."
        )
    return array if dtype is None else array.astype(dtype, copy=False)


def check_lengths(**data: np.ndarray) -> None:
    """Raise ValueError unless all the arrays have the same number of samples.

    Examples
    --------
    >>> check_lengths(x=np.zeros((3, 2)), y=np.zeros(4))
    Traceback (most recent call last):
        ...
    ValueError: x has 3 samples, but y has 4. Each sample needs its own.
    """
    (first, reference), *others = data.items()
    for name, array in others:
        if len(array) != len(reference):
            raise ValueError(
                f"{first} has {len(reference)} samples, but {name} has {len(array)}. "
                "Each sample needs its own."
            )
