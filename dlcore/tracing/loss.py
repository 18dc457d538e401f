"""The loss with its numbers, and the gradient with which the backward pass begins."""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from dlcore import losses
from dlcore.losses.cross_entropy import EPSILON
from dlcore.tracing.expression import Piece, Value, as_matrix, column, rows_of, total
from dlcore.tracing.step import TraceStep

LAYER = "loss"


def loss_forward(loss: losses.Loss, targets: np.ndarray, y: np.ndarray, each: np.ndarray) -> list[TraceStep]:
    """The loss of each sample, and their mean where there are several.

    Parameters
    ----------
    targets : what y should be, as the loss takes it.
    y : (batch, ..., outputs)
    each : (batch, ...), the losses that the network computed.
    """
    rows_y, each = as_matrix(y), each.reshape(-1)
    count = len(rows_y)
    rows_t = targets.reshape(count, -1)
    steps = [
        TraceStep(
            phase="loss",
            layer=LAYER,
            title=loss.name.replace("_", " "),
            name="L" if count == 1 else "losses",
            result=each,
            operands={"y": y, "t": targets},
            formula=formula(loss),
            latex_formula=f"L = {loss.latex}" if loss.latex else "",
            pieces=["L", "=", *terms(loss, rows_t[0], rows_y[0]), "=", float(each[0])],
            note="" if count == 1 else "The numbers are those of sample 0.",
        )
    ]
    if count > 1:
        steps.append(
            TraceStep(
                phase="loss",
                layer=LAYER,
                title="mean over the batch",
                name="L",
                result=np.array([each.mean()]),
                operands={"losses": each},
                formula="L = 1/N Σₛ Lₛ",
                pieces=[
                    *("L", "=", f"1/{count}", "("),
                    *total([[float(value)] for value in each]),
                    *(")", "=", float(each.mean())),
                ],
                note=f"N = {count}. The mean makes the gradients of large and small batches comparable.",
            )
        )
    return steps


def loss_backward(loss: losses.Loss, targets: np.ndarray, y: np.ndarray, dy: np.ndarray) -> TraceStep:
    """``dL/dy`` of the mean loss, (batch, ..., outputs)."""
    count = y.size // y.shape[-1]
    notes = (
        [f"1/N comes from the mean: each of the {count} losses counts for 1/{count}."] if count > 1 else []
    )
    at_the_end = (y < EPSILON) | (y > 1 - EPSILON)
    if loss.fuses_with and at_the_end.any():
        notes.append(f"y is kept {EPSILON:g} away from 0 and 1 where it divides.")
    body, pieces = derivative(loss, targets, y)
    if count > 1:
        body, pieces = f"1/N · ({body})", [f"1/{count}", "·", "(", *pieces, ")"]
    return TraceStep(
        phase="backward",
        layer=LAYER,
        title="where the gradient begins",
        name="dy",
        result=dy,
        operands={"y": y, "t": targets},
        formula=f"∂L/∂y = {body}",
        pieces=[*pieces, "=", rows_of("∂L/∂y", dy)],
        factor=Value("∂L/∂y", as_matrix(dy)),
        note=" ".join(notes),
    )


# ------------------------------------------------------------------ each loss: formula, terms, derivative


@singledispatch
def formula(loss: losses.Loss) -> str:
    """The loss of one sample as plain text."""
    return "L = L(y, t)"


@singledispatch
def terms(loss: losses.Loss, t: np.ndarray, y: np.ndarray) -> list[Piece]:
    """The loss of one sample with its numbers; t and y are its rows."""
    return ["L(", column("y", y), ",", column("t", t), ")"]


@singledispatch
def derivative(loss: losses.Loss, t: np.ndarray, y: np.ndarray) -> tuple[str, list[Piece]]:
    """``dL/dy`` of each sample's own loss: as plain text, and with numbers."""
    return "∂L(y, t)/∂y", ["∂L(", rows_of("y", y), ",", rows_of("t", t), ")/∂y"]


@formula.register
def _(loss: losses.MeanSquaredError):
    return "L = 1/n Σᵢ (yᵢ − tᵢ)²"


@terms.register
def _(loss: losses.MeanSquaredError, t, y):
    squares = [["(", float(a), "−", float(b), ")²"] for a, b in zip(y, t, strict=True)]
    return [f"1/{len(y)}", "(", *total(squares, limit=4), ")"] if len(y) > 1 else squares[0]


@derivative.register
def _(loss: losses.MeanSquaredError, t, y):
    return "2/n (y − t)", [f"2/{y.shape[-1]}", "(", rows_of("y", y), "−", rows_of("t", t), ")"]


@formula.register
def _(loss: losses.CategoricalCrossentropy):
    return "L = −Σᵢ tᵢ ln yᵢ"


@terms.register
def _(loss: losses.CategoricalCrossentropy, t, y):
    products = [[float(a), "·", "ln", float(b)] for a, b in zip(t, y, strict=True)]
    return ["−", "(", *total(products, limit=4), ")"]


@derivative.register
def _(loss: losses.CategoricalCrossentropy, t, y):
    return "−t / y", ["−", rows_of("t", t), "/", rows_of("y", y)]


@formula.register
def _(loss: losses.SparseCategoricalCrossentropy):
    return "L = −ln y[t]"


@terms.register
def _(loss: losses.SparseCategoricalCrossentropy, t, y):
    return ["−", "ln", f"y[{t[0]}]", "=", "−", "ln", float(y[t[0]])]


@derivative.register
def _(loss: losses.SparseCategoricalCrossentropy, t, y):
    one_hot = np.eye(y.shape[-1])[t]
    return "−onehot(t) / y", ["−", rows_of("onehot(t)", one_hot), "/", rows_of("y", y)]


@formula.register
def _(loss: losses.BinaryCrossentropy):
    return "L = −1/n Σᵢ (tᵢ ln yᵢ + (1 − tᵢ) ln(1 − yᵢ))"


@terms.register
def _(loss: losses.BinaryCrossentropy, t, y):
    products = [
        [float(a), "·", "ln", float(b), "+", float(1 - a), "·", "ln", float(1 - b)]
        for a, b in zip(t, y, strict=True)
    ]
    mean = [] if len(y) == 1 else [f"1/{len(y)}"]
    return ["−", *mean, "(", *total(products, limit=3), ")"]


@derivative.register
def _(loss: losses.BinaryCrossentropy, t, y):
    n = y.shape[-1]
    y, t, complement = rows_of("y", y), rows_of("t", t), rows_of("1 − y", 1 - y)
    head = [] if n == 1 else [f"1/{n}"]
    text = "(y − t) / (y (1 − y))"
    return (text if n == 1 else f"1/n {text}"), [
        *head,
        "(",
        y,
        "−",
        t,
        ")",
        "/",
        "(",
        y,
        "⊙",
        complement,
        ")",
    ]
