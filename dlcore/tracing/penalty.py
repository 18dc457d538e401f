"""What regularizers add: a penalty to the loss, and its derivative to the gradient of a parameter."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dlcore.layers.base import Layer
from dlcore.tracing.expression import Value, total
from dlcore.tracing.step import TraceStep


def penalty_forward(layers: Iterable[Layer], data_loss: float) -> TraceStep:
    """``L = data loss + R``, with the penalties R of all layers."""
    penalties = {layer.name: layer.penalty() for layer in layers if layer.penalty()}
    result = data_loss + sum(penalties.values())
    operands = {f"R {name}": np.array([penalty]) for name, penalty in penalties.items()}
    return TraceStep(
        phase="loss",
        layer="loss",
        title="with the penalties on large weights",
        name="L+R",
        result=np.array([result]),
        operands={"L": np.array([data_loss]), **operands},
        formula="L + R",
        pieces=[*total([[data_loss], *([penalty] for penalty in penalties.values())]), "=", result],
        note=f"One R for each layer with a regularizer: {', '.join(penalties)}.",
    )


def penalty_backward(layer: Layer) -> list[TraceStep]:
    """``∂L/∂W + ∂R/∂W`` for each parameter of the layer that has a regularizer."""
    if not layer.trainable:
        return []
    steps = []
    for name, penalty in layer.regularizers.items():
        terms = {f"Σ |{name}|": penalty.l1, f"Σ {name}²": penalty.l2}
        gradient, added = layer.gradients[name], penalty.gradient(layer.parameters[name])
        steps.append(
            TraceStep(
                phase="backward",
                layer=layer.name,
                title=f"what the penalty adds to the gradient of {name}",
                name=f"d{name}+dR",
                result=gradient + added,
                operands={f"d{name}": gradient, "dR": added, name: layer.parameters[name]},
                formula=f"∂L/∂{name} + ∂R/∂{name}",
                pieces=[
                    Value(f"∂L/∂{name}", gradient.reshape(len(gradient), -1)),
                    "+",
                    Value(f"∂R/∂{name}", added.reshape(len(added), -1)),
                    "=",
                    Value("sum", (gradient + added).reshape(len(added), -1)),
                ],
                note="R = " + " + ".join(f"{factor:g} {term}" for term, factor in terms.items() if factor),
            )
        )
    return steps
