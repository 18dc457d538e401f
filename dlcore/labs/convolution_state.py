"""State of the convolution lab: a picture, a kernel, and how far the window has gone over the picture."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from dlcore.datasets import fashion, mnist
from dlcore.labs.convolution_words import as_code, backward_in_words, forward_in_words
from dlcore.labs.drawing import Drawing, smaller, to_cells
from dlcore.labs.kernel import Kernel, kernel_numbers
from dlcore.labs.settings import Choice, Number
from dlcore.labs.state import LabState
from dlcore.layers import AveragePooling2D, Conv2D, MaxPooling2D
from dlcore.models import Sequential

SIDES = {"10x10": 10, "28x28": 28}
POOLINGS = {"max": MaxPooling2D, "average": AveragePooling2D}
PICTURES = ("digits", "clothes", "drawn")
A_TREE = "010-038-010-07c-010-0fe-010-010-010-010"


class ConvolutionState(LabState):
    """One filter of a convolution at work, one position after the other, and what flows back through it.

    Attributes
    ----------
    direction ... position : the settings.
    x : (height, width), the picture, from 0 to 1.
    W : (3, 3)
    z, y : (rows, columns), weighted sums and outputs of all positions.
    row, column : of the present position in z and y.
    padded : the picture with its margin, in which the window moves.
    corner : (row, column) of the window's first pixel in ``padded``.
    patch, products : (3, 3), the pixels in the window, and each times its weight.
    pooled : y after pooling.
    pool_place : (row, column) of the present pooling window in ``pooled``, or None where there is none.
    winner : (row, column) in y of the maximum of that window, or None.
    dz : (rows, columns), the gradient that arrives at each z.
    dW_term, dx_term : what the present dz alone adds to the gradients of W, (3, 3), and of x.
    dW_so_far, db_so_far, dx_so_far : their sums over all positions up to the present one.

    Examples
    --------
    >>> state = ConvolutionState(kernel="identity", position=0)
    >>> bool((state.y == state.x[1:-1, 1:-1]).all())
    True
    >>> state.forwards("row"), state.row, state.column
    (True, 1, 0)
    """

    lab = "convolution"
    settings: ClassVar = {
        "direction": Choice("Direction", "forward", ("forward", "backward")),
        "position": Number("Position", 35, 0, 28 * 28 - 1, whole=True),
        "picture": Choice("Picture", "digits", PICTURES),
        "index": Number("Which of them", 4, 0, 499, whole=True),
        "size": Choice("Size", "10x10", tuple(SIDES)),
        "drawing": Drawing("Your drawing", A_TREE),
        "kernel": Kernel("Kernel W", "vertical-edges", -9, 9),
        "bias": Number("Bias b", 0.0, -3, 3, step=0.1),
        "activation": Choice("Activation f", "linear", ("linear", "relu")),
        "stride": Number("Stride", 1, 1, 3, whole=True),
        "padding": Choice("Padding", "valid", ("valid", "same")),
        "pooling": Choice("Pooling 2 × 2", "max", tuple(POOLINGS)),
        "loss": Choice("Loss L is the sum of", "outputs", ("outputs", "half-squares", "pooled-outputs")),
    }

    def nearest_possible(self, values: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """A drawing has its own size, and a position lies in the map."""
        sentences = []
        if values["picture"] == "drawn" and values["size"] != "10x10":
            values["size"] = "10x10"
            sentences.append("A drawing has 10 × 10 cells, so that is the size now.")
        shape = Conv2D(1, 3, values["stride"], values["padding"]).compute_output_shape(
            (SIDES[values["size"]],) * 2 + (1,)
        )
        last = shape[0] * shape[1] - 1
        if values["position"] > last:
            values["position"] = last
            sentences.append(f"The map has {shape[0]} × {shape[1]} cells now; its last position is {last}.")
        return values, " ".join(sentences)

    # ------------------------------------------------------------------ what follows from the settings

    def rebuild(self) -> None:
        self.W = kernel_numbers(self.kernel)
        self.x = self._picture()
        convolution = Conv2D(1, 3, self.stride, self.padding, self.activation, input_shape=(*self.x.shape, 1))
        pooling = POOLINGS[self.pooling](2)
        self.model = Sequential([convolution, pooling], dtype=np.float64)
        self.model.set_weights([self.W[None, :, :, None], [self.bias]])
        self.pooled = self.model.predict(self.x[None, :, :, None])[0, :, :, 0]
        self.z, self.y, self.padded = (
            array[0, :, :, 0] for array in (convolution.z, convolution.y, convolution.padded)
        )
        self.rows, self.columns = self.y.shape
        dy = {
            "outputs": lambda: np.ones_like(convolution.y),
            "half-squares": lambda: convolution.y,
            "pooled-outputs": lambda: pooling.backward(np.ones_like(pooling.y)),
        }[self.loss]()
        self._dy = dy.copy()
        self.dz = convolution.activation.backward(self._dy, convolution.y)[0, :, :, 0]
        self._follow_position()

    def _follow_position(self) -> None:
        """Everything that the present position alone decides."""
        self.row, self.column = divmod(self.position, self.columns)
        top, left = self.corner = self.row * self.stride, self.column * self.stride
        self.patch = self.padded[top : top + 3, left : left + 3]
        self.products = self.patch * self.W
        self._follow_pooling()
        place = np.arange(self.y.size).reshape(1, self.rows, self.columns, 1)
        self.dW_term, _, self.dx_term = self._backward(place == self.position)
        self.dW_so_far, self.db_so_far, self.dx_so_far = self._backward(place <= self.position)

    def _backward(self, counted: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
        """The layer's gradients of W, b and x if the loss depended on the counted outputs alone."""
        convolution = self.model.layers[0]
        dx = convolution.backward(self._dy * counted)
        gradients = convolution.gradients
        return gradients["W"][0, :, :, 0].copy(), float(gradients["b"][0]), dx[0, :, :, 0].copy()

    def _follow_pooling(self) -> None:
        row, column = self.row // 2, self.column // 2
        self.pool_place = self.winner = None
        if row < self.pooled.shape[0] and column < self.pooled.shape[1]:
            self.pool_place = row, column
            if self.pooling == "max":
                down, right = divmod(int(self.model.layers[1].winner[0, row, column, 0]), 2)
                self.winner = 2 * row + down, 2 * column + right

    def _picture(self) -> np.ndarray:
        if self.picture == "drawn":
            return to_cells(self.drawing)
        image = held_out(self.picture)[self.index] / 255
        if self.size == "28x28":
            return image
        if self.picture == "digits":  # they lie in the middle 20 × 20 pixels
            return smaller(image)
        return AveragePooling2D(3, padding="same").forward(image[None, :, :, None])[0, :, :, 0].astype(float)

    # ------------------------------------------------------------------ going over the picture

    def forwards(self, granularity: str = "cell") -> bool:
        """Go one cell on, or to the start of the next row; False at the end."""
        return self._go(self.position + (1 if granularity == "cell" else self.columns - self.column))

    def backwards(self, granularity: str = "cell") -> bool:
        """Go one cell back, or to the start of this row or of the one before; False at the start."""
        return self._go(self.position - (1 if granularity == "cell" else self.column or self.columns))

    def _go(self, position: int) -> bool:
        start, last = self.position, self.y.size - 1
        self.position = min(max(position, 0), last)
        self._follow_position()
        return self.position != start

    # ------------------------------------------------------------------ in words

    def code(self) -> str:
        return as_code(self)

    def __str__(self) -> str:
        where = f"position {self.position}: row {self.row}, column {self.column} of the map"
        words = forward_in_words if self.direction == "forward" else backward_in_words
        return "\n".join([where, *words(self)])


@lru_cache(maxsize=2)
def held_out(picture: str) -> np.ndarray:
    """The held-out pictures of a data set, (pictures, 28, 28)."""
    return {"digits": mnist, "clothes": fashion}[picture]()[1][0]
