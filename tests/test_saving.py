"""Models on disk: what comes back is what went in, and a failure harms nothing."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import Sequential
from dlcore.activations import ACTIVATIONS
from dlcore.layers import LSTM, Activation, Bidirectional, Dense, Dropout, Flatten, Layer, Residual
from dlcore.losses import MeanSquaredError
from dlcore.models import load_model
from dlcore.optimizers import SGD, Adam
from dlcore.regularizers import L1L2
from dlcore.schedules import CosineDecay, PiecewiseConstantDecay


@settings(max_examples=20, deadline=None)
@given(
    units=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    bias=st.booleans(),
    dtype=st.sampled_from(["float32", "float64"]),
    seed=st.integers(0, 1000),
)
def test_round_trip(tmp_path_factory, units, activation, bias, dtype, seed):
    layers = [Dense(n, activation, use_bias=bias) for n in units]
    model = Sequential([Flatten(input_shape=(2, 3)), *layers, Dropout(0.5)], seed=seed, dtype=dtype)
    path = tmp_path_factory.mktemp("models") / "model.npz"
    model.save(path)
    again = Sequential.load(path)
    assert repr(again) == repr(model)
    assert again.dtype == model.dtype
    for own, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(own, other)
        assert own.dtype == other.dtype
    x = np.random.default_rng(seed).normal(size=(4, 2, 3))
    np.testing.assert_array_equal(model.predict(x), again.predict(x))


def test_all_settings_come_back(tmp_path):
    model = Sequential(
        [Dense(3, "relu", input_dim=2, kernel_regularizer=L1L2(0.1, 0.2)), Dense(2, "softmax")]
    )
    model.layers[0].trainable = False
    model.compile(
        optimizer=Adam(CosineDecay(0.1, 100), beta_1=0.5, clipnorm=1.0),
        loss="categorical_crossentropy",
        metrics=["accuracy", "mae"],
    )
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert [layer.trainable for layer in again.layers] == [False, True]
    assert again.layers[0].kernel_regularizer == L1L2(0.1, 0.2)
    assert repr(again.optimizer) == repr(model.optimizer)
    assert again.optimizer.learning_rate(50) == model.optimizer.learning_rate(50)
    assert list(again.metrics) == ["accuracy", "mae"]
    assert type(again.loss) is type(model.loss)


def test_a_schedule_of_lists_and_an_initializer_given_as_a_function(tmp_path):
    from dlcore.initializers import he_normal

    model = Sequential([Dense(2, input_dim=2, kernel_initializer=he_normal)])
    model.compile(optimizer=SGD(PiecewiseConstantDecay([10], [0.1, 0.01])), loss="mse")
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert again.layers[0].kernel_initializer == "he_normal"
    assert again.optimizer.learning_rate(11) == 0.01


def test_the_same_training_goes_on(tmp_path):
    """With an optimizer without moments, a model that was saved learns on exactly as one that was not."""
    model = Sequential([Dense(3, "tanh", input_dim=2), Dense(1)])
    model.compile(optimizer=SGD(0.1), loss="mse")
    x, y = np.random.default_rng(0).normal(size=(8, 2)), np.ones(8)
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    for one in (model, again):
        one.fit(x, y, epochs=3, verbose=0, seed=5)
    for own, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(own, other)


class OwnLayer(Layer):
    pass


class OwnError(MeanSquaredError):
    pass


class OwnLSTM(LSTM):
    pass


def own_metric(targets, y):
    return np.zeros(len(y))


def accuracy(targets, y):
    return np.zeros(len(y))


own_relu = replace(ACTIVATIONS["relu"], function=lambda z, out=None: np.maximum(z, 0.5 * z, out=out))


@pytest.mark.parametrize(
    ("layer", "compiled"),
    [
        (OwnLayer(input_shape=(2,)), {"loss": "mse"}),
        (Dense(1, input_dim=2, kernel_initializer=lambda *a: np.ones(a[0])), {"loss": "mse"}),
        (Dense(1, input_dim=2), {"loss": OwnError()}),
        (Dense(1, input_dim=2), {"loss": "mse", "metrics": [own_metric]}),
        (Dense(1, "sigmoid", input_dim=2), {"loss": "binary_crossentropy", "metrics": [accuracy]}),
        (Dense(1, own_relu, input_dim=2), {"loss": "mse"}),
        (Residual(OwnLayer(), input_shape=(2,)), {"loss": "mse"}),
        (Bidirectional(OwnLSTM(2), input_shape=(3, 2)), {"loss": "mse"}),
        (Dense(1, input_dim=2), {"loss": "mse", "optimizer": SGD(lambda step: 0.1)}),
    ],
)
def test_what_is_your_own_cannot_be_saved_and_harms_no_older_file(tmp_path, layer, compiled):
    path = tmp_path / "model.npz"
    path.write_bytes(b"older")
    model = Sequential([layer])
    model.compile(**compiled)
    with pytest.raises(TypeError, match="cannot be saved"):
        model.save(path)
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_numbers_of_numpys_types_are_saved(tmp_path):
    model = Sequential([Dropout(0.5, seed=np.int64(2), input_shape=(3,))], seed=np.int64(3))
    model.compile(optimizer=SGD(np.float32(0.5)), loss="mse")
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert (again.seed, again.layers[0].seed, again.optimizer.learning_rate) == (3, 2, 0.5)


def test_a_copy_of_a_model_is_saved(tmp_path):
    model = Sequential([Dense(3, "relu", input_dim=2)]).copy()
    model.save(tmp_path / "model.npz")
    assert repr(load_model(tmp_path / "model.npz")) == repr(model)


def test_no_pickle_inside(tmp_path):
    Sequential([Activation("relu", input_shape=(3,))]).save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz", allow_pickle=False) as file:
        assert json.loads(str(file["architecture"]))["layers"][0]["class"] == "Activation"


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04 broken"])
def test_not_a_model_file(tmp_path, content):
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is not a model file"):
        load_model(path)


def test_arrays_that_are_no_model(tmp_path):
    np.savez(tmp_path / "arrays.npz", a=np.zeros(3))
    np.save(tmp_path / "array.npy", np.zeros(3))
    for name in ("arrays.npz", "array.npy"):
        with pytest.raises(ValueError, match="is not a model file"):
            load_model(tmp_path / name)


def test_another_format(tmp_path):
    np.savez(tmp_path / "model.npz", architecture=np.array(json.dumps({"format": "dlcore model 99"})))
    with pytest.raises(ValueError, match="another version of dlcore"):
        load_model(tmp_path / "model.npz")


def test_missing_file_and_model_without_shape(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "nothing.npz")
    with pytest.raises(RuntimeError, match="does not know its input shape"):
        Sequential([Dense(3)]).save(tmp_path / "model.npz")
