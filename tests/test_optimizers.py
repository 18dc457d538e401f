"""Optimizers: each formula written out once more, plainly, and compared over several steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import optimizers
from dlcore.optimizers import SGD, Adam, RMSprop
from dlcore.optimizers.base import CHUNK

STEPS = 6


def gradients(size, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=size) * 10.0 ** rng.integers(-3, 2) for _ in range(STEPS)]


def run(optimizer, theta, steps):
    theta = theta.copy()
    for g in steps:
        optimizer.update(theta, g)
    return theta


def plain_sgd(theta, steps, eta=0.1, mu=0.0, nesterov=False):
    v = np.zeros_like(theta)
    for g in steps:
        v = mu * v - eta * g
        theta = theta + (mu * v - eta * g if nesterov else v)
    return theta


def plain_rmsprop(theta, steps, eta=0.01, rho=0.9, epsilon=1e-7):
    v = np.zeros_like(theta)
    for g in steps:
        v = rho * v + (1 - rho) * g**2
        theta = theta - eta * g / np.sqrt(v + epsilon)
    return theta


def plain_adam(theta, steps, eta=0.01, b1=0.9, b2=0.999, epsilon=1e-7):
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    for t, g in enumerate(steps, start=1):
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        theta = theta - eta * np.sqrt(1 - b2**t) / (1 - b1**t) * m / (np.sqrt(v) + epsilon)
    return theta


CASES = [
    (lambda: SGD(0.1), plain_sgd, {}),
    (lambda: SGD(0.1, momentum=0.9), plain_sgd, {"mu": 0.9}),
    (lambda: SGD(0.1, momentum=0.9, nesterov=True), plain_sgd, {"mu": 0.9, "nesterov": True}),
    (lambda: RMSprop(0.01), plain_rmsprop, {}),
    (lambda: RMSprop(0.01, rho=0.5, epsilon=0.1), plain_rmsprop, {"rho": 0.5, "epsilon": 0.1}),
    (lambda: Adam(0.01), plain_adam, {}),
    (lambda: Adam(0.01, 0.5, 0.9, 0.1), plain_adam, {"b1": 0.5, "b2": 0.9, "epsilon": 0.1}),
]


# The last size needs three pieces, the last of them partly filled.
@pytest.mark.parametrize("size", [1, 7, 2 * CHUNK + 5])
@pytest.mark.parametrize(("make", "formula", "settings_"), CASES)
def test_against_the_formula(make, formula, settings_, size):
    theta, steps = np.linspace(-1, 1, size), gradients(size)
    kept = [g.copy() for g in steps]
    np.testing.assert_allclose(run(make(), theta, steps), formula(theta, steps, **settings_), rtol=1e-10)
    for g, before in zip(steps, kept, strict=True):
        np.testing.assert_array_equal(g, before)


@pytest.mark.parametrize(("make", "formula", "settings_"), CASES)
def test_float32_stays_float32_and_close(make, formula, settings_):
    theta, steps = np.linspace(-1, 1, 9, dtype=np.float32), [g.astype(np.float32) for g in gradients(9)]
    optimizer = make()
    result = run(optimizer, theta, steps)
    assert result.dtype == np.float32
    assert all(moment.dtype == np.float32 for moment in optimizer.state.values())
    np.testing.assert_allclose(result, formula(theta.astype(float), steps, **settings_), rtol=1e-4, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(
    target=st.lists(st.floats(-3, 3), min_size=1, max_size=5).map(np.array),
    make=st.sampled_from([lambda: SGD(0.1), lambda: SGD(0.05, momentum=0.8), lambda: Adam(0.05)]),
)
def test_all_roll_down_a_bowl(target, make):
    theta, optimizer = np.zeros_like(target), make()
    for _ in range(500):
        optimizer.update(theta, 2 * (theta - target))  # the gradient of |θ - target|²
    np.testing.assert_allclose(theta, target, atol=1e-2)


@pytest.mark.parametrize(
    "make", [lambda: SGD(0.1, momentum=0.5), lambda: RMSprop(0.1, 0.5), lambda: Adam(0.1, 0.5, 0.5)]
)
def test_moments_of_a_weight_at_rest_become_zero(make):
    """They would stay at the smallest number there is, where arithmetic is slow."""
    theta, optimizer = np.ones(3, np.float32), make()
    optimizer.update(theta, np.ones(3, np.float32))
    for _ in range(400):
        optimizer.update(theta, np.array([0, 0, 1], np.float32))
    for moment in optimizer.state.values():
        np.testing.assert_array_equal(moment[:2], 0)
        assert abs(moment[2]) > 0.01


def test_reset_starts_afresh():
    optimizer, steps = Adam(0.1), gradients(3)
    first = run(optimizer, np.zeros(3), steps)
    optimizer.reset()
    np.testing.assert_array_equal(run(optimizer, np.zeros(3), steps), first)


def test_another_vector_starts_afresh():
    optimizer = Adam(0.1)
    run(optimizer, np.zeros(3), gradients(3))
    np.testing.assert_array_equal(
        run(optimizer, np.zeros(5), gradients(5)), run(Adam(0.1), np.zeros(5), gradients(5))
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD(0), "expected a positive learning_rate, got 0"),
        (lambda: Adam(-0.1), "expected a positive learning_rate, got -0.1"),
        (lambda: Adam(float("nan")), "expected a positive learning_rate, got nan"),
        (lambda: Adam(epsilon=-2.0), "Adam expected a positive epsilon, got -2.0"),
        (lambda: RMSprop(epsilon=0), "RMSprop expected a positive epsilon, got 0"),
        (lambda: SGD(0.1, momentum=2), "momentum must be at least 0 and less than 1, got 2"),
        (lambda: RMSprop(rho=1.5), "rho must be at least 0 and less than 1, got 1.5"),
        (lambda: Adam(beta_1=1.0), "beta_1 must be at least 0 and less than 1, got 1.0"),
        (lambda: Adam(beta_2=-0.1), "beta_2 must be at least 0 and less than 1, got -0.1"),
        (lambda: optimizers.get("adamm"), "unknown optimizer 'adamm'. Did you mean 'adam'"),
        (lambda: optimizers.get(None), "unknown optimizer None"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_learning_rate_in_quotes():
    with pytest.raises(TypeError, match="SGD expected learning_rate to be a number"):
        SGD("0.1")


def test_a_gradient_of_another_shape_changes_nothing():
    theta = np.zeros(3)
    with pytest.raises(ValueError, match=r"in the shape of theta, \(3,\), got \(1,\)"):
        SGD(0.5).update(theta, np.array([1.0]))
    np.testing.assert_array_equal(theta, 0)


def test_names_and_repr():
    assert isinstance(optimizers.get("Adam"), Adam)
    assert repr(optimizers.get("sgd")) == "SGD()"
    assert repr(Adam(0.01, beta_2=0.99)) == "Adam(learning_rate=0.01, beta_2=0.99)"
    optimizer = SGD(0.5, momentum=0.9)
    assert optimizers.get(optimizer) is optimizer
