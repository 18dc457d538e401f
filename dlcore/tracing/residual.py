"""A residual connection: the layer's own steps, then the sum with what went around it."""

from __future__ import annotations

from dataclasses import replace

from dlcore.layers import Residual
from dlcore.tracing.explain import explain_backward, explain_forward
from dlcore.tracing.expression import rows_of
from dlcore.tracing.step import TraceStep


@explain_forward.register
def _(layer: Residual):
    own = layer.layer
    steps = [replace(step, layer=f"{layer.name}/{own.name}") for step in explain_forward(own)]
    added = layer.y - layer.x
    around = TraceStep(
        phase="forward",
        layer=layer.name,
        title="add what went around the layer",
        name="y",
        result=layer.y,
        operands={"x": layer.x, "layer": added},
        formula="y = x + layer(x)",
        pieces=[
            *[rows_of("x", layer.x[:1]), "+", rows_of("layer(x)", added[:1])],
            *["=", rows_of("y", layer.y[:1])],
        ],
    )
    return [*steps, around]


@explain_backward.register
def _(layer: Residual, dy, dx, fused=None):
    own = layer.layer
    through = own.backward(dy)
    steps = [replace(s, layer=f"{layer.name}/{own.name}") for s in explain_backward(own, dy, through)]
    if dx is None:
        return steps
    both = TraceStep(
        phase="backward",
        layer=layer.name,
        title="the gradient that went around the layer comes in",
        name="dx",
        result=dx,
        operands={"dy": dy, "layer": through},
        formula="∂L/∂x = ∂L/∂y + the layer's ∂L/∂x",
        latex_formula=r"\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} + \text{the layer's}",
        pieces=[
            *[rows_of("∂L/∂y", dy[:1]), "+", rows_of("the layer's", through[:1])],
            *["=", rows_of("∂L/∂x", dx[:1])],
        ],
        upstream="dy",
        note="Around the layer nothing multiplies the gradient. The product of the way through the layer "
        "stands at its own steps.",
    )
    return [*steps, both]
