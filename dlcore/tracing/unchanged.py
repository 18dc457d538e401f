"""Layers whose numbers pass through unchanged: other shapes, or nothing to do outside training."""

from __future__ import annotations

from dlcore.layers import Dropout, Flatten, Masking, Reshape
from dlcore.layers.base import Layer
from dlcore.tracing.activation import as_matrix
from dlcore.tracing.explain import explain_backward, explain_forward
from dlcore.tracing.expression import Value
from dlcore.tracing.formatting import shape_in_words
from dlcore.tracing.step import TraceStep

TITLES = {
    Flatten: "the same numbers in one row",
    Reshape: "the same numbers in another shape",
    Masking: "no step is padding",
    Dropout: "nothing is dropped outside training",
}


@explain_forward.register(Flatten)
@explain_forward.register(Reshape)
@explain_forward.register(Masking)
@explain_forward.register(Dropout)
def _(layer: Layer):
    if isinstance(layer, Masking) and not layer.mask.all():
        raise ValueError(
            f"trace() cannot explain padded steps, and {layer.name} found some. Hand in sequences without."
        )
    x = layer.x if isinstance(layer, (Flatten, Reshape)) else layer.y
    return [
        TraceStep(
            phase="forward",
            layer=layer.name,
            title=TITLES[type(layer)],
            name="y",
            result=layer.y,
            operands={"x": x},
            formula="y = x",
            pieces=[Value("y", as_matrix(layer.y.reshape(len(layer.y), -1)))],
            note=_shapes(x, layer.y),
        )
    ]


@explain_backward.register(Flatten)
@explain_backward.register(Reshape)
@explain_backward.register(Masking)
@explain_backward.register(Dropout)
def _(layer: Layer, dy, dx, fused=None):
    if dx is None:
        return []
    return [
        TraceStep(
            phase="backward",
            layer=layer.name,
            title=TITLES[type(layer)],
            name="dx",
            result=dx,
            operands={"dy": dy},
            formula="∂L/∂x = ∂L/∂y",
            pieces=[Value("∂L/∂x", dx.reshape(len(dx), -1))],
            upstream="dy",
            factor=None,
            note=_shapes(dy, dx),
        )
    ]


def _shapes(before, after) -> str:
    if before.shape == after.shape:
        return ""
    return f"shape {shape_in_words(before.shape)} becomes {shape_in_words(after.shape)}"
