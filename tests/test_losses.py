"""Losses, fused and not: gradients by central differences, stable forms, and targets that do not fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from differences import central_differences, relative_error
from dlcore import losses
from dlcore.activations import sigmoid, softmax
from dlcore.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
    weighted_mean,
)
from dlcore.losses.cross_entropy import minus_log_softmax
from dlcore.utils import to_categorical

LOSSES = [MeanSquaredError, CategoricalCrossentropy, SparseCategoricalCrossentropy, BinaryCrossentropy]
FUSED = {"softmax": softmax, "sigmoid": sigmoid}

seeds = st.integers(0, 2**32 - 1)
# (batch, outputs) or (batch, time, outputs); softmax needs two outputs to have a slope
shapes = st.one_of(
    st.tuples(st.integers(1, 4), st.integers(2, 4)),
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(2, 4)),
)
quick = settings(max_examples=40, deadline=None)


def draw(loss, shape, seed):
    """Targets that fit the loss, a pre-activation z, and outputs y that fit the targets."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=shape)
    if isinstance(loss, SparseCategoricalCrossentropy):
        return rng.integers(0, shape[-1], shape[:-1]), z, softmax(z)
    if isinstance(loss, CategoricalCrossentropy):
        return softmax(rng.normal(size=shape)), z, softmax(z)
    if isinstance(loss, BinaryCrossentropy):
        return rng.uniform(size=shape), z, sigmoid(z)
    return rng.normal(size=shape), z, z.copy()


def draw_weights(weighted, shape, seed):
    return np.random.default_rng(seed).uniform(0.1, 3, shape[:-1]) if weighted else None


@quick
@given(loss=st.sampled_from(LOSSES), shape=shapes, weighted=st.booleans(), seed=seeds)
def test_gradient_with_respect_to_y(loss, shape, weighted, seed):
    loss = loss()
    targets, _, y = draw(loss, shape, seed)
    weights = draw_weights(weighted, shape, seed)
    numeric = central_differences(lambda: loss(targets, y, weights), y, step=1e-6)
    # log y and 1/y bend strongly near 0: the quotient itself is only good to about 1e-6 there.
    assert relative_error(loss.gradient(targets, y, weights), numeric) < 1e-6


@quick
@given(loss=st.sampled_from(LOSSES[1:]), shape=shapes, weighted=st.booleans(), seed=seeds)
def test_fused_gradient_with_respect_to_z(loss, shape, weighted, seed):
    loss = loss()
    activation = FUSED[loss.fuses_with]
    targets, z, y = draw(loss, shape, seed)
    weights = draw_weights(weighted, shape, seed)
    numeric = central_differences(lambda: weighted_mean(loss.losses_from_z(targets, z), weights), z)
    assert relative_error(loss.gradient_from_z(targets, y, weights), numeric) < 1e-7
    # and both forms are the same loss
    fused, plain = loss.losses_from_z(targets, z), loss.losses(targets, activation(z))
    np.testing.assert_allclose(fused, plain, rtol=1e-6, atol=1e-6)


@quick
@given(loss=st.sampled_from(LOSSES), shape=shapes, seed=seeds)
def test_backward_is_repeatable_and_changes_no_argument(loss, shape, seed):
    loss = loss()
    targets, _, y = draw(loss, shape, seed)
    weights = draw_weights(True, shape, seed)
    before = targets.copy(), y.copy(), weights.copy()
    first = loss.gradient(targets, y, weights)
    np.testing.assert_array_equal(loss.gradient(targets, y, weights), first)
    for array, kept in zip((targets, y, weights), before, strict=True):
        np.testing.assert_array_equal(array, kept)


@quick
@given(loss=st.sampled_from(LOSSES), shape=shapes, seed=seeds)
def test_mean_over_samples_and_weights_that_multiply(loss, shape, seed):
    loss = loss()
    targets, _, y = draw(loss, shape, seed)
    each = loss.losses(targets, y)
    assert each.shape == shape[:-1]
    np.testing.assert_allclose(loss(targets, y), each.mean())
    np.testing.assert_allclose(loss(targets, y, np.full(shape[:-1], 2.0)), 2 * each.mean())
    np.testing.assert_allclose(loss.gradient(targets, y, np.zeros(shape[:-1])), 0)


@quick
@given(shape=shapes, seed=seeds)
def test_sparse_and_one_hot_cross_entropy_agree(shape, seed):
    labels, z, y = draw(SparseCategoricalCrossentropy(), shape, seed)
    sparse, dense = SparseCategoricalCrossentropy(), CategoricalCrossentropy()
    one_hot = to_categorical(labels, shape[-1]).astype(np.float64)
    np.testing.assert_allclose(sparse(labels, y), dense(one_hot, y), atol=1e-12)
    np.testing.assert_allclose(sparse.losses_from_z(labels, z), dense.losses_from_z(one_hot, z), atol=1e-12)
    np.testing.assert_allclose(sparse.gradient(labels, y), dense.gradient(one_hot, y), atol=1e-12)
    np.testing.assert_allclose(
        sparse.gradient_from_z(labels, y), dense.gradient_from_z(one_hot, y), atol=1e-12
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certain_and_wrong_stays_finite(dtype):
    z = np.array([[1000.0, -1000.0]], dtype)
    with np.errstate(all="raise", under="ignore"):
        assert CategoricalCrossentropy().losses_from_z(np.array([[0, 1]], dtype), z) == [2000]
        assert SparseCategoricalCrossentropy().losses_from_z(np.array([1]), z) == [2000]
        assert BinaryCrossentropy().losses_from_z(np.array([[0, 1]], dtype), z) == [1000]
        for loss, targets in ((CategoricalCrossentropy(), [[0, 1]]), (BinaryCrossentropy(), [[0, 1]])):
            y = np.array([[1, 0]], dtype)
            assert np.isfinite(loss(targets, y))
            assert np.isfinite(loss.gradient(targets, y)).all()
    np.testing.assert_array_equal(minus_log_softmax(z), [[0, 2000]])
    assert not np.signbit(minus_log_softmax(z)).any()  # no loss is printed as -0


@pytest.mark.parametrize("z", [[1e5, 1e5 - 3], [20, 8], [-1e5, -1e5 - 1]])
def test_a_small_loss_keeps_its_digits_next_to_large_z(z):
    z = np.array([z], np.float32)
    exact = np.log1p(np.exp(float(z[0, 1]) - float(z[0, 0])))
    one_hot = np.array([[1, 0]], np.float32)
    for each in (
        CategoricalCrossentropy().losses_from_z(one_hot, z),
        SparseCategoricalCrossentropy().losses_from_z(np.array([0]), z),
    ):
        assert each.dtype == np.float32
        np.testing.assert_allclose(each, exact, rtol=0, atol=np.finfo(np.float32).eps)


@pytest.mark.parametrize("dtype", [np.uint8, bool, int])
@pytest.mark.parametrize("loss", [MeanSquaredError, CategoricalCrossentropy, BinaryCrossentropy])
def test_targets_of_any_type_give_the_same_numbers(loss, dtype):
    targets, y = np.array([[0, 1], [1, 0]]), np.array([[0.5, 0.5], [0.25, 0.75]], np.float32)
    for method in (loss().__call__, loss().gradient, loss().gradient_from_z)[: 3 if loss.fuses_with else 2]:
        np.testing.assert_array_equal(method(targets.astype(dtype), y), method(targets.astype(np.float32), y))
    assert loss().gradient(targets.astype(dtype), y).dtype == np.float32


def test_outputs_that_are_whole_numbers():
    gradient = MeanSquaredError().gradient([[1, 0], [0, 0]], [[3, 0], [0, 5]])
    np.testing.assert_array_equal(gradient, [[1, 0], [0, 2.5]])
    assert SparseCategoricalCrossentropy().gradient([0], [[1, 0]])[0, 0] == pytest.approx(-1)


@pytest.mark.parametrize("loss", LOSSES)
def test_targets_that_are_no_numbers(loss):
    with pytest.raises(ValueError, match="targets holds 1 value that is NaN"):
        loss()(np.array([np.nan]), np.array([[0.5]]))
    with pytest.raises(TypeError, match="targets expected numbers, got an array of dtype <U3"):
        loss().gradient(["cat"], [[0.5]])


def test_one_target_for_a_sequence_of_outputs_is_explained():
    with pytest.raises(ValueError, match=r"each of 5 time steps.*np.repeat\(y\[:, None\], 5, axis=1\)"):
        losses.get("categorical_crossentropy").check_targets(np.eye(3)[[0, 2]], (2, 5, 3))


@pytest.mark.parametrize(
    ("loss", "targets", "message"),
    [
        ("mse", np.zeros((4, 2)), r"outputs' shape \(4, 3\), got \(4, 2\)"),
        (
            "categorical_crossentropy",
            np.zeros(4),
            r"one-hot targets of shape \(4, 3\).*to_categorical\(y, 3\)",
        ),
        ("categorical_crossentropy", np.zeros((4, 3)), "row 0 sums to 0"),
        ("categorical_crossentropy", [[2, -1, 0]] * 4, "not negative"),
        ("sparse_categorical_crossentropy", [0, 1, 3, 0], "labels 0 to 2 for 3 outputs, got 3"),
        ("sparse_categorical_crossentropy", [0, -1, 1, 0], "labels 0 to 2 for 3 outputs, got -1"),
        ("sparse_categorical_crossentropy", [0, 0.5, 1, 0], "whole-number labels, got 0.5"),
        ("sparse_categorical_crossentropy", np.zeros((4, 3)), "For one-hot targets use"),
        ("binary_crossentropy", np.full((4, 3), 2), "between 0 and 1, got values from 2 to 2"),
        ("binary_crossentropy", np.zeros((4, 2)), r"outputs' shape \(4, 3\), got \(4, 2\)"),
    ],
)
def test_targets_that_do_not_fit(loss, targets, message):
    y = np.full((4, 3), 1 / 3)
    with pytest.raises(ValueError, match=message):
        losses.get(loss)(targets, y)
    with pytest.raises(ValueError, match=message):
        losses.get(loss).gradient(targets, y)


@pytest.mark.parametrize("weights", [np.ones(3), np.ones((4, 3)), np.ones((1, 4))])
def test_weights_that_do_not_fit(weights):
    with pytest.raises(ValueError, match=r"sample_weight of shape \(4,\), got"):
        MeanSquaredError()(np.zeros((4, 3)), np.zeros((4, 3)), weights)


def test_a_weight_for_each_sample_of_sequences():
    y = np.arange(12.0).reshape(2, 3, 2)
    loss, targets = MeanSquaredError(), np.zeros((2, 3, 2))
    for_samples, for_steps = [1.0, 3.0], np.repeat([[1.0], [3.0]], 3, axis=1)
    assert loss(targets, y, for_samples) == loss(targets, y, for_steps)
    np.testing.assert_array_equal(
        loss.gradient(targets, y, for_samples), loss.gradient(targets, y, for_steps)
    )


def test_one_output_takes_a_flat_list_of_targets():
    assert MeanSquaredError()([1.0, 2.0], [[1.0], [4.0]]) == 2.0
    assert SparseCategoricalCrossentropy()([[1]], [[0.5, 0.5]]) == pytest.approx(np.log(2))


def test_get():
    loss = MeanSquaredError()
    assert losses.get(loss) is loss
    with pytest.raises(
        ValueError, match=r"unknown loss 'categorical_crossentrpy'. Did you mean 'categorical_"
    ):
        losses.get("categorical_crossentrpy")
