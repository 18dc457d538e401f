"""The residual connection: against central differences, against PyTorch, and as a layer like any other."""

import numpy as np
import pytest

from differences import central_differences, relative_error
from dlcore import Sequential, gradient_check, trace
from dlcore.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Masking,
    Residual,
    SimpleRNN,
)


def stack(depth=3, activation="tanh", dtype=np.float32):
    model = Sequential(
        [
            Dense(4, input_dim=3),
            *(Residual(Dense(4, activation)) for _ in range(depth)),
            Dense(2, "softmax"),
        ],
        seed=1,
        dtype=dtype,
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    return model


def data(samples=5):
    rng = np.random.default_rng(0)
    return rng.normal(size=(samples, 3)), rng.integers(2, size=samples)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_gradients(activation):
    check = gradient_check(stack(activation=activation), *data())
    assert check.passed, check


def test_around_other_layers():
    rng = np.random.default_rng(0)
    model = Sequential([Residual(Conv2D(2, 3, padding="same", input_shape=(4, 4, 2))), Flatten(), Dense(1)])
    model.compile(loss="mse")
    assert gradient_check(model, rng.normal(size=(2, 4, 4, 2)), rng.normal(size=(2, 1))).passed
    model = Sequential([Residual(BatchNormalization(), input_shape=(3,)), Dense(1)])
    model.compile(loss="mse")
    x, y = rng.normal(size=(8, 3)) + 5, rng.normal(size=(8, 1))
    model.fit(x, y, epochs=2, verbose=0)
    assert model.layers[0].statistics["moving_mean"].any()  # the statistics of the layer are kept


def test_against_torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is only compared with")
    model, (x, y) = stack(dtype=np.float64), data()
    weights = [torch.tensor(w, requires_grad=True) for w in model.get_weights()]
    z = torch.nn.functional.linear(torch.tensor(x), *weights[:2])
    for W, b in zip(weights[2:-2:2], weights[3:-2:2], strict=True):
        z = z + torch.tanh(torch.nn.functional.linear(z, W, b))
    z = torch.nn.functional.linear(z, *weights[-2:])
    loss = torch.nn.functional.cross_entropy(z, torch.tensor(y))
    loss.backward()
    ours, _ = model.loss_and_gradients(x, y)
    assert ours == pytest.approx(loss.item(), rel=1e-12)
    gradients = [gradient for layer in model.layers for gradient in layer.gradients.values()]
    for own, theirs in zip(gradients, weights, strict=True):
        np.testing.assert_allclose(own, theirs.grad, rtol=1e-9, atol=1e-14)


def test_it_learns_and_is_saved(tmp_path):
    model, (x, y) = stack(), data(40)
    before = model.evaluate(x, y)[0]
    model.fit(x, y, epochs=30, verbose=0)
    assert model.evaluate(x, y)[0] < before
    model.save(tmp_path / "model.npz")
    again = Sequential.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    assert repr(again.layers[1]) == repr(model.layers[1]) == "Residual(Dense(4, activation='tanh'))"
    twin = Residual(**model.layers[1].get_config())
    assert repr(twin) == repr(model.layers[1])
    np.testing.assert_allclose(model.copy(np.float64).predict(x), model.predict(x), rtol=1e-5)


def test_backward_twice_changes_nothing():
    layer = Residual(Dense(3, "sigmoid"))
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    layer.forward(x)
    before, first = dy.copy(), layer.backward(dy).copy()
    W = layer.gradients["W"].copy()
    np.testing.assert_array_equal(layer.backward(dy), first)
    np.testing.assert_array_equal(layer.gradients["W"], W)
    np.testing.assert_array_equal(dy, before)
    assert layer.backward(dy, input_gradient=False) is None


def test_a_trained_layer_keeps_its_weights():
    model = Sequential([Dense(3, "tanh", input_dim=3)], seed=5)
    layer, W = model.layers[0], model.get_weights()[0]
    around = Sequential([Residual(layer)], dtype=np.float64)
    x = np.ones((2, 3))
    np.testing.assert_allclose(around.predict(x), x + model.predict(x), rtol=1e-6)
    np.testing.assert_array_equal(layer.parameters["W"], W)
    with pytest.raises(ValueError, match=r"expected inputs of 3 features, got .*\('batch', 5\)"):
        Sequential([Residual(Sequential([Dense(5, input_dim=3)]).layers[0], input_shape=(5,))])


def test_the_mask_reaches_the_layer():
    model = Sequential([Masking(), Residual(SimpleRNN(3, return_sequences=True)), SimpleRNN(2)], seed=4)
    model.build((None, 3))
    x = np.random.default_rng(4).normal(size=(2, 5, 3))
    x[:, 3:] = 0
    padded = model.predict(x)
    held = model.layers[1].layer.h
    np.testing.assert_array_equal(held[-1], held[3])
    np.testing.assert_allclose(Sequential(model.layers[1:]).predict(x[:, :3]), padded, rtol=1e-6)


def test_frozen_it_freezes_the_layer():
    layer = Residual(BatchNormalization(), input_shape=(3,))
    layer.trainable = False
    model = Sequential([layer, Dense(1)])
    model.compile(loss="mse")
    model.fit(np.full((8, 3), 5.0), np.ones(8), verbose=0)
    assert not layer.statistics["moving_mean"].any()
    frozen = Dense(3)
    frozen.trainable = False
    assert not Residual(frozen).trainable


def test_gradients_through_dropout():
    model = Sequential([Dense(4, "tanh", input_dim=3), Residual(Dropout(0.5)), Dense(1)])
    model.compile(loss="mse")
    x, y = data()
    check = gradient_check(model, x, y[:, None], training=True)
    assert check.passed, check


def test_bad_input():
    with pytest.raises(TypeError, match="expected a layer such as"):
        Residual("dense")
    with pytest.raises(ValueError, match=r"makes \(5,\) of \(3,\)"):
        Sequential([Dense(3, input_dim=3), Residual(Dense(5))])


def test_trace():
    model, (x, y) = stack(depth=1), data(2)
    steps = trace(model, x, y)
    copy = model.copy(np.float64)
    name = model.layers[1].name
    added = steps[name, "y"]
    np.testing.assert_allclose(added.result, added.operands["x"] + added.operands["layer"], rtol=1e-12)
    numeric = central_differences(lambda: copy.loss_value(x, y), copy.layers[1].parameters["W"])
    assert relative_error(steps[f"{name}/dense", "dW"].result, numeric) < 1e-7
    dx = steps[name, "dx"]
    np.testing.assert_allclose(dx.result, dx.operands["dy"] + dx.operands["layer"], rtol=1e-12)
    np.testing.assert_allclose(dx.result, copy_dx(copy, x, y), rtol=1e-9)
    assert all(step.title in str(step) for step in steps)


def copy_dx(model, x, y):
    """dL/dy of the first layer, by another way: through the gradient of its bias, sample by sample."""
    rows = []
    for i in range(len(x)):
        model.loss_and_gradients(x[i : i + 1], y[i : i + 1])
        rows.append(model.layers[0].gradients["b"] / len(x))
    return rows
