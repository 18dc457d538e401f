"""The affine map ``z = W x + b`` and its chain rule, explained once for every layer that uses it.

A layer hands in one row for each use of W, as it does to `dlcore.affine`. With a single row the equations
stand in vectors; with more, the sums over the uses are written out.
"""

from __future__ import annotations

import numpy as np

from dlcore.layers.base import Layer
from dlcore.tracing.expression import Value, column, row, total
from dlcore.tracing.step import TraceStep
from dlcore.tracing.uses import Uses


def affine_forward(layer: Layer, uses: Uses, z: np.ndarray) -> TraceStep:
    """``z = W x + b``.

    Parameters
    ----------
    layer : has W, (outputs, ...), and perhaps b.
    uses : what was gathered.
    z : (uses, outputs), what came out.
    """
    x = uses.rows
    W, b = layer.parameters["W"].reshape(z.shape[-1], -1), layer.parameters.get("b")
    if len(x) == 1:
        formula, pieces = "z = W x", [Value("W", W), column("x", x[0])]
        bias, result = column("b", b) if b is not None else None, column("z", z[0])
    else:
        formula, pieces = "Z = X Wᵀ", [Value("X", x), Value("Wᵀ", W.T)]
        bias, result = row("b", b) if b is not None else None, Value("Z", z)
    if bias is not None:
        formula, pieces = f"{formula} + b", [*pieces, "+", bias]
    return TraceStep(
        phase="forward",
        layer=layer.name,
        title="weighted sums" if b is None else "weighted sums and bias",
        name="z",
        result=z,
        operands={"x": x, **layer.parameters},
        formula=formula,
        pieces=[*pieces, "=", result],
        note="" if len(x) == 1 else f"Each row is one {uses.name}; all of them use the same W.",
    )


def affine_backward(layer: Layer, uses: Uses, dz: np.ndarray, dx: np.ndarray | None) -> list[TraceStep]:
    """``dW = Σ δ xᵀ``, ``db = Σ δ`` and ``dx = Wᵀ δ``, with ``δ = dL/dz``.

    Parameters
    ----------
    uses : what was gathered.
    dz : (uses, outputs)
    dx : (uses, inputs), the gradient of what was gathered; None where nothing is below.
    """
    x, s = uses.rows, uses.subscript
    W = layer.parameters["W"].reshape(dz.shape[-1], -1)
    one = len(x) == 1
    shared = (
        "" if one else f"W and b were used {len(x)} times, once for each {uses.name}: the gradients add up."
    )
    steps = [
        TraceStep(
            phase="backward",
            layer=layer.name,
            title="gradient of the weights",
            name="dW",
            result=layer.gradients["W"],
            operands={"dz": dz, "x": x},
            formula="∂L/∂W = δ xᵀ" if one else f"∂L/∂W = Σ{s} δ{s} x{s}ᵀ",
            pieces=[
                *total([_outer(use, dz, x) for use in range(len(x))], limit=3),
                "=",
                Value("∂L/∂W", layer.gradients["W"].reshape(W.shape)),
            ],
            upstream="dz",
            factor=Value("xᵀ", x),
            note=shared,
        )
    ]
    if "b" in layer.parameters:
        terms = [[column("δ" if one else f"δ[{use}]", dz[use])] for use in range(len(x))]
        steps.append(
            TraceStep(
                phase="backward",
                layer=layer.name,
                title="gradient of the biases",
                name="db",
                result=layer.gradients["b"],
                operands={"dz": dz},
                formula="∂L/∂b = δ" if one else f"∂L/∂b = Σ{s} δ{s}",
                pieces=[*total(terms, limit=4), "=", column("∂L/∂b", layer.gradients["b"])],
                upstream="dz",
                factor=Value("1", np.ones((1, 1))),
                note=shared,
            )
        )
    if dx is not None:
        steps.append(
            TraceStep(
                phase="backward",
                layer=layer.name,
                title="gradient of the inputs",
                name="dx",
                result=dx,
                operands={"W": W, "dz": dz},
                formula="∂L/∂x = Wᵀ δ" if one else "∂L/∂X = ∂L/∂Z W",
                pieces=(
                    [Value("Wᵀ", W.T), column("δ", dz[0]), "=", column("∂L/∂x", dx[0])]
                    if one
                    else [Value("∂L/∂Z", dz), Value("W", W), "=", Value("∂L/∂X", dx)]
                ),
                upstream="dz",
                factor=Value("Wᵀ", W.T),
            )
        )
    return steps


def _outer(use: int, dz: np.ndarray, x: np.ndarray) -> list[Value]:
    """``δ xᵀ`` of one use, a column times a row."""
    if len(x) == 1:
        return [column("δ", dz[0]), row("xᵀ", x[0])]
    return [column(f"δ[{use}]", dz[use]), row(f"x[{use}]ᵀ", x[use])]
