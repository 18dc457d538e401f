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
    x, W, b = uses.rows, uses.weights, uses.bias
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
    x, W = uses.rows, uses.weights
    one = len(x) == 1
    shared = (
        "" if one else f"W and b were used {len(x)} times, once for each {uses.name}: the gradients add up."
    )
    steps = [weights_gradient(layer, "W", "x", uses, dz, shared)]
    if "b" in layer.parameters:
        steps.append(bias_gradient(layer, "b", uses, dz, shared))
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


def weights_gradient(
    layer: Layer, parameter: str, gathered: str, uses: Uses, dz: np.ndarray, note: str
) -> TraceStep:
    """``dW = Σ δ xᵀ``, for the parameter W that meets x under whatever names they have."""
    x, s = uses.rows, uses.subscript
    gradient = layer.gradients[parameter]

    def outer(use: int) -> list[Value]:
        index = "" if len(x) == 1 else f"[{use}]"
        return [column(f"δ{index}", dz[use]), row(f"{gathered}{index}ᵀ", x[use])]

    right = f"δ {gathered}ᵀ" if len(x) == 1 else f"Σ{s} δ{s} {gathered}{s}ᵀ"
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title="gradient of the weights" if parameter == "W" else f"gradient of the weights {parameter}",
        name=f"d{parameter}",
        result=gradient,
        operands={"dz": dz, gathered: x},
        formula=f"∂L/∂{parameter} = {right}",
        pieces=[
            *total([outer(use) for use in range(len(x))], limit=3),
            "=",
            Value(f"∂L/∂{parameter}", gradient.reshape(len(gradient), -1)),
        ],
        upstream="dz",
        factor=Value(f"{gathered}ᵀ", x),
        note=note,
    )


def bias_gradient(layer: Layer, parameter: str, uses: Uses, dz: np.ndarray, note: str) -> TraceStep:
    """``db = Σ δ``."""
    one, s = len(dz) == 1, uses.subscript
    terms = [[column("δ" if one else f"δ[{use}]", dz[use])] for use in range(len(dz))]
    name, gradient = parameter.replace("_", " "), layer.gradients[parameter]
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title="gradient of the biases" if parameter == "b" else f"gradient of the biases {name}",
        name=f"d{parameter}",
        result=gradient,
        operands={"dz": dz},
        formula=f"∂L/∂{name} = δ" if one else f"∂L/∂{name} = Σ{s} δ{s}",
        pieces=[*total(terms, limit=4), "=", column(f"∂L/∂{name}", gradient)],
        upstream="dz",
        factor=Value("1", np.ones((1, 1))),
        note=note,
    )
