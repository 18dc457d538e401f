"""Penalties on weights, clipping of gradients, and learning rates that change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from differences import central_differences, relative_error
from dlcore import Sequential, regularizers
from dlcore.clipping import clip_by_norm, clip_by_value
from dlcore.layers import Dense
from dlcore.optimizers import SGD, Adam
from dlcore.regularizers import L1, L1L2, L2
from dlcore.schedules import CosineDecay, ExponentialDecay, PiecewiseConstantDecay

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(8, 3)), RNG.normal(size=(8, 2))

factors = st.floats(0, 10)


# ---------------------------------------------------------------------- penalties


@settings(max_examples=30, deadline=None)
@given(l1=factors, l2=factors, seed=st.integers(0, 1000))
def test_gradient_of_the_penalty(l1, l2, seed):
    W = np.random.default_rng(seed).normal(size=(3, 4))
    W[np.abs(W) < 1e-3] = 1.0  # away from the kink at 0
    penalty = L1L2(l1, l2)
    assert penalty(W) == pytest.approx(l1 * np.abs(W).sum() + l2 * (W**2).sum())
    numeric = central_differences(lambda: penalty(W), W)
    assert relative_error(penalty.gradient(W), numeric) < 1e-6


def penalised(l1=0.0, l2=0.0):
    model = Sequential(
        [Dense(4, "tanh", input_dim=3, kernel_regularizer=L1L2(l1, l2)), Dense(2)], dtype=np.float64
    )
    model.compile(SGD(0.1), "mse")
    return model


def test_the_penalty_is_part_of_loss_and_gradient_of_weights_alone():
    plain, model = penalised(), penalised(0.1, 0.2)
    W = model.layers[0].parameters["W"].copy()
    penalty = 0.1 * np.abs(W).sum() + 0.2 * (W**2).sum()
    loss, _ = plain.loss_and_gradients(X, Y)
    for _ in range(2):  # a second time gives the same
        assert model.loss_and_gradients(X, Y)[0] == pytest.approx(loss + penalty)
        np.testing.assert_allclose(
            model.layers[0].gradients["W"],
            plain.layers[0].gradients["W"] + 0.1 * np.sign(W) + 0.4 * W,
        )
    np.testing.assert_array_equal(model.layers[0].gradients["b"], plain.layers[0].gradients["b"])
    assert model.evaluate(X, Y)[0] == pytest.approx(plain.evaluate(X, Y)[0] + penalty)
    assert model.evaluate(X, Y, batch_size=3)[0] == pytest.approx(plain.evaluate(X, Y)[0] + penalty)


def test_a_frozen_layer_is_not_penalised():
    plain, model = penalised(), penalised(0.1, 0.2)
    model.layers[0].trainable = False
    model.compile(SGD(0.1), "mse")
    assert model.evaluate(X, Y) == plain.evaluate(X, Y)


def test_l2_with_plain_descent_is_weight_decay():
    """One step with penalty λ W² is the step without it after W has shrunk by 2 η λ, to first order in η."""
    plain, model = penalised(), penalised(l2=0.05)
    W = model.layers[0].parameters["W"].copy()
    plain.train_on_batch(X, Y)
    model.train_on_batch(X, Y)
    shrunk = plain.layers[0].parameters["W"] - 2 * 0.1 * 0.05 * W
    np.testing.assert_allclose(model.layers[0].parameters["W"], shrunk)


def test_names_of_penalties():
    assert regularizers.get(None) is None
    assert regularizers.get("l2") == L2(0.01) == L1L2(l2=0.01)
    assert Dense(2, kernel_regularizer="l1").kernel_regularizer == L1(0.01)
    with pytest.raises(ValueError, match=r"unknown regularizer 'l3'. Did you mean 'l"):
        Dense(2, kernel_regularizer="l3")
    with pytest.raises(ValueError, match="l2 must not be negative, got -1"):
        L2(-1)


# ---------------------------------------------------------------------- clipping


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 1000), limit=st.floats(0.01, 100), cut=st.integers(0, 6))
def test_clipping(seed, limit, cut):
    g = np.random.default_rng(seed).normal(size=6) * 10
    before = g.copy()
    assert np.abs(clip_by_value(g, limit)).max() <= limit
    parts = [slice(0, cut), slice(cut, 6)]
    clipped = clip_by_norm(g, limit, parts)
    for part in parts:
        norm = np.linalg.norm(g[part])
        expected = g[part] * (limit / norm if norm > limit else 1)
        np.testing.assert_allclose(clipped[part], expected)
    np.testing.assert_array_equal(g, before)


@pytest.mark.parametrize("clipping", ["clipvalue", "clipnorm", "global_clipnorm"])
def test_clipped_steps_against_the_formula(clipping):
    model = Sequential([Dense(4, "tanh", input_dim=3), Dense(2)], dtype=np.float64)
    model.compile(SGD(1.0, **{clipping: 0.05}), "mse")
    before = model.get_weights()
    model.loss_and_gradients(X, Y)
    gradients = [g.copy() for layer in model.layers for g in layer.gradients.values()]
    model.train_on_batch(X, Y)
    total = np.sqrt(sum((g**2).sum() for g in gradients))
    for start, g, now in zip(before, gradients, model.get_weights(), strict=True):
        clipped = {
            "clipvalue": np.clip(g, -0.05, 0.05),
            "clipnorm": g * min(1, 0.05 / np.linalg.norm(g)),
            "global_clipnorm": g * min(1, 0.05 / total),
        }[clipping]
        np.testing.assert_allclose(start - now, clipped, atol=1e-12)
    # what is watched and shown is the gradient itself
    np.testing.assert_array_equal(model.layers[0].gradients["W"], gradients[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "one kind of clipping at most, got clipvalue and clipnorm"),
        ({"clipnorm": 0}, "expected a positive clipnorm, got 0"),
        ({"global_clipnorm": -1}, "expected a positive global_clipnorm, got -1"),
    ],
)
def test_bad_clipping(options, message):
    with pytest.raises(ValueError, match=message):
        SGD(0.1, **options)


def test_an_unknown_argument():
    with pytest.raises(TypeError, match="lr"):
        Adam(lr=0.1)


# ---------------------------------------------------------------------- schedules


def test_schedules_by_hand():
    smooth, stairs = ExponentialDecay(0.1, 10, 0.5), ExponentialDecay(0.1, 10, 0.5, staircase=True)
    assert smooth(5) == pytest.approx(0.1 * 0.5**0.5)
    assert [stairs(step) for step in (0, 9, 10, 19, 20)] == [0.1, 0.1, 0.05, 0.05, 0.025]
    wave = CosineDecay(1.0, 100, alpha=0.1)
    assert [wave(step) for step in (0, 50, 100, 1000)] == pytest.approx([1.0, 0.55, 0.1, 0.1])
    pieces = PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.1])
    assert [pieces(step) for step in (0, 10, 11, 20, 21)] == [1.0, 1.0, 0.5, 0.5, 0.1]
    with pytest.raises(ValueError, match="2 values for 2 boundaries"):
        PiecewiseConstantDecay([10, 20], [1.0, 0.5])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ExponentialDecay(0.1, 0, 0.5), "ExponentialDecay expected a positive decay_steps, got 0"),
        (lambda: CosineDecay(-0.1, 100), "CosineDecay expected a positive initial_learning_rate, got -0.1"),
        (lambda: PiecewiseConstantDecay([20, 10], [3, 2, 1]), r"boundaries that rise, got \[20, 10\]"),
    ],
)
def test_bad_schedules(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("make", [SGD, Adam])
def test_an_optimizer_asks_with_the_number_of_steps_before(make):
    asked = []

    def rate(step):
        asked.append(step)
        return 0.1 / (step + 1)

    theta, optimizer = np.ones(2), make(rate)
    for t in range(3):
        assert optimizer.current_learning_rate == 0.1 / (t + 1)
        optimizer.update(theta, np.ones(2))
    assert sorted(set(asked)) == [0, 1, 2]


def test_a_schedule_that_never_changes_is_a_number():
    results = []
    for rate in (0.1, lambda step: 0.1):
        theta, optimizer = np.ones(2), Adam(rate)
        for g in ([1.0, -2.0], [0.5, 0.5]):
            optimizer.update(theta, np.array(g))
        results.append(theta)
    np.testing.assert_array_equal(*results)
