"""State of the optimizer race: one loss surface, one start, and how far five optimizers have come."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

import numpy as np

from dlcore.labs.settings import Choice, Number
from dlcore.labs.state import LabState
from dlcore.landscapes import NAMES, Landscape, landscape
from dlcore.optimizers import SGD, Adam, Optimizer, RMSprop

MOMENTUM = 0.9
RACERS = {
    "SGD": lambda rate: SGD(rate),
    "momentum": lambda rate: SGD(rate, momentum=MOMENTUM),
    "Nesterov": lambda rate: SGD(rate, momentum=MOMENTUM, nesterov=True),
    "RMSprop": lambda rate: RMSprop(rate),
    "Adam": lambda rate: Adam(rate),
}
TOO_HIGH = 1e6  # a loss above this is a divergence
RATES = (0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # among which the best is looked for
TRIAL = 60  # steps, after which the losses are compared
# On a bowl SGD is stable as long as its rate · κ is below this. The first two: Goh (2017), "Why momentum
# really works"; Nesterov's likewise: both roots of r² - (1 + μ)(1 - a) r + μ (1 - a) with a = rate · κ are
# smaller than 1.
STABLE = {
    "SGD": 2.0,
    "momentum": 2 * (1 + MOMENTUM),
    "Nesterov": 2 * (1 + MOMENTUM) / (1 + 2 * MOMENTUM),
}


class Racer:
    """One optimizer on its way over a landscape.

    Attributes
    ----------
    path, losses : lists of the places (2,) and the losses up to now, start included.
    diverged : at which step its loss became too high, or None.

    Examples
    --------
    >>> racer = Racer(SGD(0.5), landscape("bowl", 1.0), (1.0, 0.0))
    >>> racer.go_to(2)
    >>> [place.tolist() for place in racer.path]
    [[1.0, 0.0], [0.5, 0.0], [0.25, 0.0]]
    """

    def __init__(self, optimizer: Optimizer, surface: Landscape, start: tuple[float, float]):
        self.optimizer, self.surface = optimizer, surface
        self.theta = np.array(start, float)
        self.path, self.losses = [self.theta.copy()], [float(surface.value(*self.theta))]
        self.diverged: int | None = None

    def go_to(self, step: int) -> None:
        """Go on up to this step, or to where it diverges."""
        while len(self.path) <= step and self.diverged is None:
            self.optimizer.update(self.theta, self.surface.gradient(self.theta))
            self.path.append(self.theta.copy())
            self.losses.append(float(self.surface.value(*self.theta)))
            if not self.losses[-1] <= TOO_HIGH:  # NaN is not, either
                self.diverged = len(self.path) - 1


class OptimizerRaceState(LabState):
    """Five optimizers from one start on one loss surface.

    Attributes
    ----------
    surface, condition, rates, learning_rate, start_x, start_y, steps : the settings.
    landscape : the `Landscape`.
    rate_of : {name: learning rate} of the racers.
    racers : {name: `Racer`}; they may have gone farther than ``steps``.

    Examples
    --------
    >>> state = OptimizerRaceState(condition=20, learning_rate=0.08, steps=0)
    >>> state.forwards()
    True
    >>> state.paths["SGD"].round(3).tolist()  # from (-1.8, 1) by -0.08 · (-1.8, 20)
    [[-1.8, 1.0], [-1.656, -0.6]]
    """

    lab = "optimizerrace"
    settings: ClassVar = {
        "surface": Choice("Loss surface", "bowl", NAMES),
        "condition": Number("Condition number κ of the bowl", 50, 1, 100, whole=True),
        "rates": Choice("Learning rates", "same-for-all", ("same-for-all", "best-for-each")),
        "learning_rate": Number("Learning rate", 0.025, 0.001, 1, step=0.05, logarithmic=True),
        "start_x": Number("Start x", -1.8, -2, 2, step=0.05),
        "start_y": Number("Start y", 1.0, -2, 2, step=0.05),
        "steps": Number("Steps taken", 60, 0, 300, whole=True),
    }

    def change(self, **values: Any) -> None:
        """Change some settings; another surface brings its own start and learning rate."""
        if values.get("surface", self.surface) != self.surface and values["surface"] in NAMES:
            own = landscape(values["surface"], self.condition)
            suited = {"start_x": own.start[0], "start_y": own.start[1], "learning_rate": own.learning_rate}
            values = suited | values
        super().change(**values)

    def rebuild(self) -> None:
        course = (self.surface, self.condition, (self.start_x, self.start_y))
        self.landscape = landscape(self.surface, self.condition)
        if self.rates == "best-for-each":
            self.rate_of = {name: best_rate(name, *course) for name in RACERS}
        else:
            self.rate_of = dict.fromkeys(RACERS, self.learning_rate)
        if getattr(self, "_made_for", None) != (course, self.rate_of):  # else only the steps have changed
            self._made_for = course, self.rate_of
            self.racers = {
                name: Racer(make(self.rate_of[name]), self.landscape, course[-1])
                for name, make in RACERS.items()
            }
        for racer in self.racers.values():
            racer.go_to(self.steps)

    # ------------------------------------------------------------------ steps

    def forwards(self, steps: int = 1) -> bool:
        """Let all take so many steps; False when there is none left."""
        return self._go(min(self.steps + steps, self.settings["steps"].highest))

    def backwards(self, steps: int = 1) -> bool:
        """Take so many steps back; False at the start."""
        return self._go(max(self.steps - steps, 0))

    def _go(self, steps: int) -> bool:
        moved = steps != self.steps
        self.steps = steps
        for racer in self.racers.values():
            racer.go_to(steps)
        return moved

    # ------------------------------------------------------------------ what there is to see

    @property
    def paths(self) -> dict[str, np.ndarray]:
        """(steps + 1, 2) of each racer; shorter where it has diverged."""
        return {name: np.array(racer.path[: self.steps + 1]) for name, racer in self.racers.items()}

    @property
    def losses(self) -> dict[str, np.ndarray]:
        """(steps + 1,) of each racer; shorter where it has diverged."""
        return {name: np.array(racer.losses[: self.steps + 1]) for name, racer in self.racers.items()}

    @property
    def diverged(self) -> dict[str, int | None]:
        """At which step up to now each racer has diverged, or None."""
        return {
            name: racer.diverged if racer.diverged is not None and racer.diverged <= self.steps else None
            for name, racer in self.racers.items()
        }

    def ranking(self) -> list[str]:
        """The racers, lowest loss first, those that have diverged last."""
        losses, diverged = self.losses, self.diverged
        return sorted(RACERS, key=lambda name: (diverged[name] is not None, losses[name][-1]))

    def verdict(self) -> str:
        """Who leads, and who has diverged and why, in words."""
        first, *_ = self.ranking()
        sentences = []
        if not self.steps:
            sentences.append("All stand at the start.")
        elif self.diverged[first] is None:
            loss = self.losses[first][-1]
            sentences.append(f"After {self.steps} steps {first} leads with a loss of {loss:.2g}.")
        for name, step in self.diverged.items():
            if step is not None:
                sentences.append(f"{name} has diverged: at step {step} its loss was above a million.")
                if self.surface == "bowl" and name in STABLE:
                    bound = STABLE[name] / self.condition
                    sentences.append(f"On this bowl it needs a learning rate below {bound:.3g}.")
        return " ".join(sentences)

    def __str__(self) -> str:
        lines = [f"{self.landscape.formula}, step {self.steps}"]
        for name in self.ranking():
            x, y = self.paths[name][-1]
            note = "   diverged" if self.diverged[name] is not None else ""
            lines.append(
                f"{name:9}  rate {self.rate_of[name]:<7.3g}  loss {self.losses[name][-1]:9.2e}"
                f"  at ({x:.3g}, {y:.3g}){note}"
            )
        return "\n".join([*lines, self.verdict()]).replace("-", "−")

    def code(self) -> str:
        racers = "\n".join(f"    {name!r}: {make(self.rate_of[name])!r}," for name, make in RACERS.items())
        return f"""\
import numpy as np
from dlcore.landscapes import landscape
from dlcore.optimizers import SGD, Adam, RMSprop

surface = landscape({self.surface!r}, condition={self.condition:g})
racers = {{
{racers}
}}
for name, optimizer in racers.items():
    theta = np.array([{self.start_x:g}, {self.start_y:g}])
    for _ in range({self.steps}):
        optimizer.update(theta, surface.gradient(theta))
        if not surface.value(*theta) <= {TOO_HIGH:g}:
            break
    print(name, theta, surface.value(*theta))"""


@cache
def best_rate(name: str, surface: str, condition: float, start: tuple[float, float]) -> float:
    """Of the rates in ``RATES`` the one with the lowest loss after 60 steps."""

    def loss(rate):
        racer = Racer(RACERS[name](rate), landscape(surface, condition), start)
        racer.go_to(TRIAL)
        return racer.losses[-1] if racer.diverged is None else np.inf

    return min(RATES, key=loss)
