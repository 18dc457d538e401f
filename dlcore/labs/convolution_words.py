"""What the convolution lab says: the formula with its numbers, forward and backward, and its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlcore.labs.drawing import to_cells
from dlcore.labs.kernel import LEARNED

if TYPE_CHECKING:
    from dlcore.labs.convolution_state import ConvolutionState


def forward_in_words(state: ConvolutionState) -> list[str]:
    """The nine products, their sum, and the pooling of the present cell."""
    factors = [
        [f"{number(x)}·{in_brackets(w)}" for x, w in zip(*rows, strict=True)]
        for rows in zip(state.patch, state.W, strict=True)
    ]
    widest = max(len(factor) for line in factors for factor in line)
    terms = [" + ".join(f"{factor:<{widest}}" for factor in line).rstrip() for line in factors]
    return [
        "z = sum of patch · W, plus b",
        f"  = {terms[0]}",
        f"  + {terms[1]}",
        f"  + {terms[2]}",
        f"  + {in_brackets(state.bias)}",
        f"  = {number(state.z[state.row, state.column])}",
        f"y = {state.activation}(z) = {number(state.y[state.row, state.column])}",
        pooling_in_words(state),
    ]


def pooling_in_words(state: ConvolutionState) -> str:
    """What becomes of the present cell's window of 2 × 2."""
    if state.pool_place is None:
        return "pooling: no window of 2 × 2 has this cell"
    row, column = state.pool_place
    window = state.y[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
    name = "max" if state.pooling == "max" else "mean"
    values = ", ".join(number(value) for value in window.ravel())
    from_where = "" if state.winner is None else f", from row {state.winner[0]}, column {state.winner[1]}"
    return f"pooling: {name} of {values}\n       = {number(state.pooled[row, column])}{from_where}"


def backward_in_words(state: ConvolutionState) -> list[str]:
    """What the gradient of the present cell adds to those of W, b and x."""
    dz, (top, left) = state.dz[state.row, state.column], state.corner
    padded = " of the padded x" if state.padding == "same" else ""
    return [
        f"∂L/∂z of this cell = {number(dz)}",
        f"∂L/∂W gets ∂L/∂z · patch; sum so far ({state.position + 1} of {state.y.size}):",
        *side_by_side(state.dW_term, state.dW_so_far),
        f"∂L/∂b gets ∂L/∂z; sum so far: {number(state.db_so_far)}",
        f"∂L/∂x gets ∂L/∂z · W, from row {top}, column {left}{padded}:",
        *in_rows(dz * state.W),
    ]


def as_code(state: ConvolutionState) -> str:
    """Lines of Python on dlcore that reproduce the state."""
    convolution, pooling = state.model.layers
    layers = {type(convolution).__name__, type(pooling).__name__}
    numbers = [[float(f"{w:.6g}") for w in line] for line in state.W]
    imports, x = ["import numpy as np", "from dlcore import Sequential"], []
    if state.picture == "drawn":
        x = [f"x = np.array({to_cells(state.drawing).astype(int).tolist()}, float)"]
    else:
        name = {"digits": "mnist", "clothes": "fashion"}[state.picture]
        imports.append(f"from dlcore.datasets import {name}")
        x = [f"_, (pictures, labels) = {name}()", f"x = pictures[{state.index}] / 255"]
        if state.size != "28x28":
            layers.add("AveragePooling2D")
            by, part = ("2", "4:24, 4:24") if state.picture == "digits" else ("3, padding='same'", ":, :")
            x.append(f"x = AveragePooling2D({by}).forward(x[None, {part}, None])[0, :, :, 0]")
    imports.append(f"from dlcore.layers import {', '.join(sorted(layers))}")
    W = [f"W = np.array({numbers})"]
    if state.kernel in LEARNED:
        imports.append("from dlcore.pretrained import load_pretrained")
        which = LEARNED.index(state.kernel)
        W = [
            'first = load_pretrained("cnn").layers[0]',
            f'W = first.parameters["W"][{which}, :, :, 0].round(3)',
        ]
    return "\n".join(
        [
            *imports,
            "",
            *x,
            *W,
            f"convolution = {convolution!r}",
            f"model = Sequential([convolution, {pooling!r}], dtype=np.float64)",
            f"model.set_weights([W[None, :, :, None], [{state.bias:g}]])",
            "pooled = model.predict(x[None, :, :, None])",
            f"print(convolution.z[0, {state.row}, {state.column}, 0])",
        ]
    )


def in_rows(numbers: np.ndarray) -> list[str]:
    """A line for each row of numbers, all as wide as the longest."""
    words = [[number(value) for value in line] for line in numbers]
    width = max(len(word) for line in words for word in line) + 2
    return ["".join(f"{word:>{width}}" for word in line) for line in words]


def side_by_side(term: np.ndarray, total: np.ndarray) -> list[str]:
    """The rows of a term, and beside them those of the sum that it goes into."""
    arrows = ("  ", " →", "  ")
    rows = zip(in_rows(term), arrows, in_rows(total), strict=True)
    return [f"{left}{arrow}{right}" for left, arrow, right in rows]


def number(value: float) -> str:
    """Three decimals, with a true minus sign.

    Examples
    --------
    >>> number(-1.5), number(-0.0001), number(12)
    ('−1.500', '0.000', '12.000')
    """
    return f"{value:.3f}".replace("-0.000", "0.000").replace("-", "−")


def in_brackets(weight: float) -> str:
    """A weight inside a formula, with at most three digits; a negative one stands in brackets.

    Examples
    --------
    >>> in_brackets(-0.12345), in_brackets(2.0)
    ('(−0.123)', '2')
    """
    text = f"{weight:.3g}".replace("-", "−")
    return f"({text})" if weight < 0 else text
