"""One-hot targets, and names that are looked up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.lookup import find
from dlcore.utils import to_categorical


@given(labels=st.lists(st.integers(0, 9), min_size=1, max_size=20), more=st.integers(0, 3))
def test_one_hot_and_back(labels, more):
    one_hot = to_categorical(labels, max(labels) + 1 + more)
    assert one_hot.shape == (len(labels), max(labels) + 1 + more)
    assert one_hot.dtype == np.float32
    np.testing.assert_array_equal(one_hot.sum(axis=1), 1)
    np.testing.assert_array_equal(one_hot.argmax(axis=1), labels)


def test_any_shape_and_the_number_of_classes_by_itself():
    assert to_categorical([[0, 2], [1, 1]]).shape == (2, 2, 3)
    np.testing.assert_array_equal(to_categorical([1.0], 2), [[0, 1]])


@pytest.mark.parametrize(
    ("labels", "classes", "error", "message"),
    [
        ([0.5, 1], None, ValueError, "whole-number labels, got 0.5"),
        ([0, -1], None, ValueError, "labels 0 to 0, got labels from -1 to 0"),
        ([0, 3], 3, ValueError, "labels 0 to 2, got labels from 0 to 3"),
        (["one"], None, TypeError, "y expected numbers"),
        ([np.nan], None, ValueError, "NaN or infinite"),
        ([], None, ValueError, "at least one sample"),
    ],
)
def test_labels_that_are_none(labels, classes, error, message):
    with pytest.raises(error, match=message):
        to_categorical(labels, classes)


@pytest.mark.parametrize("name", ["xyzzy", None, 3, (), ""])
def test_names_that_are_far_from_all_get_the_list_and_no_guess(name):
    with pytest.raises(ValueError, match=r"unknown activation .*\. Known: relu, tanh\.$"):
        find("activation", name, {"relu": 1, "tanh": 2})


def test_capitals_are_a_near_miss():
    with pytest.raises(ValueError, match=r"Did you mean 'relu'\?"):
        find("activation", "ReLU", {"relu": 1, "tanh": 2})
