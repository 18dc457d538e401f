"""Softmax with cross-entropy, sigmoid with binary cross-entropy: the gradient that skips the activation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlcore import losses
from dlcore.tracing.expression import Piece, rows_of


@dataclass(frozen=True, eq=False)
class FusedGradient:
    """``dL/dz = scale (y - t)``, where the scale comes from the mean over samples (and outputs).

    Attributes
    ----------
    dz : (batch, ..., outputs)
    y : (rows, outputs), what came out, one row for each loss.
    t : (rows, outputs), the targets; labels as one-hot rows.
    scale_formula, scale : the factor before (y - t) in letters and in numbers; "" where it is 1.
    """

    dz: np.ndarray
    y: np.ndarray
    t: np.ndarray
    scale_formula: str
    scale: str

    @property
    def formula(self) -> str:
        return f"{self.scale_formula} (y − t)" if self.scale else "y − t"

    def pieces(self, rows: slice = slice(None)) -> list[Piece]:
        """``scale (y - t)`` with its numbers, for some of the rows."""
        return [
            *([self.scale] if self.scale else []),
            "(",
            rows_of("y", self.y[rows]),
            "−",
            rows_of("t", self.t[rows]),
            ")",
        ]


def fused_gradient(loss: losses.Loss, targets: np.ndarray, y: np.ndarray) -> FusedGradient:
    """The fused gradient of the mean loss."""
    outputs = y.shape[-1]
    rows = y.reshape(-1, outputs)
    if isinstance(loss, losses.SparseCategoricalCrossentropy):
        t = np.eye(outputs)[targets.reshape(-1)]
    else:
        t = targets.reshape(-1, outputs)
    factors = {"N": len(rows)}
    if isinstance(loss, losses.BinaryCrossentropy):
        factors["n"] = outputs  # this loss is also a mean over the outputs
    factors = {letter: count for letter, count in factors.items() if count > 1}
    return FusedGradient(
        dz=loss.gradient_from_z(targets, y),
        y=rows,
        t=t,
        scale_formula=" · ".join(f"1/{letter}" for letter in factors),
        scale=" · ".join(f"1/{count}" for count in factors.values()),
    )
