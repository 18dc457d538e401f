"""A bidirectional layer: two recurrent layers, one of which reads the sequence from its end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dlcore.layers import Bidirectional
from dlcore.tracing.explain import explain_backward, explain_forward
from dlcore.tracing.expression import Piece, Value, as_matrix
from dlcore.tracing.step import TraceStep


@explain_forward.register
def _(layer: Bidirectional):
    steps, outputs = [], {}
    for direction, own in layer.directions.items():
        steps += [replace(step, layer=f"{layer.name}/{direction}") for step in explain_forward(own)]
        outputs[direction] = own.y if direction == "forward" else layer.in_order(own.y)
    formula = {
        "concat": "y = [forward ; backward]",
        "sum": "y = forward + backward",
        "ave": "y = 1/2 (forward + backward)",
    }[layer.merge_mode]
    merge = TraceStep(
        phase="forward",
        layer=layer.name,
        title="both directions together",
        name="y",
        result=layer.y,
        operands=outputs,
        formula=formula,
        pieces=side_by_side(outputs, "y", layer.y),
        note="Outputs of the backward direction stand in the order of the input again.",
    )
    return [*steps, merge]


@explain_backward.register
def _(layer: Bidirectional, dy, dx, fused=None):
    if layer.merge_mode == "concat":
        shares = dict(zip(layer.directions, np.split(dy, 2, axis=-1), strict=True))
    else:
        shares = dict.fromkeys(layer.directions, dy * layer.share)
    shares["backward"] = layer.in_order(shares["backward"])
    steps, to_inputs = [], {}
    for direction, own in layer.directions.items():
        to_inputs[direction] = own.backward(shares[direction])
        own_steps = explain_backward(own, shares[direction], to_inputs[direction])
        steps += [replace(step, layer=f"{layer.name}/{direction}") for step in own_steps]
    together = TraceStep(
        phase="backward",
        layer=layer.name,
        title="the inputs get gradients from both directions",
        name="dx",
        result=dx,
        operands=to_inputs,
        formula="∂L/∂x = forward + backward",
        pieces=side_by_side(to_inputs, "∂L/∂x", dx),
        upstream="dx",
        note="The product so far is that of the backward direction; the forward one has its own.",
    )
    return [*steps, together] if dx is not None else steps


def side_by_side(parts: dict[str, np.ndarray], name: str, result: np.ndarray) -> list[Piece]:
    """Sample 0 of both directions, and what becomes of them."""
    shown = [Value(direction, as_matrix(array[0])) for direction, array in parts.items()]
    return [shown[0], ",", shown[1], "→", Value(name, as_matrix(result[0]))]
