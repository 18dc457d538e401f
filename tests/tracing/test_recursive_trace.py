"""Every number in the trace of a recursive layer, computed anew from the step's operands and from outside."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textbook
from differences import central_differences, relative_error
from dlcore import Sequential, trace
from dlcore.layers import Dense, Recursive
from dlcore.trees import Trees

LEAVES = ("a", "b")
trees = st.recursive(
    st.sampled_from(LEAVES), lambda child: st.lists(child, min_size=1, max_size=2).map(tuple), max_leaves=5
)
cases = given(
    nested=st.lists(trees, min_size=1, max_size=3),
    composition=st.sampled_from(["concatenate", "sum"]),
    activation=st.sampled_from(["tanh", "sigmoid", "linear"]),
    use_bias=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
quick = settings(max_examples=40, deadline=None)


def draw(nested, composition, activation, use_bias, seed):
    """A compiled model with random weights, its trees, targets, and the trace."""
    rng = np.random.default_rng(seed)
    layer = Recursive(3, 2, activation, composition, use_bias=use_bias)
    model = Sequential([layer, Dense(1)], dtype=np.float64)
    model.compile(loss="mse")
    model.set_weights([rng.normal(size=weights.shape) for weights in model.get_weights()])
    x, y = Trees(nested, LEAVES), rng.normal(size=(len(nested), 1))
    return model, x, y, trace(model, x, y)


def close(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


def numbered(steps, pattern):
    """The steps whose name is that letter with a node's number: {node: step}."""
    names = ((re.fullmatch(rf"{pattern}\[(\d+)\]", step.name), step) for step in steps)
    return {int(found[1]): step for found, step in names if found}


@quick
@cases
def test_every_number_follows_from_its_operands(nested, composition, activation, use_bias, seed):
    *_, steps = draw(nested, composition, activation, use_bias, seed)
    leaves = steps["recursive", "leaves"]
    close(leaves.result, leaves.operands["E"][leaves.operands["symbols"]])
    z, h, dz = (numbered(steps, name) for name in ("z", "h", "dz"))
    for node, step in z.items():
        children = [step.operands[name] for name in re.findall(r"h\[\d+\]", step.formula)]
        gathered = np.zeros(step.operands["W"].shape[1])
        if composition == "sum":
            gathered += sum(children)
        else:
            gathered[: 3 * len(children)] = np.concatenate(children)
        expected = (step.operands["W"] * gathered).sum(axis=1)
        close(step.result, expected + step.operands["b"] if use_bias else expected)
        close(h[node].result, textbook.ACTIVATIONS[activation](h[node].operands["z"]))
        close(h[node].operands["z"], step.result)
    for node, step in dz.items():
        close(step.operands["slope"], textbook.SLOPES[activation](z[node].result))
        close(step.result, step.operands["dh"] * step.operands["slope"])
    for step in numbered(steps, "dh").values():
        if "dy" in step.operands:
            close(step.result, step.operands["dy"])
        else:
            close(step.result, step.operands["W"].T @ step.operands["dz"])
    if dz:
        dW = steps["recursive", "dW"]
        close(dW.result, sum(map(np.outer, dW.operands["dz"], dW.operands["x"])))
        if use_bias:
            close(steps["recursive", "db"].result, sum(steps["recursive", "db"].operands["dz"]))
    dE = steps["recursive", "dE"]
    for symbol in range(2):
        of_symbol = dE.operands["dh"][dE.operands["symbols"] == symbol]
        close(dE.result[symbol], of_symbol.sum(axis=0))
    nodes = dict(enumerate(leaves.result)) | {node: step.result for node, step in h.items()}
    close(steps["recursive", "y"].result, [nodes[root] for root in steps.model.layers[0].plan.roots])


@quick
@cases
def test_each_step_starts_where_another_ended(nested, composition, activation, use_bias, seed):
    *_, steps = draw(nested, composition, activation, use_bias, seed)
    leaves = steps["recursive", "leaves"].result
    h = dict(enumerate(leaves)) | {n: step.result for n, step in numbered(steps, "h").items()}
    for step in numbered(steps, "z").values():
        for name in re.findall(r"h\[\d+\]", step.formula):
            close(step.operands[name], h[int(name[2:-1])])
    dz, dh = numbered(steps, "dz"), numbered(steps, "dh")
    assert sorted(dh) == sorted(h)
    for step in dh.values():
        if "dz" in step.operands:
            close(step.operands["dz"], dz[int(re.search(r"δ\[(\d+)\]", step.formula)[1])].result)
    for node, step in dz.items():
        close(step.operands["dh"], dh[node].result)
    if dz:
        together = steps["recursive", "dz"]
        close(together.result, [dz[node].result for node in sorted(dz)])
        close(steps["recursive", "dW"].operands["dz"], together.result)
    close(steps["recursive", "dE"].operands["dh"], [dh[leaf].result for leaf in range(len(leaves))])


@settings(max_examples=15, deadline=None)
@cases
def test_gradients_are_those_of_finite_differences(nested, composition, activation, use_bias, seed):
    model, x, y, steps = draw(nested, composition, activation, use_bias, seed)
    for name, values in model.layers[0].parameters.items():
        numeric = central_differences(lambda: model.loss_value(x, y), values)
        if name == "E" or ("recursive", "dz") in {(step.layer, step.name) for step in steps}:
            assert relative_error(steps["recursive", f"d{name}"].result, numeric) < 1e-6
        else:
            close(numeric, 0)


def test_single_weights_and_the_length_of_gradients():
    *_, steps = draw([(("a", "b"), "a")], "concatenate", "tanh", True, 1)
    dW, dz = steps["recursive", "dW"], steps["recursive", "dz"]
    close(steps.weight("recursive", 1, 4).result, dW.result[1, 4])
    close(steps.neuron("recursive", 2, 1).result, steps["recursive", "z[4]"].result[2])
    close(steps.bias("recursive", 0).result, dz.result[:, 0].sum())
    assert "each inner node" in dW.note
    gradient = steps["recursive", "dh[3]"]
    assert f"{np.linalg.norm(gradient.result):.3f}"[:4] in gradient.note
    assert [factor for _, factor in gradient.chain] == ["∂L/∂y", "f′(z)", "Wᵀ", "f′(z)", "Wᵀ"]


def test_softmax_at_every_node_is_not_explained():
    with pytest.raises(NotImplementedError, match="cannot explain recursive with softmax"):
        draw([("a", "b")], "sum", "softmax", True, 1)
