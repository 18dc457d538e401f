"""Layers that make a network rely less on any one of its numbers while it trains."""

from __future__ import annotations

import numpy as np

from dlcore.layers.base import Layer


class Dropout(Layer):
    """While training, set a random share of the inputs to 0 and scale the others up to keep the mean.

    ``y = x m / (1 - rate)`` with a mask m of zeros and ones; outside training ``y = x``.

    Parameters
    ----------
    rate : share of inputs that are dropped, at least 0 and less than 1.
    seed : seed of the masks; by default it follows from the model's seed.

    Input shape
    -----------
    (batch, *any)

    Output shape
    ------------
    (batch, *any), that of the input

    Raises
    ------
    TypeError, ValueError : the rate is not a number of at least 0 and less than 1.

    Source
    ------
    Srivastava et al. (2014), "Dropout: a simple way to prevent neural networks from overfitting".

    Examples
    --------
    >>> layer = Dropout(0.5, seed=0)
    >>> layer.forward(np.ones((1, 6)), training=True)
    array([[2., 2., 2., 0., 0., 0.]], dtype=float32)
    >>> layer.forward(np.ones((1, 6)))
    array([[1., 1., 1., 1., 1., 1.]], dtype=float32)
    """

    def __init__(
        self,
        rate: float,
        seed: int | None = None,
        input_shape: tuple[int, ...] | None = None,
        name: str | None = None,
    ):
        super().__init__(name=name, input_shape=input_shape)
        if not isinstance(rate, (int, float)):
            raise TypeError(f"Dropout expected rate to be a number, got {rate!r}.")
        if not 0 <= rate < 1:
            raise ValueError(f"Dropout expected a rate of at least 0 and less than 1, got {rate!r}.")
        self.rate = rate
        self.seed = seed
        self.mask = self.y = None

    def build(self, input_shape, rng=0):
        super().build(input_shape, rng)
        own = np.random.default_rng(rng).spawn(1)[0] if self.seed is None else self.seed
        self.rng = np.random.default_rng(own)

    def forward(self, x, training=False):
        x = self.prepare(x, training)
        if not training:
            self.mask, self.y = None, x
            return x
        self.mask = self.array("mask", x.shape)
        kept = self.rng.random(x.shape, dtype=np.float32) >= self.rate
        np.multiply(kept, self.dtype.type(1 / (1 - self.rate)), out=self.mask)
        self.y = np.multiply(x, self.mask, out=self.array("y", x.shape))
        return self.y

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        if self.mask is None:
            return dy
        return np.multiply(dy, self.mask, out=self.array("dx", dy.shape))
