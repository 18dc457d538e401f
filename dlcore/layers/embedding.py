"""The embedding: a table of vectors, one for each word, letter or other thing that has a number."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import initializers, regularizers
from dlcore.inputs import as_numbers, positive_integer
from dlcore.layers.base import Layer
from dlcore.shapes import fits


class Embedding(Layer):
    """Look up a vector for each whole number: ``y = E[x]``, row x of E.

    This is what a dense layer without bias does to x as a one-hot vector, without the multiplications by
    zero. So ``dL/dE[i] = sum of dy over all places where x = i``, and there is no dL/dx.

    Parameters
    ----------
    input_dim : how many different numbers there are; x holds 0 to ``input_dim - 1``.
    output_dim : length of a vector.
    embeddings_initializer : where E starts.
    embeddings_regularizer : a penalty on E (see `dlcore.regularizers`).
    mask_zero : whether 0 marks padding: the layers above then get the mask ``x != 0``.

    Input shape
    -----------
    (batch, *any), whole numbers

    Output shape
    ------------
    (batch, *any, output_dim)

    Parameters after building
    -------------------------
    E : (input_dim, output_dim), row i is the vector of number i.

    Raises
    ------
    TypeError : a size or an input is not a whole number.
    ValueError : a size is less than 1, or an input has no row in E.

    Source
    ------
    Bengio et al. (2003), "A neural probabilistic language model", section 2.

    Examples
    --------
    >>> layer = Embedding(3, 2)
    >>> layer.build((2,))
    >>> layer.parameters["E"][...] = [[0, 1], [10, 11], [20, 21]]
    >>> layer.forward([[2, 0]])
    array([[[20., 21.],
            [ 0.,  1.]]], dtype=float32)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: str | initializers.Initializer = "random_uniform",
        embeddings_regularizer: str | regularizers.L1L2 | None = None,
        mask_zero: bool = False,
        input_shape: tuple[int | None, ...] | None = None,
        name: str | None = None,
    ):
        super().__init__(name=name, input_shape=input_shape)
        self.input_dim = positive_integer("Embedding", "input_dim", input_dim)
        self.output_dim = positive_integer("Embedding", "output_dim", output_dim)
        self.embeddings_initializer = initializers.require_known(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.mask_zero = mask_zero
        self.x = self.y = None

    def get_config(self):
        return {"input_dim": self.input_dim, **super().get_config()}

    def build(self, input_shape, rng=0):
        super().build(input_shape, rng)
        rows, columns = self.input_dim, self.output_dim
        self.add_parameter(
            "E",
            (rows, columns),
            self.embeddings_initializer,
            rows,
            columns,
            rng,
            self.embeddings_regularizer,
        )

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.output_dim)

    def as_inputs(self, x: Any) -> np.ndarray:
        """``x`` as whole numbers that have a row in E; raises TypeError or ValueError otherwise."""
        x = as_numbers("x", x)
        numbers = x.astype(np.intp)
        if not np.array_equal(numbers, x):
            raise TypeError(
                f"{self.name} (Embedding) expected whole numbers, got {x[numbers != x].flat[0]!r}. "
                "Turn words into numbers first."
            )
        outside = (numbers < 0) | (numbers >= self.input_dim)
        if outside.any():
            where = tuple(int(i) for i in np.argwhere(outside)[0])
            raise ValueError(
                f"{self.name} (Embedding) expected numbers 0 to {self.input_dim - 1}, got {numbers[where]} "
                f"at index {where}. Make input_dim larger than the largest number."
            )
        return numbers

    def prepare(self, x, training):
        x = self.as_inputs(x)
        if not self.built:
            self.build(x.shape[1:])
        if not fits(x.shape[1:], self.input_shape):
            raise ValueError(self.shape_error(x.shape))
        self.training = training
        return x

    def forward(self, x, training=False):
        self.x = self.prepare(x, training)
        shape = (*self.x.shape, self.output_dim)
        self.y = np.take(self.parameters["E"], self.x, axis=0, out=self.array("y", shape), mode="clip")
        return self.y

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        dE = self.gradients["E"]
        dE[...] = 0
        add_rows(dE, self.x.reshape(-1), dy.reshape(-1, self.output_dim))

    def compute_mask(self, x, mask):
        return self.x != 0 if self.mask_zero and self.x.ndim == 2 else mask


def add_rows(sums: np.ndarray, rows: np.ndarray, values: np.ndarray) -> None:
    """``sums[rows[i]] += values[i]`` for each i, where a row may occur several times.

    Examples
    --------
    >>> sums = np.zeros((2, 2))
    >>> add_rows(sums, np.array([1, 1]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> sums
    array([[0., 0.],
           [4., 6.]])
    """
    # On single numbers add.at is four times as fast as on rows: so each row is taken apart.
    columns = np.arange(sums.shape[1])
    numbers = rows[:, None] * len(columns) + columns
    np.add.at(sums.reshape(-1), numbers.reshape(-1), values.reshape(-1))
