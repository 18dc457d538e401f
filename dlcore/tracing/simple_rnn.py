"""A simple recurrent layer, time step by time step, and back through time."""

from __future__ import annotations

import numpy as np

from dlcore.layers import SimpleRNN
from dlcore.tracing.explain import explain_backward, explain_forward
from dlcore.tracing.expression import Value
from dlcore.tracing.recurrent import (
    applied,
    check_whole,
    combined,
    from_above,
    map_forward,
    output,
    state_gradient,
    sums_over_time,
)


@explain_forward.register
def _(layer: SimpleRNN):
    check_whole(layer)
    steps = []
    for t in range(len(layer.h) - 1):
        steps.append(map_forward(layer, t))
        z, h = steps[-1].result, layer.h[t + 1]
        steps.append(applied(layer, f"time step {t}: the new state", f"h[{t + 1}]", layer.activation, z, h))
    return [*steps, output(layer)]


@explain_backward.register
def _(layer: SimpleRNN, dy, dx, fused=None):
    above = from_above(layer, dy)
    dz = layer.run_backward(above.copy())
    steps = []
    for t in reversed(range(len(dz))):
        dh, h = layer.dh[t + 1], layer.h[t + 1]
        slope = layer.activation.backward(np.ones_like(h), h)
        steps += [
            state_gradient(layer, t + 1, above, dz),
            combined(
                layer, f"time step {t}: back through {layer.activation.name}", f"dz[{t}]", f"δ[{t}]",
                [[(f"∂L/∂h[{t + 1}]", dh), (f"f′(z[{t}])", slope)]], dz[t],
                phase="backward", upstream=f"dh[{t + 1}]", factor=Value("f′(z)", slope),
            ),
        ]  # fmt: skip
    return steps + sums_over_time(layer, dz, dx)
