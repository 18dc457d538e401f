"""Every number in the trace of a dense network, computed anew from the step's operands and from outside."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import textbook
from differences import central_differences, relative_error
from dlcore import Sequential, trace
from dlcore.layers import Activation, Dense

HIDDEN = sorted(set(textbook.ACTIVATIONS) - {"softmax"})
ENDINGS = [
    ("linear", "mean_squared_error"),
    ("tanh", "mean_squared_error"),
    ("softmax", "mean_squared_error"),  # softmax without its loss: no fused form
    ("softmax", "categorical_crossentropy"),
    ("softmax", "sparse_categorical_crossentropy"),
    ("sigmoid", "binary_crossentropy"),
]

cases = given(
    samples=st.integers(1, 4),
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=3),
    hidden=st.sampled_from(HIDDEN),
    ending=st.sampled_from(ENDINGS),
    seed=st.integers(0, 2**32 - 1),
)
quick = settings(max_examples=60, deadline=None)


def draw(samples, sizes, hidden, ending, seed):
    """A compiled model with random weights, inputs and targets, and the names of its activations."""
    rng = np.random.default_rng(seed)
    last, loss = ending
    classes = 2 if loss.endswith("categorical_crossentropy") else sizes[-1]
    activations = [hidden] * (len(sizes) - 1) + [last]
    units = [*sizes[1:], classes]
    model = Sequential([Dense(n, activation=f) for n, f in zip(units, activations, strict=True)])
    model.build((sizes[0],))
    model.compile(loss=loss)
    model.set_weights([rng.normal(size=weights.shape) for weights in model.get_weights()])
    labels = rng.integers(0, classes, samples)
    t = {
        "mean_squared_error": rng.normal(size=(samples, classes)),
        "categorical_crossentropy": np.eye(classes)[labels],
        "sparse_categorical_crossentropy": labels,
        "binary_crossentropy": rng.integers(0, 2, (samples, classes)).astype(float),
    }[loss]
    return model, rng.normal(size=(samples, sizes[0])), t, activations


def close(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


@quick
@cases
def test_every_number_follows_from_its_operands(samples, sizes, hidden, ending, seed):
    model, x, t, activations = draw(samples, sizes, hidden, ending, seed)
    steps = trace(model, x, t)
    names = [layer.name for layer in model.layers]
    for layer, activation in zip(names, activations, strict=True):
        z, y = steps[layer, "z"], steps[layer, "y"]
        close(z.result, np.einsum("ni,oi->no", z.operands["x"], z.operands["W"]) + z.operands["b"])
        close(y.result, textbook.ACTIVATIONS[activation](y.operands["z"]))

    loss = model.loss.name
    each = steps["loss", "L" if samples == 1 else "losses"]
    close(each.result, textbook.losses(loss, each.operands["y"], each.operands["t"]))
    close(steps["loss", "L"].result, each.result.sum() / samples)
    close(steps.loss, steps["loss", "L"].result[0])
    dy = steps["loss", "dy"]
    close(dy.result, textbook.loss_slopes(loss, dy.operands["y"], dy.operands["t"]))

    for layer, activation in zip(names, activations, strict=True):
        dz, dW, db, dx = (steps[layer, name] for name in ("dz", "dW", "db", "dx"))
        if activation == "softmax":
            close(dz.operands["J"], textbook.softmax_slopes(steps[layer, "z"].result))
            product = np.einsum("nik,ni->nk", dz.operands["J"], dz.operands["dy"])
        else:
            close(dz.operands["slope"], textbook.SLOPES[activation](steps[layer, "z"].result))
            product = dz.operands["dy"] * dz.operands["slope"]
        if model.is_fused and layer == names[-1]:
            y, targets = steps[layer, "y"].result, textbook.one_hot(loss, t, dz.result.shape[1])
            outputs = y.shape[1] if loss == "binary_crossentropy" else 1
            close(dz.result, (y - targets) / (samples * outputs))
        if "had to be limited" in dz.note:  # then the trace admits that its factors do not give the product
            assert abs(y - 0.5).max() > 0.5 - 1e-7
        else:
            np.testing.assert_allclose(dz.result, product, rtol=1e-6, atol=1e-12)
        close(
            dW.result,
            sum(np.outer(d, x) for d, x in zip(dW.operands["dz"], dW.operands["x"], strict=True)),
        )
        close(db.result, sum(db.operands["dz"]))
        close(dx.result, np.array([dx.operands["W"].T @ d for d in dx.operands["dz"]]))


@quick
@cases
def test_each_step_starts_where_the_last_one_ended(samples, sizes, hidden, ending, seed):
    model, x, t, _ = draw(samples, sizes, hidden, ending, seed)
    steps = trace(model, x, t)
    below, gradient = x, steps["loss", "dy"].result
    for layer in model.layers:
        close(steps[layer.name, "z"].operands["x"], below)
        close(steps[layer.name, "z"].operands["W"], layer.parameters["W"])
        close(steps[layer.name, "y"].operands["z"], steps[layer.name, "z"].result)
        below = steps[layer.name, "y"].result
    close(steps["loss", "dy"].operands["y"], below)
    for layer in reversed(model.layers):
        close(steps[layer.name, "dz"].operands["dy"], gradient)
        for name in ("dW", "db", "dx"):
            close(steps[layer.name, name].operands["dz"], steps[layer.name, "dz"].result)
        close(steps[layer.name, "dW"].operands["x"], steps[layer.name, "z"].operands["x"])
        gradient = steps[layer.name, "dx"].result


@quick
@cases
def test_gradients_are_those_of_finite_differences(samples, sizes, hidden, ending, seed):
    model, x, t, activations = draw(samples, sizes, hidden, ending, seed)
    steps = trace(model, x, t)
    # A step of 1e-5 in any one number moves z by less than 1e-3 here: no kink is crossed.
    kinks = [steps[layer.name, "z"].result for layer in model.layers if layer.activation.has_kink]
    assume(all(np.abs(z).min() > 1e-3 for z in kinks))
    loss = model.loss.name
    if loss != "mean_squared_error":  # near 0 and 1, ln(1 - y) has lost the digits that differences need
        assume(abs(steps["loss", "dy"].operands["y"] - 0.5).max() < 0.499)
    weights = [weights.astype(np.float64) for weights in model.get_weights()]
    gradients = [steps[layer.name, name].result for layer in model.layers for name in ("dW", "db")]
    for values, gradient in [
        *zip(weights, gradients, strict=True),
        (x, steps[model.layers[0].name, "dx"].result),
    ]:
        numeric = central_differences(lambda: textbook.network_loss(weights, activations, loss, x, t), values)
        assert relative_error(gradient, numeric) < 1e-6


@quick
@cases
def test_single_neurons_weights_and_biases(samples, sizes, hidden, ending, seed):
    model, x, t, _ = draw(samples, sizes, hidden, ending, seed)
    steps = trace(model, x, t)
    for layer in model.layers:
        z = steps[layer.name, "z"]
        for i in range(layer.units):
            for sample in range(samples):
                neuron = steps.neuron(layer.name, i, sample)
                products = [w * v for w, v in zip(neuron.operands["W"], neuron.operands["x"], strict=True)]
                close(neuron.result, sum(products) + neuron.operands["b"])
                close(neuron.result, z.result[sample, i])
            bias = steps.bias(layer.name, i)
            close(bias.result, sum(bias.operands["dz"]))
            close(bias.result, steps[layer.name, "db"].result[i])
            for j in range(layer.input_shape[0]):
                weight = steps.weight(layer.name, i, j)
                uses = zip(weight.operands["dz"], weight.operands["x"], strict=True)
                close(weight.result, sum(d * v for d, v in uses))
                close(weight.result, steps[layer.name, "dW"].result[i, j])


def test_a_layer_without_bias_has_no_bias_in_its_trace():
    model = Sequential([Dense(2, input_dim=3, use_bias=False)])
    model.compile(loss="mse")
    steps = trace(model, [1.0, 2.0, 3.0], [0.0, 1.0])
    assert [step.name for step in steps] == ["z", "y", "L", "dy", "dz", "dW", "dx"]
    assert steps["dense", "z"].formula == "z = W x"
    close(steps.neuron("dense", 1).result, steps["dense", "z"].result[0, 1])
    with pytest.raises(ValueError, match="dense has no bias"):
        steps.bias("dense", 0)


def test_the_same_weights_at_every_time_step_sums_over_the_steps():
    model = Sequential([Dense(2, activation="tanh", input_shape=(3, 4))])
    model.compile(loss="mse")
    rng = np.random.default_rng(0)
    steps = trace(model, rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 2)))
    dW = steps["dense", "dW"]
    assert dW.operands["dz"].shape == (6, 2)
    assert "6 times, once for each time step of a sample" in dW.note
    close(dW.result, sum(map(np.outer, dW.operands["dz"], dW.operands["x"])))
    close(steps["loss", "L"].result, steps["loss", "losses"].result.mean())
    weight = steps.weight("dense", 1, 2)
    assert len(weight.operands["x"]) == 6
    close(weight.result, dW.result[1, 2])


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "mean_squared_error"])
def test_an_activation_as_a_layer_of_its_own(loss):
    layers = [Dense(3, input_dim=2), Activation("tanh"), Dense(2), Activation("softmax")]
    model = Sequential(layers)
    model.compile(loss=loss)
    steps = trace(model, [[0.5, -1.0], [1.0, 2.0]], [[0.0, 1.0], [1.0, 0.0]])
    close(steps["activation_1", "y"].result, textbook.ACTIVATIONS["softmax"](steps["dense_1", "y"].result))
    dz = steps["activation_1", "dz"]
    close(dz.result, np.einsum("nik,ni->nk", dz.operands["J"], dz.operands["dy"]))
    close(steps["dense_1", "dz"].operands["dy"], dz.result)
    assert [factor for _, factor in steps["dense", "dW"].chain] == [
        *["∂L/∂y", "J", "f′(z)", "Wᵀ", "f′(z)", "f′(z)", "xᵀ"]
    ]


def test_the_fused_product_is_y_minus_t_over_the_batch():
    model = Sequential([Dense(3, input_dim=2, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    steps = trace(model, [[0.5, -1.0], [1.0, 2.0]], [2, 0])
    dz = steps["dense", "dz"]
    close(dz.result, (steps["dense", "y"].result - np.eye(3)[[2, 0]]) / 2)
    assert dz.formula == "δ = ∂L/∂z = J ∂L/∂y = 1/N (y − t)"
    assert "had to be limited" not in dz.note


def test_where_a_probability_is_too_small_to_divide_by_the_trace_says_so():
    model = Sequential([Dense(2, input_dim=1, activation="softmax")])
    model.compile(loss="categorical_crossentropy")
    model.set_weights([[[60.0], [-60.0]], [0.0, 0.0]])
    steps = trace(model, [1.0], [0.0, 1.0])
    assert "y is kept 1e-07 away from 0 and 1" in steps["loss", "dy"].note
    dz = steps["dense", "dz"]
    close(dz.result, [[1.0, -1.0]])  # what the network uses is right all the same
    assert "had to be limited" in dz.note
