"""Normalization: x̂ with mean 0 and variance 1, then scale and shift; and back through all of it."""

from __future__ import annotations

import numpy as np

from dlcore.layers import BatchNormalization, LayerNormalization
from dlcore.layers.normalization import Normalization
from dlcore.tracing.explain import explain_backward, explain_forward
from dlcore.tracing.expression import Piece, Value, as_matrix, rows_of
from dlcore.tracing.step import TraceStep


@explain_forward.register
def _(layer: Normalization):
    over = "each feature of the training data" if isinstance(layer, BatchNormalization) else "each sample"
    scaled: list[Piece] = [rows_of("x̂", layer.x_hat)]
    formula, operands = "x̂", {"x_hat": layer.x_hat}
    if layer.scale:
        scaled = [Value("γ", layer.parameters["gamma"][None]), "⊙", *scaled]
        formula, operands = f"γ ⊙ {formula}", operands | {"gamma": layer.parameters["gamma"]}
    if layer.center:
        scaled += ["+", Value("β", layer.parameters["beta"][None])]
        formula, operands = f"{formula} + β", operands | {"beta": layer.parameters["beta"]}
    return [
        TraceStep(
            phase="forward",
            layer=layer.name,
            title="normalize",
            name="x_hat",
            result=layer.x_hat,
            operands={"x": layer.x, "mean": mean_of(layer), "deviation": layer.deviation},
            formula="x̂ = (x − mean) / deviation",
            latex_formula=r"\hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}",
            pieces=[rows_of("x", layer.x), "→", rows_of("x̂", layer.x_hat)],
            note=f"Mean and deviation are those of {over}; deviation = √(variance + {layer.epsilon:g}).",
        ),
        TraceStep(
            phase="forward",
            layer=layer.name,
            title="scale and shift",
            name="y",
            result=layer.y,
            operands=operands,
            formula=f"y = {formula}",
            latex_formula=f"y = {formula}".replace("x̂", r"\hat{x}").replace("⊙", r"\odot "),
            pieces=[*scaled, "=", rows_of("y", layer.y)],
        ),
    ]


@explain_backward.register
def _(layer: Normalization, dy, dx, fused=None):
    gamma = layer.parameters.get("gamma", np.ones(dy.shape[-1]))
    dx_hat = dy * gamma
    steps = [
        parameter_step(layer, name, symbol, operands, formula)
        for name, symbol, operands, formula in (
            ("gamma", "γ", {"dy": dy, "x_hat": layer.x_hat}, "Σ ∂L/∂y ⊙ x̂"),
            ("beta", "β", {"dy": dy}, "Σ ∂L/∂y"),
        )
        if name in layer.parameters
    ]
    steps.append(
        TraceStep(
            phase="backward",
            layer=layer.name,
            title="back through the scale",
            name="dx_hat",
            result=dx_hat,
            operands={"dy": dy, "gamma": gamma},
            formula="∂L/∂x̂ = ∂L/∂y ⊙ γ",
            latex_formula=r"\frac{\partial L}{\partial \hat{x}} = \frac{\partial L}{\partial y} \odot \gamma",
            pieces=[rows_of("∂L/∂y", dy), "⊙", Value("γ", gamma[None]), "=", rows_of("∂L/∂x̂", dx_hat)],
            upstream="dy",
            factor=Value("γ", gamma[None]),
        )
    )
    return steps if dx is None else [*steps, input_step(layer, dx_hat, dx)]


def mean_of(layer: Normalization) -> np.ndarray:
    """What was taken off x: of layer normalization the mean of each sample, else the moving one."""
    if isinstance(layer, LayerNormalization):
        return layer.x.mean(axis=-1, keepdims=True)
    return layer.statistics["moving_mean"]


def parameter_step(
    layer: Normalization, name: str, symbol: str, operands: dict[str, np.ndarray], formula: str
) -> TraceStep:
    """dγ or dβ: a sum over the samples, because all of them share γ and β."""
    gradient = layer.gradients[name]
    first, *others = operands.values()
    pieces: list[Piece] = ["Σ (", Value("∂L/∂y", as_matrix(first))]
    for other in others:
        pieces += ["⊙", Value("x̂", as_matrix(other))]
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title=f"gradient of {symbol}",
        name=f"d{name}",
        result=gradient,
        operands=operands,
        formula=f"∂L/∂{symbol} = {formula}, over all rows",
        latex_formula=rf"\frac{{\partial L}}{{\partial \{name}}} = \sum \frac{{\partial L}}{{\partial y}}"
        + (r" \odot \hat{x}" if others else ""),
        pieces=[*pieces, ") =", Value(f"∂L/∂{symbol}", gradient[None])],
        upstream="dy",
    )


def input_step(layer: Normalization, dx_hat: np.ndarray, dx: np.ndarray) -> TraceStep:
    """dL/dx: through x̂, and, where they are those of x itself, through mean and deviation too."""
    own = isinstance(layer, LayerNormalization)
    formula = "(∂L/∂x̂ − mean(∂L/∂x̂) − x̂ mean(∂L/∂x̂ ⊙ x̂)) / deviation" if own else "∂L/∂x̂ / deviation"
    note = (
        "Mean and deviation depend on x too: each takes its part off."
        if own
        else "Outside training mean and deviation are constants."
    )
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title="gradient of the inputs",
        name="dx",
        result=dx,
        operands={"dx_hat": dx_hat, "x_hat": layer.x_hat, "deviation": layer.deviation},
        formula=f"∂L/∂x = {formula}",
        latex_formula=(
            r"\frac{\partial L}{\partial x} = \frac{1}{\sqrt{\sigma^2 + \varepsilon}} \left("
            r"\frac{\partial L}{\partial \hat{x}}"
            + (
                r" - \overline{\frac{\partial L}{\partial \hat{x}}}"
                r" - \hat{x}\,\overline{\frac{\partial L}{\partial \hat{x}} \odot \hat{x}}"
                if own
                else ""
            )
            + r"\right)"
        ),
        pieces=[rows_of("∂L/∂x̂", dx_hat), "→", rows_of("∂L/∂x", dx)],
        upstream="dx_hat",
        note=note,
    )
