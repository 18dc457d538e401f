"""Optimizers: from the gradient g to the next parameters θ.

A model keeps all trainable parameters in one flat vector θ and all gradients in one vector g of the same
length (see `dlcore.parameters`). So a step is a few lines of arithmetic on whole vectors, in place, for the
whole network at once. Names and defaults are those of Keras.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from dlcore.lookup import find

# Vectors are worked through in pieces of this many numbers, which stay in the processor's cache.
CHUNK = 16384


class Optimizer:
    """What all optimizers share: the count of steps and one array of state per moment.

    Parameters
    ----------
    learning_rate : step size, a positive number.

    Attributes
    ----------
    iterations : number of steps taken.
    state : the moments, each an array like θ, by name.

    Raises
    ------
    ValueError : the learning rate is not positive.
    """

    moments: tuple[str, ...] = ()

    def __init__(self, learning_rate: float):
        if not learning_rate > 0:
            raise ValueError(f"learning_rate must be positive, got {learning_rate!r}.")
        self.learning_rate = learning_rate
        self.reset()

    def reset(self) -> None:
        """Forget all steps taken: the next update starts with fresh moments."""
        self.iterations = 0
        self.state: dict[str, np.ndarray] = {}
        self.made_for: tuple[int, np.dtype] | None = None  # length and type of θ

    def update(self, theta: np.ndarray, gradient: np.ndarray) -> None:
        """Take one step: change ``theta`` in place, against ``gradient``; both (parameters,).

        A vector of another length or type than last time starts afresh.
        """
        if self.made_for != (theta.size, theta.dtype):
            self.reset()
            self.made_for = theta.size, theta.dtype
            self.state = {name: np.zeros_like(theta) for name in self.moments}
            self.work = np.empty(CHUNK, theta.dtype)
        self.iterations += 1
        rate = self.step_size()
        for start in range(0, theta.size, CHUNK):
            piece = slice(start, start + CHUNK)
            moments = [moment[piece] for moment in self.state.values()]
            self.step(theta[piece], gradient[piece], self.work[: theta.size - start], rate, *moments)

    def step_size(self) -> float:
        """The factor η of this step."""
        return self.learning_rate

    def step(
        self, theta: np.ndarray, gradient: np.ndarray, work: np.ndarray, rate: float, *moments: np.ndarray
    ) -> None:
        """The formula, on one piece of the vectors. ``work`` is memory for what lies in between."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments: ``type(optimizer)(**config)`` makes the same optimizer."""
        names = inspect.signature(type(self)).parameters
        return {name: getattr(self, name) for name in names}

    def __repr__(self) -> str:
        """The line of code that makes this optimizer; arguments at their defaults are left out."""
        defaults = inspect.signature(type(self)).parameters
        changed = (f"{k}={v!r}" for k, v in self.get_config().items() if v != defaults[k].default)
        return f"{type(self).__name__}({', '.join(changed)})"


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if wanted.

    Without momentum ``θ ← θ - η g``. With momentum μ: ``v ← μ v - η g`` and ``θ ← θ + v``, or, in
    Nesterov's form, ``θ ← θ + μ v - η g``. Source: Sutskever et al. (2013).

    Examples
    --------
    >>> theta = np.array([1.0, 2.0])
    >>> SGD(learning_rate=0.5).update(theta, np.array([2.0, -2.0]))
    >>> theta
    array([0., 3.])
    """

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.0, nesterov: bool = False):
        super().__init__(learning_rate)
        self.momentum = share_kept("momentum", momentum)
        self.nesterov = nesterov
        self.moments = ("velocity",) if momentum else ()

    def step(self, theta, gradient, work, rate, velocity=None):
        np.multiply(gradient, rate, out=work)
        if velocity is None:
            theta -= work
            return
        velocity *= self.momentum
        velocity -= work
        if self.nesterov:
            theta -= work
            np.multiply(velocity, self.momentum, out=work)
            theta += work
        else:
            theta += velocity


class RMSprop(Optimizer):
    """``v ← ρ v + (1 - ρ) g²`` and ``θ ← θ - η g / sqrt(v + ε)``. Source: Tieleman and Hinton (2012).

    Examples
    --------
    >>> theta = np.array([1.0])
    >>> RMSprop(learning_rate=0.1, rho=0.0).update(theta, np.array([5.0]))  # the step is η sign(g)
    >>> theta.round(6)
    array([0.9])
    """

    moments = ("mean_square",)

    def __init__(self, learning_rate: float = 0.001, rho: float = 0.9, epsilon: float = 1e-7):
        super().__init__(learning_rate)
        self.rho = share_kept("rho", rho)
        self.epsilon = epsilon

    def step(self, theta, gradient, work, rate, mean_square):
        np.multiply(gradient, gradient, out=work)
        work *= 1 - self.rho
        mean_square *= self.rho
        mean_square += work
        np.add(mean_square, self.epsilon, out=work)
        np.sqrt(work, out=work)
        np.divide(gradient, work, out=work)
        work *= rate
        theta -= work


class Adam(Optimizer):
    """Two running means, of the gradient and of its square, both corrected for their start at zero.

    ``m ← β₁ m + (1 - β₁) g``, ``v ← β₂ v + (1 - β₂) g²`` and ``θ ← θ - η_t m / (sqrt(v) + ε)`` with
    ``η_t = η sqrt(1 - β₂^t) / (1 - β₁^t)``. Source: Kingma and Ba (2015), in the form (and with the ε) that
    ends their section 2, which is also that of Keras.

    Examples
    --------
    >>> theta = np.array([1.0, 1.0])
    >>> Adam(learning_rate=0.1).update(theta, np.array([0.001, -1000.0]))  # the first step is η sign(g)
    >>> theta.round(3)
    array([0.9, 1.1])
    """

    moments = ("m", "v")

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
    ):
        super().__init__(learning_rate)
        self.beta_1 = share_kept("beta_1", beta_1)
        self.beta_2 = share_kept("beta_2", beta_2)
        self.epsilon = epsilon

    def step_size(self):
        t = self.iterations
        return super().step_size() * (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)

    def step(self, theta, gradient, work, rate, m, v):
        np.multiply(gradient, 1 - self.beta_1, out=work)
        m *= self.beta_1
        m += work
        np.multiply(gradient, gradient, out=work)
        work *= 1 - self.beta_2
        v *= self.beta_2
        v += work
        np.sqrt(v, out=work)
        work += self.epsilon
        np.divide(m, work, out=work)
        work *= rate
        theta -= work


def share_kept(argument: str, value: float) -> float:
    """``value``, the share of a running mean that a step keeps; raises ValueError unless 0 <= value < 1."""
    if not 0 <= value < 1:
        raise ValueError(f"{argument} must be at least 0 and less than 1, got {value!r}.")
    return value


OPTIMIZERS = {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam}


def get(optimizer: str | Optimizer) -> Optimizer:
    """The optimizer of that name with its default settings.

    Raises
    ------
    ValueError : the name is not known.
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    name = optimizer.lower() if isinstance(optimizer, str) else optimizer
    return find("optimizer", name, OPTIMIZERS)()
