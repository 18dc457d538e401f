"""The convolution: ``y = f(W x + b)``, where x is one patch of the picture, and the same W sees them all."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from dlcore import activations, initializers, regularizers
from dlcore.affine import affine, affine_input_gradient, affine_parameter_gradients
from dlcore.inputs import positive_integer
from dlcore.layers.base import Layer
from dlcore.layers.dense import as_rows
from dlcore.layers.windows import Windows, check_padding, gather, pair, picture_shape, pieces


class Conv2D(Layer):
    """Convolution over pictures: at every position ``y = f(W x + b)``, with x the patch at that position.

    All positions share W and b, so ``dL/dW = sum over positions of dz x^T``. As in all libraries for deep
    learning the kernel is not turned around: what is computed is a cross-correlation.

    Parameters
    ----------
    filters : number of filters, that is of output channels.
    kernel_size : height and width of a patch in pixels; one number for both, or two.
    strides : how far apart the patches are, down and right.
    padding : "valid" keeps the patches inside the picture; "same" adds a margin of zeros.
    activation : name of f, or None for the identity.
    use_bias : whether there is a b.
    kernel_initializer, bias_initializer : where W and b start.
    kernel_regularizer : a penalty on W (see `dlcore.regularizers`).

    Input shape
    -----------
    (batch, height, width, channels)

    Output shape
    ------------
    (batch, rows, columns, filters). "valid": ``rows = (height - kernel height) // stride + 1``;
    "same": ``rows = ceil(height / stride)``. Likewise for columns.

    Parameters after building
    -------------------------
    W : (filters, kernel_height, kernel_width, channels). (Keras has the filters last.)
    b : (filters,)

    Raises
    ------
    TypeError : a size is not a whole number.
    ValueError : a size is less than 1, a name is not known, or the input is not a picture of at least the
        kernel's size with as many channels as W.

    Source
    ------
    Goodfellow, Bengio and Courville (2016), *Deep Learning*, sections 9.1 and 9.5; LeCun et al. (1998),
    "Gradient-based learning applied to document recognition".

    Examples
    --------
    >>> layer = Conv2D(1, (1, 2), input_shape=(2, 3, 1))
    >>> layer.build((2, 3, 1))
    >>> layer.parameters["W"][...] = [[[[-1.0], [1.0]]]]  # right pixel minus left pixel: an edge finder
    >>> picture = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    >>> layer.forward(picture[None, :, :, None])[0, :, :, 0]
    array([[0., 1.],
           [1., 0.]], dtype=float32)
    >>> dx = layer.backward(np.ones((1, 2, 2, 1)))
    >>> layer.gradients["W"].reshape(-1)  # the sum of all left pixels, and of all right pixels
    array([1., 3.], dtype=float32)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, int],
        strides: int | tuple[int, int] = (1, 1),
        padding: str = "valid",
        activation: str | activations.Activation | None = None,
        use_bias: bool = True,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        bias_initializer: str | initializers.Initializer = "zeros",
        kernel_regularizer: str | regularizers.L1L2 | None = None,
        input_shape: tuple[int | None, ...] | None = None,
        name: str | None = None,
    ):
        super().__init__(name=name, input_shape=input_shape)
        self.filters = positive_integer("Conv2D", "filters", filters)
        self.kernel_size = pair("Conv2D", "kernel_size", kernel_size)
        self.strides = pair("Conv2D", "strides", strides)
        self.padding = check_padding(padding)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.require_known(kernel_initializer)
        self.bias_initializer = initializers.require_known(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.windows = Windows(self.kernel_size, self.strides, self.padding)
        self.x = self.padded = self.patches = self.z = self.y = None

    def build(self, input_shape, rng=0):
        super().build(input_shape, rng)
        channels, (height, width) = input_shape[-1], self.kernel_size
        fan_in, fan_out = height * width * channels, height * width * self.filters
        rng = np.random.default_rng(rng)
        shape = (self.filters, height, width, channels)
        self.add_parameter("W", shape, self.kernel_initializer, fan_in, fan_out, rng, self.kernel_regularizer)
        if self.use_bias:
            self.add_parameter("b", (self.filters,), self.bias_initializer, fan_in, fan_out, rng)

    def compute_output_shape(self, input_shape):
        *lengths, _ = picture_shape(f"{self.name} (Conv2D)", input_shape)
        return (*self.windows.count(f"{self.name} (Conv2D)", lengths), self.filters)

    def look_at(self, x: np.ndarray, training: bool) -> None:
        """What every forward pass starts with: the patches of all pictures, as views."""
        self.x = self.prepare(x, training)
        self.compute_output_shape(self.x.shape[1:])  # an error in words where a picture is too small
        self.padded = self.windows.pad(self.x)
        self.patches = self.windows.views(self.padded)

    def parts(self) -> list[slice]:
        """The batch, a few pictures at a time."""
        positions, inputs = math.prod(self.patches.shape[1:3]), math.prod(self.patches.shape[3:])
        return pieces(len(self.x), positions * (inputs + self.filters))

    def as_uses(self, patches: np.ndarray) -> np.ndarray:
        """One row for each patch, in memory that the next call overwrites while training."""
        uses, inputs = math.prod(patches.shape[:3]), math.prod(patches.shape[3:])
        return gather(patches, self.array("uses", (uses, inputs)))

    def forward(self, x, training=False):
        self.look_at(x, training)
        W, b = self.parameters["W"].reshape(self.filters, -1), self.parameters.get("b")
        shape = (*self.patches.shape[:3], self.filters)
        self.z = self.array("z", shape)
        # Training with ReLU, y may overwrite z: neither backward nor a loss looks at that z again.
        self.y = self.z if training and self.activation.has_kink else self.array("y", shape)
        for part in self.parts():
            affine(self.as_uses(self.patches[part]), W, b, out=as_rows(self.z[part]))
            self.activation(self.z[part], out=self.y[part])
        return self.y

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)

        def dz_of(part: slice) -> np.ndarray:
            out = self.array("dz", dy[part].shape)
            return self.activation.backward(dy[part], self.y[part], out=out)

        return self.sum_over_positions(dz_of, input_gradient)

    def backward_from_z(self, dz: np.ndarray, input_gradient: bool = True) -> np.ndarray | None:
        """The part of backward that follows ``dz = dL/dz``, the place where a fused loss comes in."""
        dz = self.require_forward(dz, self.y)
        return self.sum_over_positions(lambda part: dz[part], input_gradient)

    def sum_over_positions(
        self, dz_of: Callable[[slice], np.ndarray], input_gradient: bool
    ) -> np.ndarray | None:
        """Add up the gradients of W and b, and those of the pixels, a few pictures at a time."""
        dx = self.begin_sums(input_gradient)
        for part in self.parts():
            dz = dz_of(part)
            self.add_parameter_gradients(dz, self.patches[part])
            if input_gradient:
                self.fill_input_gradient(dz, dx[part])
        return self.windows.unpad(dx, self.x.shape[1:3]) if input_gradient else None

    def begin_sums(self, input_gradient: bool) -> np.ndarray | None:
        """Set the gradients to zero and make room for that of the padded pictures, if it is wanted."""
        for gradient in self.gradients.values():
            gradient[...] = 0
        return self.array("dx", self.padded.shape) if input_gradient else None

    def add_parameter_gradients(self, dz: np.ndarray, patches: np.ndarray) -> None:
        """Add what W and b get from their use on some patches; dz is (batch, rows, columns, filters)."""
        terms = {name: self.array(f"d{name}", array.shape) for name, array in self.gradients.items()}
        dW = terms["W"].reshape(self.filters, -1)
        affine_parameter_gradients(as_rows(dz), self.as_uses(patches), dW, terms.get("b"))
        for name, gradient in self.gradients.items():
            gradient += terms[name]

    def fill_input_gradient(self, dz: np.ndarray, dx: np.ndarray) -> None:
        """A pixel sums over the patches that it lies in: once as their (0, 0), once as their (0, 1) ..."""
        dx[...] = 0
        rows, columns = self.patches.shape[1:3]
        down, right = self.strides
        share = self.array("share", (len(dx), rows, columns, dx.shape[-1]))
        W, of_picture = self.parameters["W"], (len(dx), rows * columns, -1)
        # One product for each picture: BLAS has a faster way for small matrices than for large ones.
        dz, share_of_picture = dz.reshape(of_picture), share.reshape(of_picture)
        for i, j in self.windows.pixels:
            affine_input_gradient(dz, W[:, i, j], out=share_of_picture)
            pixel = dx[:, i : i + rows * down : down, j : j + columns * right : right]
            pixel += share

    def shape_error(self, shape):
        hint = self.batch_hint(shape)
        if shape[1:] == self.input_shape[:2]:
            hint = " Add a channel axis: x[..., None]."
        return (
            f"{self!r} expected pictures of shape {self.input_shape} (height, width, channels), "
            f"got an array of shape {shape}.{hint}"
        )
