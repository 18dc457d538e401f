"""Numbers as a reader wants to see them: four significant digits, equal widths, wide arrays elided."""

from __future__ import annotations

import numpy as np

DIGITS = 4
MOST_ROWS, MOST_COLUMNS = 10, 5  # of more, the first three are shown, dots, and the last one


def number(value: float) -> str:
    """A number with four significant digits; integers in full.

    Examples
    --------
    >>> number(1 / 3), number(-2.0), number(0.0), number(0.000012345), number(np.int64(12345))
    ('0.3333', '-2.000', '0', '1.234e-5', '12345')
    """
    if isinstance(value, (int, np.integer)):
        return str(value)
    if value == 0:
        return "0"  # also for -0.0
    mantissa, _, exponent = f"{value:#.{DIGITS}g}".partition("e")
    mantissa = mantissa.rstrip(".")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def cells(values: np.ndarray) -> list[list[str]]:
    """A matrix as rows of strings, with ``…`` where rows or columns are left out.

    An entry that is smaller than the largest one by a factor of 1e12 is what rounding left of a zero, and
    its digits differ between machines: it is shown as 0.

    Examples
    --------
    >>> cells(np.array([[0.5, 1e-17]]))
    [['0.5000', '0']]
    >>> cells(np.arange(8)[None])
    [['0', '1', '2', '…', '7']]
    """
    values = np.asarray(values)
    finite = np.abs(values[np.isfinite(values)])
    values = np.where(np.abs(values) < 1e-12 * finite.max(initial=0.0), values.dtype.type(0), values)
    rows, columns = map(_shown, values.shape, (MOST_ROWS, MOST_COLUMNS))
    return [
        ["…" if row is None or column is None else number(values[row, column]) for column in columns]
        for row in rows
    ]


def aligned(table: list[list[str]]) -> list[list[str]]:
    """The same texts, padded so that in each column the decimal points stand under each other.

    Examples
    --------
    >>> aligned([["1.294"], ["-0.0185"], ["0"]])
    [[' 1.294 '], ['-0.0185'], [' 0     ']]
    """
    columns = []
    for texts in zip(*table, strict=True):
        parts = [text.partition(".") for text in texts]
        left = max(len(whole) for whole, _, _ in parts)
        right = max(len(point + digits) for _, point, digits in parts)
        columns.append([f"{whole:>{left}}{point + digits:<{right}}" for whole, point, digits in parts])
    return [list(line) for line in zip(*columns, strict=True)]


def shape_in_words(shape: tuple[int, ...]) -> str:
    """``(2, 3)`` -> ``"2×3"``; a single number has no shape to tell."""
    return "×".join(map(str, shape))


def _shown(length: int, most: int) -> list[int | None]:
    """Which indices of an axis are shown; None stands for the dots."""
    if length <= most:
        return list(range(length))
    return [0, 1, 2, None, length - 1]
