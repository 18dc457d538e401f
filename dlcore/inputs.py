"""Checks of what a caller hands to a model, made once for a whole data set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from numbers import Real
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


def positive_number(owner: str, argument: str, value: Any) -> float:
    """``value`` if it is above 0; raises TypeError or ValueError which name the argument.

    Examples
    --------
    >>> positive_number("Adam", "epsilon", 0.0)
    Traceback (most recent call last):
        ...
    ValueError: Adam expected a positive epsilon, got 0.0.
    """
    if not isinstance(value, Real):
        raise TypeError(f"{owner} expected {argument} to be a number, got {value!r}.")
    if not value > 0:
        raise ValueError(f"{owner} expected a positive {argument}, got {value!r}.")
    return value


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
    ValueError : there are no samples, or some numbers are NaN, infinite or too large for the dtype.

    Examples
    --------
    >>> as_numbers("x", [[1.0, float("nan")]])
    Traceback (most recent call last):
        ...
    ValueError: x holds 1 value that is NaN or infinite, the first at index (0, 1): nan. Remove or replace it.
    """
    try:
        given = array = np.asarray(data)
    except ValueError as error:
        raise ValueError(f"{name} has rows of different lengths: {error}") from error
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"{name} expected numbers, got an array of dtype {array.dtype}. "
            "Turn words or categories into numbers first."
        )
    if array.ndim == 0 or len(array) == 0:
        raise ValueError(f"{name} expected at least one sample, got an array of shape {array.shape}.")
    if dtype is not None:
        with np.errstate(over="ignore"):  # a number too large for the dtype becomes infinite: see below
            array = array.astype(dtype, copy=False)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = np.argwhere(~np.isfinite(array))
        first = tuple(int(i) for i in bad[0])
        some = "value that is" if len(bad) == 1 else "values that are"
        it = "it" if len(bad) == 1 else "them"
        limit = "" if dtype is None else f" in {array.dtype} (at most {np.finfo(array.dtype).max:.2g})"
        raise ValueError(
            f"{name} holds {len(bad)} {some} NaN or infinite{limit}, the first at index {first}: "
            f"{given[first]}. Remove or replace {it}."
        )
    return array


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


def as_sample_weight(weights: Any, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
    """Weights of losses of ``shape``, in that shape; given are one for each loss, or for each sample.

    Raises
    ------
    TypeError : they are not numbers.
    ValueError : there are more or fewer of them, or some are negative, NaN, infinite or too large.

    Examples
    --------
    >>> as_sample_weight([1.0, 2.0], (2, 3))  # one weight for all three steps of a sequence
    array([[1., 1., 1.],
           [2., 2., 2.]])
    """
    weights = as_numbers("sample_weight", weights, dtype)
    if weights.shape != shape[: weights.ndim]:
        raise ValueError(f"expected sample_weight of shape {shape[:1]}, got {weights.shape}.")
    if weights.min() < 0:
        raise ValueError(f"sample_weight must not be negative, got {weights.min():g}.")
    return np.broadcast_to(weights.reshape(weights.shape + (1,) * (len(shape) - weights.ndim)), shape)


def labels_of_rows(targets: np.ndarray) -> np.ndarray:
    """The class that each row of targets names, (..., classes) one-hot or (..., 1) of 0 and 1 -> (...).

    Raises
    ------
    ValueError : a row names no class, or several.

    Examples
    --------
    >>> labels_of_rows(np.array([[0, 0, 1], [1, 0, 0]])), labels_of_rows(np.array([[0], [1]]))
    (array([2, 0]), array([0, 1]))
    """
    rows = targets.reshape(-1, targets.shape[-1])
    one_hot = rows if rows.shape[1] > 1 else np.hstack([1 - rows, rows])
    labels = one_hot.argmax(axis=1)
    wrong = (one_hot != np.eye(one_hot.shape[1])[labels]).any(axis=1)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            "class_weight expected targets that name one class per row (one-hot, or one column of 0 and 1); "
            f"row {row} is {rows[row]}. Use sample_weight instead."
        )
    return labels.reshape(targets.shape[:-1])


def weights_of_classes(labels: np.ndarray, class_weight: Mapping[int, float], classes: int) -> np.ndarray:
    """The weight of each sample's class, (samples,); classes that are not named weigh 1.

    Parameters
    ----------
    labels : (samples,)
    class_weight : weights by class.
    classes : how many there are.

    Raises
    ------
    TypeError : the weights are not a dict.
    ValueError : there are several labels per sample, or a weight is for none of the classes.

    Examples
    --------
    >>> weights_of_classes(np.array([0, 1, 2]), {1: 5.0}, classes=3)
    array([1., 5., 1.])
    """
    if not isinstance(class_weight, Mapping):
        raise TypeError(
            "class_weight expected a dict of weights by class, such as {0: 1.0, 1: 5.0}, "
            f"got {class_weight!r}."
        )
    if labels.ndim != 1:
        raise ValueError(f"class_weight needs one target per sample, got targets of shape {labels.shape}.")
    weights = np.ones(len(labels))
    for label, weight in class_weight.items():
        if label not in range(classes):
            raise ValueError(
                f"class_weight expected as keys the classes 0 to {classes - 1}, got {label!r}. "
                "Name a class by its whole number, as the targets do."
            )
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
