"""Run one forward and one backward pass and write down every step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore import losses
from dlcore.inputs import as_numbers, check_lengths
from dlcore.tracing.explain import explain_backward, explain_forward
from dlcore.tracing.fused import fused_gradient
from dlcore.tracing.loss import loss_backward, loss_forward
from dlcore.tracing.penalty import penalty_backward, penalty_forward
from dlcore.tracing.record import Trace
from dlcore.tracing.step import TraceStep

if TYPE_CHECKING:
    from dlcore.models import Sequential


def trace(model: Sequential, x: Any, y: Any) -> Trace:
    """Every step of forward and backward for one sample or a small batch, with all numbers.

    The passes run in float64 on a copy, outside training: the model is not touched, and nothing is dropped
    out. The numbers are those that the layers computed; the steps only read them.

    Parameters
    ----------
    model : a compiled `Sequential`.
    x : one sample in the model's input shape, or a batch of them, (batch, ...).
    y : its target, or (batch, ...), in the form that the loss expects.

    Returns
    -------
    trace : a sequence of steps; print it, or look one up with ``trace["dense", "dW"]``.

    Raises
    ------
    RuntimeError : the model is not compiled.
    ValueError : the data do not fit the model, or hold padded steps.
    NotImplementedError : a layer has no explanation.

    Source
    ------
    Goodfellow, Bengio and Courville (2016), *Deep Learning*, section 6.5.

    Examples
    --------
    >>> from dlcore import Sequential, trace
    >>> from dlcore.layers import Dense
    >>> model = Sequential([Dense(1, input_dim=2)])
    >>> model.compile(loss="mse")
    >>> model.set_weights([[[0.5, -1.0]], [0.25]])
    >>> steps = trace(model, x=[2.0, 1.0], y=[1.0])
    >>> [step.name for step in steps]
    ['z', 'y', 'L', 'dy', 'dz', 'dW', 'db', 'dx']
    >>> print(steps["dense", "z"])
    → forward · dense · weighted sums and bias
    z = W x + b
         W 1×2       x 2×1     b 1×1      z 1×1
    [0.5000 -1.000] [2.000] + [0.2500] = [0.2500]
                    [1.000]
    >>> print(steps.weight("dense", 0, 1))
    ← backward · dense · gradient of the weight W[0, 1]
    ∂L/∂W[0, 1] = δ[0] · x[1]
    -1.500 · 1.000 = -1.500
    """
    model.require_compiled()
    model = model.copy(dtype=np.float64)
    if model.built and np.ndim(x) == len(model.layers[0].input_shape):
        x, y = [x], [y]  # one sample is a batch of one
    x, y = model.as_inputs(x), as_numbers("y", y)
    check_lengths(x=x, y=y)
    targets = model.check_targets(x, y)

    outputs = model.forward(x)
    if model.output_mask is not None:
        raise ValueError("trace() cannot leave out padded steps of the output. Hand in whole sequences.")
    steps = [step for layer in model.layers for step in explain_forward(layer)]
    loss, last = model.loss, model.layers[-1]
    each = loss.losses_from_z(targets, last.z) if model.is_fused else loss.losses(targets, outputs)
    steps += loss_forward(loss, targets, outputs, each)
    total = losses.weighted_mean(each)
    if any(layer.penalty() for layer in model.layers):
        steps.append(penalty_forward(model.layers, total))
        total = float(steps[-1].result[0])
    steps += backward_steps(model, targets, loss.gradient(targets, outputs))
    return Trace(model, x, targets, total, steps)


def backward_steps(model: Sequential, targets: np.ndarray, dy: np.ndarray) -> list[TraceStep]:
    """Back-propagation, layer by layer; each step gets the chain of local factors that led to it."""
    first = loss_backward(model.loss, targets, model.layers[-1].y, dy)
    chain = (("loss", first.factor.name),)
    steps = [replace(first, chain=chain)]
    for layer in reversed(model.layers):
        fused = None
        if layer is model.layers[-1] and model.is_fused:
            fused = fused_gradient(model.loss, targets, layer.y)
            dx = layer.backward_from_z(fused.dz)
        else:
            dx = layer.backward(dy)
        chains = {"dy": chain}
        for step in explain_backward(layer, dy, dx, fused):
            factor = ((layer.name, step.factor.name),) if step.factor is not None else ()
            chains[step.name] = chains[step.upstream] + factor
            steps.append(replace(step, chain=chains[step.name]))
        steps += penalty_backward(layer)
        # An activation that is a layer of its own has no x but its z.
        chain = chains.get("dx", chains.get("dz", chain))
        dy = dx
    return steps
