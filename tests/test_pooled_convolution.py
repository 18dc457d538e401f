"""PooledConvolution gives what its two layers give one after the other, and training uses it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import promises
from dlcore import Sequential, gradient_check
from dlcore.activations import ACTIVATIONS
from dlcore.layers import Conv2D, Dense, Flatten, MaxPooling2D, windows
from dlcore.layers.pooled_convolution import PooledConvolution, stages
from dlcore.optimizers import SGD

RISING = sorted(name for name, f in ACTIVATIONS.items() if f.rising)

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=40, deadline=None)
small = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def cases(draw):
    """A convolution, a pooling that it can be computed with, and the shape of a batch that they can take."""
    convolution = Conv2D(
        draw(st.integers(1, 3)),
        draw(small),
        strides=draw(small),
        padding=draw(st.sampled_from(["valid", "same"])),
        activation=draw(st.sampled_from(RISING)),
        use_bias=draw(st.booleans()),
    )
    size, gaps = draw(small), draw(st.tuples(st.integers(0, 1), st.integers(0, 1)))
    pooling = MaxPooling2D(size, tuple(length + gap for length, gap in zip(size, gaps, strict=True)))
    # The least picture that holds one pooling window, and some pixels more.
    height, width = (
        (pooled - 1) * stride + kernel + draw(st.integers(0, 5))
        for pooled, stride, kernel in zip(size, convolution.strides, convolution.kernel_size, strict=True)
    )
    return convolution, pooling, (draw(st.integers(1, 3)), height, width, draw(st.integers(1, 2)))


def passes(convolution, pooling, x, dy, together):
    """y, dx and the gradients of W and b, computed together or one layer after the other."""
    if together:
        pair = PooledConvolution(convolution, pooling)
        y = pair.forward(x, training=True).copy()
        dx = pair.backward(dy)
    else:
        y = pooling.forward(convolution.forward(x))
        dx = convolution.backward(pooling.backward(dy))
    return [y, dx.copy(), *(gradient.copy() for gradient in convolution.gradients.values())]


def assert_same(convolution, pooling, x, dy, rtol=0.0, atol=0.0):
    separate = passes(convolution, pooling, x, dy, together=False)
    for one, two in zip(passes(convolution, pooling, x, dy, together=True), separate, strict=True):
        np.testing.assert_allclose(one, two, rtol=rtol, atol=atol)


@quick
@given(case=cases(), seed=seeds)
def test_together_as_one_after_the_other(case, seed):
    convolution, pooling, shape = case
    x, z = promises.built(convolution, shape, seed)
    _, dy = promises.built(pooling, z.shape, seed)
    assert_same(convolution, pooling, x, dy, rtol=1e-9, atol=1e-12)


@quick
@given(case=cases(), seed=seeds)
def test_of_equal_maxima_the_same_one_wins(case, seed):
    """Small whole numbers: no rounding, and many windows in which several pixels are the largest."""
    convolution, pooling, shape = case
    convolution.activation = ACTIVATIONS["relu"]
    x, z = promises.built(convolution, shape, seed, np.float32)
    _, dy = promises.built(pooling, z.shape, seed, np.float32)
    for values in convolution.parameters.values():
        values[...] = np.sign(values.round())
    assert_same(convolution, pooling, np.sign(x.round()), dy.round())


@pytest.mark.parametrize("input_gradient", [True, False])
def test_the_size_of_a_piece_changes_nothing(input_gradient, monkeypatch):
    convolution, pooling, shape = Conv2D(4, 3, activation="tanh"), MaxPooling2D(2), (5, 8, 7, 2)
    x, z = promises.built(convolution, shape, seed=0)
    _, dy = promises.built(pooling, z.shape, seed=0)
    y, dx, dW, db = passes(convolution, pooling, x, dy, together=False)
    for piece in (1, 2**20):
        monkeypatch.setattr(windows, "PIECE", piece)
        pair = PooledConvolution(convolution, pooling)
        np.testing.assert_allclose(pair.forward(x, training=True), y, rtol=1e-12)
        own = pair.backward(dy, input_gradient)
        if input_gradient:
            np.testing.assert_allclose(own, dx, rtol=1e-9, atol=1e-12)
        else:
            assert own is None
        np.testing.assert_allclose(convolution.gradients["W"], dW, rtol=1e-9)
        np.testing.assert_allclose(convolution.gradients["b"], db, rtol=1e-9)


@pytest.mark.parametrize(
    ("below", "above"),
    [
        (Conv2D(2, 3, activation="softmax"), MaxPooling2D(2)),  # does not rise with each z alone
        (Conv2D(2, 3), MaxPooling2D(3, strides=2)),  # windows overlap: z would be computed twice
        (Conv2D(2, 3), MaxPooling2D(2, padding="same")),  # windows may lie in a margin that has no z
        (Conv2D(2, 3), Flatten()),
        (Dense(2), MaxPooling2D(2)),
        (type("MyConvolution", (Conv2D,), {})(2, 3), MaxPooling2D(2)),  # may compute something else
    ],
)
def test_layers_that_stay_apart(below, above):
    assert stages([below, above]) == [(0, below), (1, above)]


def network(**first):
    """Two pairs, and something to learn on top of them."""
    model = Sequential(
        [
            Conv2D(3, 2, activation="relu", input_shape=(9, 10, 1), **first),
            MaxPooling2D(2),
            Conv2D(2, 2, activation="tanh", padding="same"),
            MaxPooling2D((1, 2)),
            Flatten(),
            Dense(3, activation="softmax"),
        ],
        dtype=np.float64,
    )
    model.compile(loss="categorical_crossentropy", optimizer=SGD(0.1))
    return model


def data(seed=1):
    return np.random.default_rng(seed).normal(size=(4, 9, 10, 1)), np.eye(3)[[0, 2, 1, 1]]


def test_training_computes_pairs_and_agrees_with_the_passes_outside():
    model, (x, y) = network(), data()
    model.loss_and_gradients(x, y, training=False, input_gradient=True)
    outside, dx = model.parameter_vector.gradients.copy(), model.input_gradient.copy()
    assert model.layers[0].z is not None
    model.loss_and_gradients(x, y, training=True, input_gradient=True)
    assert model.layers[0].z is None  # the mark that the pair has been at work
    np.testing.assert_allclose(model.parameter_vector.gradients, outside, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(model.input_gradient, dx, rtol=1e-9, atol=1e-12)


def test_gradient_check_of_the_passes_that_training_makes():
    model, (x, y) = network(), data()
    check = gradient_check(model, x, y, training=True)
    assert check.passed, str(check)
    assert check.entries > 10 * check.skipped


def test_after_training_a_pass_fills_every_layer_again():
    model, (x, y) = network(), data()
    model.fit(x, y, epochs=1, verbose=0)
    outputs = model.forward(x)
    for layer in model.layers:
        expected = layer.forward(x)
        np.testing.assert_array_equal(layer.y, expected)
        x = expected
    np.testing.assert_array_equal(x, outputs)


def test_a_frozen_pair_hands_the_gradient_on():
    model, (x, y) = network(), data()
    model.layers[2].trainable = False
    model.compile(loss="categorical_crossentropy", optimizer=SGD(0.1))
    frozen, free = model.layers[2].parameters["W"].copy(), model.layers[0].parameters["W"].copy()
    model.train_on_batch(x, y)
    np.testing.assert_array_equal(model.layers[2].parameters["W"], frozen)
    assert (model.layers[0].parameters["W"] != free).any()


def test_divergence_names_the_convolution():
    model, (x, y) = network(kernel_initializer="ones"), data()
    with pytest.raises(FloatingPointError, match="output of layer 'conv2d' became NaN"):
        model.train_on_batch(np.where(x > 1, np.finfo(np.float64).max, x), y)
