"""Gradient descent, plain and with momentum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlcore.optimizers.base import Optimizer, share_kept


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

    def __init__(
        self,
        learning_rate: float | Callable[[int], float] = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **clipping: float | None,
    ):
        super().__init__(learning_rate, **clipping)
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
