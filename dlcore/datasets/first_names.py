"""First names in the United States, from the census of 1990."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np


def first_names() -> tuple[list[str], list[str], np.ndarray]:
    """5,494 first names, with how many people bore them: women's names, then men's, the commonest first.

    331 names stand in both parts, so that 5,163 different ones occur. Source: U.S. Census Bureau, 1990; in
    the public domain.

    Returns
    -------
    names : 5,494 strings of 2 to 11 letters, a capital and then small ones.
    sexes : 5,494 strings, ``"F"`` or ``"M"``.
    percents : (5494,), percent of the persons of that sex who bear the name.

    Examples
    --------
    >>> names, sexes, percents = first_names()
    >>> names[0], sexes[0], float(percents[0])
    ('Mary', 'F', 2.629)
    """
    with (files(__package__) / "us_first_names.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    percents = np.array([float(row["percent"]) for row in rows])
    return [row["name"] for row in rows], [row["sex"] for row in rows], percents
