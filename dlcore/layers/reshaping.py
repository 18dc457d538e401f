"""Layers that change the shape of a sample and none of its numbers."""

from __future__ import annotations

import math

from dlcore.layers.base import Layer


class Flatten(Layer):
    """Lay all numbers of a sample in one row.

    Input shape
    -----------
    (batch, *any)

    Output shape
    ------------
    (batch, product of any)

    Raises
    ------
    ValueError : an axis of the input has no fixed length.

    Examples
    --------
    >>> import numpy as np
    >>> Flatten().forward(np.zeros((2, 28, 28, 1))).shape
    (2, 784)
    """

    def __init__(self, input_shape: tuple[int, ...] | None = None, name: str | None = None):
        super().__init__(name=name, input_shape=input_shape)
        self.x = self.y = None

    def compute_output_shape(self, input_shape):
        if None in input_shape:
            raise ValueError(
                f"{self.name} needs inputs of a known shape, got {input_shape}: "
                "None stands for an axis of any length."
            )
        return (math.prod(input_shape),)

    def forward(self, x, training=False):
        self.x = self.prepare(x, training)
        self.y = self.x.reshape(len(self.x), -1)
        return self.y

    def backward(self, dy, input_gradient=True):
        return self.require_forward(dy, self.y).reshape(self.x.shape)
