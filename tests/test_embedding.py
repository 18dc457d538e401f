"""Embedding and Reshape: by hand, central differences, promises and errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import promises
from differences import central_differences, directional_loss, relative_error
from dlcore import Sequential, gradient_check
from dlcore.layers import Dense, Embedding, Flatten, Reshape, SimpleRNN
from dlcore.optimizers import Adam

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=40, deadline=None)
shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
ROWS = 5


def draw_arrays(layer, shape, seed):
    """A built float64 layer with whole numbers x and a dy that fits its output."""
    rng = np.random.default_rng(seed)
    layer.astype(np.float64)
    layer.build(shape[1:], rng)
    layer.parameters["E"][...] = rng.normal(size=layer.parameters["E"].shape)
    return rng.integers(0, layer.input_dim, shape), rng.normal(size=(*shape, layer.output_dim))


@quick
@given(shape=shapes, columns=st.integers(1, 3), seed=seeds)
def test_it_is_a_dense_layer_on_one_hot_vectors(shape, columns, seed):
    layer = Embedding(ROWS, columns)
    x, dy = draw_arrays(layer, shape, seed)
    one_hot = np.eye(ROWS)[x]
    np.testing.assert_allclose(layer.forward(x), one_hot @ layer.parameters["E"], rtol=1e-12)
    assert layer.backward(dy) is None
    expected = np.einsum("ni,nj->ij", one_hot.reshape(-1, ROWS), dy.reshape(-1, columns))
    np.testing.assert_allclose(layer.gradients["E"], expected, rtol=1e-9, atol=1e-12)


@quick
@given(shape=shapes, columns=st.integers(1, 3), seed=seeds)
def test_gradients(shape, columns, seed):
    layer = Embedding(ROWS, columns)
    x, dy = draw_arrays(layer, shape, seed)
    layer.forward(x)
    layer.backward(dy)
    numeric = central_differences(lambda: directional_loss(layer, x, dy), layer.parameters["E"])
    assert relative_error(layer.gradients["E"], numeric) < 1e-7


@quick
@given(shape=shapes, columns=st.integers(1, 3), seed=seeds, training=st.booleans())
def test_promises(shape, columns, seed, training):
    layer = Embedding(ROWS, columns)
    x, dy = draw_arrays(layer, shape, seed)
    promises.assert_backward_twice_is_the_same(layer, x, dy, training)
    promises.assert_samples_do_not_see_each_other(layer, x, dy)
    promises.assert_training_on_reused_memory_changes_nothing(layer, x, dy)


def test_in_a_model_it_is_checked_trained_and_saved(tmp_path):
    model = Sequential([Embedding(6, 3, input_shape=(4,)), Flatten(), Dense(2, activation="softmax")])
    model.compile(optimizer=Adam(0.02), loss="sparse_categorical_crossentropy")
    assert model.count_params() == 6 * 3 + 12 * 2 + 2
    rng = np.random.default_rng(0)
    x = rng.integers(0, 6, (40, 4))
    y = (x == 5).any(axis=1).astype(int)
    check = gradient_check(model, x[:5], y[:5])
    assert check.passed, str(check)
    model.fit(x, y, epochs=100, verbose=0)
    assert (model.predict(x).argmax(axis=1) == y).all()
    model.save(tmp_path / "model.npz")
    np.testing.assert_array_equal(Sequential.load(tmp_path / "model.npz").predict(x), model.predict(x))


def test_padding_is_masked_for_the_layers_above():
    model = Sequential([Embedding(6, 3, mask_zero=True, input_shape=(None,)), SimpleRNN(2)])
    short, padded = np.array([[3, 4]]), np.array([[3, 4, 0, 0]])
    np.testing.assert_allclose(model.predict(padded), model.predict(short), rtol=1e-6)
    layer = Embedding(6, 3, input_shape=(4,))
    layer.forward(padded)
    assert layer.compute_mask(padded, None) is None


def test_whole_numbers_may_come_as_floats():
    layer = Embedding(3, 2, input_shape=(2,))
    np.testing.assert_array_equal(layer.forward([[0.0, 2.0]]), layer.forward([[0, 2]]))


def test_repr_is_the_line_that_makes_the_layer():
    assert repr(Embedding(100, 8, mask_zero=True)) == "Embedding(100, 8, mask_zero=True)"
    assert repr(Reshape((3, -1))) == "Reshape((3, -1))"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Embedding(0, 2), ValueError, "input_dim of at least 1, got 0"),
        (lambda: Embedding(3, 2.5), TypeError, "output_dim to be a whole number, got 2.5"),
        (lambda: Embedding(3, 2).forward([[0, 3]]), ValueError, r"0 to 2, got 3 at index \(0, 1\)"),
        (lambda: Embedding(3, 2).forward([[0, -1]]), ValueError, r"0 to 2, got -1 at index \(0, 1\)"),
        (lambda: Embedding(3, 2).forward([[0, 0.5]]), TypeError, "whole numbers, got .*0.5"),
        (lambda: Embedding(3, 2).forward([["a"]]), TypeError, "Turn words or categories into numbers"),
        (lambda: Embedding(3, 2).backward(np.ones((1, 2))), RuntimeError, r"Call forward\(x\) first"),
        (lambda: Reshape((-1, -1)), ValueError, "one length"),
        (lambda: Reshape((0, 3)), ValueError, "at least 1"),
        (lambda: Reshape(5), TypeError, "as a tuple, got 5"),
        (lambda: Reshape((2, 3)).build((7,)), ValueError, r"7 numbers .* as \(2, 3\)"),
        (lambda: Reshape((2, -1)).build((7,)), ValueError, r"7 numbers .* as \(2, -1\)"),
        (lambda: Reshape((2, 3)).build((None, 6)), ValueError, "known shape"),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_wrong_number_of_words():
    layer = Embedding(3, 2, input_shape=(4,))
    layer.build((4,))
    with pytest.raises(ValueError, match=r"\('batch', 4\), got an array of shape \(1, 5\)"):
        layer.forward(np.zeros((1, 5), int))


@quick
@given(shape=shapes, seed=seeds)
def test_reshape_keeps_the_order_of_the_numbers(shape, seed):
    numbers = int(np.prod(shape[1:]))
    for target in ((numbers,), (1, -1), (-1, 1)):
        layer = Reshape(target)
        x, dy = promises.built(layer, shape, seed)
        y = layer.forward(x)
        assert y.shape[1:] == layer.output_shape
        np.testing.assert_array_equal(y.reshape(-1), x.reshape(-1))
        np.testing.assert_array_equal(layer.backward(dy), dy.reshape(shape))
        promises.assert_samples_do_not_see_each_other(layer, x, dy)


def test_reshape_saved_and_loaded(tmp_path):
    promises.assert_saved_and_loaded(Reshape((3, -1)), np.ones((2, 12)), tmp_path)
