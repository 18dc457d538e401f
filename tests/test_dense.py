"""Dense, Activation, Flatten and Dropout: gradients by central differences, and what the layers promise."""

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from differences import assert_layer_gradients
from dlcore import Sequential
from dlcore.activations import ACTIVATIONS
from dlcore.layers import LSTM, Activation, Dense, Dropout, Flatten

SMOOTH_ACTIVATIONS = sorted(name for name, f in ACTIVATIONS.items() if not f.has_kink)
KINKED_ACTIVATIONS = sorted(name for name, f in ACTIVATIONS.items() if f.has_kink)

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 4)
# (batch, inputs) or (batch, time, inputs)
batches = st.lists(sizes, min_size=2, max_size=3).map(tuple)
quick = settings(max_examples=40, deadline=None)


def draw_arrays(layer, shape, seed):
    """A built float64 layer with an x of that shape and a dy that fits its output."""
    rng = np.random.default_rng(seed)
    layer.astype(np.float64)
    layer.build(shape[1:], rng)
    for values in layer.parameters.values():
        values[...] = rng.normal(size=values.shape)
    return rng.normal(size=shape), rng.normal(size=(shape[0], *layer.output_shape))


@quick
@given(
    shape=batches, units=sizes, activation=st.sampled_from(SMOOTH_ACTIVATIONS), bias=st.booleans(), seed=seeds
)
def test_dense_gradients_of_smooth_activations(shape, units, activation, bias, seed):
    layer = Dense(units, activation=activation, use_bias=bias)
    assert_layer_gradients(layer, *draw_arrays(layer, shape, seed))


@quick
@given(
    shape=batches, units=sizes, activation=st.sampled_from(KINKED_ACTIVATIONS), bias=st.booleans(), seed=seeds
)
def test_dense_gradients_away_from_kinks(shape, units, activation, bias, seed):
    layer = Dense(units, activation=activation, use_bias=bias)
    x, dy = draw_arrays(layer, shape, seed)
    layer.forward(x)
    # A step of 1e-5 in any weight or input moves z by less than 1e-3 here: no kink is crossed.
    assume(np.abs(layer.z).min() > 1e-3 and np.abs(x).max() < 10)
    assert_layer_gradients(layer, x, dy)


@pytest.mark.parametrize(("activation", "slope"), [("relu", 0.0), ("leaky_relu", 0.2)])
def test_slope_at_the_kink_is_the_one_from_the_left(activation, slope):
    layer = Dense(1, activation=activation, input_dim=1)
    layer.build((1,))
    layer.forward([[0.0]])
    layer.backward([[1.0]])
    np.testing.assert_allclose(layer.gradients["b"], [slope])


@quick
@given(shape=batches, activation=st.sampled_from(SMOOTH_ACTIVATIONS), seed=seeds)
def test_activation_layer_gradients(shape, activation, seed):
    layer = Activation(activation)
    assert_layer_gradients(layer, *draw_arrays(layer, shape, seed))


@quick
@given(shape=st.lists(sizes, min_size=2, max_size=4).map(tuple), seed=seeds)
def test_flatten_gradients_and_order(shape, seed):
    layer = Flatten()
    x, dy = draw_arrays(layer, shape, seed)
    np.testing.assert_array_equal(layer.forward(x), x.reshape(len(x), -1))
    assert_layer_gradients(layer, x, dy)


class FixedMaskDropout(Dropout):
    """Dropout that draws the same mask at every pass, so that its output is a function of x alone."""

    def forward(self, x, training=False):
        self.rng = np.random.default_rng(7)
        return super().forward(x, training)


@quick
@given(shape=batches, rate=st.floats(0, 0.9), training=st.booleans(), seed=seeds)
def test_dropout_gradients_with_a_fixed_mask(shape, rate, training, seed):
    layer = FixedMaskDropout(rate)
    assert_layer_gradients(layer, *draw_arrays(layer, shape, seed), training=training)


def test_dropout_keeps_the_mean_and_drops_its_share():
    layer = Dropout(0.3, seed=1)
    y = layer.forward(np.ones((200, 500)), training=True)
    assert abs((y == 0).mean() - 0.3) < 0.01
    np.testing.assert_allclose(y[y > 0], 1 / 0.7, rtol=1e-6)
    assert abs(y.mean() - 1) < 0.01


def test_dropout_draws_a_new_mask_each_time_and_the_same_from_the_same_seed():
    one, two = Dropout(0.5, seed=3), Dropout(0.5, seed=3)
    x = np.ones((4, 50))
    first, second = one.forward(x, training=True).copy(), one.forward(x, training=True).copy()
    assert (first != second).any()
    np.testing.assert_array_equal(two.forward(x, training=True), first)
    np.testing.assert_array_equal(two.forward(x, training=True), second)


@quick
@given(shape=batches, units=sizes, activation=st.sampled_from(sorted(ACTIVATIONS)), seed=seeds)
def test_dense_by_hand(shape, units, activation, seed):
    layer = Dense(units, activation=activation)
    x, _ = draw_arrays(layer, shape, seed)
    W, b = layer.parameters["W"], layer.parameters["b"]
    y = layer.forward(x)
    for position in np.ndindex(shape[:-1]):
        z = W @ x[position] + b  # one sample, as in the article
        np.testing.assert_allclose(y[position], ACTIVATIONS[activation](z), rtol=1e-12, atol=1e-12)


@quick
@given(
    shape=batches,
    units=sizes,
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    training=st.booleans(),
    seed=seeds,
)
def test_backward_twice_is_the_same_and_changes_no_argument(shape, units, activation, training, seed):
    layer = Dense(units, activation=activation)
    x, dy = draw_arrays(layer, shape, seed)
    x_before, dy_before = x.copy(), dy.copy()
    weights_before = {name: values.copy() for name, values in layer.parameters.items()}
    layer.forward(x, training=training)
    first = layer.backward(dy).copy(), layer.gradients["W"].copy(), layer.gradients["b"].copy()
    second = layer.backward(dy), layer.gradients["W"], layer.gradients["b"]
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(dy, dy_before)
    for name, values in layer.parameters.items():
        np.testing.assert_array_equal(values, weights_before[name])


def test_results_outside_training_stay_yours():
    layer = Dense(3, activation="relu", input_dim=2)
    first = layer.forward(np.ones((4, 2)))
    kept = first.copy()
    layer.forward(-np.ones((4, 2)))
    np.testing.assert_array_equal(first, kept)


def test_training_takes_the_same_memory_again_for_smaller_batches_too():
    layer = Dense(3, input_dim=2)
    large = layer.forward(np.ones((4, 2)), training=True)
    small = layer.forward(np.ones((2, 2)), training=True)
    assert np.shares_memory(large, small)
    assert small.shape == (2, 3)
    assert layer.forward(np.ones((4, 2)), training=True) is large


def test_without_input_gradient_only_dx_is_left_out():
    layer = Dense(2, input_dim=3)
    layer.forward(np.ones((1, 3)))
    assert layer.backward(np.ones((1, 2)), input_gradient=False) is None
    np.testing.assert_array_equal(layer.gradients["W"], np.ones((2, 3)))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dense(0), ValueError, "units of at least 1, got 0"),
        (lambda: Dense(-3), ValueError, "units of at least 1, got -3"),
        (lambda: Dense(2.5), TypeError, "units to be a whole number, got 2.5"),
        (lambda: Dense(True), TypeError, "units to be a whole number, got True"),
        (lambda: Dense("64"), TypeError, "units to be a whole number, got '64'"),
        (lambda: Dense(2, input_dim=0), ValueError, "input_dim of at least 1, got 0"),
        (lambda: Dense(2, input_dim=3, input_shape=(4,)), ValueError, "input_dim"),
        (lambda: Dense(2, activation="rellu"), ValueError, "Did you mean 'relu'"),
        (lambda: Dense(2, kernel_initializer="glorot"), ValueError, "Did you mean 'glorot_"),
        (lambda: Dense(2).build(()), ValueError, "expected inputs with features"),
        (lambda: Dense(2).build((None,)), ValueError, "expected inputs with features"),
        (lambda: Dense(2).build((0,)), ValueError, "at least 1"),
        (
            lambda: Dense(2, input_dim=3).forward(np.zeros((1, 5))),
            ValueError,
            r"input_shape \(3,\), got \(5,\)",
        ),
        (
            lambda: Dense(2, kernel_initializer=lambda shape, *_: np.ones(shape[::-1])).build((3,)),
            ValueError,
            r"to give W the shape \(2, 3\), got \(3, 2\)",
        ),
        (lambda: Dropout(1.0), ValueError, "less than 1, got 1.0"),
        (lambda: Dropout(-0.1), ValueError, "at least 0"),
        (lambda: Dropout("half"), TypeError, "rate to be a number, got 'half'"),
        (lambda: Activation("sofmax"), ValueError, "Did you mean 'softmax'"),
        (lambda: Flatten().build((None, 3)), ValueError, "known shape"),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("layer", [Dense(2), Activation("tanh"), Flatten(), Dropout(0.5)])
def test_backward_before_forward(layer):
    layer.build((3,))
    with pytest.raises(RuntimeError, match=r"Call forward\(x\) first"):
        layer.backward(np.ones((1, 2)))


def test_wrong_input_shape_names_both_shapes_and_the_fix():
    layer = Dense(64, input_dim=784)
    layer.build((784,))
    with pytest.raises(
        ValueError, match=r"784 features, got an array of shape \(32, 28, 28\). Add Flatten\(\)"
    ):
        layer.forward(np.zeros((32, 28, 28)))
    with pytest.raises(ValueError, match=r"784 features, got an array of shape \(32, 100\)\.$"):
        layer.forward(np.zeros((32, 100)))


@pytest.mark.parametrize(
    ("shape", "hint"),
    [
        ((3,), r" One sample is a batch of one: x\[None\]\."),
        ((2, 5, 3), r" It was built for batches of shape \('batch', 3\)\."),
        ((), ""),
    ],
)
def test_a_wrong_number_of_axes(shape, hint):
    layer = Dense(2)
    layer.build((3,))
    with pytest.raises(
        ValueError, match=rf"3 features, got an array of shape {re.escape(str(shape))}\.{hint}$"
    ):
        layer.forward(np.zeros(shape))


def test_a_built_layer_above_sequences_of_any_length_that_do_not_fit():
    layer = Dense(2)
    layer.build((16,))
    with pytest.raises(ValueError, match=r"16 features, got an array of shape \('batch', None, 8\)\.$"):
        Sequential([LSTM(8, return_sequences=True, input_shape=(None, 3)), layer])


def test_wrong_dy_shape():
    layer = Dense(2, input_dim=3)
    layer.forward(np.zeros((4, 3)))
    with pytest.raises(ValueError, match=r"\(4, 2\), got \(4, 3\)"):
        layer.backward(np.zeros((4, 3)))


def test_repr_is_the_line_that_makes_the_layer():
    assert repr(Dense(64, "relu", input_dim=784)) == "Dense(64, activation='relu', input_shape=(784,))"
    layer = Dense(3, "tanh", use_bias=False, kernel_initializer="he_normal")
    again = eval(repr(layer))
    assert again.get_config() | {"name": ""} == layer.get_config() | {"name": ""}
