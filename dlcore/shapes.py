"""Shapes of samples: tuples of lengths, in which None stands for any length."""

from __future__ import annotations

from typing import Any

from dlcore.inputs import positive_integer


def sample_shape(owner: str, shape: Any) -> tuple[int | None, ...]:
    """``shape`` as a tuple of lengths of at least 1 (None for any length); raises otherwise.

    Examples
    --------
    >>> sample_shape("dense", 784)
    Traceback (most recent call last):
        ...
    TypeError: dense expected the shape of a sample as a tuple, got 784. Write (784,) for one axis.
    """
    if not isinstance(shape, (tuple, list)):
        raise TypeError(
            f"{owner} expected the shape of a sample as a tuple, got {shape!r}. Write (784,) for one axis."
        )
    return tuple(
        None if length is None else positive_integer(owner, "each length in a shape", length)
        for length in shape
    )


def fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    """Whether a shape is the expected one, where None stands for any length.

    Examples
    --------
    >>> fits((28, 64), (None, 64)), fits((28, 32), (None, 64))
    (True, False)
    """
    return len(shape) == len(expected) and all(
        want in (None, got) for want, got in zip(expected, shape, strict=True)
    )
