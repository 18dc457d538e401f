"""BatchNormalization and LayerNormalization: by hand, central differences, promises and errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import promises
from differences import assert_layer_gradients
from dlcore import Sequential
from dlcore.layers import BatchNormalization, Dense, LayerNormalization

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=40, deadline=None)
shapes = st.lists(st.integers(1, 4), min_size=2, max_size=4).map(tuple)
options = st.fixed_dictionaries(
    {"center": st.booleans(), "scale": st.booleans(), "epsilon": st.sampled_from([1e-3, 0.1])}
)
both_kinds = pytest.mark.parametrize("kind", [BatchNormalization, LayerNormalization])


def scale_and_shift(layer, x_hat):
    return x_hat * layer.parameters.get("gamma", 1) + layer.parameters.get("beta", 0)


@quick
@given(shape=shapes, arguments=options, seed=seeds)
def test_batch_normalization_by_hand(shape, arguments, seed):
    layer = BatchNormalization(momentum=0.9, **arguments)
    x, _ = promises.built(layer, shape, seed)
    statistics = {name: values.copy() for name, values in layer.statistics.items()}
    mean, variance = statistics["moving_mean"], statistics["moving_variance"]
    expected = scale_and_shift(layer, (x - mean) / np.sqrt(variance + layer.epsilon))
    np.testing.assert_allclose(layer.forward(x), expected, rtol=1e-12)
    for name, values in layer.statistics.items():  # outside training they stay as they are
        np.testing.assert_array_equal(values, statistics[name])

    rows = x.reshape(-1, shape[-1])
    mean = sum(rows) / len(rows)
    variance = sum((row - mean) ** 2 for row in rows) / len(rows)
    expected = scale_and_shift(layer, (x - mean) / np.sqrt(variance + layer.epsilon))
    np.testing.assert_allclose(layer.forward(x, training=True), expected, rtol=1e-9, atol=1e-12)
    for name, value in (("moving_mean", mean), ("moving_variance", variance)):
        np.testing.assert_allclose(layer.statistics[name], 0.9 * statistics[name] + 0.1 * value, rtol=1e-12)


@quick
@given(shape=shapes, arguments=options, seed=seeds)
def test_layer_normalization_by_hand(shape, arguments, seed):
    layer = LayerNormalization(**arguments)
    x, _ = promises.built(layer, shape, seed)
    y = layer.forward(x)
    for position in np.ndindex(shape[:-1]):
        row = x[position]
        variance = ((row - row.mean()) ** 2).mean()
        expected = scale_and_shift(layer, (row - row.mean()) / np.sqrt(variance + layer.epsilon))
        np.testing.assert_allclose(y[position], expected, rtol=1e-9, atol=1e-12)


@quick
@given(shape=shapes, arguments=options, seed=seeds, training=st.booleans(), trainable=st.booleans())
def test_gradients_of_batch_normalization(shape, arguments, seed, training, trainable):
    layer = BatchNormalization(**arguments)
    layer.trainable = trainable
    assert_layer_gradients(layer, *promises.built(layer, shape, seed), training=training)


@quick
@given(shape=shapes, arguments=options, seed=seeds)
def test_gradients_of_layer_normalization(shape, arguments, seed):
    layer = LayerNormalization(**arguments)
    assert_layer_gradients(layer, *promises.built(layer, shape, seed))


@both_kinds
@quick
@given(shape=shapes, arguments=options, seed=seeds, training=st.booleans())
def test_backward_twice_is_the_same_and_changes_no_argument(kind, shape, arguments, seed, training):
    layer = kind(**arguments)
    promises.assert_backward_twice_is_the_same(layer, *promises.built(layer, shape, seed), training)


@both_kinds
@quick
@given(shape=shapes, arguments=options, seed=seeds)
def test_samples_do_not_see_each_other(kind, shape, arguments, seed):
    layer = kind(**arguments)
    promises.assert_samples_do_not_see_each_other(layer, *promises.built(layer, shape, seed))


@both_kinds
@quick
@given(shape=shapes, arguments=options, seed=seeds)
def test_training_on_reused_memory(kind, shape, arguments, seed):
    layer = kind(**arguments)
    promises.assert_training_on_reused_memory_changes_nothing(layer, *promises.built(layer, shape, seed))


def test_a_frozen_layer_uses_and_keeps_its_moving_statistics():
    layer = BatchNormalization()
    x, _ = promises.built(layer, (4, 3), seed=0)
    layer.trainable = False
    before = {name: values.copy() for name, values in layer.statistics.items()}
    np.testing.assert_array_equal(layer.forward(x, training=True), layer.forward(x))
    for name, values in layer.statistics.items():
        np.testing.assert_array_equal(values, before[name])


@both_kinds
def test_saved_and_loaded_with_its_statistics(kind, tmp_path):
    layer = kind(epsilon=0.01, center=False)
    promises.assert_saved_and_loaded(layer, np.random.default_rng(1).normal(size=(5, 3)), tmp_path)
    model = Sequential([Dense(4, input_dim=3), kind(), Dense(2)])
    model.compile(loss="mse", optimizer="sgd")
    x = np.random.default_rng(2).normal(size=(8, 3))
    model.fit(x, x[:, :2], epochs=2, batch_size=4, verbose=0)
    model.save(tmp_path / "trained.npz")
    np.testing.assert_array_equal(Sequential.load(tmp_path / "trained.npz").predict(x), model.predict(x))


def test_the_summary_counts_the_statistics_as_not_trainable():
    model = Sequential([BatchNormalization(input_shape=(7, 7, 5))])
    lines = []
    model.summary(lines.append)
    assert "Total params: 20" in lines[0]
    assert "Trainable params: 10" in lines[0]
    assert "Non-trainable params: 10" in lines[0]


def test_the_normalized_features_have_mean_0_and_variance_1():
    x = np.random.default_rng(3).normal(5, 3, size=(500, 4))
    y = BatchNormalization(epsilon=1e-12).forward(x, training=True)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(y.var(axis=0), 1, rtol=1e-4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BatchNormalization(momentum=1.0), "momentum must be at least 0 and less than 1, got 1.0"),
        (lambda: BatchNormalization(epsilon=0.0), "positive epsilon, got 0.0"),
        (lambda: LayerNormalization(epsilon=-1.0), "positive epsilon, got -1.0"),
        (lambda: LayerNormalization().build(()), "known number of features"),
        (lambda: BatchNormalization().build((3, None)), "known number of features"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@both_kinds
def test_backward_before_forward(kind):
    layer = kind()
    layer.build((3,))
    with pytest.raises(RuntimeError, match=r"Call forward\(x\) first"):
        layer.backward(np.ones((1, 3)))
