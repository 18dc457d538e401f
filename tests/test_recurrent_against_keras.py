"""Recurrent layers, their options and masks against Keras: the same weights in, the same numbers out.

Keras works in float32, so the numbers agree to its rounding. It keeps the transposes of W and U, and both
biases of a GRU in one array.
"""

import os

import numpy as np
import pytest

from dlcore import Sequential, layers

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when Keras is imported
keras = pytest.importorskip("keras", reason="Keras is not installed; it is only compared with")

TIME, FEATURES, UNITS = 6, 5, 4
KINDS = ["SimpleRNN", "LSTM", "GRU"]
all_kinds = pytest.mark.parametrize("kind", KINDS)


def to_keras(layer):
    """The weights of a layer as ``set_weights`` of its Keras twin wants them."""
    p = layer.parameters
    if isinstance(layer, layers.Bidirectional):
        return to_keras(layer.forward_layer) + to_keras(layer.backward_layer)
    if "b_recurrent" in p:
        return [p["W"].T, p["U"].T, np.stack([p["b"], p["b_recurrent"]])]
    return [array.T for array in p.values()]


def twins(own_layers, keras_layers, shape):
    """A dlcore model with random biases, and the Keras model with its weights."""
    model = Sequential(own_layers)
    model.build(shape)
    rng = np.random.default_rng(1)
    for layer in model.layers:
        for values in layer.parameters.values():
            if values.ndim == 1:
                values[...] = rng.normal(size=values.shape) * 0.3
    peer = keras.Sequential([keras.Input(shape), *keras_layers])
    for layer, twin in zip(model.layers, peer.layers, strict=True):
        twin.set_weights(to_keras(layer))
    return model, peer


def close(own, peer):
    np.testing.assert_allclose(own, peer, rtol=2e-5, atol=2e-6)


@all_kinds
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("use_bias", [False, True])
def test_options(kind, return_sequences, go_backwards, use_bias):
    options = {
        "return_sequences": return_sequences,
        "go_backwards": go_backwards,
        "use_bias": use_bias,
        "activation": "sigmoid",
    }
    model, peer = twins(
        [getattr(layers, kind)(UNITS, **options)],
        [getattr(keras.layers, kind)(UNITS, **options)],
        (TIME, FEATURES),
    )
    x = np.random.default_rng(2).normal(size=(3, TIME, FEATURES)).astype(np.float32)
    close(model.predict(x), np.asarray(peer(x)))


@all_kinds
@pytest.mark.parametrize(("merge_mode", "last"), [("concat", False), ("sum", True), ("ave", False)])
def test_padded_sequences(kind, merge_mode, last):
    """Masks: states at padded steps, in both directions, and losses and metrics without them."""

    def build(module):
        recurrent = getattr(module, kind)
        return [
            module.Masking(),
            recurrent(UNITS, return_sequences=True),
            module.Bidirectional(recurrent(UNITS, return_sequences=not last), merge_mode=merge_mode),
            module.Dense(2),
        ]

    model, peer = twins(build(layers), build(keras.layers), (TIME, FEATURES))
    rng = np.random.default_rng(3)
    lengths = np.array([6, 1, 3, 4])
    mask = np.arange(TIME) < lengths[:, None]
    x = (rng.normal(size=(4, TIME, FEATURES)) * mask[..., None]).astype(np.float32)
    outputs = model.predict(x)
    y = rng.normal(size=outputs.shape).astype(np.float32)
    close(outputs, np.asarray(peer(x)))
    model.compile(loss="mse", metrics=["mean_absolute_error"])
    peer.compile(loss="mse", metrics=["mean_absolute_error"], run_eagerly=True)
    own, theirs = model.evaluate(x, y), peer.evaluate(x, y, verbose=0)
    close(own[0], theirs[0])
    close(own[1], theirs[1])
