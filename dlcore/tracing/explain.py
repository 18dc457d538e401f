"""How a layer tells what it did: three functions that each kind of layer registers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

import numpy as np

from dlcore.layers.base import Layer
from dlcore.tracing.fused import FusedGradient
from dlcore.tracing.step import TraceStep
from dlcore.tracing.uses import Uses


def unexplained(layer: Layer) -> NotImplementedError:
    return NotImplementedError(
        f"trace() cannot explain {layer.name} ({type(layer).__name__}) yet. See dlcore.tracing for how to "
        "register an explanation."
    )


@singledispatch
def explain_forward(layer: Layer) -> Iterable[TraceStep]:
    """The steps of the layer's last forward pass, read from the arrays that it kept."""
    raise unexplained(layer)


@singledispatch
def explain_backward(
    layer: Layer, dy: np.ndarray, dx: np.ndarray | None, fused: FusedGradient | None = None
) -> Iterable[TraceStep]:
    """The steps of the layer's last backward pass.

    Parameters
    ----------
    layer : has just run backward, so ``layer.gradients`` are those of this pass.
    dy : (batch, ...), the gradient that came in.
    dx : (batch, ...), the gradient that went out.
    fused : where the loss skipped the activation and gave ``dL/dz`` itself, that gradient; else None.
    """
    raise unexplained(layer)


@singledispatch
def uses_of_weights(layer: Layer) -> Uses:
    """What the layer gathered into x, one row for each use of W."""
    raise unexplained(layer)
