"""Conv2D and its windows: by hand, gradients by central differences, promises and errors."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import promises
from differences import assert_layer_gradients
from dlcore import Sequential, gradient_check
from dlcore.activations import ACTIVATIONS
from dlcore.layers import Conv2D, Dense, Flatten, MaxPooling2D, windows
from dlcore.layers.windows import Windows
from windows_by_hand import starts

ALL_ACTIVATIONS = sorted(ACTIVATIONS)
SMOOTH_ACTIVATIONS = sorted(name for name, f in ACTIVATIONS.items() if not f.has_kink)
KINKED_ACTIVATIONS = sorted(name for name, f in ACTIVATIONS.items() if f.has_kink)

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=40, deadline=None)


@st.composite
def cases(draw, activations=ALL_ACTIVATIONS):
    """A layer with options drawn at random, and the shape of a batch that it can take."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    padding = draw(st.sampled_from(["valid", "same"]))
    longest = (height, width) if padding == "valid" else (4, 4)
    layer = Conv2D(
        draw(st.integers(1, 3)),
        tuple(draw(st.integers(1, min(4, length))) for length in longest),
        strides=(draw(st.integers(1, 3)), draw(st.integers(1, 3))),
        padding=padding,
        activation=draw(st.sampled_from(activations)),
        use_bias=draw(st.booleans()),
    )
    return layer, (draw(st.integers(1, 3)), height, width, draw(st.integers(1, 3)))


@pytest.fixture(params=[1, 2**17], ids=["a picture at a time", "many pictures at a time"])
def piece(request, monkeypatch):
    """How much of a batch is worked through at once."""
    monkeypatch.setattr(windows, "PIECE", request.param)


def convolution_by_hand(layer, x):
    """``f(W x + b)`` position by position, pixel by pixel."""
    W, b = layer.parameters["W"], layer.parameters.get("b", np.zeros(layer.filters))
    rows, columns = (
        starts(length, size, stride, layer.padding)
        for length, size, stride in zip(x.shape[1:3], layer.kernel_size, layer.strides, strict=True)
    )
    z = np.tile(b, (len(x), len(rows), len(columns), 1))
    for n, r, c, i, j in np.ndindex(len(x), len(rows), len(columns), *layer.kernel_size):
        row, column = rows[r] + i, columns[c] + j
        if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
            z[n, r, c] += W[:, i, j] @ x[n, row, column]
    return ACTIVATIONS[layer.activation.name](z)


@quick
@given(case=cases(), seed=seeds)
def test_forward_by_hand(case, seed):
    layer, shape = case
    x, _ = promises.built(layer, shape, seed)
    np.testing.assert_allclose(layer.forward(x), convolution_by_hand(layer, x), rtol=1e-9, atol=1e-12)


@quick
@given(case=cases(SMOOTH_ACTIVATIONS), seed=seeds)
def test_gradients_of_smooth_activations(case, seed):
    layer, shape = case
    assert_layer_gradients(layer, *promises.built(layer, shape, seed))


@quick
@given(case=cases(KINKED_ACTIVATIONS), seed=seeds)
def test_gradients_away_from_kinks(case, seed):
    layer, shape = case
    x, dy = promises.built(layer, shape, seed)
    layer.forward(x)
    # A step of 1e-5 in any weight or input moves z by less than 1e-3 here: no kink is crossed.
    assume(np.abs(layer.z).min() > 1e-3 and np.abs(x).max() < 10)
    assert_layer_gradients(layer, x, dy)


@quick
@given(case=cases(), seed=seeds)
def test_the_weight_gradient_is_the_sum_over_positions(case, seed):
    layer, shape = case
    x, dz = promises.built(layer, shape, seed)
    layer.forward(x)
    layer.backward_from_z(dz)
    patches = layer.windows.views(layer.windows.pad(x))
    dW, db = 0, 0
    for position in np.ndindex(dz.shape[:3]):
        dW = dW + dz[position][:, None, None, None] * patches[position]
        db = db + dz[position]
    np.testing.assert_allclose(layer.gradients["W"], dW, rtol=1e-9, atol=1e-12)
    if layer.use_bias:
        np.testing.assert_allclose(layer.gradients["b"], db, rtol=1e-9, atol=1e-12)


@quick
@given(case=cases(), seed=seeds, training=st.booleans())
def test_backward_twice_is_the_same_and_changes_no_argument(case, seed, training):
    layer, shape = case
    promises.assert_backward_twice_is_the_same(layer, *promises.built(layer, shape, seed), training)


@quick
@given(case=cases(), seed=seeds)
def test_samples_do_not_see_each_other(case, seed):
    layer, shape = case
    promises.assert_samples_do_not_see_each_other(layer, *promises.built(layer, shape, seed))


@quick
@given(case=cases(), seed=seeds)
def test_training_gives_the_same_numbers(case, seed):
    layer, shape = case
    x, dy = promises.built(layer, shape, seed)
    promises.assert_training_on_reused_memory_changes_nothing(layer, x, dy)
    outside = layer.forward(x).copy()
    np.testing.assert_array_equal(layer.forward(x, training=True), outside)


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("channels", [1, 3])
def test_the_size_of_a_piece_changes_nothing(channels):
    layer = Conv2D(4, 3, activation="tanh", padding="same")
    x, dy = promises.built(layer, (5, 6, 7, channels), seed=0)
    np.testing.assert_allclose(layer.forward(x), convolution_by_hand(layer, x), rtol=1e-9, atol=1e-12)
    assert_layer_gradients(layer, x, dy)


def test_shifting_the_picture_shifts_the_output():
    layer = Conv2D(3, 3)
    x, _ = promises.built(layer, (1, 8, 8, 2), seed=1)
    y, shifted = layer.forward(x), layer.forward(np.roll(x, 1, axis=2))
    np.testing.assert_allclose(shifted[:, :, 1:], y[:, :, :-1], rtol=1e-12)


def test_pictures_of_any_size_where_the_shape_says_none():
    layer = Conv2D(2, 3, input_shape=(None, None, 1))
    layer.build((None, None, 1))
    assert layer.output_shape == (None, None, 2)
    assert layer.forward(np.zeros((1, 5, 9, 1))).shape == (1, 3, 7, 2)
    with pytest.raises(ValueError, match=r"at least 3 x 3 pixels, .* got 2 x 9"):
        layer.forward(np.zeros((1, 2, 9, 1)))


def test_a_batch_without_pictures_gives_none_back():
    layer = Conv2D(2, 3, input_shape=(5, 5, 1))
    assert layer.forward(np.zeros((0, 5, 5, 1))).shape == (0, 3, 3, 2)


def test_without_input_gradient_only_dx_is_left_out():
    layer = Conv2D(1, 2, input_shape=(2, 2, 1))
    layer.forward(np.ones((1, 2, 2, 1)))
    assert layer.backward(np.ones((1, 1, 1, 1)), input_gradient=False) is None
    np.testing.assert_array_equal(layer.gradients["W"], np.ones((1, 2, 2, 1)))


def test_saved_and_loaded(tmp_path):
    layer = Conv2D(2, (2, 3), (1, 2), "same", "relu", use_bias=False, kernel_regularizer="l2")
    promises.assert_saved_and_loaded(layer, np.ones((2, 5, 5, 3)), tmp_path)


def test_the_initial_weights_are_those_of_keras():
    layer = Conv2D(64, 3, input_shape=(13, 13, 32))
    layer.build((13, 13, 32))
    limit = (6 / (9 * 32 + 9 * 64)) ** 0.5
    assert 0.98 * limit < np.abs(layer.parameters["W"]).max() <= limit
    assert (layer.parameters["b"] == 0).all()


@pytest.mark.parametrize(("activation", "loss"), [("softmax", "categorical_crossentropy"), ("relu", "mse")])
def test_gradient_check_of_a_small_convolutional_network(activation, loss):
    model = Sequential(
        [
            Conv2D(3, 2, activation="relu", padding="same", input_shape=(5, 6, 1)),
            MaxPooling2D(2),
            Conv2D(2, (2, 1), strides=(1, 2), activation="tanh", kernel_regularizer="l2"),
            Flatten(),
            Dense(3, activation=activation),
        ]
    )
    model.compile(loss=loss)
    rng = np.random.default_rng(2)
    check = gradient_check(model, rng.normal(size=(2, 5, 6, 1)), np.eye(3)[[0, 2]])
    assert check.passed, str(check)
    assert check.entries > 10 * check.skipped


@pytest.mark.parametrize(
    ("loss", "activation"), [("binary_crossentropy", "sigmoid"), ("categorical_crossentropy", "softmax")]
)
def test_a_convolution_can_be_the_last_layer_with_a_fused_loss(loss, activation):
    model = Sequential([Conv2D(2, 3, padding="same", activation=activation, input_shape=(3, 4, 1))])
    model.compile(loss=loss, optimizer="sgd")
    assert model.is_fused
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 3, 4, 1)), np.eye(2)[rng.integers(0, 2, (2, 3, 4))]
    check = gradient_check(model, x, y)
    assert check.passed, str(check)
    outputs = model.predict(x).astype(np.float64)
    expected = -(y * np.log(outputs)).sum(axis=-1).mean()
    if loss == "binary_crossentropy":
        expected = -(y * np.log(outputs) + (1 - y) * np.log(1 - outputs)).mean()
    assert model.train_on_batch(x, y)[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Conv2D(0, 3), ValueError, "filters of at least 1, got 0"),
        (lambda: Conv2D(2.5, 3), TypeError, "filters to be a whole number, got 2.5"),
        (lambda: Conv2D(2, 0), ValueError, "kernel_size of at least 1, got 0"),
        (lambda: Conv2D(2, (3, 0)), ValueError, "kernel_size of at least 1, got 0"),
        (lambda: Conv2D(2, (3, 3, 3)), ValueError, r"one number or two \(height, width\)"),
        (lambda: Conv2D(2, "3"), TypeError, "kernel_size to be a whole number, got '3'"),
        (lambda: Conv2D(2, 3, strides=0), ValueError, "strides of at least 1, got 0"),
        (lambda: Conv2D(2, 3, padding="sane"), ValueError, "Did you mean 'same'"),
        (lambda: Conv2D(2, 3, activation="rellu"), ValueError, "Did you mean 'relu'"),
        (lambda: Conv2D(2, 3, kernel_initializer="glorot"), ValueError, "Did you mean 'glorot_"),
        (lambda: Conv2D(2, 3).build((28, 28)), ValueError, r"Add a channel axis: x\[\.\.\., None\]"),
        (lambda: Conv2D(2, 3).build((784,)), ValueError, r"\(height, width, channels\).*\(784,\)"),
        (lambda: Conv2D(2, 3).build((28, 28, None)), ValueError, r"\(height, width, channels\)"),
        (lambda: Conv2D(2, 5).build((4, 9, 1)), ValueError, "at least 5 x 5 pixels, .* got 4 x 9"),
        (lambda: Conv2D(2, 5).forward(np.zeros((1, 9, 4, 1))), ValueError, "got 9 x 4.*padding='same'"),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            (32, 28, 28),
            r"\(28, 28, 1\).*got an array of shape \(32, 28, 28\). Add a channel axis",
        ),
        (
            (32, 28, 28, 3),
            r"\(28, 28, 1\) \(height, width, channels\), got an array of shape \(32, 28",
        ),
        ((32, 784), r"got an array of shape \(32, 784\)\.$"),
        ((28, 28, 1), r"got an array of shape \(28, 28, 1\). One sample is a batch of one: x\[None\]"),
    ],
)
def test_wrong_input_shapes(shape, message):
    layer = Conv2D(2, 3, input_shape=(28, 28, 1))
    layer.build((28, 28, 1))
    with pytest.raises(ValueError, match=message):
        layer.forward(np.zeros(shape))


def test_backward_before_forward_and_with_a_wrong_dy():
    layer = Conv2D(2, 3, input_shape=(5, 5, 1))
    with pytest.raises(RuntimeError, match=r"Call forward\(x\) first"):
        layer.backward(np.ones((1, 3, 3, 2)))
    layer.forward(np.zeros((1, 5, 5, 1)))
    with pytest.raises(ValueError, match=r"\(1, 3, 3, 2\), got \(1, 5, 5, 2\)"):
        layer.backward(np.zeros((1, 5, 5, 2)))


@quick
@given(
    lengths=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    size=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    strides=st.tuples(st.integers(1, 4), st.integers(1, 4)),
)
def test_same_padding_has_the_margins_of_keras(lengths, size, strides):
    own = Windows(size, strides, "same")
    for length, k, s, count, margin in zip(
        lengths, size, strides, own.count("test", lengths), own.margins(lengths), strict=True
    ):
        total = max(k - s, 0) if length % s == 0 else max(k - length % s, 0)  # as TensorFlow's guide has it
        assert count == -(-length // s)
        assert margin == (total // 2, total - total // 2)


@quick
@given(case=cases(), seed=seeds)
def test_pixels_are_columns_of_the_gathered_windows(case, seed):
    layer, shape = case
    padded = layer.windows.pad(np.random.default_rng(seed).normal(size=shape))
    rows = windows.gather(layer.windows.views(padded))
    columns = rows.reshape(len(rows), *layer.kernel_size, shape[-1])
    for i, j in layer.windows.pixels:
        pixel = layer.windows.pixel(padded, i, j)
        np.testing.assert_array_equal(pixel.reshape(-1, shape[-1]), columns[:, i, j])
