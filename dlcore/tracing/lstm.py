"""A long short-term memory, gate by gate: i, f, g and o, the cell state c and the state h."""

from __future__ import annotations

import numpy as np

from dlcore.layers import LSTM
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
from dlcore.tracing.step import TraceStep

GATES = {"i": "input gate", "f": "forget gate", "g": "candidate", "o": "output gate"}


@explain_forward.register
def _(layer: LSTM):
    check_whole(layer)
    steps = []
    for t in range(len(layer.h) - 1):
        steps.append(map_forward(layer, t))
        blocks = np.split(steps[-1].result, 4, axis=1)
        gates = gates_of(layer, t)
        for (name, words), z in zip(GATES.items(), blocks, strict=True):
            f = layer.activation if name == "g" else layer.recurrent_activation
            steps.append(applied(layer, f"time step {t}: {words}", f"{name}[{t}]", f, z, gates[name]))
        i, f, g, o = ((f"{name}[{t}]", values) for name, values in gates.items())
        now = t + 1
        squashed = (f"{layer.activation.name}(c[{now}])", layer.squashed_c[t])
        steps += [
            combined(
                layer, f"time step {t}: keep some, take in some", f"c[{now}]", f"c[{now}]",
                [[f, (f"c[{t}]", layer.c[t])], [i, g]], layer.c[now],
            ),
            combined(
                layer, f"time step {t}: the new state", f"h[{now}]", f"h[{now}]",
                [[o, squashed]], layer.h[now],
            ),
        ]  # fmt: skip
    return [*steps, output(layer)]


@explain_backward.register
def _(layer: LSTM, dy, dx, fused=None):
    above = from_above(layer, dy)
    dz = layer.run_backward(above.copy())
    steps = []
    for t in reversed(range(len(dz))):
        steps.append(state_gradient(layer, t + 1, above, dz))
        steps += [cell_gradient(layer, t), *gate_gradients(layer, t, dz[t])]
    return steps + sums_over_time(layer, dz, dx)


def gates_of(layer: LSTM, t: int) -> dict[str, np.ndarray]:
    """i, f, g and o of one step, each (batch, units)."""
    return dict(zip(GATES, layer.gates[t], strict=True))


def cell_gradient(layer: LSTM, t: int) -> TraceStep:
    """dL/dc[t + 1]: through h[t + 1], and through the next cell state, which keeps f of this one."""
    now, squash = t + 1, layer.activation
    squashed = layer.squashed_c[t]
    slope = squash.backward(np.ones_like(squashed), squashed)
    terms = [
        [
            (f"∂L/∂h[{now}]", layer.dh[now]),
            (f"o[{t}]", gates_of(layer, t)["o"]),
            (f"{squash.name}′(c[{now}])", slope),
        ]
    ]
    if now < len(layer.h) - 1:
        terms.append([(f"∂L/∂c[{now + 1}]", layer.dc[now + 1]), (f"f[{now}]", gates_of(layer, now)["f"])])
    return combined(
        layer, f"gradient of the cell state c[{now}]", f"dc[{now}]", f"∂L/∂c[{now}]", terms, layer.dc[now],
        phase="backward", upstream=f"dh[{now}]", factor=Value("o ⊙ f′(c)", gates_of(layer, t)["o"] * slope),
    )  # fmt: skip


def gate_gradients(layer: LSTM, t: int, dz: np.ndarray) -> list[TraceStep]:
    """δ of the four blocks of z[t], and all of them as one vector."""
    now, gates = t + 1, gates_of(layer, t)
    dc = (f"∂L/∂c[{now}]", layer.dc[now])
    dh = (f"∂L/∂h[{now}]", layer.dh[now])
    squashed = (f"{layer.activation.name}(c[{now}])", layer.squashed_c[t])
    factors = {  # what each gate is multiplied with on its way forward
        "i": (dc, (f"g[{t}]", gates["g"])),
        "f": (dc, (f"c[{t}]", layer.c[t])),
        "g": (dc, (f"i[{t}]", gates["i"])),
        "o": (dh, squashed),
    }
    steps, blocks = [], dict(zip(GATES, np.split(dz, 4, axis=1), strict=True))
    for name, (gradient, partner) in factors.items():
        f = layer.activation if name == "g" else layer.recurrent_activation
        slope = f.backward(np.ones_like(gates[name]), gates[name])
        steps.append(
            combined(
                layer, f"time step {t}: back through the {GATES[name]}", f"dz_{name}[{t}]", f"δ{name}[{t}]",
                [[gradient, partner, (f"{f.name}′(z{name}[{t}])", slope)]], blocks[name],
                phase="backward", upstream=f"d{'h' if name == 'o' else 'c'}[{now}]",
                factor=Value(f"{partner[0]} ⊙ f′(z{name})", partner[1] * slope),
            )
        )  # fmt: skip
    together = TraceStep(
        phase="backward",
        layer=layer.name,
        title=f"time step {t}: the four blocks as one δ",
        name=f"dz[{t}]",
        result=dz,
        operands={f"dz_{name}": block for name, block in blocks.items()},
        formula=f"δ[{t}] = δi[{t}], δf[{t}], δg[{t}], δo[{t}], one below the other",
        latex_formula=rf"\delta_{t} = (\delta i_{t}, \delta f_{t}, \delta g_{t}, \delta o_{t})",
        pieces=[Value(f"δ[{t}]", dz[0][:, None])],
        upstream=f"dz_i[{t}]",
        note="The product so far follows the input gate; the three others have one each.",
    )
    return [*steps, together]
