"""A dense layer: its x is the whole input vector, so each sample uses W once."""

from __future__ import annotations

from dlcore.layers import Dense
from dlcore.layers.dense import as_rows
from dlcore.tracing.activation import activation_backward, activation_forward
from dlcore.tracing.affine import affine_backward, affine_forward
from dlcore.tracing.explain import explain_backward, explain_forward, uses_of_weights
from dlcore.tracing.uses import Uses


@uses_of_weights.register
def _(layer: Dense):
    name = "sample" if layer.x.ndim == 2 else "time step of a sample"
    return Uses(as_rows(layer.x), layer.parameters["W"], layer.parameters.get("b"), name)


@explain_forward.register
def _(layer: Dense):
    return [affine_forward(layer, uses_of_weights(layer), as_rows(layer.z)), activation_forward(layer)]


@explain_backward.register
def _(layer: Dense, dy, dx, fused=None):
    step = activation_backward(layer, dy, fused)
    rows_dx = None if dx is None else as_rows(dx)
    return [step, *affine_backward(layer, uses_of_weights(layer), as_rows(step.result), rows_dx)]
