"""Exercises: right answers pass, each mistake is named, nothing that a reader types raises."""

import numpy as np
import pytest

from dlcore.exercises import Function, Requirements, Value

W = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.mark.parametrize("answer", [2.5, 2.504, np.float32(2.5), "2.5", np.array(2.5)])
def test_a_right_number_passes_within_the_tolerance(answer):
    assert Value("z", 2.5).check(answer).passed


@pytest.mark.parametrize("answer", [None, ...])
def test_the_place_for_an_answer_is_not_an_error(answer):
    feedback = Value("z", 2.5).check(answer)
    assert not feedback.passed
    assert repr(feedback).startswith("✗ Not yet. Put your answer for z in place of")
    assert max(map(len, repr(feedback).splitlines())) <= 72


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (2.0, "the bias"),
        (-2.5, "the sign"),
        (5.0, "2 times too large"),
        (1.25, "2 times too small"),
        (2.7, "too large"),
        (2.3, "too small"),
        ([2.5, 2.5], "expected a number, got the shape (2,)"),
        ("two", "expected a number, got 'two'"),
        (float("nan"), "NaN"),
        ([[1], [2, 3]], "expected a number"),
        ({}, "expected a number"),
    ],
)
def test_a_wrong_number_gets_the_likely_reason(answer, message):
    feedback = Value("z", 2.5, {"Did you leave out the bias?": 2.0}).check(answer)
    assert not feedback.passed
    assert message in feedback.message
    assert "2.5" not in feedback.message


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (W.T, "The numbers are right, but rows and columns"),
        (np.ones((3, 2)), "Is it transposed?"),
        (np.ones(6), "expected numbers in the shape (2, 3), got the shape (6,)"),
        (W * 4, "4 times too large"),
        (W / 3, "3 times too small"),
        (W + np.eye(2, 3, k=2), "entry [0, 2] is too large"),
    ],
)
def test_a_wrong_array_gets_the_likely_reason(answer, message):
    feedback = Value("dW", W).check(answer)
    assert not feedback.passed
    assert message in feedback.message


def test_a_square_matrix_that_is_transposed_is_recognised():
    square = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert "transpose it" in Value("dW", square).check(square.T).message


def test_a_shape_is_a_value_like_any_other():
    shape = Value("the shape", (2, 3), {"Outputs come first.": (3, 2)})
    assert shape.check((2, 3)).passed
    assert "Outputs come first." in shape.check((3, 2)).message


def test_a_word_is_compared_without_case_and_blanks():
    word = Value("the network", "dense", {"No patch slides here.": "convolutional"})
    assert word.check(" Dense ").passed
    assert "No patch" in word.check("convolutional").message
    assert "'deep' is not it" in word.check("deep").message
    assert "in quotes" in word.check(3).message


def sum_of_squares(x, y):
    return np.square(x - y).sum()


MEAN = Function(
    "the mean squared error",
    lambda x, y: np.square(x - y).mean(),
    cases=[[W, W + 1], [W, 2 * W]],
    mistakes={"You took the sum.": sum_of_squares},
)


def test_a_right_function_passes_all_cases():
    assert MEAN.check(lambda x, y: ((x - y) ** 2).mean()).message == (
        "the mean squared error is right in 2 cases."
    )


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (sum_of_squares, "case 1: You took the sum."),
        (lambda x, y: (x - y).mean() ** 2, "case 2"),
        (lambda x, y: None, "returns None. Does it end with a return?"),
        (lambda x: 0, "stops with TypeError"),
        (lambda x, y: 1 / 0, "stops with ZeroDivisionError"),
        (3, "expected a function, got 3"),
    ],
)
def test_a_wrong_function_gets_the_likely_reason(function, message):
    feedback = MEAN.check(function)
    assert not feedback.passed
    assert message in feedback.message


def test_a_function_that_spoils_its_arguments_does_not_spoil_the_next_case():
    def spoil(x, y):
        x -= y
        return np.square(x).mean()

    before = W.copy()
    assert MEAN.check(spoil).passed
    assert np.array_equal(before, W)


def test_requirements_name_the_first_that_fails():
    task = Requirements("your list", {"it is short": lambda x: len(x) < 3, "it has a 7": lambda x: 7 in x})
    assert task.check([7]).passed
    assert "that it has a 7" in task.check([1]).message
    assert "that it is short" in task.check([7, 7, 7]).message
    assert "looking whether it is short stops" in task.check(7).message
    assert "in place of None" in task.check(None).message
