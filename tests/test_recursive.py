"""The recursive layer: against a recursion node by node, central differences, and SimpleRNN on chains."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from differences import central_differences, relative_error
from dlcore import Sequential, gradient_check
from dlcore.datasets import hanzi_trees
from dlcore.layers import Dense, Recursive, SimpleRNN
from dlcore.optimizers import Adam
from dlcore.schedules import CosineDecay
from dlcore.trees import Trees

LEAVES = ["a", "b", "c"]
seeds = st.integers(0, 2**32 - 1)
trees = st.recursive(
    st.sampled_from(LEAVES), lambda child: st.lists(child, min_size=1, max_size=3).map(tuple), max_leaves=8
)
batches = st.lists(trees, min_size=1, max_size=4)
compositions = pytest.mark.parametrize("composition", ["concatenate", "sum"])


def make(composition, rng, units=3, activation="tanh", use_bias=True):
    """A built float64 layer for up to three children, with random weights."""
    layer = Recursive(units, 3, activation, composition, arity=3, use_bias=use_bias)
    layer.astype(np.float64)
    layer.build((), rng)
    for values in layer.parameters.values():
        values[...] = rng.normal(size=values.shape)
    return layer


def random_tree(rng, leaves):
    """A binary tree with so many leaves."""
    if leaves == 1:
        return LEAVES[rng.integers(3)]
    left = int(rng.integers(1, leaves))
    return random_tree(rng, left), random_tree(rng, leaves - left)


class NodeByNode:
    """The same network as two recursive functions, one tree and one node at a time."""

    def __init__(self, layer):
        self.p, self.composition, self.units = layer.parameters, layer.composition, layer.units
        self.b = self.p.get("b", np.zeros(layer.units))
        self.gradients = {name: np.zeros_like(values) for name, values in self.p.items()}

    def gather(self, children):
        if self.composition == "sum":
            return sum(children)
        x = np.zeros(self.p["W"].shape[1])
        x[: self.units * len(children)] = np.concatenate(children)
        return x

    def forward(self, tree):
        if isinstance(tree, str):
            return self.p["E"][LEAVES.index(tree)]
        return np.tanh(self.p["W"] @ self.gather([self.forward(child) for child in tree]) + self.b)

    def backward(self, tree, dh):
        if isinstance(tree, str):
            self.gradients["E"][LEAVES.index(tree)] += dh
            return
        x = self.gather([self.forward(child) for child in tree])
        dz = dh * (1 - self.forward(tree) ** 2)
        self.gradients["W"] += np.outer(dz, x)
        if "b" in self.gradients:
            self.gradients["b"] += dz
        dx = self.p["W"].T @ dz
        for place, child in enumerate(tree):
            part = slice(place * self.units, (place + 1) * self.units)
            self.backward(child, dx if self.composition == "sum" else dx[part])


@settings(max_examples=40, deadline=None)
@given(
    nested=batches, composition=st.sampled_from(["concatenate", "sum"]), use_bias=st.booleans(), seed=seeds
)
def test_as_node_by_node(nested, composition, use_bias, seed):
    rng = np.random.default_rng(seed)
    layer = make(composition, rng, use_bias=use_bias)
    reference = NodeByNode(layer)
    y = layer.forward(Trees(nested, LEAVES))
    np.testing.assert_allclose(y, [reference.forward(tree) for tree in nested], rtol=1e-12, atol=1e-15)
    dy = rng.normal(size=y.shape)
    assert layer.backward(dy) is None
    for tree, dh in zip(nested, dy, strict=True):
        reference.backward(tree, dh)
    for name, gradient in reference.gradients.items():
        np.testing.assert_allclose(layer.gradients[name], gradient, rtol=1e-9, atol=1e-12, err_msg=name)


@settings(max_examples=25, deadline=None)
@given(
    nested=batches,
    composition=st.sampled_from(["concatenate", "sum"]),
    activation=st.sampled_from(["tanh", "sigmoid", "linear", "softmax"]),
    seed=seeds,
)
def test_gradients(nested, composition, activation, seed):
    rng = np.random.default_rng(seed)
    layer = make(composition, rng, units=2, activation=activation)
    x = Trees(nested, LEAVES)
    dy = rng.normal(size=layer.forward(x).shape)
    layer.backward(dy)
    for name, values in layer.parameters.items():
        numeric = central_differences(lambda: float((dy * layer.forward(x)).sum()), values)
        error = relative_error(layer.gradients[name], numeric)
        assert error < 1e-7, f"{name} is off by {error:.2g}"


@compositions
def test_gradient_check_takes_trees(composition):
    rng = np.random.default_rng(1)
    x = Trees([random_tree(rng, leaves) for leaves in (1, 2, 5, 9)])
    layer = Recursive(4, activation="relu", composition=composition, embeddings_initializer="glorot_uniform")
    model = Sequential([layer, Dense(2, "softmax")], seed=2)
    model.compile(loss="sparse_categorical_crossentropy")
    check = gradient_check(model, x, [0, 1, 0, 1])
    assert check.passed, check


def test_on_a_chain_it_is_a_simple_rnn():
    """((((h0, x1), x2), x3): W = [U W], and the leaves' rows of E are the inputs."""
    rng = np.random.default_rng(3)
    units, time = 4, 6
    names = ["start", *(f"x{t}" for t in range(time))]
    chain = names[0]
    for symbol in names[1:]:
        chain = (chain, symbol)
    recursive = Recursive(units, len(names))
    recursive.astype(np.float64)
    recursive.build((), rng)
    for values in recursive.parameters.values():
        values[...] = rng.normal(size=values.shape)
    W, b, E = (recursive.parameters[name] for name in "WbE")
    rnn = SimpleRNN(units)
    rnn.astype(np.float64)
    rnn.build((time, units))
    rnn.parameters["U"][...], rnn.parameters["W"][...] = np.split(W, 2, axis=1)
    rnn.parameters["b"][...] = b
    y = recursive.forward(Trees([chain], names))
    np.testing.assert_allclose(rnn.forward(E[None, 1:], initial_state=E[:1]), y, rtol=1e-12)
    dy = rng.normal(size=y.shape)
    recursive.backward(dy)
    dx = rnn.backward(dy)
    np.testing.assert_allclose(
        np.hstack([rnn.gradients["U"], rnn.gradients["W"]]), recursive.gradients["W"], rtol=1e-10
    )
    np.testing.assert_allclose(rnn.gradients["b"], recursive.gradients["b"], rtol=1e-10)
    np.testing.assert_allclose(dx[0], recursive.gradients["E"][1:], rtol=1e-10)
    np.testing.assert_allclose(rnn.dh[0], recursive.gradients["E"][:1], rtol=1e-10)


@compositions
def test_trees_of_a_batch_do_not_touch_each_other(composition):
    rng = np.random.default_rng(4)
    x = Trees([random_tree(rng, leaves) for leaves in rng.integers(1, 10, 6)], LEAVES)
    layer = make(composition, rng)
    y = layer.forward(x)
    dy = rng.normal(size=y.shape)
    layer.backward(dy)
    together = {name: gradient.copy() for name, gradient in layer.gradients.items()}
    order = rng.permutation(6)
    np.testing.assert_allclose(layer.forward(x[order]), y[order], rtol=1e-12)
    layer.backward(dy[order])
    for name, gradient in together.items():
        np.testing.assert_allclose(layer.gradients[name], gradient, rtol=1e-10, atol=1e-13)
    singly = {name: np.zeros_like(gradient) for name, gradient in together.items()}
    for i in range(6):
        np.testing.assert_allclose(layer.forward(x[i : i + 1]), y[i : i + 1], rtol=1e-12)
        layer.backward(dy[i : i + 1])
        for name in singly:
            singly[name] += layer.gradients[name]
    for name, gradient in together.items():
        np.testing.assert_allclose(singly[name], gradient, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("training", [False, True])
def test_backward_twice_and_arguments_unchanged(training):
    rng = np.random.default_rng(5)
    layer = make("concatenate", rng)
    dy = rng.normal(size=(2, 3))
    before = dy.copy()
    layer.forward(Trees([("a", "b"), (("a", "c"), "b")], LEAVES), training=training)
    layer.backward(dy)
    first = {name: gradient.copy() for name, gradient in layer.gradients.items()}
    layer.backward(dy)
    for name, gradient in first.items():
        np.testing.assert_array_equal(layer.gradients[name], gradient)
    np.testing.assert_array_equal(dy, before)


def test_save_load_and_seeds(tmp_path):
    rng = np.random.default_rng(6)
    x, y = Trees([random_tree(rng, leaves) for leaves in rng.integers(1, 9, 30)]), rng.normal(size=(30, 1))

    def trained(seed):
        model = Sequential([Recursive(4), Dense(1)], seed=seed)
        model.compile(loss="mse", optimizer="adam")
        model.fit(x, y, epochs=2, batch_size=8, validation_split=0.2, verbose=0)
        return model

    model = trained(1)
    np.testing.assert_array_equal(model.predict(x), trained(1).predict(x))
    assert not np.array_equal(model.predict(x), trained(2).predict(x))
    model.save(tmp_path / "model.npz")
    again = Sequential.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    assert repr(again.layers[0]) == "Recursive(4, symbols=3)"


def trained_on(nested):
    """A model that has learned something about these trees, and what it says of them."""
    model, x = Sequential([Recursive(4), Dense(1)]), Trees(nested)
    model.compile(loss="mse", optimizer="adam")
    model.fit(x, np.arange(len(x)), verbose=0)
    return model, model.predict(x)


def test_trees_with_another_order_of_symbols_are_refused(tmp_path):
    model, y = trained_on([("a", "b"), ("b", "a")])
    other = [("b", "a"), ("a", "b")]  # of itself, this has the vocabulary ("b", "a")
    np.testing.assert_allclose(model.predict(Trees(other, "ab")), y[::-1], rtol=1e-5)
    model.save(tmp_path / "model.npz")
    for one in (model, model.copy(), Sequential.load(tmp_path / "model.npz")):
        with pytest.raises(ValueError, match=r"knows symbol 0 as 'a', but in these trees it is 'b'. Make"):
            one.predict(Trees(other))
        with pytest.raises(ValueError, match="knows symbol 0 as 'a'"):
            one.layers[0].forward(Trees(other))


def test_a_vocabulary_can_be_given():
    layer = Recursive(2, vocabulary="ab")
    assert (layer.symbols, layer.vocabulary, repr(layer)) == (2, ("a", "b"), "Recursive(2, symbols=2)")
    with pytest.raises(ValueError, match="knows symbol 0 as 'a'"):
        layer.forward(Trees([("b", "a")]))


def test_bad_input():
    x = Trees([("a", "b"), "c"])
    model = Sequential([Recursive(4, symbols=3), Dense(1)])
    model.compile(loss="mse")
    with pytest.raises(TypeError, match=r"expected dlcore.trees.Trees, got ndarray.*nested tuples"):
        model.predict(np.zeros((3, 4)))
    with pytest.raises(ValueError, match="made for 3 symbols, but the trees have a vocabulary of 2"):
        model.predict(Trees([("a", "b")]))
    with pytest.raises(ValueError, match=r"a node has 3. Use arity=3, or composition='sum'"):
        model.predict(Trees([("a", "b", "c")]))
    with pytest.raises(TypeError, match=r"A model for them starts with Recursive"):
        Sequential([Dense(1, input_dim=3)]).predict(x)
    with pytest.raises(ValueError, match="2 samples, but y has 3"):
        model.fit(x, np.zeros((3, 1)))
    with pytest.raises(ValueError, match=r"composition must be one of .*got 'mean'"):
        Recursive(4, composition="mean")
    with pytest.raises(ValueError, match="expected trees, got samples of shape"):
        Sequential([Dense(4, input_dim=3), Recursive(4, symbols=3)])
    with pytest.raises(ValueError, match="does not know yet how many symbols"):
        Sequential([Dense(4, input_dim=3), Recursive(4)])
    with pytest.raises(RuntimeError, match="forward pass"):
        make("sum", np.random.default_rng(7)).backward(np.zeros((1, 3)))


def test_counts_the_strokes_of_characters():
    """Trained on 3,000 characters drawn at random, it counts the strokes of the other 748 exactly.

    A few of these have a component that no training character has: its strokes can't be known.
    """
    _, nested, strokes = hanzi_trees(labels=True)
    x = Trees(nested)
    order = np.random.default_rng(0).permutation(len(x))
    train, test = order[:3000], order[3000:]
    model = Sequential([Recursive(16, activation="relu", composition="sum"), Dense(1)], seed=0)
    epochs, batch_size = 40, 32
    rate = CosineDecay(0.01, decay_steps=epochs * -(-len(train) // batch_size))
    model.compile(loss="mse", optimizer=Adam(rate))
    model.fit(x[train], strokes[train], epochs=epochs, batch_size=batch_size, verbose=0)
    exact = np.rint(model.predict(x[test])[:, 0]) == strokes[test]
    assert exact.mean() >= 0.85
