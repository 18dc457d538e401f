"""Layers for pictures and words against Keras: padding, strides, statistics and defaults.

Keras works in float32, so the numbers agree to its rounding. It keeps the filters on the last axis.
"""

import os

import numpy as np
import pytest

from dlcore import Sequential, layers

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when Keras is imported
keras = pytest.importorskip("keras", reason="Keras is not installed; it is only compared with")
tensorflow = pytest.importorskip("tensorflow", reason="TensorFlow is not installed; Keras runs on it here")

BATCH = 3
LAYERS = [
    ("Conv2D", {"filters": 4, "kernel_size": 3}),
    ("Conv2D", {"filters": 4, "kernel_size": (2, 4), "padding": "same", "activation": "relu"}),
    ("Conv2D", {"filters": 4, "kernel_size": (4, 3), "strides": (2, 3), "padding": "same"}),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "strides": (3, 2), "use_bias": False}),
    ("MaxPooling2D", {}),
    ("MaxPooling2D", {"pool_size": (3, 2), "strides": (2, 1), "padding": "same"}),
    ("MaxPooling2D", {"pool_size": 2, "strides": 3}),
    ("AveragePooling2D", {"pool_size": (2, 2)}),
    ("AveragePooling2D", {"pool_size": (3, 2), "strides": (2, 1), "padding": "same"}),
    ("GlobalAveragePooling2D", {}),
    ("GlobalAveragePooling2D", {"keepdims": True}),
    ("BatchNormalization", {}),
    ("BatchNormalization", {"momentum": 0.5, "epsilon": 0.1, "center": False}),
    ("LayerNormalization", {}),
    ("LayerNormalization", {"epsilon": 0.1, "scale": False}),
    ("Flatten", {}),
    ("Reshape", {"target_shape": (4, -1)}),
]


def as_in_keras(name, weights):
    return np.moveaxis(weights, 0, -1) if name == "W" else weights


@pytest.mark.parametrize("shape", [(7, 8, 2), (8, 9, 2)])
@pytest.mark.parametrize(("kind", "arguments"), LAYERS)
def test_forward_backward_and_statistics(kind, arguments, shape):
    rng = np.random.default_rng(0)
    own = getattr(layers, kind)(**arguments)
    own.build(shape)
    peer = getattr(keras.layers, kind)(**arguments)
    peer.build((None, *shape))
    for values in own.weights().values():
        values[...] = rng.uniform(0.5, 1.5, size=values.shape)
    peer.set_weights([as_in_keras(name, values) for name, values in own.weights().items()])
    assert own.output_shape == peer.compute_output_shape((None, *shape))[1:]

    for training in (False, True):
        x = tensorflow.Variable(rng.normal(size=(BATCH, *shape)).astype(np.float32))
        with tensorflow.GradientTape() as tape:
            y = peer(x, training=training) if "Batch" in kind else peer(x)
            dy = rng.normal(size=y.shape).astype(np.float32)
            loss = tensorflow.reduce_sum(y * dy)
        dx, *of_weights = tape.gradient(loss, [x, *(w.value for w in peer.trainable_weights)])
        np.testing.assert_allclose(own.forward(x.numpy(), training=training), y.numpy(), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(own.backward(dy), dx.numpy(), rtol=1e-4, atol=1e-5)
        for (name, gradient), theirs in zip(own.gradients.items(), of_weights, strict=True):
            np.testing.assert_allclose(as_in_keras(name, gradient), theirs.numpy(), rtol=1e-4, atol=1e-4)
        for values, theirs in zip(own.weights().items(), peer.get_weights(), strict=True):
            np.testing.assert_allclose(as_in_keras(*values), theirs, rtol=1e-5, atol=1e-6)


def test_words_and_their_mask():
    own = Sequential([layers.Embedding(7, 4, mask_zero=True, input_shape=(5,)), layers.SimpleRNN(3)])
    peer = keras.Sequential(
        [keras.Input((5,)), keras.layers.Embedding(7, 4, mask_zero=True), keras.layers.SimpleRNN(3)]
    )
    table, W, U, b = own.get_weights()
    peer.set_weights([table, W.T, U.T, b])
    words = np.array([[3, 1, 4, 0, 0], [6, 5, 2, 1, 3], [1, 0, 0, 0, 0]])
    np.testing.assert_allclose(own.predict(words), peer.predict(words, verbose=0), rtol=1e-5, atol=1e-6)
    assert peer.count_params() == own.count_params()


@pytest.mark.parametrize("kind", ["Conv2D", "Embedding"])
def test_initial_weights_spread_as_widely(kind):
    arguments = {"Conv2D": (64, 3), "Embedding": (50, 40)}[kind]
    shape = {"Conv2D": (9, 9, 16), "Embedding": (5,)}[kind]
    own, peer = getattr(layers, kind)(*arguments), getattr(keras.layers, kind)(*arguments)
    own.build(shape)
    peer.build((None, *shape))
    for values, theirs in zip(own.parameters.values(), peer.get_weights(), strict=True):
        assert values.std() == pytest.approx(theirs.std(), rel=0.05, abs=1e-9)
        assert np.abs(values).max() == pytest.approx(np.abs(theirs).max(), rel=0.02, abs=1e-9)
