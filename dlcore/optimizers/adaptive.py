"""Optimizers that give each parameter a step of its own size, by what its gradients have been so far."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlcore.inputs import positive_number
from dlcore.optimizers.base import Optimizer, share_kept


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

    def __init__(
        self,
        learning_rate: float | Callable[[int], float] = 0.001,
        rho: float = 0.9,
        epsilon: float = 1e-7,
        **clipping: float | None,
    ):
        super().__init__(learning_rate, **clipping)
        self.rho = share_kept("rho", rho)
        self.epsilon = positive_number(type(self).__name__, "epsilon", epsilon)

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
        learning_rate: float | Callable[[int], float] = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **clipping: float | None,
    ):
        super().__init__(learning_rate, **clipping)
        self.beta_1 = share_kept("beta_1", beta_1)
        self.beta_2 = share_kept("beta_2", beta_2)
        self.epsilon = positive_number(type(self).__name__, "epsilon", epsilon)

    def step_size(self, learning_rate):
        t = self.iterations
        return learning_rate * (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)

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
