"""SimpleRNN, LSTM and GRU: gradients by central differences, masks, states, and what the layers promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from differences import central_differences, relative_error
from dlcore import Sequential, gradient_check
from dlcore.layers import GRU, LSTM, Dense, SimpleRNN

LAYERS = {"SimpleRNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU}
all_layers = pytest.mark.parametrize("kind", sorted(LAYERS))

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 4)
quick = settings(max_examples=40, deadline=None)
options = st.fixed_dictionaries(
    {
        "use_bias": st.booleans(),
        "return_sequences": st.booleans(),
        "go_backwards": st.booleans(),
        "activation": st.sampled_from(["tanh", "sigmoid", "linear"]),
    }
)


def make(kind, units, features, rng, dtype=np.float64, **arguments):
    """A built layer with random weights, none of them at its initial value."""
    layer = LAYERS[kind](units, **arguments)
    layer.astype(dtype)
    layer.build((None, features), rng)
    for values in layer.parameters.values():
        values[...] = rng.normal(size=values.shape) * 0.7
    return layer


def make_state(layer, batch, rng):
    """An initial state in the form that the layer takes."""
    states = tuple(rng.normal(size=(batch, layer.units)) for _ in layer.state_names)
    return states if len(states) > 1 else states[0]


def passes(layer, x, dy=None, **arguments):
    """Output of a forward pass; with dy also copies of all the gradients of the backward pass."""
    y = layer.forward(x, **arguments)
    if dy is None:
        return y
    gradients = {"x": layer.backward(dy).copy()}
    gradients |= {name: gradient.copy() for name, gradient in layer.gradients.items()}
    return y.copy(), gradients


@quick
@given(
    kind=st.sampled_from(sorted(LAYERS)),
    batch=sizes,
    time=sizes,
    features=sizes,
    units=sizes,
    arguments=options,
    masked=st.booleans(),
    with_state=st.booleans(),
    seed=seeds,
)
def test_gradients(kind, batch, time, features, units, arguments, masked, with_state, seed):
    rng = np.random.default_rng(seed)
    layer = make(kind, units, features, rng, **arguments)
    x = rng.normal(size=(batch, time, features))
    state = make_state(layer, batch, rng) if with_state else None
    mask = rng.random((batch, time)) < 0.6 if masked else None
    y = layer.forward(x, mask=mask, initial_state=state)
    dy = rng.normal(size=y.shape)
    analytic = {"x": layer.backward(dy), **layer.gradients}
    variables = {"x": x, **layer.parameters}
    if with_state:
        states = dict(zip(layer.state_names, state if isinstance(state, tuple) else (state,), strict=True))
        variables |= {f"initial {name}": array for name, array in states.items()}
        analytic |= {f"initial {name}": getattr(layer, f"d{name}")[0] for name in states}
    analytic = {name: gradient.copy() for name, gradient in analytic.items()}

    def loss():
        return float((dy * layer.forward(x, mask=mask, initial_state=state)).sum())

    for name, values in variables.items():
        error = relative_error(analytic[name], central_differences(loss, values))
        assert error < 1e-7, f"{layer!r}: gradient of {name} is off by {error:.2g}"


@all_layers
def test_gradients_with_relu_away_from_its_kinks(kind):
    model = Sequential(
        [LAYERS[kind](5, "relu", return_sequences=True), LAYERS[kind](4, "relu"), Dense(2)], seed=1
    )
    model.compile(loss="mse")
    rng = np.random.default_rng(2)
    check = gradient_check(model, rng.normal(size=(3, 4, 3)), rng.normal(size=(3, 2)))
    assert check.passed, check
    assert check.skipped < check.entries


@all_layers
def test_dh_is_the_gradient_of_the_state_at_every_step(kind):
    """Cutting the sequence after step t and going on from the state gives dL/dh_t as an initial gradient."""
    rng = np.random.default_rng(3)
    layer = make(kind, 4, 3, rng)
    x, dy = rng.normal(size=(2, 6, 3)), rng.normal(size=(2, 4))
    layer.forward(x)
    layer.backward(dy)
    norms = np.linalg.norm(layer.dh, axis=2)
    assert norms.shape == (7, 2)
    expected = layer.dh.copy()
    for t in range(1, 6):
        layer.forward(x[:, :t])
        layer.forward(x[:, t:], initial_state=layer.final_state)
        layer.backward(dy)
        np.testing.assert_allclose(layer.dh[0], expected[t], rtol=1e-10)


# ---------------------------------------------------------------- the equations, step by step


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def simple_rnn_step(p, x, h):
    return (np.tanh(p["W"] @ x + p["U"] @ h + p["b"]),)


def lstm_step(p, x, h, c):
    i, f, g, o = np.split(p["W"] @ x + p["U"] @ h + p["b"], 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(p, x, h):
    x_z, x_r, x_h = np.split(p["W"] @ x + p["b"], 3)
    h_z, h_r, h_h = np.split(p["U"] @ h + p["b_recurrent"], 3)
    z = sigmoid(x_z + h_z)
    return (z * h + (1 - z) * np.tanh(x_h + sigmoid(x_r + h_r) * h_h),)


STEPS = {"SimpleRNN": simple_rnn_step, "LSTM": lstm_step, "GRU": gru_step}


@all_layers
@pytest.mark.parametrize("go_backwards", [False, True])
def test_forward_is_the_equations(kind, go_backwards):
    rng = np.random.default_rng(4)
    layer = make(kind, 4, 3, rng, return_sequences=True, go_backwards=go_backwards)
    x, mask = rng.normal(size=(3, 5, 3)), rng.random((3, 5)) < 0.6
    state = make_state(layer, 3, rng)
    y = layer.forward(x, mask=mask, initial_state=state)
    for sample in range(3):
        states = tuple(s[sample] for s in (state if isinstance(state, tuple) else (state,)))
        order = reversed(range(5)) if go_backwards else range(5)
        for position, t in enumerate(order):
            if mask[sample, t]:
                states = STEPS[kind](layer.parameters, x[sample, t], *states)
            np.testing.assert_allclose(y[sample, position], states[0], rtol=1e-12, err_msg=f"step {t}")
        final = layer.final_state if isinstance(layer.final_state, tuple) else (layer.final_state,)
        for own, expected in zip(final, states, strict=True):
            np.testing.assert_allclose(own[sample], expected, rtol=1e-12)


# ---------------------------------------------------------------- what the layers promise


@all_layers
def test_padded_steps_change_nothing(kind):
    """A padded sequence gives what the short one gives, whatever stands in the padding."""
    rng = np.random.default_rng(5)
    layer = make(kind, 4, 3, rng)
    x, dy = rng.normal(size=(2, 3, 3)), rng.normal(size=(2, 4))
    short, gradients = passes(layer, x, dy)
    padded = np.concatenate([x, rng.normal(size=(2, 2, 3))], axis=1)
    mask = np.arange(5) < 3
    y, padded_gradients = passes(layer, padded, dy, mask=np.stack([mask, mask]))
    np.testing.assert_allclose(y, short, rtol=1e-12)
    np.testing.assert_array_equal(padded_gradients["x"][:, 3:], 0)
    padded_gradients["x"] = padded_gradients["x"][:, :3]
    for name, gradient in gradients.items():
        np.testing.assert_allclose(padded_gradients[name], gradient, rtol=1e-10, atol=1e-14)


@all_layers
def test_a_mask_of_ones_is_no_mask(kind):
    rng = np.random.default_rng(6)
    layer = make(kind, 4, 3, rng, return_sequences=True)
    x, dy = rng.normal(size=(2, 3, 3)), rng.normal(size=(2, 3, 4))
    y, gradients = passes(layer, x, dy)
    masked_y, masked_gradients = passes(layer, x, dy, mask=np.ones((2, 3)))
    np.testing.assert_array_equal(masked_y, y)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(masked_gradients[name], gradient, rtol=1e-12)


@all_layers
def test_samples_do_not_touch_each_other(kind):
    rng = np.random.default_rng(7)
    layer = make(kind, 4, 3, rng, return_sequences=True)
    x, dy = rng.normal(size=(5, 3, 3)), rng.normal(size=(5, 3, 4))
    y, gradients = passes(layer, x, dy)
    order = rng.permutation(5)
    shuffled_y, shuffled = passes(layer, x[order], dy[order])
    np.testing.assert_allclose(shuffled_y, y[order], rtol=1e-12)
    np.testing.assert_allclose(shuffled["x"], gradients["x"][order], rtol=1e-10)
    np.testing.assert_allclose(shuffled["W"], gradients["W"], rtol=1e-10)
    singly = [passes(layer, x[i : i + 1], dy[i : i + 1]) for i in range(5)]
    np.testing.assert_allclose(np.concatenate([y for y, _ in singly]), y, rtol=1e-12)
    for name in layer.parameters:
        total = sum(gradients[name] for _, gradients in singly)
        np.testing.assert_allclose(total, gradients[name], rtol=1e-10)


@all_layers
@pytest.mark.parametrize("training", [False, True])
def test_backward_twice_and_arguments_unchanged(kind, training):
    rng = np.random.default_rng(8)
    layer = make(kind, 4, 3, rng, return_sequences=True)
    x, dy = rng.normal(size=(2, 3, 3)), rng.normal(size=(2, 3, 4))
    mask, state = np.array([[True, True, False], [True, False, True]]), make_state(layer, 2, rng)
    given = [x, dy, mask, *(state if isinstance(state, tuple) else (state,))]
    before = [array.copy() for array in given]
    _, first = passes(layer, x, dy, training=training, mask=mask, initial_state=state)
    second = {"x": layer.backward(dy), **layer.gradients}
    for name, gradient in first.items():
        np.testing.assert_array_equal(second[name], gradient)
    for array, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@all_layers
def test_results_outside_training_stay(kind):
    rng = np.random.default_rng(9)
    layer = make(kind, 4, 3, rng, return_sequences=True)
    y = layer.forward(np.ones((2, 3, 3)))
    before = y.copy()
    layer.forward(np.zeros((2, 3, 3)))
    np.testing.assert_array_equal(y, before)


@all_layers
def test_time_can_be_cut_anywhere(kind):
    """Going on from the final state is the same as one long sequence."""
    rng = np.random.default_rng(10)
    layer = make(kind, 4, 3, rng, return_sequences=True)
    x = rng.normal(size=(2, 7, 3))
    whole = layer.forward(x)
    first = layer.forward(x[:, :3])
    second = layer.forward(x[:, 3:], initial_state=layer.final_state)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, rtol=1e-12)


@all_layers
def test_float32_stays_float32(kind):
    rng = np.random.default_rng(11)
    layer = make(kind, 4, 3, rng, dtype=np.float32)
    y, gradients = passes(layer, rng.normal(size=(2, 3, 3)), np.ones((2, 4)))
    assert {y.dtype, *(g.dtype for g in gradients.values())} == {np.dtype(np.float32)}


@all_layers
def test_save_and_load(kind, tmp_path):
    layer = LAYERS[kind](4, "sigmoid", use_bias=False, return_sequences=True, go_backwards=True)
    model = Sequential([layer, Dense(2)], seed=12)
    x = np.random.default_rng(12).normal(size=(3, 5, 2))
    y = model.predict(x)
    model.save(tmp_path / "model.npz")
    again = Sequential.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(again.predict(x), y)
    assert repr(again.layers[0]) == repr(layer)


@all_layers
def test_the_seed_decides(kind):
    def trained(seed):
        model = Sequential([LAYERS[kind](4), Dense(2)], seed=seed)
        model.compile(loss="mse", optimizer="adam")
        rng = np.random.default_rng(13)
        model.fit(rng.normal(size=(20, 5, 2)), rng.normal(size=(20, 2)), epochs=2, batch_size=8, verbose=0)
        return np.concatenate([w.reshape(-1) for w in model.get_weights()])

    np.testing.assert_array_equal(trained(1), trained(1))
    assert not np.array_equal(trained(1), trained(2))


def test_initial_weights_are_those_of_keras():
    layer = LSTM(16)
    layer.build((None, 8), 14)
    W, U, b = (layer.parameters[name] for name in "WUb")
    assert np.abs(W).max() <= (6 / (8 + 64)) ** 0.5
    np.testing.assert_allclose(U.T @ U, np.eye(16), atol=1e-6)
    np.testing.assert_array_equal(b.reshape(4, 16), np.array([[0], [1], [0], [0]]) * np.ones(16))
    plain = LSTM(16, unit_forget_bias=False)
    plain.build((None, 8), 14)
    np.testing.assert_array_equal(plain.parameters["b"], 0)


# ---------------------------------------------------------------- what can't be used


@all_layers
def test_bad_input(kind):
    rng = np.random.default_rng(15)
    layer = make(kind, 4, 3, rng)
    before = {name: values.copy() for name, values in layer.parameters.items()}
    x = np.zeros((2, 5, 3))
    with pytest.raises(ValueError, match=r"at least one step, got shape \(2, 0, 3\)"):
        layer.forward(np.zeros((2, 0, 3)))
    with pytest.raises(ValueError, match=r"a batch of shape \('batch', None, 3\), got .*\(2, 5, 4\)"):
        layer.forward(np.zeros((2, 5, 4)))
    with pytest.raises(ValueError, match=r"\(2, 3\)"):
        layer.forward(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"mask of shape \(2, 5\).*got \(2, 4\)"):
        layer.forward(x, mask=np.ones((2, 4)))
    with pytest.raises(ValueError, match=r"initial state h.* of shape \(2, 4\).*\(batch, units\)"):
        layer.forward(x, initial_state=[np.zeros((2, 5))] * len(layer.state_names))
    with pytest.raises(ValueError, match=r"of shape \(2, 4\) each, \(batch, units\), got \[\(\)\]"):
        layer.forward(x, initial_state=0)
    with pytest.raises(ValueError, match=r"got an array of shape \(5, 3\). One sample is a batch of one"):
        layer.forward(x[0])
    with pytest.raises(RuntimeError, match="forward pass"):
        make(kind, 4, 3, rng).backward(np.zeros((2, 4)))
    layer.forward(x)
    with pytest.raises(ValueError, match=r"expected dy in the shape of the last output, \(2, 4\)"):
        layer.backward(np.zeros((2, 5, 4)))
    for name, values in layer.parameters.items():
        np.testing.assert_array_equal(values, before[name])


@all_layers
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": 0}, "units of at least 1"),
        ({"units": 4, "activation": "softmax"}, r"Put Dense\(..., activation='softmax'\) after"),
        ({"units": 4, "activation": "tahn"}, "Did you mean 'tanh'"),
        ({"units": 4, "recurrent_initializer": "orthogonl"}, "Did you mean 'orthogonal'"),
        ({"units": 4, "kernel_initializer": "none"}, "unknown initializer"),
    ],
)
def test_bad_arguments(kind, arguments, message):
    with pytest.raises(ValueError, match=message):
        LAYERS[kind](**arguments)


@all_layers
def test_inputs_that_are_no_sequences(kind):
    with pytest.raises(ValueError, match=r"expected samples of shape \(time, features\)"):
        Sequential([LAYERS[kind](4, input_shape=(28,))])
    with pytest.raises(ValueError, match=r"expected samples of shape \(time, features\)"):
        Sequential([LAYERS[kind](4, input_shape=(28, 28)), LAYERS[kind](4)])
