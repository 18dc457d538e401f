"""A gated recurrent unit: update gate, reset gate, candidate, and the state as a mixture."""

from __future__ import annotations

import numpy as np

from dlcore.layers import GRU
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

BLOCKS = ("update", "reset", "input", "state")


@explain_forward.register
def _(layer: GRU):
    check_whole(layer)
    steps = []
    for t in range(len(layer.h) - 1):
        steps.append(map_forward(layer, t))
        blocks = np.split(steps[-1].result, 4, axis=1)
        update, reset, from_input, from_state = (values for _, values in gates_of(layer, t))
        gate, now = layer.recurrent_activation, t + 1
        mixed = from_input + reset * from_state
        candidate = layer.candidate[t]
        steps += [
            applied(layer, f"time step {t}: update gate", f"update[{t}]", gate, blocks[0], update),
            applied(layer, f"time step {t}: reset gate", f"reset[{t}]", gate, blocks[1], reset),
            combined(
                layer, f"time step {t}: how much of the old state the candidate sees", f"mixed[{t}]", "m",
                [[("from input", from_input)], [("reset", reset), ("from state", from_state)]], mixed,
            ),
            applied(layer, f"time step {t}: candidate", f"g[{t}]", layer.activation, mixed, candidate),
            combined(
                layer, f"time step {t}: the new state", f"h[{now}]", f"h[{now}]",
                [
                    [(f"update[{t}]", update), (f"h[{t}]", layer.h[t])],
                    [(f"(1 − update[{t}])", 1 - update), (f"g[{t}]", candidate)],
                ],
                layer.h[now],
            ),
        ]  # fmt: skip
    return [*steps, output(layer)]


@explain_backward.register
def _(layer: GRU, dy, dx, fused=None):
    above = from_above(layer, dy)
    dz = layer.run_backward(above.copy())
    steps = []
    for t in reversed(range(len(dz))):
        direct = []
        if t + 1 < len(dz):
            update = gates_of(layer, t + 1)[0][1]
            direct = [[(f"update[{t + 1}]", update), (f"∂L/∂h[{t + 2}]", layer.dh[t + 2])]]
        steps += [state_gradient(layer, t + 1, above, dz, direct), *gate_gradients(layer, t, dz[t])]
    units = layer.units
    of_state = np.r_[: 2 * units, 3 * units : 4 * units]
    return steps + sums_over_time(layer, dz, dx, slice(3 * units), of_state)


def gates_of(layer: GRU, t: int) -> list[tuple[str, np.ndarray]]:
    """Both gates, and what comes from input and state for the candidate; each (batch, units)."""
    return list(zip(BLOCKS, layer.gates[t], strict=True))


def gate_gradients(layer: GRU, t: int, dz: np.ndarray) -> list[TraceStep]:
    """δ of the four blocks of z[t], and all of them as one vector."""
    now, gate, squash = t + 1, layer.recurrent_activation, layer.activation
    blocks = dict(zip(BLOCKS, np.split(dz, 4, axis=1), strict=True))
    (_, update), (_, reset), _, (_, from_state) = gates_of(layer, t)
    g, h = layer.candidate[t], layer.h[t]
    dh = (f"∂L/∂h[{now}]", layer.dh[now])
    ones = np.ones_like(g)
    factors = {
        "update": ("h", [dh, (f"h[{t}] − g[{t}]", h - g), ("slope", gate.backward(ones, update))]),
        "input": ("h", [dh, (f"1 − update[{t}]", 1 - update), ("slope", squash.backward(ones, g))]),
        "reset": ("input", [
            ("δinput", blocks["input"]), ("from state", from_state), ("slope", gate.backward(ones, reset))
        ]),
        "state": ("input", [("δinput", blocks["input"]), (f"reset[{t}]", reset)]),
    }  # fmt: skip
    steps = []
    for name, (origin, term) in factors.items():
        symbols = " ⊙ ".join(symbol for symbol, _ in term[1:])
        steps.append(
            combined(
                layer, f"time step {t}: δ of the block {name}", f"dz_{name}[{t}]", f"δ{name}[{t}]",
                [term], blocks[name], phase="backward",
                upstream=f"dh[{now}]" if origin == "h" else f"dz_{origin}[{t}]",
                factor=Value(symbols, np.prod([values for _, values in term[1:]], axis=0)),
            )
        )  # fmt: skip
    together = TraceStep(
        phase="backward",
        layer=layer.name,
        title=f"time step {t}: the four blocks as one δ",
        name=f"dz[{t}]",
        result=dz,
        operands={f"dz_{name}": block for name, block in blocks.items()},
        formula=f"δ[{t}] = δupdate, δreset, δinput, δstate, one below the other",
        latex_formula=rf"\delta_{t} = (" + ", ".join(rf"\delta_{{{name}}}" for name in BLOCKS) + ")",
        pieces=[Value(f"δ[{t}]", dz[0][:, None])],
        upstream=f"dz_state[{t}]",
        note="The product so far follows one block; the others have one each.",
    )
    return [*steps, together]
