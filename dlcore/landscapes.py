"""Loss surfaces over two parameters θ = (x, y), to watch optimizers on: value and gradient side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from dlcore.datasets import moons
from dlcore.layers import Dense
from dlcore.lookup import find
from dlcore.models import Sequential
from dlcore.optimizers import Adam


@dataclass(frozen=True)
class Landscape:
    """A loss surface.

    Attributes
    ----------
    formula : in words or signs.
    value : (x, y) -> L, for arrays of equal shape too.
    gradient : θ, (2,) -> dL/dθ, (2,).
    start : a good place to start from.
    learning_rate : a good one to start with.
    names : of the two parameters.
    """

    formula: str
    value: Callable[[np.ndarray, np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    start: tuple[float, float]
    learning_rate: float
    names: tuple[str, str] = ("x", "y")


def bowl(condition: float) -> Landscape:
    """``L = (x² + κ y²) / 2``: κ, the condition number, is how much steeper y is than x.

    Examples
    --------
    >>> surface = bowl(10.0)
    >>> float(surface.value(1.0, 1.0)), surface.gradient(np.array([1.0, 1.0])).tolist()
    (5.5, [1.0, 10.0])
    """

    def value(x, y):
        return (x**2 + condition * y**2) / 2

    def gradient(theta):
        x, y = theta
        return np.array([x, condition * y])

    return Landscape(f"L = (x² + {condition:g} y²) / 2", value, gradient, (-1.8, 1.0), 0.025)


def saddle() -> Landscape:
    """``L = x² / 2 + (y² - 2)² / 8``: level at the saddle (0, 0), lowest at y = ±sqrt(2).

    Examples
    --------
    >>> surface = saddle()
    >>> float(surface.value(0.0, 0.0)), surface.gradient(np.array([1.0, 2.0])).tolist()
    (0.5, [1.0, 2.0])
    """

    def value(x, y):
        return x**2 / 2 + (y**2 - 2) ** 2 / 8

    def gradient(theta):
        x, y = theta
        return np.array([x, y * (y**2 - 2) / 2])

    return Landscape("L = x² / 2 + (y² − 2)² / 8", value, gradient, (-1.8, 0.05), 0.05)


def valley() -> Landscape:
    """``L = (1 - x)² + 10 (y - x²)²``: a curved valley, nearly level along its floor, lowest at (1, 1).

    Source: Rosenbrock (1960), with 10 in place of 100.

    Examples
    --------
    >>> surface = valley()
    >>> float(surface.value(0.0, 0.0)), surface.gradient(np.zeros(2)).tolist()
    (1.0, [-2.0, 0.0])
    """

    def value(x, y):
        return (1 - x) ** 2 + 10 * (y - x**2) ** 2

    def gradient(theta):
        x, y = theta
        return np.array([-2 * (1 - x) - 40 * x * (y - x**2), 20 * (y - x**2)])

    return Landscape("L = (1 − x)² + 10 (y − x²)²", value, gradient, (-1.4, -0.6), 0.003)


@cache
def network() -> Landscape:
    """The loss of a small trained network over two of its weights, those of its first hidden neuron.

    3 tanh neurons and a sigmoid on 80 points of the moons; all other weights stay as training left them.

    Examples
    --------
    >>> surface = network()
    >>> float(surface.value(-1.15, 1.17)) < 0.12 < float(surface.value(1.5, -1.5))
    True
    """
    x, labels = moons(80, noise=0.1)
    x, labels = 3 * x, labels[:, None].astype(float)
    model = Sequential([Dense(3, "tanh", input_dim=2), Dense(1, "sigmoid")], seed=2, dtype=np.float64)
    model.compile(loss="binary_crossentropy", optimizer=Adam(0.05))
    model.fit(x, labels, epochs=100, batch_size=80, verbose=0)
    weights = model.layers[0].parameters["W"][0]

    def loss(w1, w2):
        weights[:] = w1, w2
        return model.loss_value(x, labels)

    def gradient(theta):
        weights[:] = theta
        model.loss_and_gradients(x, labels)
        return model.layers[0].gradients["W"][0].copy()

    value = np.vectorize(loss, otypes=[float])
    formula = "L = loss of a small network on the moons"
    return Landscape(formula, value, gradient, (1.5, -1.5), 0.1, ("weight w₁", "weight w₂"))


def landscape(name: str, condition: float) -> Landscape:
    """The surface of that name; ``condition`` counts for the bowl only."""
    makers = {"bowl": lambda: bowl(condition), "saddle": saddle, "valley": valley, "network": network}
    return find("landscape", name, makers)()


NAMES = ("bowl", "saddle", "valley", "network")
