"""Masking, Bidirectional, and how a model leaves padded steps out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from differences import assert_layer_gradients, central_differences, relative_error
from dlcore import Sequential
from dlcore.layers import GRU, LSTM, Bidirectional, Dense, Embedding, Masking, SimpleRNN
from dlcore.layers.bidirectional import MERGE_MODES
from dlcore.optimizers import Adam


def padded_sequences(rng, batch=4, time=6, features=3):
    """Sequences of 1 to ``time`` steps, filled up with zeros; and their mask."""
    mask = np.arange(time) < rng.integers(1, time + 1, batch)[:, None]
    return rng.normal(size=(batch, time, features)) * mask[..., None], mask


def test_masking_marks_steps_of_that_value_only():
    x = np.array([[[7.0, 7.0], [7.0, 1.0], [0.0, 0.0]]])
    layer = Masking(mask_value=7.0)
    y = layer.forward(x)
    np.testing.assert_array_equal(layer.compute_mask(x, None), [[False, True, True]])
    np.testing.assert_array_equal(y, [[[0, 0], [7, 1], [0, 0]]])
    np.testing.assert_array_equal(layer.backward(np.ones_like(x)), [[[0, 0], [1, 1], [1, 1]]])


def test_a_value_of_numpys_own_type_is_found_too():
    layer = Masking(mask_value=np.float64(0.1))
    layer.forward(np.full((1, 2, 3), 0.1, np.float32))
    assert not layer.mask.any()


def test_bidirectional_around_a_trained_layer_keeps_its_weights():
    trained = Sequential([GRU(4, input_shape=(5, 3))], seed=5)
    before = trained.get_weights()
    both = Sequential([Bidirectional(trained.layers[0], input_shape=(5, 3))])
    for values in (trained.get_weights(), both.get_weights()[: len(before)]):
        for now, then in zip(values, before, strict=True):
            np.testing.assert_array_equal(now, then)
    with pytest.raises(ValueError, match=r"\('batch', 5, 3\), got an array of shape \('batch', 5, 2\)"):
        Sequential([Masking(input_shape=(5, 2)), Bidirectional(trained.layers[0])])


def test_masking_needs_sequences():
    with pytest.raises(ValueError, match=r"expected samples of shape \(time, features\)"):
        Sequential([Masking(input_shape=(5,))])


def test_the_loss_is_the_mean_over_real_steps():
    rng = np.random.default_rng(1)
    x, mask = padded_sequences(rng)
    y = rng.normal(size=(4, 6, 2))
    model = Sequential([Masking(), SimpleRNN(5, return_sequences=True), Dense(2)], dtype=np.float64)
    model.compile(loss="mse", metrics=["mean_absolute_error"])
    loss, error = model.evaluate(x, y)
    difference = (model.predict(x) - y)[mask]
    assert loss == pytest.approx(np.square(difference).mean(), rel=1e-6)
    assert error == pytest.approx(np.abs(difference).mean(), rel=1e-6)
    # what stands in the padding has no effect on anything
    model.loss_and_gradients(x, y)
    gradients = model.parameter_vector.gradients.copy()
    model.loss_and_gradients(x, np.where(mask[..., None], y, 100.0))
    np.testing.assert_allclose(model.parameter_vector.gradients, gradients, rtol=1e-10)


@pytest.mark.parametrize("layer_class", [SimpleRNN, LSTM, GRU])
def test_a_padded_batch_learns_like_the_short_sequences(layer_class):
    """The gradient of a padded batch is the mean of those of its sequences, each cut to its length."""
    rng = np.random.default_rng(2)
    x, mask = padded_sequences(rng)
    y = rng.normal(size=(4, 2))
    model = Sequential([Masking(), Bidirectional(layer_class(4)), Dense(2)], dtype=np.float64)
    model.compile(loss="mse")
    model.build((None, 3))
    model.loss_and_gradients(x, y)
    together = model.parameter_vector.gradients.copy()
    singly = np.zeros_like(together)
    for sample, length in enumerate(mask.sum(axis=1)):
        model.loss_and_gradients(x[sample : sample + 1, :length], y[sample : sample + 1])
        singly += model.parameter_vector.gradients / 4
    np.testing.assert_allclose(together, singly, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("layer_class", [SimpleRNN, LSTM, GRU])
def test_an_embedding_can_mark_the_padding(layer_class):
    """The number 0 stands for no word: a padded text gives what the text alone gives."""
    model = Sequential([Embedding(6, 3, mask_zero=True), layer_class(4), Dense(2)], seed=8)
    model.build((None,))
    texts = [[3, 1, 4], [5], [2, 2, 5, 1]]
    padded = np.array([text + [0] * (4 - len(text)) for text in texts])
    together = model.predict(padded)
    for text, y in zip(texts, together, strict=True):
        np.testing.assert_allclose(model.predict(np.array([text]))[0], y, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("layer_class", [SimpleRNN, LSTM, GRU])
@pytest.mark.parametrize("go_backwards", [False, True])
def test_parameter_gradients_of_a_model_with_a_mask(layer_class, go_backwards):
    rng = np.random.default_rng(3)
    x, _ = padded_sequences(rng)
    y = rng.integers(0, 2, (4, 6))
    model = Sequential(
        [
            Masking(),
            layer_class(4, return_sequences=True, go_backwards=go_backwards),
            Bidirectional(layer_class(3, return_sequences=True)),
            Dense(2, "softmax"),
        ],
        seed=4,
        dtype=np.float64,
    )
    model.compile(loss="sparse_categorical_crossentropy")
    model.loss_and_gradients(x, y)
    for layer in model.layers:
        for name, values in layer.parameters.items():
            numeric = central_differences(lambda: model.loss_value(x, y), values)
            assert relative_error(layer.gradients[name], numeric) < 1e-7, f"{layer.name}/{name}"


@settings(max_examples=30, deadline=None)
@given(
    layer_class=st.sampled_from([SimpleRNN, LSTM, GRU]),
    merge_mode=st.sampled_from(MERGE_MODES),
    return_sequences=st.booleans(),
    shape=st.tuples(*[st.integers(1, 3)] * 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_bidirectional_gradients(layer_class, merge_mode, return_sequences, shape, seed):
    rng = np.random.default_rng(seed)
    layer = Bidirectional(layer_class(2, return_sequences=return_sequences), merge_mode=merge_mode)
    layer.astype(np.float64)
    layer.build((None, shape[2]), rng)
    x = rng.normal(size=shape)
    assert_layer_gradients(layer, x, rng.normal(size=layer.forward(x).shape))


def test_bidirectional_reads_from_both_ends():
    """The second half of its output is a layer of its own on the reversed sequence, put back in order."""
    rng = np.random.default_rng(5)
    layer = Bidirectional(LSTM(4, return_sequences=True))
    layer.build((None, 3), rng)
    x = rng.normal(size=(2, 5, 3))
    y = layer.forward(x)
    np.testing.assert_array_equal(y[..., :4], layer.forward_layer.forward(x))
    alone = LSTM(4, return_sequences=True)
    alone.build((None, 3))
    for name, values in layer.backward_layer.parameters.items():
        alone.parameters[name][...] = values
    np.testing.assert_allclose(y[:, ::-1, 4:], alone.forward(x[:, ::-1]), rtol=1e-6)


def test_bidirectional_in_a_model(tmp_path):
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=(20, 5, 3)), rng.normal(size=(20, 2))
    model = Sequential([Bidirectional(GRU(4), merge_mode="sum", input_shape=(5, 3)), Dense(2)], seed=7)
    assert model.layers[0].output_shape == (4,)
    assert model.count_params() == 2 * (3 * 4 * (3 + 4 + 2)) + 4 * 2 + 2
    model.compile(loss="mse", optimizer=Adam(0.01))
    before = model.evaluate(x, y)[0]
    model.fit(x, y, epochs=20, verbose=0)
    assert model.evaluate(x, y)[0] < 0.8 * before
    model.save(tmp_path / "model.npz")
    again = Sequential.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    assert repr(again.layers[0]) == repr(model.layers[0]) == "Bidirectional(GRU(4), merge_mode='sum')"
    twin = model.copy(dtype=np.float64)
    np.testing.assert_allclose(twin.predict(x), model.predict(x), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "arguments", "error", "message"),
    [
        (Dense(4), {}, TypeError, "expected a recurrent layer"),
        (LSTM(4, go_backwards=True), {}, ValueError, "it makes the other"),
        (LSTM(4), {"merge_mode": "mul"}, ValueError, "merge_mode must be one of"),
    ],
)
def test_bidirectional_with_bad_arguments(layer, arguments, error, message):
    with pytest.raises(error, match=message):
        Bidirectional(layer, **arguments)
