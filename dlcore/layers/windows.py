"""Windows that slide over a picture: what a convolution and a pooling layer look at.

A window of ``size`` (height, width) starts at the top left and moves by ``strides``. Both kinds of layer
work through the same few pictures at a time, so that all that belongs to them stays in the processor's cache.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dlcore.inputs import positive_integer
from dlcore.lookup import find

PADDINGS = {"valid": "valid", "same": "same"}

# A piece of a batch has about so many numbers, two megabytes in float32. Larger ones leave a core's cache;
# smaller ones make products so small that starting them, on several cores most of all, takes its time.
PIECE = 2**19


@dataclass(frozen=True)
class Windows:
    """Size, strides and padding of windows, and the views of a picture that follow from them.

    With ``"valid"`` padding a window lies wholly inside the picture; rows and columns at the right and bottom
    that no window reaches are dropped. With ``"same"`` there are ``ceil(length / stride)`` windows along an
    axis, and the picture gets as much margin as they need: half of it on each side, the odd one at the right
    and bottom (as in Keras; PyTorch offers "same" for strides of 1 only).

    Attributes
    ----------
    size : (height, width) of a window.
    strides : (down, right), how far apart the windows are.
    padding : ``"valid"`` or ``"same"``.

    Examples
    --------
    >>> windows = Windows((2, 2), (1, 1), "valid")
    >>> windows.count("layer", (3, 4))
    (2, 3)
    >>> windows.pixel(np.arange(12).reshape(1, 3, 4, 1), 0, 1)[0, :, :, 0]  # the right upper one of each
    array([[1, 2, 3],
           [5, 6, 7]])
    """

    size: tuple[int, int]
    strides: tuple[int, int]
    padding: str

    @property
    def pixels(self) -> list[tuple[int, int]]:
        """The pixels (i, j) of a window, row by row."""
        return list(np.ndindex(self.size))

    @property
    def overlap(self) -> bool:
        """Whether a pixel can lie in more than one window."""
        return self.size[0] > self.strides[0] or self.size[1] > self.strides[1]

    def count(self, owner: str, lengths: tuple[int | None, int | None]) -> tuple[int | None, int | None]:
        """How many windows fit along the height and the width of a picture; None where that is not known.

        Raises
        ------
        ValueError : the picture is smaller than one window; the message names the ``owner``.
        """
        counts = []
        for length, size, stride in zip(lengths, self.size, self.strides, strict=True):
            if length is None:
                counts.append(None)
            elif self.padding == "same":
                counts.append(-(-length // stride))
            elif length >= size:
                counts.append((length - size) // stride + 1)
            else:
                raise ValueError(
                    f"{owner} expected pictures of at least {self.size[0]} x {self.size[1]} pixels, the size "
                    f"of its window, got {lengths[0]} x {lengths[1]}. Use a smaller window, fewer layers "
                    "before it, or padding='same'."
                )
        return counts[0], counts[1]

    def reach(self, counts: tuple[int, int]) -> tuple[int, int]:
        """How many rows and columns so many windows reach over: the least that holds them."""
        rows, columns = (
            (count - 1) * stride + size
            for count, size, stride in zip(counts, self.size, self.strides, strict=True)
        )
        return rows, columns

    def margins(self, lengths: tuple[int, int]) -> list[tuple[int, int]]:
        """Rows to add (above, below) and columns to add (left, right) for ``"same"`` padding."""
        if self.padding == "valid":
            return [(0, 0), (0, 0)]
        total = [
            max((-(-length // stride) - 1) * stride + size - length, 0)
            for length, size, stride in zip(lengths, self.size, self.strides, strict=True)
        ]
        return [(margin // 2, margin - margin // 2) for margin in total]

    def pad(self, x: np.ndarray, value: float = 0.0) -> np.ndarray:
        """``x`` with its margins filled with ``value``; x itself where there are none."""
        margins = self.margins(x.shape[1:3])
        if not any(map(any, margins)):
            return x
        return np.pad(x, [(0, 0), *margins, (0, 0)], constant_values=value)

    def unpad(self, padded: np.ndarray, lengths: tuple[int, int]) -> np.ndarray:
        """The part of ``padded`` that is the picture of those lengths, without its margins."""
        (top, _), (left, _) = self.margins(lengths)
        return padded[:, top : top + lengths[0], left : left + lengths[1]]

    def pixel(self, x: np.ndarray, i: int, j: int) -> np.ndarray:
        """Pixel (i, j) of every window, a view of padded pictures: (batch, *count, channels)."""
        down, right = self.strides
        rows, columns = (
            (length - size) // stride * stride + 1
            for length, size, stride in zip(x.shape[1:3], self.size, self.strides, strict=True)
        )
        return x[:, i : i + rows : down, j : j + columns : right]

    def add_to_pixel(self, dx: np.ndarray, i: int, j: int, share: np.ndarray) -> None:
        """Backward of `pixel`: add a share of the gradient, (batch, *count, channels), where it was taken."""
        pixel = self.pixel(dx, i, j)
        if self.overlap:
            pixel += share
        else:  # no other window writes there, so dx need not be read
            pixel[...] = share

    def views(self, x: np.ndarray) -> np.ndarray:
        """All windows of padded pictures, nothing copied: (batch, rows, columns, height, width, channels)."""
        down, right = self.strides
        windows = sliding_window_view(x, self.size, axis=(1, 2))[:, ::down, ::right]
        return windows.transpose(0, 1, 2, 4, 5, 3)


def gather(windows: np.ndarray, memory: np.ndarray | None = None) -> np.ndarray:
    """Windows as rows of a matrix: (batch * rows * columns, height * width * channels).

    Windows overlap, but BLAS multiplies only matrices whose rows lie side by side. So the windows are copied,
    a pixel as many times as there are windows that see it. The copy costs little beside the product that
    follows, which reads each of these numbers once for every filter.

    Parameters
    ----------
    windows : from `Windows.views`.
    memory : an array of as many rows and columns, to put them into.

    Examples
    --------
    >>> windows = Windows((2, 2), (1, 1), "valid").views(np.arange(6.0).reshape(1, 2, 3, 1))
    >>> gather(windows)  # two windows of 2 x 2 pixels
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.]])
    """
    count, numbers = math.prod(windows.shape[:3]), math.prod(windows.shape[3:])
    if memory is None:
        memory = np.empty((count, numbers), windows.dtype)
    if windows.shape[-1] > 1:
        np.copyto(memory.reshape(windows.shape), windows)
        return memory
    # With a single channel the longest solid runs of memory are the rows of the picture, not those of the
    # window: the copy is eight times as fast when the columns of the result lie side by side.
    by_pixel = windows.transpose(3, 4, 5, 0, 1, 2)
    columns = memory.reshape(numbers, count)
    np.copyto(columns.reshape(by_pixel.shape), by_pixel)
    return columns.T


def pieces(samples: int, numbers: int) -> list[slice]:
    """Consecutive parts of a batch, each of at most `PIECE` numbers if a sample has so many ``numbers``.

    Examples
    --------
    >>> pieces(5, PIECE // 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    step = max(1, PIECE // numbers)
    return [slice(start, min(start + step, samples)) for start in range(0, max(samples, 1), step)]


def pair(owner: str, argument: str, value: Any) -> tuple[int, int]:
    """``value`` for height and width: one whole number for both, or two.

    Examples
    --------
    >>> pair("Conv2D", "kernel_size", 3), pair("Conv2D", "kernel_size", (3, 5))
    ((3, 3), (3, 5))
    """
    if not isinstance(value, (tuple, list)):
        value = (value, value)
    if len(value) != 2:
        raise ValueError(f"{owner} expected {argument} as one number or two (height, width), got {value!r}.")
    height, width = (positive_integer(owner, argument, number) for number in value)
    return height, width


def check_padding(padding: Any) -> str:
    """``padding`` if it is known; raises ValueError which names the nearest known one."""
    return find("padding", padding, PADDINGS)


def picture_shape(owner: str, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """``shape`` if it is (height, width, channels); raises ValueError with the likely fix."""
    if len(shape) == 3 and shape[-1] is not None:
        return shape
    hint = " Add a channel axis: x[..., None]." if len(shape) == 2 else ""
    raise ValueError(
        f"{owner} expected pictures of shape (height, width, channels), got samples of shape {shape}.{hint}"
    )
