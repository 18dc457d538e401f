"""The article's four programs in Keras and in dlcore: the same weights in, the same numbers out."""

from __future__ import annotations

import os

import numpy as np
import pytest

import dlcore.layers
from dlcore.models import Sequential

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when Keras is imported

STEPS = 10
TIME, FEATURES = 28, 28

# Section of the article -> (its layers as (class, arguments), the shape of one input, labels per sample).
PROGRAMS = {
    "4.1 dense": (
        [
            ("Dense", {"units": 64, "activation": "relu"}),
            ("Dense", {"units": 64, "activation": "relu"}),
            ("Dense", {"units": 10, "activation": "softmax"}),
        ],
        (784,),
        (),
    ),
    "4.2 convolutional": (
        [
            ("Conv2D", {"filters": 32, "kernel_size": (3, 3), "activation": "relu"}),
            ("MaxPooling2D", {"pool_size": (2, 2)}),
            ("Conv2D", {"filters": 64, "kernel_size": (3, 3), "activation": "relu"}),
            ("MaxPooling2D", {"pool_size": (2, 2)}),
            ("Flatten", {}),
            ("Dense", {"units": 64, "activation": "relu"}),
            ("Dense", {"units": 10, "activation": "softmax"}),
        ],
        (28, 28, 1),
        (),
    ),
    "4.3 LSTM": (
        [
            ("LSTM", {"units": 64, "return_sequences": True}),
            ("LSTM", {"units": 64, "return_sequences": True}),
            ("Dense", {"units": 10, "activation": "softmax"}),
        ],
        (TIME, FEATURES),
        (TIME,),
    ),
    "4.4 SimpleRNN": (
        [
            ("SimpleRNN", {"units": 64, "return_sequences": True}),
            ("SimpleRNN", {"units": 64, "return_sequences": True}),
            ("Dense", {"units": 10, "activation": "softmax"}),
        ],
        (TIME, FEATURES),
        (TIME,),
    ),
}


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras", reason="Keras is not installed: see requirements-peers.txt")


@pytest.mark.parametrize("program", PROGRAMS)
def test_same_predictions_losses_and_weights_over_ten_steps(keras, program):
    layers, input_shape, labels_shape = PROGRAMS[program]
    rng = np.random.default_rng(0)
    batches = [
        (
            rng.random((8, *input_shape), dtype=np.float32),
            np.eye(10, dtype=np.float32)[rng.integers(0, 10, (8, *labels_shape))],
        )
        for _ in range(STEPS)
    ]
    settings = {"loss": "categorical_crossentropy", "optimizer": "adam", "metrics": ["accuracy"]}
    theirs = keras.Sequential(
        [keras.Input(input_shape), *(getattr(keras.layers, name)(**given) for name, given in layers)]
    )
    theirs.compile(**settings)
    ours = Sequential(getattr(dlcore.layers, name)(**given) for name, given in layers)
    ours.build(input_shape)
    ours.compile(**settings)
    theirs.set_weights([as_in_keras(array) for array in ours.get_weights()])

    x = batches[0][0]
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x, verbose=0), atol=2e-6)
    for x, t in batches:
        loss, accuracy = ours.train_on_batch(x, t)
        # Keras's metrics are running means: they start afresh for each batch here.
        theirs.reset_metrics()
        their_loss, their_accuracy = theirs.train_on_batch(x, t)
        assert loss == pytest.approx(float(their_loss), rel=2e-4)
        assert accuracy == pytest.approx(float(their_accuracy), abs=1e-6)
    # Adam divides by the root of a mean square. Where a gradient is nearly zero that quotient magnifies
    # rounding, so a few of the weights may differ by up to some steps of 0.001; nearly all agree closely.
    for own, their in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        difference = np.abs(as_in_keras(own) - their)
        assert difference.max() <= 2e-3
        assert np.mean(difference > 1e-5) <= 0.01


def as_in_keras(weights: np.ndarray) -> np.ndarray:
    """dlcore keeps the outputs on the first axis of every weight, Keras on the last."""
    return np.moveaxis(weights, 0, -1)
