"""The dense layer: ``y = f(W x + b)``, where x is the whole input vector."""

from __future__ import annotations

import math

import numpy as np

from dlcore import activations, initializers, regularizers
from dlcore.affine import affine, affine_input_gradient, affine_parameter_gradients
from dlcore.inputs import positive_integer
from dlcore.layers.base import Layer


class Dense(Layer):
    """Fully connected layer, ``y = f(W x + b)``.

    Sequences work too: the same W and b are used at every time step, and their gradients are summed over
    the steps.

    Parameters
    ----------
    units : number of neurons, that is of outputs.
    activation : name of f, or None for the identity.
    use_bias : whether there is a b.
    kernel_initializer, bias_initializer : where W and b start.
    kernel_regularizer : penalty on large weights, such as ``L2(0.01)`` (see `dlcore.regularizers`).
    input_dim : number of inputs, for the first layer of a model; short for ``input_shape=(input_dim,)``.

    Input shape
    -----------
    (batch, inputs), or (batch, time, inputs)

    Output shape
    ------------
    (batch, units), or (batch, time, units)

    Parameters after building
    -------------------------
    W : (units, inputs), row i holds the weights of neuron i. (Keras keeps the transpose.)
    b : (units,)

    Raises
    ------
    TypeError : units is not a whole number.
    ValueError : units is less than 1, a name is not known, or an input has other features than W.

    Source
    ------
    Goodfellow, Bengio and Courville (2016), *Deep Learning*, sections 6.1 and 6.5.

    Examples
    --------
    >>> layer = Dense(2, activation="relu", input_dim=3)
    >>> layer.build((3,))
    >>> layer.parameters["W"][...] = [[1, 2, 3], [-1, 0, 1]]
    >>> layer.forward([[1.0, 1.0, -2.0]])
    array([[0., 0.]], dtype=float32)
    >>> layer.forward([[1.0, 1.0, 1.0]])
    array([[6., 0.]], dtype=float32)
    >>> layer.backward([[1.0, 1.0]])
    array([[1., 2., 3.]], dtype=float32)
    >>> layer.gradients["W"]
    array([[1., 1., 1.],
           [0., 0., 0.]], dtype=float32)
    """

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = None,
        use_bias: bool = True,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        bias_initializer: str | initializers.Initializer = "zeros",
        kernel_regularizer: str | regularizers.L1L2 | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int, ...] | None = None,
        name: str | None = None,
    ):
        if input_dim is not None:
            if input_shape is not None:
                raise ValueError("Dense takes input_dim or input_shape, not both: they say the same.")
            input_shape = (positive_integer("Dense", "input_dim", input_dim),)
        super().__init__(name=name, input_shape=input_shape)
        self.units = positive_integer("Dense", "units", units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.require_known(kernel_initializer)
        self.bias_initializer = initializers.require_known(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.x = self.z = self.y = None

    def build(self, input_shape, rng=0):
        super().build(input_shape, rng)
        inputs, outputs = input_shape[-1], self.units
        rng = np.random.default_rng(rng)
        self.add_parameter(
            "W", (outputs, inputs), self.kernel_initializer, inputs, outputs, rng, self.kernel_regularizer
        )
        if self.use_bias:
            self.add_parameter("b", (outputs,), self.bias_initializer, inputs, outputs, rng)

    def compute_output_shape(self, input_shape):
        if not input_shape or input_shape[-1] is None:
            raise ValueError(f"{self.name} expected inputs with features, got shape {input_shape}.")
        return (*input_shape[:-1], self.units)

    def forward(self, x, training=False):
        # Recurrent layers give a view with its axes in another order: put it in order once, for both ways.
        self.x = x = np.ascontiguousarray(self.prepare(x, training))
        W, b = self.parameters["W"], self.parameters.get("b")
        shape = (*x.shape[:-1], self.units)
        self.z = self.array("z", shape)
        affine(as_rows(x), W, b, out=as_rows(self.z))
        self.y = self.activation(self.z, out=self.array("y", shape))
        return self.y

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        dz = self.activation.backward(dy, self.y, out=self.array("dz", dy.shape))
        return self.backward_from_z(dz, input_gradient)

    def backward_from_z(self, dz: np.ndarray, input_gradient: bool = True) -> np.ndarray | None:
        """The part of backward that follows ``dz = dL/dz``, the place where a fused loss comes in."""
        dz = as_rows(self.require_forward(dz, self.y))
        gradients = self.gradients
        affine_parameter_gradients(dz, as_rows(self.x), gradients["W"], gradients.get("b"))
        if not input_gradient:
            return None
        dx = self.array("dx", self.x.shape)
        affine_input_gradient(dz, self.parameters["W"], out=as_rows(dx))
        return dx

    def shape_error(self, shape):
        hint = self.batch_hint(shape)
        if len(shape) > 2 and None not in shape and math.prod(shape[1:]) == self.input_shape[-1]:
            hint = " Add Flatten() before it."
        elif not hint and shape[-1:] == self.input_shape[-1:]:
            hint = f" It was built for batches of shape {('batch', *self.input_shape)}."
        return (
            f"{self!r} expected inputs of {self.input_shape[-1]} features, "
            f"got an array of shape {shape}.{hint}"
        )


def as_rows(array: np.ndarray) -> np.ndarray:
    """A view with one row for each use of W: (batch, time, features) -> (batch * time, features).

    Examples
    --------
    >>> as_rows(np.zeros((2, 5, 3))).shape
    (10, 3)
    """
    return array if array.ndim == 2 else array.reshape(-1, array.shape[-1])
