"""Names given as strings: find what they stand for, or say which known name is nearest."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any


def find(kind: str, name: Any, table: Mapping[str, Any]) -> Any:
    """Return ``table[name]``.

    Parameters
    ----------
    kind : what the name stands for, in words, for the error ("activation", "loss", ...).
    name : the name that the caller gave.
    table : known names and what they stand for.

    Raises
    ------
    ValueError : the name is not known; the message names the nearest known one.

    Examples
    --------
    >>> find("activation", "rellu", {"relu": max, "tanh": min})
    Traceback (most recent call last):
        ...
    ValueError: unknown activation 'rellu'. Did you mean 'relu'? Known: relu, tanh.
    """
    if isinstance(name, str) and name in table:
        return table[name]
    near = difflib.get_close_matches(str(name).lower(), table, n=1, cutoff=0.5)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"unknown {kind} {name!r}.{guess} Known: {', '.join(table)}.")
