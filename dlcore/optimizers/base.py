"""What all optimizers share: the learning rate, clipping, moments, and the way through a long vector."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from dlcore.clipping import clip_by_norm, clip_by_value
from dlcore.inputs import positive_number

# Vectors are worked through in pieces of this many numbers, which stay in the processor's cache.
CHUNK = 32768

STEPS_BETWEEN_FLUSHES = 100


class Optimizer:
    """What all optimizers share: the learning rate, clipping, and one array of state per moment.

    Parameters
    ----------
    learning_rate : step size, a positive number, or a function of the number of steps taken before
        (see `dlcore.schedules`).
    clipvalue : bound on the size of each number in the gradient.
    clipnorm : bound on the length of the gradient of each parameter array.
    global_clipnorm : bound on the length of the whole gradient. At most one of the three can be given.

    Attributes
    ----------
    iterations : number of steps taken.
    state : the moments, each an array like θ, by name.

    Raises
    ------
    TypeError : an argument is not known, or not a number.
    ValueError : a number is not positive, or two kinds of clipping are asked for.

    Examples
    --------
    >>> class SignDescent(Optimizer):
    ...     def step(self, theta, gradient, work, rate):
    ...         theta -= rate * np.sign(gradient)
    >>> theta = np.array([1.0, 1.0])
    >>> SignDescent(0.5).update(theta, np.array([3.0, -0.1]))
    >>> theta
    array([0.5, 1.5])
    """

    moments: tuple[str, ...] = ()

    def __init__(
        self,
        learning_rate: float | Callable[[int], float],
        *,
        clipvalue: float | None = None,
        clipnorm: float | None = None,
        global_clipnorm: float | None = None,
    ):
        limits = {"clipvalue": clipvalue, "clipnorm": clipnorm, "global_clipnorm": global_clipnorm}
        given = {name: limit for name, limit in limits.items() if limit is not None}
        if len(given) > 1:
            raise ValueError(f"expected one kind of clipping at most, got {' and '.join(given)}.")
        numbers = given if callable(learning_rate) else {"learning_rate": learning_rate, **given}
        for name, number in numbers.items():
            positive_number(type(self).__name__, name, number)
        self.learning_rate = learning_rate
        self.clipvalue = clipvalue
        self.clipnorm = clipnorm
        self.global_clipnorm = global_clipnorm
        self.reset()

    def reset(self) -> None:
        """Forget all steps taken: the next update starts with fresh moments."""
        self.iterations = 0
        self.state: dict[str, np.ndarray] = {}
        self.made_for: tuple[int, np.dtype] | None = None  # length and type of θ

    @property
    def current_learning_rate(self) -> float:
        """The learning rate of the next step."""
        return self.learning_rate(self.iterations) if callable(self.learning_rate) else self.learning_rate

    def update(
        self, theta: np.ndarray, gradient: np.ndarray, parts: Iterable[slice] = (slice(None),)
    ) -> None:
        """Take one step: change ``theta`` in place, against ``gradient``.

        A vector of another length or type than last time starts afresh.

        Parameters
        ----------
        theta : (parameters,)
        gradient : (parameters,), is not changed.
        parts : where each parameter array lies in theta; ``clipnorm`` needs to know.

        Raises
        ------
        ValueError : the gradient has not the shape of theta.
        """
        if gradient.shape != theta.shape:
            raise ValueError(
                f"update() expected a gradient in the shape of theta, {theta.shape}, got {gradient.shape}."
            )
        if self.made_for != (theta.size, theta.dtype):
            self.reset()
            self.made_for = theta.size, theta.dtype
            self.state = {name: np.zeros_like(theta) for name in self.moments}
            self.work = np.empty(CHUNK, theta.dtype)
        gradient = self.clip(gradient, parts)
        rate = self.current_learning_rate
        self.iterations += 1
        rate = self.step_size(rate)
        if self.iterations % STEPS_BETWEEN_FLUSHES == 0:
            self.flush()
        for start in range(0, theta.size, CHUNK):
            piece = slice(start, start + CHUNK)
            moments = [moment[piece] for moment in self.state.values()]
            self.step(theta[piece], gradient[piece], self.work[: theta.size - start], rate, *moments)

    def flush(self) -> None:
        """Set to zero what is nearly zero in the moments.

        The moment of a weight that gets no gradient any more shrinks until it is too small for a number
        of full precision, and processors take many times as long for arithmetic with such numbers.
        """
        for moment in self.state.values():
            moment[np.abs(moment) < np.finfo(moment.dtype).tiny] = 0

    def clip(self, gradient: np.ndarray, parts: Iterable[slice]) -> np.ndarray:
        """The gradient within the bound that was asked for; itself if none was."""
        if self.clipvalue is not None:
            return clip_by_value(gradient, self.clipvalue)
        if self.clipnorm is not None:
            return clip_by_norm(gradient, self.clipnorm, parts)
        if self.global_clipnorm is not None:
            return clip_by_norm(gradient, self.global_clipnorm)
        return gradient

    def step_size(self, learning_rate: float) -> float:
        """The factor of this step: the learning rate, with a correction where the formula has one."""
        return learning_rate

    def step(
        self, theta: np.ndarray, gradient: np.ndarray, work: np.ndarray, rate: float, *moments: np.ndarray
    ) -> None:
        """The formula, on one piece of the vectors. ``work`` is memory for what lies in between."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments: ``type(optimizer)(**config)`` makes the same optimizer."""
        return {name: getattr(self, name) for name in self._defaults()}

    def __repr__(self) -> str:
        """The line of code that makes this optimizer; arguments at their defaults are left out."""
        defaults = self._defaults()
        changed = (f"{k}={v!r}" for k, v in self.get_config().items() if v != defaults[k])
        return f"{type(self).__name__}({', '.join(changed)})"

    def _defaults(self) -> dict[str, Any]:
        """The arguments of this optimizer, then those that all share, with their defaults."""
        own, shared = inspect.signature(type(self)).parameters, inspect.signature(Optimizer).parameters
        return {name: p.default for name, p in (shared | own).items() if name != "clipping"}


def share_kept(argument: str, value: float) -> float:
    """``value``, the share of a running mean that a step keeps; raises ValueError unless 0 <= value < 1.

    Examples
    --------
    >>> share_kept("rho", 1.5)
    Traceback (most recent call last):
        ...
    ValueError: rho must be at least 0 and less than 1, got 1.5.
    """
    if not 0 <= value < 1:
        raise ValueError(f"{argument} must be at least 0 and less than 1, got {value!r}.")
    return value
