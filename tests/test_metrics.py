"""Metrics against numbers worked out by hand."""

from functools import partial

import numpy as np
import pytest

from dlcore import metrics

Y = np.array([[0.2, 0.8], [0.6, 0.4], [0.1, 0.9]])


@pytest.mark.parametrize(
    ("name", "targets", "expected"),
    [
        ("categorical_accuracy", np.array([[0, 1], [0, 1], [0, 1]]), [1, 0, 1]),
        ("sparse_categorical_accuracy", np.array([1, 1, 0]), [1, 0, 0]),
        ("sparse_categorical_accuracy", np.array([[1], [1], [0]]), [1, 0, 0]),
        ("binary_accuracy", np.array([[0, 1], [0, 1], [1, 1]]), [1, 0, 0.5]),
        ("mean_squared_error", np.zeros((3, 2)), [0.34, 0.26, 0.41]),
        ("mse", np.zeros((3, 2)), [0.34, 0.26, 0.41]),
        ("mean_absolute_error", np.zeros((3, 2)), [0.5, 0.5, 0.5]),
        ("mae", np.zeros((3, 2)), [0.5, 0.5, 0.5]),
    ],
)
def test_values(name, targets, expected):
    _, metric = metrics.get(name, "mean_squared_error")
    np.testing.assert_allclose(metric(targets, Y), expected)


@pytest.mark.parametrize("name", ["binary_accuracy", "mean_squared_error", "mean_absolute_error"])
def test_one_output_takes_a_flat_array_of_targets(name):
    metric, y = metrics.METRICS[name], Y[:, :1]
    np.testing.assert_array_equal(metric(np.array([0, 1, 1]), y), metric(np.array([[0], [1], [1]]), y))


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("categorical_accuracy", (3,), r"\(3, 2\), got \(3,\).*metrics=\['sparse_categorical_accuracy'\]"),
        ("sparse_categorical_accuracy", (3, 2), r"labels of shape \(3,\), got \(3, 2\).*\['categorical_acc"),
        ("sparse_categorical_accuracy", (1, 3), r"labels of shape \(3,\), got \(1, 3\)"),
        ("binary_accuracy", (2, 3), r"outputs' shape \(3, 2\), got \(2, 3\)\.$"),
        ("mean_squared_error", (6,), r"outputs' shape \(3, 2\), got \(6,\)\.$"),
        ("mean_absolute_error", (2, 3), r"outputs' shape \(3, 2\), got \(2, 3\)\.$"),
    ],
)
def test_targets_that_do_not_fit(name, shape, message):
    with pytest.raises(ValueError, match=f"{name} expected .*{message}"):
        metrics.METRICS[name](np.zeros(shape, int), Y)


@pytest.mark.parametrize("name", ["accuracy", "acc"])
@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("categorical_crossentropy", metrics.categorical_accuracy),
        ("sparse_categorical_crossentropy", metrics.sparse_categorical_accuracy),
        ("binary_crossentropy", metrics.binary_accuracy),
    ],
)
def test_accuracy_is_the_one_that_fits_the_loss(name, loss, expected):
    assert metrics.get(name, loss) == (name, expected)


def test_your_own_function():
    def largest(targets, y):
        return y.max(axis=-1)

    assert metrics.get(largest, "mean_squared_error") == ("largest", largest)
    without_name = partial(largest)
    assert metrics.get(without_name, "mean_squared_error") == ("partial", without_name)


def test_bad_names():
    with pytest.raises(ValueError, match="accuracy needs a classification loss, got 'mean_squared_error'"):
        metrics.get("accuracy", "mean_squared_error")
    with pytest.raises(ValueError, match=r"unknown metric 'accurracy'. Did you mean 'accuracy'"):
        metrics.get("accurracy", "mean_squared_error")
