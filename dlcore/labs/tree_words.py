"""What the tree composer says of the present step: the formula with its numbers, and the answer in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dlcore.labs.tree_sources import SOURCES
from dlcore.tracing.formatting import number

if TYPE_CHECKING:
    from dlcore.labs.tree_composer_state import TreeComposerState

SHOWN = 3  # numbers of a long vector


def present_step(state: TreeComposerState) -> str:
    """The step that has just been done."""
    if state.step is None:
        return "start: the tree is known, nothing is computed yet"
    return SAY[state.step.kind](state).replace("-", "−")


def verdict(state: TreeComposerState) -> str:
    """The prediction and its error in words."""
    unit = SOURCES[state.source].unit
    error = state.prediction - state.target
    digits = 1 if state.source == "molecule" else 2
    size = f"{abs(error):.{digits}f}"
    if float(size) == 0:
        comparison = "which is right"
    else:
        comparison = f"{size} too {'high' if error > 0 else 'low'}; right is {state.target:g}"
    said = f"{state.prediction:.{digits}f} {unit}".strip()
    return f"The network says {said}, {comparison}."


def say_leaves(state: TreeComposerState) -> str:
    lines = [f"h[{i}] = E[{word}] = {vector(state.h[i])}" for i, word in enumerate(state.example.words)]
    return "\n".join(["each leaf brings its vector along, a row of E", *lines])


def say_compose(state: TreeComposerState) -> str:
    n = state.step.node
    left, right = state.children(n)
    W, b = state.layer.parameters["W"], state.layer.parameters["b"]
    x = np.concatenate([state.h[left], state.h[right]])
    z = W @ x + b
    return "\n".join(
        [
            f"h[{n}] = tanh(W [h[{left}] ; h[{right}]] + b)",
            f"     = tanh(W [{first(state.h[left])} ; {first(state.h[right])}] + b)",
            f"     = tanh({vector(z)})",
            f"     = {vector(state.h[n])}",
            f"its first number: z = {signed(W[0, 0])}·{signed(x[0])} + {signed(W[0, 1])}·{signed(x[1])} "
            f"+ … + {signed(b[0])} = {number(z[0])}, tanh(z) = {number(state.h[n][0])}",
        ]
    )


def say_predict(state: TreeComposerState) -> str:
    V, c = (state.model.layers[1].parameters[name] for name in "Wb")
    root, h = state.root, state.h[state.root]
    error = state.prediction - state.target
    return "\n".join(
        [
            verdict(state),
            f"ŷ = v·h[{root}] + c = {signed(V[0, 0])}·{signed(h[0])} + {signed(V[0, 1])}·{signed(h[1])} "
            f"+ … + {signed(c[0])} = {number(state.prediction)}",
            f"L = (ŷ − y)² = ({number(state.prediction)} − {number(state.target)})² = {number(state.loss)}",
            f"∂L/∂h[{root}] = 2 (ŷ − y) v = {number(2 * error)} · {vector(V[0])}",
            f"       = {vector(state.dh[root])}, of length {number(state.norms()[root])}",
        ]
    )


def say_back(state: TreeComposerState) -> str:
    n, norms = state.step.node, state.norms()
    left, right = state.children(n)
    return "\n".join(
        [
            f"δ[{n}] = ∂L/∂h[{n}] ⊙ (1 − h[{n}]²)",
            f"     = {vector(state.dh[n])} ⊙ {vector(1 - state.h[n] ** 2)}",
            f"     = {vector(state.dz[n])}",
            f"[∂L/∂h[{left}] ; ∂L/∂h[{right}]] = Wᵀ δ[{n}], "
            f"of lengths {number(norms[left])} and {number(norms[right])}",
            f"its part of ∂L/∂W: δ[{n}] [h[{left}] ; h[{right}]]ᵀ, "
            f"of length {number(np.linalg.norm(state.dW_parts[n]))}",
        ]
    )


def say_sum(state: TreeComposerState) -> str:
    lengths = {node: float(np.linalg.norm(part)) for node, part in state.dW_parts.items()}
    parts = " + ".join(f"δ[{n}] x[{n}]ᵀ" for n in sorted(lengths, reverse=True))
    return "\n".join(
        [
            f"∂L/∂W = {parts}",
            *(f"node {n}: a part of length {number(lengths[n])}" for n in sorted(lengths, reverse=True)),
            f"their sum has length {number(float(np.linalg.norm(state.dW)))}: "
            "W is shared, so the gradients of all nodes add up",
        ]
    )


SAY = {
    "leaves": say_leaves,
    "compose": say_compose,
    "predict": say_predict,
    "back": say_back,
    "sum": say_sum,
}


def first(values: Sequence[float]) -> str:
    """The first numbers of a vector.

    Examples
    --------
    >>> first([0.5, -1.0, 0.25, 3.0])
    '0.5000, -1.000, 0.2500, …'
    """
    return ", ".join([*(number(float(value)) for value in values[:SHOWN]), "…"])


def vector(values: Sequence[float]) -> str:
    """The same in brackets.

    Examples
    --------
    >>> vector([0.5, -1.0, 0.25, 3.0])
    '[0.5000, -1.000, 0.2500, …]'
    """
    return f"[{first(values)}]"


def signed(value: float) -> str:
    """A number inside a formula; a negative one stands in brackets."""
    text = number(float(value))
    return f"({text})" if text.startswith("-") else text
