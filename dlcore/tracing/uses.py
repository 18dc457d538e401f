"""What a layer gathers into x: one row for each use of W."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SUBSCRIPTS = {"n": "ₙ", "p": "ₚ", "s": "ₛ", "t": "ₜ"}


@dataclass(frozen=True, eq=False)
class Uses:
    """The rows that go through ``z = W x + b``.

    Attributes
    ----------
    rows : (uses, inputs)
    weights : (outputs, inputs), W as the matrix that these rows meet.
    bias : (outputs,), what is added to each; None where there is none.
    name : what one use is, in the singular: "sample", "position", "time step", "node".
    letter : the index over which formulas sum, one of n, p, s and t.
    symbols : of the weights and of a row.
    """

    rows: np.ndarray
    weights: np.ndarray
    bias: np.ndarray | None
    name: str = "sample"
    letter: str = "s"
    symbols: tuple[str, str] = ("W", "x")

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def subscript(self) -> str:
        return SUBSCRIPTS[self.letter]
