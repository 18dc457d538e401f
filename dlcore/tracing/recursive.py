"""A recursive layer: its x is what it gathers from a node's children, and W is used at every inner node.

Nodes are numbered as in the layer's plan: leaves first, then by height, so that children come before their
parents. All h, z and x are rows, one for each node.
"""

from __future__ import annotations

import numpy as np

from dlcore.layers import Recursive
from dlcore.tracing.affine import bias_gradient, weights_gradient
from dlcore.tracing.explain import explain_backward, explain_forward, uses_of_weights
from dlcore.tracing.expression import Piece, Value, column
from dlcore.tracing.formatting import number
from dlcore.tracing.step import TraceStep
from dlcore.tracing.uses import Uses


@uses_of_weights.register
def _(layer: Recursive):
    return Uses(layer.x, layer.parameters["W"], layer.parameters.get("b"), "node", "n")


@explain_forward.register
def _(layer: Recursive):
    steps = [leaves(layer)]
    for node in range(len(layer.plan.symbols), layer.plan.nodes):
        steps.append(map_forward(layer, node))
        z, h = steps[-1].result, layer.h[node]
        steps.append(
            TraceStep(
                phase="forward",
                layer=layer.name,
                title=f"node {node}: its h",
                name=f"h[{node}]",
                result=h,
                operands={"z": z},
                formula=f"h[{node}] = {layer.activation.name}(z[{node}])",
                pieces=[f"{layer.activation.name}(", column("z", z), ")", "=", column(f"h[{node}]", h)],
            )
        )
    steps.append(
        TraceStep(
            phase="forward",
            layer=layer.name,
            title="the root is the output" if len(layer.y) == 1 else "the roots are the output",
            name="y",
            result=layer.y,
            operands={"h": layer.h[layer.plan.roots]},
            formula="y = h[root]",
            pieces=[Value("y", layer.y)],
        )
    )
    return steps


@explain_backward.register
def _(layer: Recursive, dy, dx, fused=None):
    if not layer.activation.elementwise:
        raise NotImplementedError(
            f"trace() cannot explain {layer.name} with {layer.activation.name} at every node: each number of "
            "its output depends on all. Use tanh or ReLU."
        )
    plan, first = layer.plan, len(layer.plan.symbols)
    h, dh = layer.h[:-1], layer.dh[:-1]
    slopes = layer.activation.backward(np.ones_like(h), h)
    dz = dh[first:] * slopes[first:]
    parent = np.full(plan.nodes + 1, -1)
    parent[plan.children] = np.arange(first, plan.nodes)[:, None]
    steps = []
    for node in reversed(range(plan.nodes)):
        steps.append(node_gradient(layer, node, int(parent[node]), dz))
        if node < first:
            continue
        slope = slopes[node]
        steps.append(
            TraceStep(
                phase="backward",
                layer=layer.name,
                title=f"node {node}: back through {layer.activation.name}",
                name=f"dz[{node}]",
                result=dz[node - first],
                operands={"dh": dh[node], "slope": slope},
                formula=f"δ[{node}] = ∂L/∂h[{node}] ⊙ f′(z[{node}])",
                pieces=[
                    *[column(f"∂L/∂h[{node}]", dh[node]), "⊙", column(f"f′(z[{node}])", slope)],
                    *["=", column(f"δ[{node}]", dz[node - first])],
                ],
                upstream=f"dh[{node}]",
                factor=column("f′(z)", slope),
            )
        )
    return [*steps, *sums_over_nodes(layer, dz), sum_over_leaves(layer)]


def children_of(layer: Recursive, node: int) -> list[int]:
    """The numbers of a node's children, left to right."""
    row = layer.plan.children[node - len(layer.plan.symbols)]
    return [int(child) for child in row if child < layer.plan.nodes]


def leaves(layer: Recursive) -> TraceStep:
    """``h = E[symbol]`` at each leaf."""
    symbols, E = layer.plan.symbols, layer.parameters["E"]
    h = layer.h[: len(symbols)]
    return TraceStep(
        phase="forward",
        layer=layer.name,
        title="look up the leaves",
        name="leaves",
        result=h,
        operands={"E": E, "symbols": symbols},
        formula="h = E[symbol] at each leaf",
        latex_formula=r"h = E_{\text{symbol}}",
        pieces=[column("symbol", symbols), "→", Value("h", h)],
        note="One row for each leaf; equal symbols have equal rows.",
    )


def map_forward(layer: Recursive, node: int) -> TraceStep:
    """``z = W [h_left ; h_right] + b``, or ``W (h_1 + h_2 + ...) + b``."""
    W, b = layer.parameters["W"], layer.parameters.get("b")
    x = layer.x[node - len(layer.plan.symbols)]
    own = children_of(layer, node)
    symbols = [f"h[{child}]" for child in own]
    gathered = f"({' + '.join(symbols)})" if layer.composition == "sum" else f"[{' ; '.join(symbols)}]"
    z = W @ x if b is None else W @ x + b
    bias: list[Piece] = [] if b is None else ["+", column("b", b)]
    return TraceStep(
        phase="forward",
        layer=layer.name,
        title=f"node {node}: gather the children, weighted sums",
        name=f"z[{node}]",
        result=z,
        operands={
            **{f"h[{child}]": layer.h[child] for child in own},
            **{name: values for name, values in layer.parameters.items() if name != "E"},
        },
        formula=f"z[{node}] = W {gathered}{'' if b is None else ' + b'}",
        pieces=[Value("W", W), column(gathered, x), *bias, "=", column(f"z[{node}]", z)],
        note="W is the same at every node.",
    )


def node_gradient(layer: Recursive, node: int, parent: int, dz: np.ndarray) -> TraceStep:
    """dL/dh of a node: from the loss at a root, else its part of ``W^T δ`` of the parent."""
    dh = layer.dh[node]
    if parent < 0:
        operands, pieces, formula = {"dy": dh}, [column("∂L/∂y", dh)], "∂L/∂y"
        upstream, factor = "dy", None
    else:
        W, delta = layer.parameters["W"], dz[parent - len(layer.plan.symbols)]
        formula, part = f"Wᵀ δ[{parent}]", W
        if layer.composition == "concatenate":
            place = children_of(layer, parent).index(node)
            part = W[:, place * layer.units : (place + 1) * layer.units]
            formula += f", rows of child {place}"
        operands = {"W": part, "dz": delta}
        pieces = [Value("Wᵀ", part.T), column(f"δ[{parent}]", delta)]
        upstream, factor = f"dz[{parent}]", Value("Wᵀ", part.T)
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title=f"gradient of node {node}",
        name=f"dh[{node}]",
        result=dh,
        operands=operands,
        formula=f"∂L/∂h[{node}] = {formula}",
        pieces=[*pieces, "=", column(f"∂L/∂h[{node}]", dh)],
        upstream=upstream,
        factor=factor,
        note=f"Its length: ‖∂L/∂h[{node}]‖ = {number(float(np.linalg.norm(dh)))}.",
    )


def sums_over_nodes(layer: Recursive, dz: np.ndarray) -> list[TraceStep]:
    """``dW = Σ δ xᵀ`` and ``db = Σ δ`` over all inner nodes; nothing where all trees are leaves."""
    if not len(dz):
        return []
    uses, first = uses_of_weights(layer), len(layer.plan.symbols)
    note = f"Used {len(dz)} times, once for each inner node: the gradients add up." if len(dz) > 1 else ""
    together = TraceStep(
        phase="backward",
        layer=layer.name,
        title="δ of all inner nodes",
        name="dz",
        result=dz,
        operands={f"dz[{first + row}]": delta for row, delta in enumerate(dz)},
        formula="δ = the δ of each node, one below the other",
        latex_formula=r"\delta = (\delta_n)_n",
        pieces=[Value("δ", dz)],
        upstream=f"dz[{first}]",
        note="The product below is that of one node; others have more or fewer factors.",
    )
    steps = [together, weights_gradient(layer, "W", "x", uses, dz, note)]
    if layer.use_bias:
        steps.append(bias_gradient(layer, "b", uses, dz, note))
    return steps


def sum_over_leaves(layer: Recursive) -> TraceStep:
    """``dE[s]``: the sum of dL/dh over the leaves with symbol s."""
    symbols, gradient = layer.plan.symbols, layer.gradients["E"]
    dh = layer.dh[: len(symbols)]
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title="gradient of the leaves' vectors",
        name="dE",
        result=gradient,
        operands={"dh": dh, "symbols": symbols},
        formula="∂L/∂E[s] = Σ ∂L/∂h over the leaves with symbol s",
        latex_formula=r"\frac{\partial L}{\partial E_s} = \sum_{\text{at } s} \frac{\partial L}{\partial h}",
        pieces=[column("symbol", symbols), Value("∂L/∂h", dh), "→", Value("∂L/∂E", gradient)],
        upstream="dh[0]",
        note="A symbol that stands at several leaves gets the sum; one that stands at none gets 0.",
    )
