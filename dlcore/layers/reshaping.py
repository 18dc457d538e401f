"""Layers that change the shape of a sample and none of its numbers."""

from __future__ import annotations

import math

from dlcore.inputs import positive_integer
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
        require_known_lengths(self.name, input_shape)
        return (math.prod(input_shape),)

    def forward(self, x, training=False):
        self.x = self.prepare(x, training)
        self.y = self.x.reshape(len(self.x), -1)
        return self.y

    def backward(self, dy, input_gradient=True):
        return self.require_forward(dy, self.y).reshape(self.x.shape)


class Reshape(Layer):
    """Give each sample another shape; its numbers keep their order.

    Parameters
    ----------
    target_shape : the new shape of a sample; one length may be -1 and is worked out from the others.

    Input shape
    -----------
    (batch, *any)

    Output shape
    ------------
    (batch, *target_shape)

    Raises
    ------
    TypeError : a length is not a whole number.
    ValueError : the numbers of a sample do not fit the new shape, or an axis has no fixed length.

    Examples
    --------
    >>> import numpy as np
    >>> Reshape((28, 28, 1)).forward(np.zeros((2, 784))).shape
    (2, 28, 28, 1)
    """

    def __init__(
        self,
        target_shape: tuple[int, ...],
        input_shape: tuple[int, ...] | None = None,
        name: str | None = None,
    ):
        super().__init__(name=name, input_shape=input_shape)
        if not isinstance(target_shape, (tuple, list)):
            raise TypeError(f"Reshape expected target_shape as a tuple, got {target_shape!r}.")
        if list(target_shape).count(-1) > 1:
            raise ValueError(f"Reshape can work out one length, got several -1: {tuple(target_shape)}.")
        self.target_shape = tuple(
            -1 if length == -1 else positive_integer("Reshape", "each length", length)
            for length in target_shape
        )
        self.x = self.y = None

    def compute_output_shape(self, input_shape):
        require_known_lengths(self.name, input_shape)
        numbers = math.prod(input_shape)
        known = math.prod(length for length in self.target_shape if length != -1)
        rest, left_over = divmod(numbers, known)
        if left_over or (rest != 1 and -1 not in self.target_shape):
            raise ValueError(
                f"{self.name} cannot lay out the {numbers} numbers of a sample of shape "
                f"{tuple(input_shape)} as {self.target_shape}."
            )
        return tuple(rest if length == -1 else length for length in self.target_shape)

    def forward(self, x, training=False):
        self.x = self.prepare(x, training)
        self.y = self.x.reshape(len(self.x), *self.output_shape)
        return self.y

    def backward(self, dy, input_gradient=True):
        return self.require_forward(dy, self.y).reshape(self.x.shape)


def require_known_lengths(owner: str, shape: tuple[int | None, ...]) -> None:
    """Raise ValueError if an axis has no fixed length."""
    if None in shape:
        raise ValueError(
            f"{owner} needs inputs of a known shape, got {shape}: None stands for an axis of any length."
        )
