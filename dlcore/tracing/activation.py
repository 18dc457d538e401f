"""The activation ``y = f(z)`` and its factor in the chain rule, alone and fused with a loss."""

from __future__ import annotations

import numpy as np

from dlcore.activations import softmax_jacobian
from dlcore.layers import Activation
from dlcore.layers.base import Layer
from dlcore.tracing.explain import explain_backward, explain_forward
from dlcore.tracing.expression import Value, as_matrix, column, latex, rows_of
from dlcore.tracing.fused import FusedGradient
from dlcore.tracing.step import TraceStep


def activation_forward(layer: Layer) -> TraceStep:
    """``y = f(z)``, from the arrays that the layer kept."""
    f, z, y = layer.activation, layer.z, layer.y
    return TraceStep(
        phase="forward",
        layer=layer.name,
        title=f"activation: {f.name}",
        name="y",
        result=y,
        operands={"z": z},
        formula="y = z" if f.name == "linear" else f"y = {f.name}(z)",
        latex_formula=f"y = {f.latex}",
        pieces=[f"{f.name}(", rows_of("z", z), ")", "=", rows_of("y", y)],
    )


def activation_backward(layer: Layer, dy: np.ndarray, fused: FusedGradient | None) -> TraceStep:
    """``δ = dL/dz = dL/dy f'(z)``; for softmax the factor is the Jacobian J.

    Where the loss is fused with the activation, the network computes only the product; the two factors
    are shown beside it.
    """
    explain = elementwise_backward if layer.activation.elementwise else softmax_backward
    return explain(layer, dy, fused)


def elementwise_backward(layer: Layer, dy: np.ndarray, fused: FusedGradient | None) -> TraceStep:
    f = layer.activation
    slope = f.slope(layer.z)
    dz = f.backward(dy, layer.y) if fused is None else fused.dz
    formula, product = "δ = ∂L/∂z = ∂L/∂y ⊙ f′(z)", []
    if fused is not None:
        formula, product = f"{formula} = {fused.formula}", ["=", *fused.pieces()]
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title=f"back through {f.name}",
        name="dz",
        result=dz,
        operands={"dy": dy, "slope": slope},
        formula=formula,
        latex_formula=rf"{latex(formula)}, \quad f'(z) = {f.slope_latex}",
        pieces=[rows_of("∂L/∂y", dy), "⊙", rows_of("f′(z)", slope), *product, "=", rows_of("δ", dz)],
        upstream="dy",
        factor=Value("f′(z)", as_matrix(slope)),
        note="" if fused is None else fused_note(dy * slope, dz),
    )


def softmax_backward(layer: Layer, dy: np.ndarray, fused: FusedGradient | None) -> TraceStep:
    J = softmax_jacobian(layer.y)
    dz = layer.activation.backward(dy, layer.y) if fused is None else fused.dz
    J0, dy0, dz0 = J.reshape(-1, *J.shape[-2:])[0], as_matrix(dy)[0], as_matrix(dz)[0]
    notes = ["J is symmetric: J[i, k] = y[i] (1 − y[i]) on the diagonal, −y[i] y[k] beside it."]
    if dz.size > dz.shape[-1]:
        notes.append("The numbers are those of sample 0; each sample has a J of its own.")
    formula, product = "δ = ∂L/∂z = J ∂L/∂y", []
    if fused is not None:
        formula, product = f"{formula} = {fused.formula}", ["=", *fused.pieces(slice(1))]
        notes.append(fused_note((J @ dy[..., None])[..., 0], dz))
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title="back through softmax",
        name="dz",
        result=dz,
        operands={"dy": dy, "J": J},
        formula=formula,
        latex_formula=rf"{latex(formula)}, \quad J_{{ik}} = {layer.activation.slope_latex}",
        pieces=[Value("J", J0), column("∂L/∂y", dy0), *product, "=", column("δ", dz0)],
        upstream="dy",
        factor=Value("J", J0),
        note=" ".join(notes),
    )


def fused_note(product: np.ndarray, dz: np.ndarray) -> str:
    """What a fused loss does instead, and whether the product of the shown factors agrees with it."""
    note = "The network computes y − t at once and never the two factors: so it needs no division by y."
    if not np.allclose(product, dz, rtol=1e-6, atol=1e-12):
        note += (
            " Here the factors do not give that product: y is so near to 0 or 1 that ∂L/∂y had to be limited."
        )
    return note


@explain_forward.register
def _(layer: Activation):
    return [activation_forward(layer)]


@explain_backward.register
def _(layer: Activation, dy, dx, fused=None):
    return [activation_backward(layer, dy, fused)]
