"""How many spots the sun had, month by month: a series that rises and falls about every 11 years."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np


def sunspots() -> tuple[np.ndarray, np.ndarray]:
    """The mean relative sunspot number of each month from January 1749 to December 1983.

    The relative number (R. Wolf, 1848) is k · (10 · groups + spots), where k makes observers comparable. It
    has no unit. These are the values of R's data set ``sunspots``; the series was revised in 2015, and
    today's official values are larger.

    Returns
    -------
    years : (2820,), the middle of each month, in years; 1749.042 is the middle of January 1749.
    numbers : (2820,), from 0 to 253.8.

    Examples
    --------
    >>> years, numbers = sunspots()
    >>> years.shape, float(numbers[0]), round(float(years[numbers.argmax()]), 1)
    ((2820,), 58.0, 1957.8)
    """
    with (files(__package__) / "sunspots_monthly.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    years = np.array([int(row["year"]) + (int(row["month"]) - 0.5) / 12 for row in rows])
    return years, np.array([float(row["sunspots"]) for row in rows])
