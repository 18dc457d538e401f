"""What the recurrent layers share: the map of one time step, the gradient of a state, the sum over time.

Time is counted as in the code: ``h[0]`` is the initial state, step t reads ``x[t]`` and ``h[t]`` and makes
``h[t + 1]``. Shown are the numbers of sample 0; the arrays are (batch, units).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlcore.activations import Activation
from dlcore.layers.recurrent import Recurrent
from dlcore.tracing.affine import bias_gradient, weights_gradient
from dlcore.tracing.explain import uses_of_weights
from dlcore.tracing.expression import Piece, Value, column
from dlcore.tracing.formatting import number
from dlcore.tracing.step import TraceStep
from dlcore.tracing.uses import Uses

Term = Sequence[tuple[str, np.ndarray]]  # named factors, each (batch, units), to be multiplied


@uses_of_weights.register
def _(layer: Recurrent):
    """One row for each time step of each sample: ``[x[t] ; h[t]]``, step after step."""
    inputs = layer.input_shape[-1] + layer.units
    rows = layer.gathered[:-1, :, :inputs].reshape(-1, inputs)
    name = "time step" if layer.h.shape[1] == 1 else "time step of a sample"
    weights, bias = layer.weights_of_step[:, :inputs], layer.weights_of_step[:, inputs:]
    return Uses(rows, weights, bias[:, 0] if layer.use_bias else None, name, "t", ("[W U]", "[x ; h]"))


def check_whole(layer: Recurrent) -> None:
    """Raise ValueError if the sequences hold padding: its steps are no steps to explain."""
    if layer.padded is not None and layer.padded.any():
        raise ValueError(
            f"trace() cannot explain {layer.name} on sequences with padded steps. Hand in sequences of one "
            "length, without padding."
        )


# ---------------------------------------------------------------------- forward


def map_forward(layer: Recurrent, t: int, name: str = "z") -> TraceStep:
    """``z[t] = W x[t] + U h[t] + b``."""
    features = layer.input_shape[-1]
    W, U, b = np.split(layer.weights_of_step, [features, features + layer.units], axis=1)
    x, h = layer.gathered[t, :, :features], layer.h[t]
    z = layer.gathered[t] @ layer.weights_of_step.T
    operands = {"W": W, "x": x, "U": U, "h": h}
    pieces = [Value("W", W), column(f"x[{t}]", x[0]), "+", Value("U", U), column(f"h[{t}]", h[0])]
    if b.size:
        operands["b"] = b[:, 0]
        pieces += ["+", Value("b", b)]
    return TraceStep(
        phase="forward",
        layer=layer.name,
        title=f"time step {t}: weighted sums",
        name=f"{name}[{t}]",
        result=z,
        operands=operands,
        formula=f"{name}[{t}] = W x[{t}] + U h[{t}]{' + b' if b.size else ''}",
        pieces=[*pieces, "=", column(f"{name}[{t}]", z[0])],
        note=f"W, U{' and b' if b.size else ''} are the same at every time step.",
    )


def applied(
    layer: Recurrent, title: str, name: str, f: Activation, z: np.ndarray, y: np.ndarray
) -> TraceStep:
    """``name = f(z)``; z and y are (batch, units)."""
    return TraceStep(
        phase="forward",
        layer=layer.name,
        title=title,
        name=name,
        result=y,
        operands={"z": z},
        formula=f"{name} = {f.name}(z)",
        pieces=[f"{f.name}(", column("z", z[0]), ")", "=", column(name, y[0])],
    )


def combined(
    layer: Recurrent, title: str, name: str, shown: str, terms: Sequence[Term], result: np.ndarray, **more
) -> TraceStep:
    """A sum of elementwise products, ``result = a ⊙ b + c ⊙ d``.

    Parameters
    ----------
    shown : the result's symbol in the formula.
    terms : the products, each as its named factors.
    more : further fields of the step; ``phase`` is forward unless given.
    """
    pieces: list[Piece] = []
    for term in terms:
        for symbol, values in term:
            pieces += [column(symbol, values[0]), "⊙"]
        pieces[-1] = "+"
    pieces[-1] = "="
    formula = " + ".join(" ⊙ ".join(symbol for symbol, _ in term) for term in terms)
    return TraceStep(
        **{"phase": "forward", **more},
        layer=layer.name,
        title=title,
        name=name,
        result=result,
        operands={symbol: values for term in terms for symbol, values in term},
        formula=f"{shown} = {formula}",
        pieces=[*pieces, column(shown, result[0])],
    )


def output(layer: Recurrent) -> TraceStep:
    """What goes to the layer above: the last state, or all of them."""
    time = len(layer.h) - 1
    return TraceStep(
        phase="forward",
        layer=layer.name,
        title="every state is an output" if layer.return_sequences else "the last state is the output",
        name="y",
        result=layer.y,
        operands={"h": layer.h[1:].swapaxes(0, 1)},
        formula="y[t] = h[t + 1]" if layer.return_sequences else f"y = h[{time}]",
        pieces=[Value("y", layer.y[0]) if layer.return_sequences else column("y", layer.y[0])],
    )


# ---------------------------------------------------------------------- backward


def from_above(layer: Recurrent, dy: np.ndarray) -> np.ndarray:
    """(time + 1, batch, units): what each state gets from the layer above, before time runs back."""
    above = np.zeros(layer.h.shape)
    if layer.return_sequences:
        above[1:] = dy.swapaxes(0, 1)
    else:
        above[-1] = dy
    return above


def state_gradient(
    layer: Recurrent, t: int, above: np.ndarray, dz: np.ndarray, direct: Sequence[Term] = ()
) -> TraceStep:
    """dL/dh[t]: from the layer above, and from the next step through U.

    Parameters
    ----------
    direct : ways from h[t] to h[t + 1] that do not go through U (a GRU has one).
    """
    dh, last = layer.dh[t], t == len(layer.dh) - 1
    size = float(np.linalg.norm(dh[0]))
    operands, pieces, formula = {}, [], []
    if last or layer.return_sequences:
        operands["above"] = above[t]
        pieces, formula = (
            [column("from above", above[t][0])],
            ["∂L/∂y" + f"[{t - 1}]" * layer.return_sequences],
        )
    if not last:
        features = layer.input_shape[-1]
        U = layer.weights_of_step[:, features : features + layer.units]
        operands |= {"U": U, "dz": dz[t]}
        formula.append(f"Uᵀ δ[{t}]")
        pieces += ["+"] * bool(pieces) + [Value("Uᵀ", U.T), column(f"δ[{t}]", dz[t][0])]
        for term in direct:
            operands |= dict(term)
            formula.append(" ⊙ ".join(symbol for symbol, _ in term))
            (first, values), (second, others) = term
            pieces += ["+", column(first, values[0]), "⊙", column(second, others[0])]
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title=f"gradient of the state h[{t}]",
        name=f"dh[{t}]",
        result=dh,
        operands=operands,
        formula=f"∂L/∂h[{t}] = {' + '.join(formula)}",
        pieces=[*pieces, "=", column(f"∂L/∂h[{t}]", dh[0])],
        upstream="dy" if last else f"dz[{t}]",
        factor=None if last else Value("Uᵀ", operands["U"].T),
        note=f"Its length: ‖∂L/∂h[{t}]‖ = {number(size)}.",
    )


def sums_over_time(
    layer: Recurrent,
    dz: np.ndarray,
    dx: np.ndarray | None,
    of_input: slice | np.ndarray = slice(None),
    of_state: slice | np.ndarray = slice(None),
) -> list[TraceStep]:
    """dW, dU and the gradients of the biases, each a sum over the time steps; and dx.

    Parameters
    ----------
    dz : (time, batch, rows)
    of_input, of_state : which rows of dz belong to W and to U, where they are not the same.
    """
    features, uses, last = layer.input_shape[-1], uses_of_weights(layer), len(dz) - 1
    rows, of_inputs = dz.reshape(-1, dz.shape[-1]), dz[..., of_input]
    W, U = layer.parameters["W"], layer.parameters["U"]
    inputs = Uses(uses.rows[:, :features], W, None, uses.name, uses.letter)
    states = Uses(uses.rows[:, features:], U, None, uses.name, uses.letter)
    note = f"Used {len(uses)} times, once for each {uses.name}: the gradients add up."
    steps = [
        TraceStep(
            phase="backward",
            layer=layer.name,
            title="δ of all time steps",
            name="dz",
            result=rows,
            operands={f"dz[{t}]": dz[t] for t in range(len(dz))},
            formula="δ = δ[0], δ[1], … one below the other",
            latex_formula=r"\delta = (\delta_0, \delta_1, \ldots)",
            pieces=[Value("δ", rows)],
            upstream=f"dz[{last}]",
            note="The product below is that of the last step; each earlier one has more factors.",
        ),
        weights_gradient(layer, "W", "x", inputs, rows[:, of_input], note),
        weights_gradient(layer, "U", "h", states, rows[:, of_state], note),
    ]
    for bias, part in (("b", of_input), ("b_recurrent", of_state)):
        if bias in layer.parameters:
            steps.append(bias_gradient(layer, bias, uses, rows[:, part], note))
    if dx is not None:
        steps.append(
            TraceStep(
                phase="backward",
                layer=layer.name,
                title="gradient of the inputs",
                name="dx",
                result=dx,
                operands={"W": W, "dz": of_inputs},
                formula="∂L/∂x[t] = Wᵀ δ[t]",
                pieces=[
                    *(Value("δ, step by step", of_inputs[:, 0]), Value("W", W)),
                    *("=", Value("∂L/∂x", of_inputs[:, 0] @ W)),
                ],
                upstream="dz",
                factor=Value("Wᵀ", W.T),
            )
        )
    return steps
