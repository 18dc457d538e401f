"""Sequences of different lengths in one array: which steps are real, and which only fill it up."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.layers.base import Layer


class Masking(Layer):
    """Mark the steps whose features are all equal to ``mask_value`` as padding.

    ``y = x``, with zeros at the padded steps. The layers above get the mask with it: recurrent layers keep
    their state at padded steps, and the loss and the metrics leave these steps out.

    Parameters
    ----------
    mask_value : the number that fills up short sequences.

    Input shape
    -----------
    (batch, time, features)

    Output shape
    ------------
    the input's

    Raises
    ------
    ValueError : the inputs are not sequences.

    Examples
    --------
    >>> layer = Masking()
    >>> x = np.array([[[1.0, 2.0], [0.0, 3.0], [0.0, 0.0]]])
    >>> y = layer.forward(x)
    >>> layer.compute_mask(x, None)
    array([[ True,  True, False]])
    """

    def __init__(
        self,
        mask_value: float = 0.0,
        input_shape: tuple[int | None, ...] | None = None,
        name: str | None = None,
    ):
        super().__init__(name=name, input_shape=input_shape)
        self.mask_value = mask_value
        self.mask = self.y = None

    def compute_output_shape(self, input_shape):
        if len(input_shape) != 2:
            raise ValueError(f"{self.name} expected samples of shape (time, features), got {input_shape}.")
        return input_shape

    def forward(self, x, training=False):
        x = self.prepare(x, training)
        self.mask = (x != self.dtype.type(self.mask_value)).any(axis=-1)
        self.y = np.multiply(x, self.mask[..., None], out=self.array("y", x.shape))
        return self.y

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        return np.multiply(dy, self.mask[..., None], out=self.array("dx", dy.shape))

    def compute_mask(self, x, mask):
        return self.mask

    def linear_piece(self):
        # A number that is changed in the padding makes it a real step: the loss jumps there.
        return self.mask


def as_mask(mask: Any, shape: tuple[int, int]) -> np.ndarray:
    """The mask as booleans; raises ValueError unless it is (batch, time).

    Examples
    --------
    >>> as_mask([[1, 1, 0]], (1, 3))
    array([[ True,  True, False]])
    """
    mask = np.asarray(mask, dtype=bool)
    if mask.shape != shape:
        raise ValueError(
            f"expected a mask of shape {shape}, one entry for each step of each sequence, got {mask.shape}."
        )
    return mask
