"""Exercises that check themselves: a reader's answer against one that code has worked out.

An exercise knows the right answer and the wrong ones that people often arrive at. What it says to a wrong
answer names the likely mistake and never gives the right number away.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Feedback:
    """What an exercise says to an answer; printing it gives the message.

    Attributes
    ----------
    passed : whether the answer is right.
    message : the sentence for the reader.
    """

    passed: bool
    message: str

    def __repr__(self) -> str:
        return textwrap.fill(f"{'✓' if self.passed else '✗ Not yet.'} {self.message}", width=72)


@dataclass(frozen=True)
class Value:
    """An exercise whose answer is a number, an array (or a shape), or a word.

    Parameters
    ----------
    name : what is asked for, as it reads in a sentence: "z of neuron 1".
    expected : the right answer, worked out by code: a number, array-like of numbers, or text.
    mistakes : common wrong answers, as ``{"sentence that names the mistake": wrong answer}``.
    tolerance : how far each number may be off, so that readers can round.

    Examples
    --------
    >>> z = Value("z", expected=2.5, mistakes={"Did you leave out the bias?": 2.0})
    >>> z.check(None)
    ✗ Not yet. Put your answer for z in place of None, then run the cell
    again.
    >>> z.check(2.0)
    ✗ Not yet. z: Did you leave out the bias?
    >>> z.check(-2.5)
    ✗ Not yet. z: the sign is wrong.
    >>> z.check(2.5)
    ✓ z is right.
    """

    name: str
    expected: Any
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    tolerance: float = 0.005

    def check(self, answer: Any) -> Feedback:
        """Say whether ``answer`` is right, and if not, which mistake it looks like."""
        if answer is None or answer is Ellipsis:
            return Feedback(
                False, f"Put your answer for {self.name} in place of {answer}, then run the cell again."
            )
        trouble = self._trouble(answer)
        return Feedback(not trouble, f"{self.name}: {trouble}" if trouble else f"{self.name} is right.")

    def _trouble(self, answer: Any) -> str:
        """What is wrong with the answer, in a sentence; empty if nothing is."""
        if isinstance(self.expected, str):
            return self._trouble_with_text(answer)
        expected = np.asarray(self.expected, dtype=float)
        try:
            given = np.asarray(answer, dtype=float)
        except (TypeError, ValueError):
            return f"expected {_kind(expected)}, got {answer!r}."
        if given.shape != expected.shape:
            return _shape_trouble(given, expected, self.tolerance)
        if not np.isfinite(given).all():
            return "there is a NaN or an infinity in it. Look for a division by zero or the logarithm of 0."
        if _close(given, expected, self.tolerance):
            return ""
        for sentence, wrong in self.mistakes.items():
            wrong = np.asarray(wrong, dtype=float)
            if wrong.shape == given.shape and _close(given, wrong, self.tolerance):
                return sentence
        return _number_trouble(given, expected, self.tolerance)

    def _trouble_with_text(self, answer: Any) -> str:
        if not isinstance(answer, str):
            return f"expected a text in quotes, got {answer!r}."
        word = answer.strip().lower()
        if word == self.expected.lower():
            return ""
        for sentence, wrong in self.mistakes.items():
            if word == str(wrong).lower():
                return sentence
        return f"{answer!r} is not it."


@dataclass(frozen=True)
class Function:
    """An exercise whose answer is a function of arrays that the reader writes.

    Parameters
    ----------
    name : what the function computes.
    reference : a right solution, or the function of dlcore that does the same.
    cases : argument lists to try it on.
    mistakes : common wrong solutions, as ``{"sentence that names the mistake": wrong function}``.
    tolerance : how far each number may be off.

    Examples
    --------
    >>> relu = Function("relu", lambda z: np.maximum(z, 0), cases=[[np.array([-1.0, 2.0])]])
    >>> relu.check(lambda z: None)
    ✗ Not yet. relu: your function returns None. Does it end with a return?
    >>> relu.check(lambda z: -z)
    ✗ Not yet. relu, case 1: entry [1] is too small.
    >>> relu.check(lambda z: z * (z > 0))
    ✓ relu is right in 1 case.
    """

    name: str
    reference: Callable
    cases: Sequence[Sequence[Any]]
    mistakes: Mapping[str, Callable] = field(default_factory=dict)
    tolerance: float = 1e-6

    def check(self, function: Callable) -> Feedback:
        """Run ``function`` on copies of all cases; it may raise what it likes."""
        if not callable(function):
            return Feedback(False, f"{self.name}: expected a function, got {function!r}.")
        for number, case in enumerate(self.cases, start=1):
            try:
                answer = function(*deepcopy(case))
            except Exception as error:  # whatever a reader's code may raise
                return Feedback(
                    False,
                    f"{self.name}, case {number}: your function stops with {type(error).__name__}: {error}",
                )
            if answer is None or answer is Ellipsis:
                return Feedback(
                    False, f"{self.name}: your function returns {answer}. Does it end with a return?"
                )
            value = Value(
                f"{self.name}, case {number}",
                self.reference(*deepcopy(case)),
                {sentence: wrong(*deepcopy(case)) for sentence, wrong in self.mistakes.items()},
                self.tolerance,
            )
            feedback = value.check(answer)
            if not feedback.passed:
                return feedback
        cases = "1 case" if len(self.cases) == 1 else f"{len(self.cases)} cases"
        return Feedback(True, f"{self.name} is right in {cases}.")


@dataclass(frozen=True)
class Requirements:
    """An exercise with many right answers: something the reader builds, which must meet some requirements.

    Parameters
    ----------
    name : what is to be built.
    requirements : in the order in which they are looked at, as ``{"it has ...": function}``; each function
        takes what the reader built and returns whether the sentence is true of it.

    Examples
    --------
    >>> even = Requirements(
    ...     "the number", {"it is even": lambda n: n % 2 == 0, "it is small": lambda n: n < 9}
    ... )
    >>> even.check(3)
    ✗ Not yet. The number: what is missing is that it is even.
    >>> even.check(4)
    ✓ The number meets all 2 requirements.
    """

    name: str
    requirements: Mapping[str, Callable[[Any], bool]]

    def check(self, answer: Any) -> Feedback:
        """Say which requirement fails first, if any."""
        name = self.name[0].upper() + self.name[1:]
        if answer is None or answer is Ellipsis:
            return Feedback(False, f"Put {self.name} in place of {answer}, then run the cell again.")
        for sentence, holds in self.requirements.items():
            try:
                fine = holds(answer)
            except Exception as error:  # whatever a reader's object may raise
                return Feedback(False, f"{name}: looking whether {sentence} stops with {error}")
            if not fine:
                return Feedback(False, f"{name}: what is missing is that {sentence}.")
        return Feedback(True, f"{name} meets all {len(self.requirements)} requirements.")


def _close(given: np.ndarray, expected: np.ndarray, tolerance: float) -> bool:
    return bool((np.abs(given - expected) <= tolerance).all())


def _kind(expected: np.ndarray) -> str:
    return "a number" if expected.ndim == 0 else f"numbers in the shape {expected.shape}"


def _shape_trouble(given: np.ndarray, expected: np.ndarray, tolerance: float) -> str:
    """What to say to an answer whose shape is not the right one."""
    turned = given.T.shape == expected.shape
    hint = " Is it transposed?" if turned else ""
    if turned and _close(given.T, expected, tolerance):
        hint = " The numbers are right, but rows and columns have changed places (transpose it)."
    return f"expected {_kind(expected)}, got the shape {given.shape}.{hint}"


def _number_trouble(given: np.ndarray, expected: np.ndarray, tolerance: float) -> str:
    """What to say to wrong numbers in the right shape: a pattern in them, or the entry that is worst."""
    if _close(-given, expected, tolerance):
        return "the sign is wrong."
    if given.ndim == 2 and given.T.shape == given.shape and _close(given.T, expected, tolerance):
        return "rows and columns have changed places (transpose it)."
    largest = np.unravel_index(np.abs(expected).argmax(), expected.shape)
    factor = given[largest] / expected[largest] if expected[largest] else 0.0
    for whole in (2, 3, 4, 5, 10):
        if np.isclose(factor, whole) and _close(given / whole, expected, tolerance):
            return f"it is {whole} times too large. Is there a mean where you took a sum?"
        if np.isclose(factor, 1 / whole) and _close(given * whole, expected, tolerance):
            return f"it is {whole} times too small. Is there a sum where you took a mean?"
    worst = np.unravel_index(np.abs(given - expected).argmax(), expected.shape)
    where = f"entry {[int(i) for i in worst]} is" if expected.ndim else "it is"
    return f"{where} too {'large' if given[worst] > expected[worst] else 'small'}."
