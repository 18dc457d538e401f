"""Training options against Keras: the same weights in, the same curves and the same weights out.

Keras works in float32, so both do; ten steps leave differences of rounding. Order of samples: as given.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

import dlcore
from dlcore import Sequential, optimizers, regularizers, schedules
from dlcore.callbacks import EarlyStopping

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when Keras is imported

RNG = np.random.default_rng(0)
SAMPLES, INPUTS, CLASSES = 40, 6, 3
X = RNG.normal(size=(SAMPLES, INPUTS)).astype(np.float32)
LABELS = RNG.integers(0, CLASSES, SAMPLES)
ONE_HOT = np.eye(CLASSES, dtype=np.float32)[LABELS]
NUMBERS = RNG.normal(size=(SAMPLES, CLASSES)).astype(np.float32)
WEIGHTS = RNG.uniform(0, 2, SAMPLES).astype(np.float32)


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras", reason="Keras is not installed: see requirements-peers.txt")


def pair(keras, own_layers, their_layers, input_shape, **compiled):
    """A model of each library with the same weights. ``compiled`` holds functions of a library's modules."""
    ours, theirs = Sequential(own_layers), keras.Sequential([keras.Input(input_shape), *their_layers])
    ours.build(input_shape)
    theirs.set_weights([np.moveaxis(w, 0, -1) for w in ours.get_weights()])
    compile_both(ours, theirs, keras, **compiled)
    return ours, theirs


def compile_both(ours, theirs, keras, **compiled):
    # Models as small as these run much faster in Keras than they compile.
    for model, library, eagerly in ((ours, dlcore, {}), (theirs, keras, {"run_eagerly": True})):
        chosen = {name: v(library) if callable(v) else v for name, v in compiled.items()}
        model.compile(**chosen, **eagerly)


def two_layers(library, hidden="tanh", last="softmax", **options):
    return [
        library.layers.Dense(5, activation=hidden, **options),
        library.layers.Dense(CLASSES, activation=last),
    ]


def assert_same_fit(ours, theirs, x, y, tolerance=1e-4, **options):
    options = {"epochs": 3, "batch_size": 16, "shuffle": False, "verbose": 0} | options
    own, their = ours.fit(x, y, **options).history, theirs.fit(x, y, **options).history
    assert set(own) == set(their)
    for name in own:
        np.testing.assert_allclose(own[name], their[name], rtol=tolerance, err_msg=name)
    for mine, w in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(np.moveaxis(mine, 0, -1), w, rtol=tolerance, atol=tolerance)


LOSSES = {
    "categorical_crossentropy": ("softmax", ONE_HOT, ["accuracy", "mae"]),
    "sparse_categorical_crossentropy": ("softmax", LABELS, ["accuracy"]),
    # "accuracy" would be the share of right answers in dlcore, the share of right rows in Keras
    "binary_crossentropy": ("sigmoid", ONE_HOT, ["binary_accuracy", "mse"]),
    "mean_squared_error": ("linear", NUMBERS, ["mae", "mse"]),
    "mse": ("softmax", ONE_HOT, ["mae"]),
}


@pytest.mark.parametrize("weights", [{}, {"sample_weight": WEIGHTS}, {"class_weight": {0: 2.0, 2: 0.5}}])
@pytest.mark.parametrize("loss", LOSSES)
def test_losses_metrics_and_weights(keras, loss, weights):
    last, y, metrics = LOSSES[loss]
    if "class_weight" in weights and y is NUMBERS:
        pytest.skip("Keras takes the largest of the numbers for the class; dlcore refuses")
    ours, theirs = pair(
        keras,
        two_layers(dlcore, last=last),
        two_layers(keras, last=last),
        (INPUTS,),
        loss=loss,
        optimizer="sgd",
        metrics=metrics,
    )
    assert_same_fit(ours, theirs, X, y, validation_data=(X[:9], y[:9], WEIGHTS[:9]), **weights)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
        ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
        ("RMSprop", {}),
        ("RMSprop", {"rho": 0.5, "epsilon": 0.01}),
        ("Adam", {}),
        ("Adam", {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.01}),
        ("SGD", {"learning_rate": 1.0, "clipnorm": 0.05}),
        ("SGD", {"learning_rate": 1.0, "clipvalue": 0.01}),
        ("Adam", {"learning_rate": 0.01, "global_clipnorm": 0.05}),
    ],
)
def test_optimizers_and_clipping(keras, name, options):
    ours, theirs = pair(
        keras,
        two_layers(dlcore),
        two_layers(keras),
        (INPUTS,),
        loss="categorical_crossentropy",
        optimizer=lambda library: getattr(library.optimizers, name)(**options),
    )
    assert_same_fit(ours, theirs, X, ONE_HOT, tolerance=5e-4)


SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.5, "decay_steps": 4, "decay_rate": 0.5}),
    (
        "ExponentialDecay",
        {"initial_learning_rate": 0.5, "decay_steps": 4, "decay_rate": 0.5, "staircase": True},
    ),
    ("CosineDecay", {"initial_learning_rate": 0.5, "decay_steps": 6, "alpha": 0.1}),
    ("PiecewiseConstantDecay", {"boundaries": [2, 5], "values": [0.5, 0.1, 0.01]}),
]


@pytest.mark.parametrize(("name", "options"), SCHEDULES)
def test_schedules(keras, name, options):
    own = getattr(schedules, name)(**options)
    their = getattr(keras.optimizers.schedules, name)(**options)
    for step in range(20):
        assert own(step) == pytest.approx(float(their(step)), rel=1e-5)
    ours, theirs = pair(
        keras,
        two_layers(dlcore),
        two_layers(keras),
        (INPUTS,),
        loss="categorical_crossentropy",
        optimizer="sgd",
    )
    rates = {dlcore: own, keras: their}
    compile_both(
        ours,
        theirs,
        keras,
        loss="categorical_crossentropy",
        optimizer=lambda library: library.optimizers.SGD(rates[library]),
    )
    assert_same_fit(ours, theirs, X, ONE_HOT)


@pytest.mark.parametrize("penalty", ["l1", "l2", "L1L2"])
def test_penalties(keras, penalty):
    def make(library):
        return penalty if penalty != "L1L2" else library.regularizers.L1L2(0.01, 0.02)

    ours, theirs = pair(
        keras,
        two_layers(dlcore, kernel_regularizer=make(dlcore)),
        two_layers(keras, kernel_regularizer=make(keras)),
        (INPUTS,),
        loss="categorical_crossentropy",
        optimizer="sgd",
    )
    assert_same_fit(ours, theirs, X, ONE_HOT, validation_split=0.25)


def test_a_frozen_layer(keras):
    options = {"input_shape": (INPUTS,), "loss": "categorical_crossentropy", "optimizer": "adam"}
    ours, theirs = pair(keras, two_layers(dlcore), two_layers(keras), **options)
    ours.layers[0].trainable = theirs.layers[0].trainable = False
    compile_both(ours, theirs, keras, loss="categorical_crossentropy", optimizer="adam")
    assert_same_fit(ours, theirs, X, ONE_HOT)


def test_early_stopping(keras):
    def make(library):
        return library.optimizers.SGD(0.9, momentum=0.9)

    ours, theirs = pair(
        keras,
        two_layers(dlcore),
        two_layers(keras),
        (INPUTS,),
        loss="categorical_crossentropy",
        optimizer=make,
    )
    options = {"monitor": "val_loss", "patience": 3, "min_delta": 0.001, "restore_best_weights": True}
    runs = [
        model.fit(
            X,
            ONE_HOT,
            epochs=60,
            batch_size=40,
            shuffle=False,
            verbose=0,
            validation_split=0.25,
            callbacks=[callback(**options)],
        ).history["val_loss"]
        for model, callback in ((ours, EarlyStopping), (theirs, keras.callbacks.EarlyStopping))
    ]
    assert len(runs[0]) < 60
    np.testing.assert_allclose(*runs, rtol=1e-3)
    best = ours.evaluate(X[30:], ONE_HOT[30:])
    assert best == [pytest.approx(min(runs[0]))]
    assert best[0] == pytest.approx(theirs.evaluate(X[30:], ONE_HOT[30:], verbose=0), rel=1e-3)


def test_padded_steps_are_left_out_of_loss_and_metrics(keras):
    time = 7
    x = RNG.normal(size=(SAMPLES, time, INPUTS)).astype(np.float32)
    lengths = RNG.integers(1, time + 1, SAMPLES)
    x[np.arange(time) >= lengths[:, None]] = 0
    y = np.eye(CLASSES, dtype=np.float32)[RNG.integers(0, CLASSES, (SAMPLES, time))]

    def stack(library):
        return [
            library.layers.Masking(),
            library.layers.SimpleRNN(5, return_sequences=True),
            library.layers.Dense(CLASSES, activation="softmax"),
        ]

    for weights in ({}, {"sample_weight": np.repeat(WEIGHTS[:, None], time, axis=1)}):
        ours, theirs = pair(
            keras,
            stack(dlcore),
            stack(keras),
            (time, INPUTS),
            loss="categorical_crossentropy",
            optimizer="sgd",
            metrics=["accuracy"],
        )
        assert_same_fit(ours, theirs, x, y, validation_data=(x[:9], y[:9]), **weights)


def test_defaults_are_those_of_keras(keras):
    for name in ("SGD", "RMSprop", "Adam"):
        own, their = getattr(optimizers, name)().get_config(), getattr(keras.optimizers, name)().get_config()
        for argument, value in own.items():
            assert their[argument] == pytest.approx(value), f"{name}: {argument}"
    assert regularizers.get("l2").l2 == pytest.approx(float(keras.regularizers.get("l2").l2))
    assert regularizers.get("l1").l1 == pytest.approx(float(keras.regularizers.get("l1").l1))
