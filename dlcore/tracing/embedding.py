"""An embedding: a row of E for each number, and the sum of gradients over all places of a number."""

from __future__ import annotations

from dlcore.layers import Embedding
from dlcore.tracing.explain import explain_backward, explain_forward
from dlcore.tracing.expression import Value, as_matrix, column
from dlcore.tracing.step import TraceStep


@explain_forward.register
def _(layer: Embedding):
    E = layer.parameters["E"]
    return [
        TraceStep(
            phase="forward",
            layer=layer.name,
            title="look up the rows",
            name="y",
            result=layer.y,
            operands={"E": E, "x": layer.x},
            formula="y = E[x], row x of E",
            latex_formula=r"y = E_x",
            pieces=[
                Value("E", E),
                ",",
                column("x", layer.x.reshape(-1)),
                "→",
                Value("y", as_matrix(layer.y)),
            ],
        )
    ]


@explain_backward.register
def _(layer: Embedding, dy, dx, fused=None):
    gradient = layer.gradients["E"]
    return [
        TraceStep(
            phase="backward",
            layer=layer.name,
            title="gradient of the rows",
            name="dE",
            result=gradient,
            operands={"dy": dy, "x": layer.x},
            formula="∂L/∂E[i] = Σ ∂L/∂y over the places where x = i",
            latex_formula=r"\frac{\partial L}{\partial E_i} = \sum_{x = i} \frac{\partial L}{\partial y}",
            pieces=[
                *(column("x", layer.x.reshape(-1)), ",", Value("∂L/∂y", as_matrix(dy))),
                *("→", Value("∂L/∂E", gradient)),
            ],
            upstream="dy",
            note="A row that was not looked up gets 0. There is no gradient of x: it is a whole number.",
        )
    ]
