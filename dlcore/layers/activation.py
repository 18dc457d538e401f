"""An activation as a layer of its own: ``y = f(x)``."""

from __future__ import annotations

from dlcore import activations
from dlcore.layers.base import Layer


class Activation(Layer):
    """Apply ``y = f(x)`` to each number (softmax: to each row).

    Parameters
    ----------
    activation : name of f.

    Input shape
    -----------
    (batch, *any)

    Output shape
    ------------
    (batch, *any), that of the input

    Raises
    ------
    ValueError : the name is not known.

    Examples
    --------
    >>> Activation("relu").forward([[-1.0, 2.0]])
    array([[0., 2.]], dtype=float32)
    """

    def __init__(
        self,
        activation: str | activations.Activation,
        input_shape: tuple[int, ...] | None = None,
        name: str | None = None,
    ):
        super().__init__(name=name, input_shape=input_shape)
        self.activation = activations.get(activation)
        self.z = self.y = None

    def forward(self, x, training=False):
        self.z = self.prepare(x, training)
        self.y = self.activation(self.z, out=self.array("y", self.z.shape))
        return self.y

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        return self.activation.backward(dy, self.y, out=self.array("dz", dy.shape))

    def backward_from_z(self, dz, input_gradient=True):
        """Here z is the input itself, so ``dL/dz`` is already ``dL/dx``."""
        return self.require_forward(dz, self.y)
