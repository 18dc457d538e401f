"""Metrics against numbers worked out by hand."""

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


def test_bad_names():
    with pytest.raises(ValueError, match="accuracy needs a classification loss, got 'mean_squared_error'"):
        metrics.get("accuracy", "mean_squared_error")
    with pytest.raises(ValueError, match=r"unknown metric 'accurracy'. Did you mean 'accuracy'"):
        metrics.get("accurracy", "mean_squared_error")
