"""Traces of embedding and normalization: every number anew, and by finite differences."""

import numpy as np
import pytest

from differences import central_differences, relative_error
from dlcore import Sequential, trace
from dlcore.layers import BatchNormalization, Dense, Embedding, Flatten, LayerNormalization


def close(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


def assert_by_differences(model, steps, layer, x, y):
    copy = model.copy(dtype=np.float64)
    for own in copy.layers:
        if own.name == layer:
            for name, values in own.parameters.items():
                numeric = central_differences(lambda: copy.loss_value(x, y), values)
                assert relative_error(steps[layer, f"d{name}"].result, numeric) < 1e-7


def test_an_embedding_adds_up_the_places_of_each_number():
    x, y = np.array([[2, 0, 2], [1, 2, 0]]), np.array([[1.0], [0.0]])
    model = Sequential([Embedding(4, 2, input_shape=(3,)), Flatten(), Dense(1)])
    model.compile(loss="mse")
    steps = trace(model, x, y)
    forward, backward = steps["embedding", "y"], steps["embedding", "dE"]
    for index, number in np.ndenumerate(x):
        close(forward.result[index], forward.operands["E"][number])
    expected = np.zeros((4, 2))
    for index, number in np.ndenumerate(x):
        expected[number] += backward.operands["dy"][index]
    close(backward.result, expected)
    assert_by_differences(model, steps, "embedding", x, y)


@pytest.mark.parametrize("kind", [BatchNormalization, LayerNormalization])
@pytest.mark.parametrize(("center", "scale"), [(True, True), (False, True), (True, False), (False, False)])
@pytest.mark.parametrize("shape", [(3,), (2, 3)])
def test_every_number_of_a_normalization(kind, center, scale, shape):
    rng = np.random.default_rng(0)
    layer = kind(center=center, scale=scale, input_shape=shape)
    model = Sequential([layer, Flatten(), Dense(1, activation="tanh")])
    model.compile(loss="mse")
    model.set_weights([rng.uniform(0.5, 2, size=weights.shape) for weights in model.get_weights()])
    x, y = rng.normal(size=(4, *shape)), rng.normal(size=(4, 1))
    steps = trace(model, x, y)
    x_hat, forward = steps[layer.name, "x_hat"], steps[layer.name, "y"]
    close(x_hat.operands["x"], x)
    if kind is LayerNormalization:
        mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    else:
        mean, variance = (layer.statistics[f"moving_{n}"].astype(float) for n in ("mean", "variance"))
    close(x_hat.operands["mean"], mean)
    close(x_hat.operands["deviation"], np.sqrt(variance + 1e-3))
    close(x_hat.result, (x - mean) / np.sqrt(variance + 1e-3))
    gamma, beta = (layer.parameters.get(n, default) for n, default in (("gamma", 1.0), ("beta", 0.0)))
    close(forward.result, gamma * x_hat.result + beta)

    dx_hat, dx = steps[layer.name, "dx_hat"], steps[layer.name, "dx"]
    close(dx_hat.result, dx_hat.operands["dy"] * gamma)
    if scale:
        dgamma = steps[layer.name, "dgamma"]
        products = (dgamma.operands["dy"] * x_hat.result).reshape(-1, 3)
        close(dgamma.result, products.sum(axis=0))
    assert_by_differences(model, steps, layer.name, x, y)
    copy = model.copy(dtype=np.float64)
    assert relative_error(dx.result, central_differences(lambda: copy.loss_value(x, y), x)) < 1e-7
    for step in steps:
        assert step.title in str(step)
        assert step.equation.count("{") == step.equation.count("}")
