"""The lab of gradients through time."""

import numpy as np
import pytest

from dlcore import Sequential, trace
from dlcore.labs import UnrolledRNN
from dlcore.labs.unrolled_rnn_state import NAMES, UnrolledRNNState
from dlcore.layers import Dense


@pytest.mark.parametrize("name", NAMES)
def test_the_norms_are_those_of_finite_differences(name):
    """From h[t] on, the rest of the sequence is run with the state moved a little: L moves by ∂L/∂h[t]."""
    state = UnrolledRNNState(time=7, units=4, seed=3)
    layer = state.layers[name]
    layer.astype(np.float64)
    layer.forward(state.x[None, :, None])
    states = {kind: getattr(layer, kind)[:, 0].copy() for kind in layer.state_names}
    for t in range(state.time):
        gradient = np.zeros(4)
        for unit in range(4):
            losses = []
            for step in (-1e-5, 1e-5):
                start = [states[kind][t : t + 1].copy() for kind in layer.state_names]
                start[0][0, unit] += step
                start = start if len(start) > 1 else start[0]
                y = layer.forward(state.x[None, t:, None], initial_state=start)
                losses.append(float((state.v * y).sum()))
            gradient[unit] = (losses[1] - losses[0]) / 2e-5
        assert np.linalg.norm(gradient) == pytest.approx(state.norms[name][t], rel=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_the_norms_are_those_of_the_trace(name):
    state = UnrolledRNNState(time=5, units=3, radius=1.2)
    layer = state.layers[name]
    model = Sequential([layer, Dense(1, use_bias=False)])
    model.build((5, 1))
    model.set_weights([*layer.parameters.values(), state.v])
    model.compile(loss="mean_squared_error")
    x = state.x[None, :, None]
    target = model.predict(x) - 0.5  # (y - target)² then has the slope 1, as L = y has
    steps = trace(model, x[0], target[0])
    for t in range(1, 6):
        assert np.linalg.norm(steps[layer.name, f"dh[{t}]"].result) == pytest.approx(
            state.norms[name][t], rel=1e-4
        )


@pytest.mark.parametrize("radius", [0.5, 0.9, 1.0, 1.3])
def test_a_linear_layer_with_an_orthogonal_matrix_lies_on_the_theory(radius):
    state = UnrolledRNNState(activation="linear", radius=radius)
    np.testing.assert_allclose(state.norms["SimpleRNN"], state.theory, rtol=1e-3)
    assert state.factor("SimpleRNN") == pytest.approx(radius, rel=1e-4)


@pytest.mark.parametrize("matrix", ["orthogonal", "glorot_normal"])
@pytest.mark.parametrize("name", NAMES)
def test_each_block_of_the_matrix_has_the_radius(matrix, name):
    layer = UnrolledRNNState(radius=1.7, matrix=matrix, units=6, time=2).layers[name]
    for block in np.split(layer.parameters["U"], layer.blocks):
        assert np.abs(np.linalg.eigvals(block)).max() == pytest.approx(1.7, rel=1e-5)


def test_gates_that_keep_more_let_the_gradient_through():
    for name in ("GRU", "LSTM"):
        closed, default, open_ = (UnrolledRNNState(keep_bias=bias).norms[name][0] for bias in (-2, 1, 5))
        assert closed < default < open_
    one, other = (UnrolledRNNState(keep_bias=bias).norms["SimpleRNN"] for bias in (-2, 5))
    np.testing.assert_array_equal(one, other)


def test_clipping_bounds_the_whole_gradient():
    free = UnrolledRNNState(activation="linear", radius=1.2)
    assert all(before == after for before, after in free.gradient_norms.values())
    by_norm = UnrolledRNNState(activation="linear", radius=1.2, clipping="norm", limit=0.5)
    for name in NAMES:
        before, after = by_norm.gradient_norms[name]
        assert before == free.gradient_norms[name][0]
        assert after == pytest.approx(min(before, 0.5))
    by_value = UnrolledRNNState(activation="linear", radius=1.2, clipping="value", limit=0.01)
    numbers = sum(array.size for array in by_value.layers["SimpleRNN"].gradients.values())
    before, after = by_value.gradient_norms["SimpleRNN"]
    assert after <= 0.01 * np.sqrt(numbers) * 1.0001 < before


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"time": 100, "radius": 3, "activation": "linear"}, "no longer a finite number"),
        ({"time": 100, "radius": 0.1, "activation": "linear"}, "too small for float32"),
        ({"units": 1, "activation": "relu", "seed": 1}, "the slope of relu is 0 in every unit"),
        ({"radius": 0.7}, "vanishes"),
        ({"radius": 1.3, "activation": "linear"}, "explodes"),
        ({"radius": 1.0, "activation": "linear"}, "keeps its length"),
        ({"radius": 1.05, "activation": "linear"}, "grows"),
        ({"radius": 0.95, "activation": "linear"}, "fades"),
    ],
)
def test_what_becomes_of_the_gradient_is_said_in_words(settings, words):
    lab = UnrolledRNN(**settings)
    assert words in lab.state.verdict("SimpleRNN")
    assert words in lab.verdicts.value
    assert bool(lab.state.trouble("SimpleRNN")) == ('role="alert"' in lab.status.value)


def test_every_setting_has_a_control_that_moves_the_pictures():
    lab = UnrolledRNN()
    for name, value in {
        "t": 3, "time": 12, "units": 5, "radius": 1.4, "matrix": "glorot_normal", "activation": "relu",
        "keep_bias": 4, "seed": 8,
    }.items():  # fmt: skip
        before = lab.curves_surface.value, lab.strips_surface.value
        lab.controls[name].value = value
        assert getattr(lab.state, name) == value
        assert lab.curves_surface.value != before[0]
        assert lab.strips_surface.value != before[1]
        assert f"{name}={lab.state.settings[name].text(value)}" in lab.sharing.text.value


def test_clipping_moves_the_table():
    lab = UnrolledRNN()
    assert lab.controls["limit"].layout.display == "none"
    before = lab.table.value
    lab.controls["clipping"].value = "norm"
    assert lab.controls["limit"].layout.display == "flex"
    lab.controls["limit"].value = 0.1
    assert "<td>0.1</td>" in lab.table.value
    assert lab.table.value != before


def test_a_shorter_sequence_takes_the_place_with_it():
    lab = UnrolledRNN(t=30)
    lab.controls["time"].value = 10
    assert lab.state.t == lab.controls["t"].value == lab.controls["t"].max == 10
    assert "the nearest is the last" in lab.status.value


def test_the_formula_has_the_numbers_of_the_step():
    state = UnrolledRNNState(t=6, units=3)
    layer = state.layers["SimpleRNN"]
    W, U = layer.parameters["W"], layer.parameters["U"]
    z = W[0, 0] * state.x[5] + U[0] @ state.states["SimpleRNN"][5]
    value = f"{np.tanh(z):.4g}".replace("-", "−")
    assert value in state.formula()
    assert f"{0.9**34:.4g}" in state.formula()
    for t in (0, state.time):
        state.change(t=t)
        assert f"h[{t}]" in state.formula()


def test_settings_travel_in_a_string():
    lab = UnrolledRNN(radius=1.15, clipping="value", limit=0.25, t=3, matrix="glorot_normal")
    text = lab.state.copy_settings()
    other = UnrolledRNN()
    other.paste(text)
    assert other.state.copy_settings() == text
    assert str(other.state) == str(lab.state)
    other.paste("unrolled radius=7")
    assert "from 0.1 to 3" in other.status.value
    assert other.state.copy_settings() == text


def test_the_code_gives_the_same_numbers(capsys):
    state = UnrolledRNNState(time=9, t=4, units=5, radius=1.1, keep_bias=2.5, activation="relu", seed=2)
    exec(state.code(), {})
    printed = [float(line.split()[1]) for line in capsys.readouterr().out.splitlines()]
    np.testing.assert_allclose(printed, [state.norms[name][4] for name in NAMES], rtol=1e-5)


def test_looking_at_another_state_computes_nothing_anew():
    state = UnrolledRNNState()
    layers = state.layers
    state.change(t=4)
    assert state.layers is layers
    state.change(seed=1)
    assert state.layers is not layers


def test_making_and_showing_prints_nothing(capsys):
    repr(UnrolledRNN())
    assert capsys.readouterr().out == ""


def test_an_error_is_said_although_the_gradient_is_in_trouble():
    lab = UnrolledRNN(activation="linear", radius=3, time=100)
    trouble = lab.status.value
    lab.paste("nonsense")
    assert "nonsense" in lab.status.value
    lab.change(time=90, t=95)
    assert "There is no state h[95]" in lab.status.value
    assert "no longer a finite number" in lab.status.value
    lab.change(time=100)
    assert lab.status.value == trouble


def test_the_formula_has_words_for_what_is_not_finite():
    state = UnrolledRNNState(activation="linear", radius=3, time=100, t=100)
    assert "= not a number" in state.formula()
    state.states["SimpleRNN"][100, 0] = -np.inf
    assert "= −infinite" in state.formula()


@pytest.mark.parametrize("clipping", ["norm", "value"])
def test_the_code_clips_too(clipping, capsys):
    state = UnrolledRNNState(time=9, clipping=clipping, limit=0.05)
    exec(state.code(), {})
    words = [line.split() for line in capsys.readouterr().out.splitlines() if "clipped" in line]
    printed = [(float(line[2]), float(line[4])) for line in words]
    np.testing.assert_allclose(printed, [state.gradient_norms[name] for name in NAMES], rtol=1e-6)
    assert "clip" not in UnrolledRNNState(time=9).code()
