"""Learning rates that change while a model trains: functions of the number of steps taken.

Give one to an optimizer, ``Adam(learning_rate=CosineDecay(0.001, 1000))``. Any function of the same form
``(step) -> learning rate`` will do too. Names and arguments are those of Keras.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, pi

from dlcore.inputs import positive_number


@dataclass(frozen=True)
class ExponentialDecay:
    """``η = η₀ r^(step / n)``: after every ``n`` steps the rate is multiplied by r.

    Parameters
    ----------
    initial_learning_rate : η₀
    decay_steps : n
    decay_rate : r
    staircase : whether the rate changes only once every n steps.

    Raises
    ------
    TypeError, ValueError : η₀, n or r is not a positive number.

    Examples
    --------
    >>> rate = ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)
    >>> rate(0), rate(10), rate(20)
    (0.1, 0.05, 0.025)
    """

    initial_learning_rate: float
    decay_steps: int
    decay_rate: float
    staircase: bool = False

    def __post_init__(self):
        for name in ("initial_learning_rate", "decay_steps", "decay_rate"):
            positive_number("ExponentialDecay", name, getattr(self, name))

    def __call__(self, step: int) -> float:
        periods = step / self.decay_steps
        return self.initial_learning_rate * self.decay_rate ** (floor(periods) if self.staircase else periods)


@dataclass(frozen=True)
class CosineDecay:
    """Half a wave of the cosine, from η₀ down to ``α η₀`` after n steps; then it stays there.

    Source: Loshchilov and Hutter (2017), without their restarts.

    Parameters
    ----------
    initial_learning_rate : η₀
    decay_steps : n
    alpha : α, the share of η₀ that is left at the end.

    Raises
    ------
    TypeError, ValueError : η₀ or n is not a positive number.

    Examples
    --------
    >>> rate = CosineDecay(0.1, decay_steps=100)
    >>> rate(0), round(rate(50), 4), rate(100), rate(500)
    (0.1, 0.05, 0.0, 0.0)
    """

    initial_learning_rate: float
    decay_steps: int
    alpha: float = 0.0

    def __post_init__(self):
        for name in ("initial_learning_rate", "decay_steps"):
            positive_number("CosineDecay", name, getattr(self, name))

    def __call__(self, step: int) -> float:
        wave = (1 + cos(pi * min(step / self.decay_steps, 1))) / 2
        return self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha)


@dataclass(frozen=True)
class PiecewiseConstantDecay:
    """One rate up to and including the first boundary, the next rate up to the second, and so on.

    Parameters
    ----------
    boundaries : steps after which the rate changes, rising.
    values : the rates, one more than boundaries.

    Raises
    ------
    ValueError : the numbers of boundaries and values do not fit, or the boundaries do not rise.

    Examples
    --------
    >>> rate = PiecewiseConstantDecay([100], [0.1, 0.01])
    >>> rate(0), rate(100), rate(101)
    (0.1, 0.1, 0.01)
    """

    boundaries: Sequence[int]
    values: Sequence[float]

    def __post_init__(self):
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                f"expected one value more than boundaries, got {len(self.values)} values "
                f"for {len(self.boundaries)} boundaries."
            )
        if list(self.boundaries) != sorted(set(self.boundaries)):
            raise ValueError(f"expected boundaries that rise, got {list(self.boundaries)}.")

    def __call__(self, step: int) -> float:
        return self.values[sum(step > boundary for boundary in self.boundaries)]


SCHEDULES = {
    schedule.__name__: schedule for schedule in (ExponentialDecay, CosineDecay, PiecewiseConstantDecay)
}
