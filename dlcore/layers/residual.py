"""The residual connection: a way around a layer, for the numbers and for their gradients."""

from __future__ import annotations

import numpy as np

from dlcore.layers.base import Layer


class Residual(Layer):
    """A layer with a way around it, ``y = x + layer(x)``.

    Backward, ``dL/dx = dL/dy + (what the layer gives back)``: the gradient has a way on which nothing
    multiplies it.

    Parameters
    ----------
    layer : any layer whose outputs have the shape of its inputs. If it is built, it keeps its weights.

    Input shape
    -----------
    that of the layer

    Output shape
    ------------
    the same

    Parameters after building
    -------------------------
    those of the layer

    Raises
    ------
    TypeError : it is not a layer.
    ValueError : its outputs have another shape than its inputs.

    Source
    ------
    He et al. (2016), "Deep residual learning for image recognition", equation 1.

    Examples
    --------
    >>> from dlcore.layers import Dense
    >>> layer = Residual(Dense(2, kernel_initializer="zeros"))
    >>> layer.forward([[1.0, -2.0]])  # a layer that gives 0 changes nothing
    array([[ 1., -2.]], dtype=float32)
    >>> layer.backward([[3.0, 4.0]])
    array([[3., 4.]], dtype=float32)
    """

    def __init__(
        self,
        layer: Layer,
        input_shape: tuple[int | None, ...] | None = None,
        name: str | None = None,
    ):
        if not isinstance(layer, Layer):
            raise TypeError(f"Residual expected a layer such as Dense(64), got {layer!r}.")
        super().__init__(name=name, input_shape=input_shape or layer.given_input_shape)
        self.layer = layer
        self.takes_mask = layer.takes_mask
        self.x = self.y = None

    def build(self, input_shape, rng=0):
        self.compute_output_shape(input_shape)  # raises before anything is made
        self.layer.build_or_keep(input_shape, rng, self.dtype)
        self.share_arrays()
        super().build(input_shape, rng)

    def compute_output_shape(self, input_shape):
        shape = self.layer.compute_output_shape(input_shape)
        if tuple(shape) != tuple(input_shape):
            raise ValueError(
                f"Residual adds x to what the layer makes of it, so both need one shape, but {self.layer!r} "
                f"makes {tuple(shape)} of {tuple(input_shape)}."
            )
        return shape

    def forward(self, x, training=False, mask=None):
        self.x = x = self.prepare(x, training)
        masked = {"mask": mask} if self.takes_mask else {}
        self.y = np.add(x, self.layer.forward(x, training, **masked), out=self.array("y", x.shape))
        return self.y

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        dx = self.layer.backward(dy, input_gradient)
        return np.add(dy, dx, out=self.array("dx", dy.shape)) if input_gradient else None

    @property
    def trainable(self) -> bool:
        return self.layer.trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        self.layer.trainable = trainable

    @property
    def rng(self) -> np.random.Generator:
        """The generator of a layer that has one, such as `Dropout`."""
        return self.layer.rng

    def share_arrays(self) -> None:
        """Have the dicts of the layer for its own: who writes to one writes to both."""
        self.parameters, self.gradients = self.layer.parameters, self.layer.gradients
        self.statistics, self.regularizers = self.layer.statistics, self.layer.regularizers

    def astype(self, dtype):
        super().astype(dtype)
        self.layer.astype(dtype)
        self.share_arrays()

    def compute_mask(self, x, mask):
        return self.layer.compute_mask(x, mask)

    def linear_piece(self):
        return self.layer.linear_piece()

    def __repr__(self):
        return f"Residual({self.layer!r})"
