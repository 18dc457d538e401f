"""Checks of what a caller hands to a model, made once for a whole data set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np


def positive_integer(owner: str, argument: str, value: Any) -> int:
    """``value`` as an int of at least 1; raises TypeError or ValueError which name the argument.

    Examples
    --------
    >>> positive_integer("Dense", "units", 0)
    Traceback (most recent call last):
        ...
    ValueError: Dense expected units of at least 1, got 0.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{owner} expected {argument} to be a whole number, got {value!r}.")
    if value < 1:
        raise ValueError(f"{owner} expected {argument} of at least 1, got {value}.")
    return int(value)


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


def as_sample_weight(weights: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Weights as an array that multiplies losses of ``shape``: one for each loss, or for each sample.

    Raises
    ------
    TypeError : they are not numbers.
    ValueError : there are more or fewer of them, or some are negative, NaN or infinite.

    Examples
    --------
    >>> as_sample_weight([1.0, 2.0], (2, 3)).shape  # one weight for all three steps of a sequence
    (2, 1)
    """
    weights = as_numbers("sample_weight", weights)
    if weights.shape != shape[: weights.ndim]:
        raise ValueError(f"expected sample_weight of shape {shape[:1]}, got {weights.shape}.")
    if weights.min() < 0:
        raise ValueError(f"sample_weight must not be negative, got {weights.min():g}.")
    return weights.reshape(weights.shape + (1,) * (len(shape) - weights.ndim))


def weights_of_classes(
    targets: np.ndarray, class_weight: Mapping[int, float], are_labels: bool
) -> np.ndarray:
    """The weight of each sample's class, (samples,); classes that are not named weigh 1.

    Parameters
    ----------
    targets : (samples,) if they are labels, else (samples, classes) one-hot, or (samples, 1) of 0 and 1.
    class_weight : weights by class.
    are_labels : which of the two they are.

    Raises
    ------
    ValueError : there are several targets per sample.

    Examples
    --------
    >>> weights_of_classes(np.array([0, 1, 2]), {1: 5.0}, are_labels=True)
    array([1., 5., 1.])
    """
    if targets.ndim != (1 if are_labels else 2):
        raise ValueError(f"class_weight needs one target per sample, got targets of shape {targets.shape}.")
    one_hot = not are_labels and targets.shape[1] > 1
    labels = targets.argmax(axis=1) if one_hot else targets.reshape(-1)
    weights = np.ones(len(targets))
    for label, weight in class_weight.items():
        weights[labels == label] = weight
    return weights


def batches(samples: int, batch_size: int) -> Iterator[slice]:
    """The rows of each batch, in order; the last batch may be smaller.

    Raises
    ------
    TypeError, ValueError : the batch size is not a whole number of at least 1.

    Examples
    --------
    >>> list(batches(5, 2))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    size = positive_integer("a batch", "batch_size", batch_size)
    for start in range(0, samples, size):
        yield slice(start, min(start + size, samples))


def split(data: Iterable[Any], share: float) -> tuple[tuple, tuple]:
    """Cut a share of the samples off the end of each of ``data``; what is None stays None.

    Raises
    ------
    ValueError : nothing would be left on one of the sides.

    Examples
    --------
    >>> split((np.arange(4), None), 0.25)
    ((array([0, 1, 2]), None), (array([3]), None))
    """
    data = tuple(data)
    samples = len(data[0])
    kept = samples - int(samples * share)
    if not 0 < kept < samples:
        raise ValueError(f"validation_split={share!r} of {samples} samples leaves one part empty.")
    parts = [(None, None) if part is None else (part[:kept], part[kept:]) for part in data]
    return tuple(part[0] for part in parts), tuple(part[1] for part in parts)
