"""Pooling: nothing is learned; what matters is the way on which the gradient goes back."""

from __future__ import annotations

import numpy as np

from dlcore.layers import AveragePooling2D, GlobalAveragePooling2D, MaxPooling2D
from dlcore.layers.base import Layer
from dlcore.tracing.explain import explain_backward, explain_forward
from dlcore.tracing.expression import Value
from dlcore.tracing.step import TraceStep

DX, DY = r"\frac{\partial L}{\partial x}", r"\frac{\partial L}{\partial y}"
SHOWN = "The numbers are those of sample 0, channel 0."


@explain_forward.register
def _(layer: MaxPooling2D):
    formula = "y = the largest x of each window", r"y = \max_{\text{window}} x"
    note = f"The first place that holds the largest x wins its window. {SHOWN}"
    return [_forward(layer, "the maximum of each window", formula, {"x": layer.x}, note)]


@explain_backward.register
def _(layer: MaxPooling2D, dy, dx, fused=None):
    formula = (
        "∂L/∂x = ∂L/∂y where x won its window, 0 elsewhere",
        rf"{DX} = {DY}\,[x \text{{ won its window}}]",
    )
    operands = {"dy": dy, "winner": layer.winner}
    return [_backward(layer, "back to where the maximum came from", formula, operands, dy, dx)]


@explain_forward.register
def _(layer: AveragePooling2D):
    formula = "y = 1/n Σ x over each window", r"y = \frac{1}{n} \sum_{\text{window}} x"
    note = f"n counts the pixels of a window that lie in the picture. {SHOWN}"
    return [_forward(layer, "the mean of each window", formula, {"x": layer.x, "n": layer.count}, note)]


@explain_backward.register
def _(layer: AveragePooling2D, dy, dx, fused=None):
    formula = (
        "∂L/∂x = Σ 1/n ∂L/∂y over the windows that x lies in",
        rf"{DX} = \sum_{{\text{{windows}} \ni x}} \frac{{1}}{{n}} {DY}",
    )
    operands = {"dy": dy, "n": layer.count}
    return [_backward(layer, "an equal share for each pixel", formula, operands, dy, dx)]


@explain_forward.register
def _(layer: GlobalAveragePooling2D):
    formula = "y = 1/n Σ x over the whole picture", r"y = \frac{1}{n} \sum_{\text{picture}} x"
    return [_forward(layer, "the mean of each channel", formula, {"x": layer.x}, SHOWN)]


@explain_backward.register
def _(layer: GlobalAveragePooling2D, dy, dx, fused=None):
    formula = (
        "∂L/∂x = 1/n ∂L/∂y",
        r"\frac{\partial L}{\partial x} = \frac{1}{n} \frac{\partial L}{\partial y}",
    )
    return [_backward(layer, "an equal share for each pixel", formula, {"dy": dy}, dy, dx)]


def _forward(
    layer: Layer, title: str, formula: tuple[str, str], operands: dict[str, np.ndarray], note: str
) -> TraceStep:
    return TraceStep(
        phase="forward",
        layer=layer.name,
        title=title,
        name="y",
        result=layer.y,
        operands=operands,
        formula=formula[0],
        latex_formula=formula[1],
        pieces=[Value("x", layer.x[0, :, :, 0]), "→", Value("y", channel_0(layer.y))],
        note=note,
    )


def _backward(
    layer: Layer,
    title: str,
    formula: tuple[str, str],
    operands: dict[str, np.ndarray],
    dy: np.ndarray,
    dx: np.ndarray,
) -> TraceStep:
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title=title,
        name="dx",
        result=dx,
        operands=operands,
        formula=formula[0],
        latex_formula=formula[1],
        pieces=[Value("∂L/∂y", channel_0(dy)), "→", Value("∂L/∂x", dx[0, :, :, 0])],
        upstream="dy",
        note=SHOWN,
    )


def channel_0(array: np.ndarray) -> np.ndarray:
    """(rows, columns) of sample 0; a mean over the whole picture has one row and one column."""
    return array[0, ..., 0] if array.ndim == 4 else array[0, :1, None]
