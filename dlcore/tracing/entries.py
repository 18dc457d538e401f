"""Down to a single number: one neuron's sum, one weight's gradient, one bias's gradient.

They hold for every layer with a W, because every layer is the affine map on the rows that it gathered.
"""

from __future__ import annotations

import numpy as np

from dlcore.layers.base import Layer
from dlcore.tracing.explain import uses_of_weights
from dlcore.tracing.expression import total
from dlcore.tracing.step import TraceStep


def explain_neuron(layer: Layer, i: int, use: int) -> TraceStep:
    """``z[i] = Σⱼ W[i, j] · x[j] + b[i]`` for one use of W."""
    uses = uses_of_weights(layer)
    check_index(layer, "neuron", i, len(uses.weights))
    check_index(layer, "use of W", use, len(uses))
    x, weights = uses.rows[use], uses.weights[i]
    terms = [[float(w), "·", float(value)] for w, value in zip(weights, x, strict=True)]
    operands = {"W": weights, "x": x}
    W_name, x_name = uses.symbols
    z, formula = weights @ x, f"z[{i}] = Σⱼ {W_name}[{i}, j] · {x_name}[j]"
    bias = []
    if uses.bias is not None:
        operands["b"] = uses.bias[i]
        z, formula = z + operands["b"], f"{formula} + b[{i}]"
        bias = ["+", float(operands["b"])]
    return TraceStep(
        phase="forward",
        layer=layer.name,
        title=f"weighted sum of neuron {i}",
        name="z",
        result=z,
        operands=operands,
        formula=formula,
        pieces=[*total(terms), *bias, "=", float(z)],
    )


def explain_weight(layer: Layer, dz: np.ndarray, index: tuple[int, ...]) -> TraceStep:
    """``∂L/∂W[i, j] = Σₛ δ[s, i] · x[s, j]``, the sum over all uses of that weight."""
    W = layer.parameters["W"]
    if len(index) != W.ndim:
        raise ValueError(f"{layer.name}: W has {W.ndim} axes, got the index {list(index)}.")
    for axis, (position, size) in enumerate(zip(index, W.shape, strict=True)):
        check_index(layer, f"axis {axis} of W", position, size)
    i, j = index[0], int(np.ravel_multi_index(index[1:], W.shape[1:]))
    uses = uses_of_weights(layer)
    deltas, inputs = dz.reshape(len(uses), -1)[:, i], uses.rows[:, j]
    s, each = uses.letter, f"Σ{uses.subscript}"
    where, column = ", ".join(map(str, index)), ", ".join(map(str, index[1:]))
    one = len(deltas) == 1
    factors = f"δ[{i}] · x[{column}]" if one else f"{each} δ[{s}, {i}] · x[{s}, {column}]"
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title=f"gradient of the weight W[{where}]",
        name="dW",
        result=deltas @ inputs,
        operands={"dz": deltas, "x": inputs},
        formula=f"∂L/∂W[{where}] = {factors}",
        pieces=[
            *total([[float(d), "·", float(x)] for d, x in zip(deltas, inputs, strict=True)]),
            "=",
            float(deltas @ inputs),
        ],
        note="" if one else f"The weight is used once for each {uses.name}; each use adds one product.",
    )


def explain_bias(layer: Layer, dz: np.ndarray, i: int) -> TraceStep:
    """``∂L/∂b[i] = Σₛ δ[s, i]``, the sum over all uses of that bias."""
    if "b" not in layer.parameters:
        raise ValueError(f"{layer.name} has no bias: it was made with use_bias=False.")
    check_index(layer, "bias", i, len(layer.parameters["b"]))
    uses = uses_of_weights(layer)
    deltas = dz.reshape(len(uses), -1)[:, i]
    one = len(deltas) == 1
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title=f"gradient of the bias b[{i}]",
        name="db",
        result=deltas.sum(),
        operands={"dz": deltas},
        formula=f"∂L/∂b[{i}] = δ[{i}]" if one else f"∂L/∂b[{i}] = Σ{uses.subscript} δ[{uses.letter}, {i}]",
        pieces=[*total([[float(d)] for d in deltas]), *([] if one else ["=", float(deltas.sum())])],
    )


def check_index(layer: Layer, what: str, index: int, size: int) -> None:
    """Raise IndexError unless 0 <= index < size."""
    if not 0 <= index < size:
        raise IndexError(f"{layer.name}: {what} {index} does not exist; there are 0 to {size - 1}.")
