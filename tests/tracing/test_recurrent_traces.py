"""Traces of the recurrent layers: every step in time anew, from its operands and from outside."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from differences import central_differences, relative_error
from dlcore import Sequential, trace
from dlcore.layers import GRU, LSTM, Bidirectional, Dense, Embedding, Masking, SimpleRNN

quick = settings(max_examples=8, deadline=None)
KINDS = [SimpleRNN, LSTM, GRU]


def close(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def draw(kind, samples, time, features, units, sequences, seed, **more):
    """A compiled model with random weights, x and y, and the recurrent layer's name."""
    rng = np.random.default_rng(seed)
    layer = kind(units, return_sequences=sequences, input_shape=(time, features), **more)
    model = Sequential([layer, Dense(1)])
    model.compile(loss="mse")
    model.set_weights([rng.normal(size=weights.shape) for weights in model.get_weights()])
    shape = (samples, time, 1) if sequences else (samples, 1)
    return model, rng.normal(size=(samples, time, features)), rng.normal(size=shape), layer.name


cases = given(
    samples=st.integers(1, 2),
    time=st.integers(1, 4),
    features=st.integers(1, 2),
    units=st.integers(1, 3),
    sequences=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)


@pytest.mark.parametrize("kind", KINDS)
@quick
@cases
def test_sums_follow_from_their_operands(kind, samples, time, features, units, sequences, seed):
    """Every sum of elementwise products, every map and every activation, from the operands that it names."""
    model, x, y, name = draw(kind, samples, time, features, units, sequences, seed)
    steps = trace(model, x, y)
    for step in steps:
        if step.layer != name:
            continue
        operands = step.operands
        if step.name.startswith("z["):
            product = operands["x"] @ operands["W"].T + operands["h"] @ operands["U"].T
            close(step.result, product + operands["b"])
        elif step.formula.endswith(("tanh(z)", "sigmoid(z)")):
            function = np.tanh if "tanh" in step.formula else sigmoid
            close(step.result, function(operands["z"]))
        elif " ⊙ " in step.formula and not step.name.startswith("dh["):
            terms = step.formula.split(" = ")[1].split(" + ")
            products = [np.prod([operands[f] for f in term.split(" ⊙ ")], axis=0) for term in terms]
            close(step.result, sum(products))
        elif step.name.startswith("dh["):
            expected = operands.get("above", 0)
            if "U" in operands:
                expected = expected + operands["dz"] @ operands["U"]
            direct = [values for symbol, values in operands.items() if symbol not in ("above", "U", "dz")]
            close(step.result, expected + (np.prod(direct, axis=0) if direct else 0))
            told = float(step.note.split(" = ")[1].rstrip("."))
            assert told == pytest.approx(np.linalg.norm(step.result[0]), rel=1e-3)
        elif step.name in ("dW", "dU"):
            gathered = operands["x" if step.name == "dW" else "h"]
            close(step.result, sum(np.outer(d, g) for d, g in zip(operands["dz"], gathered, strict=True)))
        elif step.name in ("db", "db_recurrent"):
            close(step.result, operands["dz"].sum(axis=0))
        elif step.name == "dx":
            close(step.result, (operands["dz"] @ operands["W"]).swapaxes(0, 1))
        elif step.name == "y":
            close(step.result, operands["h"] if sequences else operands["h"][:, -1])
        elif step.name == "dz":
            close(step.result, np.concatenate([operands[f"dz[{t}]"] for t in range(time)]))
        else:  # the blocks of one δ, side by side
            close(step.result, np.concatenate(list(operands.values()), axis=1))


@quick
@cases
def test_a_simple_rnn_is_its_formula(samples, time, features, units, sequences, seed):
    model, x, y, name = draw(SimpleRNN, samples, time, features, units, sequences, seed)
    steps = trace(model, x, y)
    W, U, b = (array.astype(np.float64) for array in model.get_weights()[:3])
    h = np.zeros((samples, units))
    for t in range(time):
        close(steps[name, f"z[{t}]"].operands["x"], x[:, t])
        close(steps[name, f"z[{t}]"].operands["h"], h)
        h = np.tanh(x[:, t] @ W.T + h @ U.T + b)
        close(steps[name, f"h[{t + 1}]"].result, h)
        close(steps[name, f"dz[{t}]"].operands[f"f′(z[{t}])"], 1 - h**2)


@quick
@cases
def test_an_lstm_is_its_formulas(samples, time, features, units, sequences, seed):
    model, x, y, name = draw(LSTM, samples, time, features, units, sequences, seed)
    steps = trace(model, x, y)
    W, U, b = (array.astype(np.float64) for array in model.get_weights()[:3])
    h = c = np.zeros((samples, units))
    for t in range(time):
        blocks = np.split(x[:, t] @ W.T + h @ U.T + b, 4, axis=1)
        i, f, o = (sigmoid(blocks[k]) for k in (0, 1, 3))
        g = np.tanh(blocks[2])
        for gate, values in zip("ifgo", (i, f, g, o), strict=True):
            close(steps[name, f"{gate}[{t}]"].result, values)
        c = f * c + i * g
        h = o * np.tanh(c)
        close(steps[name, f"c[{t + 1}]"].result, c)
        close(steps[name, f"h[{t + 1}]"].result, h)
        slopes = {"i": i * (1 - i), "f": f * (1 - f), "g": 1 - g**2, "o": o * (1 - o)}
        for gate, slope in slopes.items():
            operands = steps[name, f"dz_{gate}[{t}]"].operands
            close(next(v for symbol, v in operands.items() if "′" in symbol), slope)
        cell = steps[name, f"dc[{t + 1}]"].operands
        close(next(v for symbol, v in cell.items() if "′" in symbol), 1 - np.tanh(c) ** 2)


@quick
@cases
def test_a_gru_is_its_formulas(samples, time, features, units, sequences, seed):
    model, x, y, name = draw(GRU, samples, time, features, units, sequences, seed)
    steps = trace(model, x, y)
    W, U, b, b_recurrent = (array.astype(np.float64) for array in model.get_weights()[:4])
    h = np.zeros((samples, units))
    for t in range(time):
        from_input = np.split(x[:, t] @ W.T + b, 3, axis=1)
        from_state = np.split(h @ U.T + b_recurrent, 3, axis=1)
        update, reset = (sigmoid(from_input[k] + from_state[k]) for k in (0, 1))
        g = np.tanh(from_input[2] + reset * from_state[2])
        close(steps[name, f"update[{t}]"].result, update)
        close(steps[name, f"reset[{t}]"].result, reset)
        close(steps[name, f"g[{t}]"].result, g)
        slopes = {"update": update * (1 - update), "reset": reset * (1 - reset), "input": 1 - g**2}
        for block, slope in slopes.items():
            close(steps[name, f"dz_{block}[{t}]"].operands["slope"], slope)
        h = update * h + (1 - update) * g
        close(steps[name, f"h[{t + 1}]"].result, h)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("go_backwards", [False, True])
def test_gradients_are_those_of_finite_differences(kind, sequences, go_backwards):
    model, x, y, name = draw(kind, 2, 3, 2, 2, sequences, seed=5, go_backwards=go_backwards)
    steps = trace(model, x, y)
    copy = model.copy(dtype=np.float64)
    checked = {f"d{parameter}": values for parameter, values in copy.layers[0].parameters.items()} | {"dx": x}
    for gradient, values in checked.items():
        numeric = central_differences(lambda: copy.loss_value(x, y), values)
        assert relative_error(steps[name, gradient].result, numeric) < 1e-7


@pytest.mark.parametrize("kind", KINDS)
def test_single_weights_and_neurons(kind):
    model, x, y, name = draw(kind, 2, 3, 2, 2, True, seed=7)
    steps = trace(model, x, y)
    for i, j in np.ndindex(steps[name, "dW"].result.shape):
        close(steps.weight(name, i, j).result, steps[name, "dW"].result[i, j])
    close(steps.bias(name, 1).result, steps[name, "db"].result[1])
    for use, (t, sample) in enumerate(np.ndindex(3, 2)):
        close(steps.neuron(name, 1, use).result, steps[name, f"z[{t}]"].result[sample, 1])


def test_the_gradient_of_a_far_state_is_a_product_of_many_factors():
    model, x, y, name = draw(SimpleRNN, 1, 3, 1, 2, False, seed=0)
    steps = trace(model, x, y)
    factors = [factor for layer, factor in steps[name, "dh[1]"].chain if layer == name]
    assert factors == ["f′(z)", "Uᵀ", "f′(z)", "Uᵀ"]
    U = model.get_weights()[1].astype(np.float64)
    product = steps[name, "dh[3]"].result[0]
    for t in (2, 1):
        product = U.T @ (steps[name, f"dz[{t}]"].operands[f"f′(z[{t}])"][0] * product)
    close(steps[name, "dh[1]"].result[0], product)


def test_padding_is_refused_in_words():
    model = Sequential([Masking(input_shape=(3, 1)), SimpleRNN(2), Dense(1)])
    model.compile(loss="mse")
    steps = trace(model, [[1.0], [2.0], [3.0]], [1.0])
    close(steps["masking", "y"].result, [[[1.0], [2.0], [3.0]]])
    with pytest.raises(ValueError, match="padded steps, and masking found some"):
        trace(model, [[1.0], [2.0], [0.0]], [1.0])
    model = Sequential([Embedding(3, 2, mask_zero=True, input_shape=(3,)), SimpleRNN(2), Dense(1)])
    model.compile(loss="mse")
    with pytest.raises(ValueError, match="simple_rnn on sequences with padded steps"):
        trace(model, [1, 2, 0], [1.0])
    model = Sequential([Masking(input_shape=(3, 1)), Dense(1)])
    model.compile(loss="mse")
    with pytest.raises(ValueError, match="padded steps of the output"):
        trace(model, [[1.0], [2.0], [3.0]], [[1.0], [1.0], [1.0]])


@pytest.mark.parametrize("merge_mode", ["concat", "sum", "ave"])
@pytest.mark.parametrize("sequences", [False, True])
def test_both_directions_of_a_bidirectional_layer(merge_mode, sequences):
    rng = np.random.default_rng(4)
    layer = Bidirectional(SimpleRNN(2, return_sequences=sequences), merge_mode, input_shape=(3, 2))
    model = Sequential([layer, Dense(1)])
    model.compile(loss="mse")
    x, y = rng.normal(size=(2, 3, 2)), rng.normal(size=(2, 3, 1) if sequences else (2, 1))
    steps = trace(model, x, y)
    copy = model.copy(dtype=np.float64)
    for direction in ("forward", "backward"):
        for name in "WUb":
            values = copy.layers[0].parameters[f"{direction}_{name}"]
            numeric = central_differences(lambda: copy.loss_value(x, y), values)
            found = steps[f"bidirectional/{direction}", f"d{name}"].result
            assert relative_error(found, numeric) < 1e-7
    dx = steps["bidirectional", "dx"]
    close(dx.result, dx.operands["forward"] + dx.operands["backward"])
    assert relative_error(dx.result, central_differences(lambda: copy.loss_value(x, y), x)) < 1e-7
    merged = steps["bidirectional", "y"]
    forward, backward = merged.operands["forward"], merged.operands["backward"]
    close(forward, steps["bidirectional/forward", "y"].result)
    expected = {
        "concat": np.concatenate([forward, backward], axis=-1),
        "sum": forward + backward,
        "ave": (forward + backward) / 2,
    }[merge_mode]
    close(merged.result, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_text_latex_and_html_of_every_step(kind):
    model, x, y, _ = draw(kind, 2, 3, 2, 2, True, seed=3)
    for step in trace(model, x, y):
        assert step.title in str(step)
        assert step.to_html().count("<table>") == step.to_html().count("</table>")
        assert step.equation.count("{") == step.equation.count("}")
        assert step.numbers.count("{") == step.numbers.count("}")
