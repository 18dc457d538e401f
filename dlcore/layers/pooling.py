"""Pooling: fewer numbers, each of which stands for a window of the picture. Nothing is learned here."""

from __future__ import annotations

import math

import numpy as np

from dlcore.layers.base import Layer
from dlcore.layers.windows import Windows, check_padding, pair, picture_shape, pieces


class Pooling2D(Layer):
    """What the layers share that reduce each window of each channel to one number.

    Parameters
    ----------
    pool_size : height and width of the window; one number for both, or two.
    strides : how far apart the windows are; by default as far as they are large, so that none overlap.
    padding : "valid" drops rows and columns at the right and bottom that no window reaches; "same" adds a
        margin that never counts.

    Input shape
    -----------
    (batch, height, width, channels)

    Output shape
    ------------
    (batch, rows, columns, channels); rows and columns are counted as for `Conv2D`

    Raises
    ------
    TypeError : a size is not a whole number.
    ValueError : a size is less than 1, the padding is not known, or the picture is smaller than the window.
    """

    def __init__(
        self,
        pool_size: int | tuple[int, int] = (2, 2),
        strides: int | tuple[int, int] | None = None,
        padding: str = "valid",
        input_shape: tuple[int | None, ...] | None = None,
        name: str | None = None,
    ):
        super().__init__(name=name, input_shape=input_shape)
        kind = type(self).__name__
        self.pool_size = pair(kind, "pool_size", pool_size)
        self.strides = None if strides is None else pair(kind, "strides", strides)
        self.padding = check_padding(padding)
        self.windows = Windows(self.pool_size, self.strides or self.pool_size, self.padding)
        self.x = self.padded = self.y = None

    def compute_output_shape(self, input_shape):
        owner = f"{self.name} ({type(self).__name__})"
        *lengths, channels = picture_shape(owner, input_shape)
        return (*self.windows.count(owner, lengths), channels)


class MaxPooling2D(Pooling2D):
    """The largest number of each window. Backward, the gradient goes to where the maximum came from.

    ``y = max over the window of x``; of equal maxima the first one wins, row by row.

    Attributes
    ----------
    winner : (batch, rows, columns, channels), which pixel of its window each y came from, counted row by row.

    Source
    ------
    Goodfellow, Bengio and Courville (2016), *Deep Learning*, section 9.3.

    Examples
    --------
    >>> layer = MaxPooling2D((2, 2))
    >>> layer.forward(np.array([[1.0, 5.0], [2.0, 3.0]])[None, :, :, None])[0, :, :, 0]
    array([[5.]], dtype=float32)
    >>> layer.backward([[[[7.0]]]])[0, :, :, 0]
    array([[0., 7.],
           [0., 0.]], dtype=float32)
    """

    winner: np.ndarray | None = None

    def forward(self, x, training=False):
        self.x = x = self.prepare(x, training)
        self.padded = self.windows.pad(x, -np.inf)
        self.begin((len(x), *self.compute_output_shape(x.shape[1:])))
        for part in pieces(len(x), math.prod(self.padded.shape[1:])):
            for k, (i, j) in enumerate(self.windows.pixels):
                self.compare(k, self.windows.pixel(self.padded[part], i, j), part)
        return self.y

    def begin(self, shape: tuple[int, ...]) -> None:
        """Make room for the largest numbers, and for the places where they were found."""
        place = np.min_scalar_type(math.prod(self.pool_size))
        self.y, self.winner = self.array("y", shape), self.array("winner", shape, place)

    def compare(self, k: int, pixel: np.ndarray, part: slice) -> None:
        """Let pixel k of each window compete with those before it."""
        y, winner = self.y[part], self.winner[part]
        if k == 0:
            y[...], winner[...] = pixel, 0
            return
        # Only what is larger than all before it wins. As k grows, the last winner stays.
        np.maximum(winner, (pixel > y) * winner.dtype.type(k), out=winner)
        np.maximum(y, pixel, out=y)

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        dx = self.array("dx", self.padded.shape)
        for part in pieces(len(dx), math.prod(dx.shape[1:])):
            self.send_back(dy[part], part, dx[part])
        return self.windows.unpad(dx, self.x.shape[1:3])

    def send_back(self, dy: np.ndarray, part: slice, dx: np.ndarray) -> None:
        """Fill ``dx``: each gradient goes to the pixel that won its window."""
        dx[...] = 0
        for k, (i, j) in enumerate(self.windows.pixels):
            self.windows.add_to_pixel(dx, i, j, self.share_of(k, dy, part))

    def share_of(self, k: int, dy: np.ndarray, part: slice) -> np.ndarray:
        """What pixel k of each window gets of ``dy``: all if it has won, else 0."""
        won = (self.winner[part] == k).astype(dy.dtype)
        return np.multiply(dy, won, out=won)

    def linear_piece(self):
        return self.winner


class AveragePooling2D(Pooling2D):
    """The mean of each window. Backward, each of its pixels gets an equal share of the gradient.

    ``y = sum over the window of x / n`` and ``dx = dy / n`` for each window that sees the pixel, where n
    counts the pixels inside the picture.

    Source
    ------
    LeCun et al. (1998), "Gradient-based learning applied to document recognition", section II.B.

    Examples
    --------
    >>> layer = AveragePooling2D((2, 2))
    >>> layer.forward(np.array([[1.0, 5.0], [2.0, 4.0]])[None, :, :, None])[0, :, :, 0]
    array([[3.]], dtype=float32)
    >>> layer.backward([[[[8.0]]]])[0, :, :, 0]
    array([[2., 2.],
           [2., 2.]], dtype=float32)
    """

    def forward(self, x, training=False):
        self.x = x = self.prepare(x, training)
        self.padded = self.windows.pad(x)
        self.y = self.sum_of_pixels(self.padded)
        self.count = self.sum_of_pixels(self.windows.pad(np.ones_like(x[:1])))
        self.y /= self.count
        return self.y

    def sum_of_pixels(self, padded: np.ndarray) -> np.ndarray:
        """The sum of each window of each channel."""
        return sum(self.windows.pixel(padded, i, j) for i, j in self.windows.pixels)

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        dx = self.array("dx", self.padded.shape)
        dx[...] = 0
        share = dy / self.count
        for i, j in self.windows.pixels:
            self.windows.add_to_pixel(dx, i, j, share)
        return self.windows.unpad(dx, self.x.shape[1:3])


class GlobalAveragePooling2D(Layer):
    """The mean of each channel over the whole picture: ``y = sum of x / (height width)``.

    Parameters
    ----------
    keepdims : whether the output keeps axes of length 1 for height and width.

    Input shape
    -----------
    (batch, height, width, channels)

    Output shape
    ------------
    (batch, channels), or (batch, 1, 1, channels) with ``keepdims``

    Raises
    ------
    ValueError : the input is not a picture.

    Source
    ------
    Lin, Chen and Yan (2014), "Network in network", section 3.2.

    Examples
    --------
    >>> layer = GlobalAveragePooling2D()
    >>> layer.forward(np.array([[1.0, 5.0], [2.0, 4.0]])[None, :, :, None])
    array([[3.]], dtype=float32)
    """

    def __init__(
        self,
        keepdims: bool = False,
        input_shape: tuple[int | None, ...] | None = None,
        name: str | None = None,
    ):
        super().__init__(name=name, input_shape=input_shape)
        self.keepdims = keepdims
        self.x = self.y = None

    def compute_output_shape(self, input_shape):
        channels = picture_shape(f"{self.name} (GlobalAveragePooling2D)", input_shape)[-1]
        return (1, 1, channels) if self.keepdims else (channels,)

    def forward(self, x, training=False):
        self.x = self.prepare(x, training)
        self.y = self.x.mean(axis=(1, 2), keepdims=self.keepdims)
        return self.y

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        batch, height, width, channels = self.x.shape
        dx = self.array("dx", self.x.shape)
        dx[...] = dy.reshape(batch, 1, 1, channels) / (height * width)
        return dx
