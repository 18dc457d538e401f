"""A convolution and the max pooling on it as one: what training does with such a pair of layers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dlcore.affine import affine
from dlcore.layers.base import Layer
from dlcore.layers.convolution import Conv2D
from dlcore.layers.dense import as_rows
from dlcore.layers.pooling import MaxPooling2D


def stages(layers: list[Layer]) -> list[tuple[int, Layer | PooledConvolution]]:
    """What training goes through: each layer with its place in the list; pairs that fit are one stage.

    Examples
    --------
    >>> [place for place, _ in stages([Conv2D(2, 3, activation="relu"), MaxPooling2D(), MaxPooling2D()])]
    [0, 2]
    """
    found, place = [], 0
    while place < len(layers):
        pair = layers[place : place + 2]
        if len(pair) == 2 and PooledConvolution.fits(*pair):
            found.append((place, PooledConvolution(*pair)))
            place += 2
        else:
            found.append((place, layers[place]))
            place += 1
    return found


class PooledConvolution:
    """`Conv2D` and the `MaxPooling2D` that follows it, with less work than one after the other.

    Pooling keeps one number of each window and forgets the rest. As long as f never falls, the largest z
    gives the largest y: ``max f(z + b) = f(max z + b)``. So b and f can wait until only the largest is left,
    positions that no pooling window reaches are never computed, and of the z of a window no more than
    two are in memory at any time.

    Both layers keep what training needs; ``convolution.y`` is the y that pooling kept, and there is no z.

    Parameters
    ----------
    convolution : its activation must be ``rising``.
    pooling : of windows that do not overlap, without a margin.

    Examples
    --------
    >>> pair = PooledConvolution(Conv2D(1, 1, kernel_initializer="ones"), MaxPooling2D(2))
    >>> x = np.array([[1.0, 5.0, 9.0], [2.0, 3.0, 9.0]])  # no window reaches the last column
    >>> pair.convolution.build((2, 3, 1)), pair.pooling.build((2, 3, 1))
    (None, None)
    >>> pair.forward(x[None, :, :, None], training=True)[0, :, :, 0]
    array([[5.]], dtype=float32)
    >>> pair.backward(np.array([[[[7.0]]]]))[0, :, :, 0]
    array([[0., 7., 0.],
           [0., 0., 0.]], dtype=float32)
    """

    takes_mask = False

    def __init__(self, convolution: Conv2D, pooling: MaxPooling2D):
        self.convolution, self.pooling = convolution, pooling

    @staticmethod
    def fits(below: Layer, above: Layer) -> bool:
        """Whether the two layers can be computed as one."""
        return (
            type(below) is Conv2D
            and below.activation.rising
            and type(above) is MaxPooling2D
            and above.padding == "valid"
            and not above.windows.overlap
        )

    def forward(self, x: np.ndarray, training: bool = True) -> np.ndarray:
        """``y`` of the pooling layer for a batch ``x``."""
        convolution, pooling = self.convolution, self.pooling
        W, b = convolution.parameters["W"].reshape(convolution.filters, -1), convolution.parameters.get("b")
        convolution.look_at(x, training)
        pooling.training = training
        batch, *positions = convolution.patches.shape[:3]
        pooling.begin((batch, *pooling.compute_output_shape((*positions, convolution.filters))))
        rows, columns = pooling.windows.reach(pooling.y.shape[1:3])
        convolution.patches = convolution.patches[:, :rows, :columns]
        convolution.y, convolution.z, pooling.x, pooling.padded = pooling.y, None, None, None
        for part in convolution.parts():
            y = pooling.y[part]
            for k, patches in self.patches_by_pixel(part):
                z = convolution.array("z", y.shape)
                affine(convolution.as_uses(patches), W, out=as_rows(z))
                pooling.compare(k, z, part)
            if b is not None:
                y += b
            convolution.activation(y, out=y)
        return pooling.y

    def backward(self, dy: np.ndarray, input_gradient: bool = True) -> np.ndarray | None:
        """``dL/dx`` of the convolution from ``dL/dy`` of the pooling; fills ``convolution.gradients``."""
        convolution, pooling = self.convolution, self.pooling
        dy = pooling.require_forward(dy, pooling.y)
        dz_kept = convolution.activation.backward(dy, pooling.y, out=pooling.array("dz", dy.shape))
        dx = convolution.begin_sums(input_gradient)
        for part in convolution.parts():
            if input_gradient:
                dz = convolution.array("dz", (*convolution.patches[part].shape[:3], convolution.filters))
                pooling.send_back(dz_kept[part], part, dz)
                convolution.add_parameter_gradients(dz, convolution.patches[part])
                convolution.fill_input_gradient(dz, dx[part])
            else:  # W and b can take their sums pixel by pixel: dz is not laid out over all positions
                for k, patches in self.patches_by_pixel(part):
                    dz = pooling.share_of(k, dz_kept[part], part)
                    convolution.add_parameter_gradients(dz, patches)
        return convolution.windows.unpad(dx, convolution.x.shape[1:3]) if input_gradient else None

    def patches_by_pixel(self, part: slice) -> Iterator[tuple[int, np.ndarray]]:
        """For each pixel k of the pooling windows the patches that its z are computed from."""
        for k, (i, j) in enumerate(self.pooling.windows.pixels):
            yield k, self.pooling.windows.pixel(self.convolution.patches[part], i, j)

    def compute_mask(self, x: np.ndarray, mask: np.ndarray | None) -> None:
        """Pictures have no time steps."""
        return
