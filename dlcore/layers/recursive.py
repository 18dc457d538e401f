"""The recursive layer: ``h = f(W [h_left ; h_right] + b)`` at every node of a tree, from the leaves up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from dlcore import activations, initializers, regularizers
from dlcore.affine import affine, affine_input_gradient, affine_parameter_gradients
from dlcore.inputs import positive_integer
from dlcore.layers.base import Layer
from dlcore.layers.embedding import add_rows
from dlcore.trees import Trees

COMPOSITIONS = ("concatenate", "sum")
SAME_VOCABULARY = (
    "Make them with the vocabulary of the training data: Trees(..., vocabulary=trees.vocabulary)."
)


class Recursive(Layer):
    """Recursive (tree-structured) layer: the same W and b at every inner node; the output is the root's h.

    ``h = E[symbol]`` at a leaf, ``h = f(W x + b)`` at an inner node, with ``x = [h_left ; h_right]``
    ("concatenate") or ``x = sum of the children's h`` ("sum", for any number of children). The gradients
    of W and b are sums over all nodes (back-propagation through structure). Nodes of equal height, in all
    the trees of a batch, are one product of matrices.

    On a chain, a tree whose right children are all leaves, this is a `SimpleRNN`: the left half of W is its
    U, the right half its W, and E holds its inputs.

    Parameters
    ----------
    units : length of h.
    symbols : how many different leaves there are, ``len(trees.vocabulary)``. By default the layer takes it
        from the first trees that it gets.
    activation : name of f.
    composition : "concatenate" or "sum".
    arity : for "concatenate", the number of children of a node; missing ones count as zeros.
    use_bias : whether there is a b.
    kernel_initializer, bias_initializer, embeddings_initializer : where W, b and E start.
    kernel_regularizer, embeddings_regularizer : penalties on W and E (see `dlcore.regularizers`).
    vocabulary : the symbols in the order of the rows of E. By default it is that of the first trees, and is
        saved with the model: all others must have the same.

    Input shape
    -----------
    `dlcore.trees.Trees`

    Output shape
    ------------
    (batch, units)

    Parameters after building
    -------------------------
    W : (units, arity * units), or (units, units) for "sum"
    b : (units,)
    E : (symbols, units), row i is h at a leaf with symbol i.

    Attributes
    ----------
    plan : the order of the nodes in the last forward pass (see `dlcore.trees.Plan`).
    h : (nodes + 1, units), h of each node, in the order of the plan; the last row is zeros.
    dh : (nodes + 1, units), filled by ``backward``: dL/dh of each node.

    Raises
    ------
    TypeError : units is not a whole number, or the input is not `Trees`.
    ValueError : a name is not known, or the trees have another vocabulary than the layer or more children.

    Source
    ------
    Goller and Küchler (1996), "Learning task-dependent distributed representations by backpropagation
    through structure"; Socher et al. (2011); the sum of children: Tai, Socher and Manning (2015).

    Examples
    --------
    >>> trees = Trees([("木", "木"), (("木", "木"), "木")])
    >>> layer = Recursive(1, symbols=1, activation="linear", composition="sum")
    >>> layer.build(())
    >>> for name in "WE":
    ...     layer.parameters[name][...] = 1
    >>> layer.forward(trees)  # with all weights 1 it counts the leaves
    array([[2.],
           [3.]], dtype=float32)
    """

    unprinted = ("name", "vocabulary")

    def __init__(
        self,
        units: int,
        symbols: int | None = None,
        activation: str | activations.Activation | None = "tanh",
        composition: str = "concatenate",
        arity: int = 2,
        use_bias: bool = True,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        bias_initializer: str | initializers.Initializer = "zeros",
        embeddings_initializer: str | initializers.Initializer = "random_uniform",
        kernel_regularizer: str | regularizers.L1L2 | None = None,
        embeddings_regularizer: str | regularizers.L1L2 | None = None,
        vocabulary: Iterable[str] | None = None,
        name: str | None = None,
    ):
        self.vocabulary = None if vocabulary is None else tuple(vocabulary)
        if symbols is None and vocabulary is not None:
            symbols = len(self.vocabulary)
        if symbols is not None:
            symbols = positive_integer("Recursive", "symbols", symbols)
        super().__init__(name=name, input_shape=None if symbols is None else ())
        self.units = positive_integer("Recursive", "units", units)
        self.symbols = symbols
        self.activation = activations.get(activation)
        if composition not in COMPOSITIONS:
            raise ValueError(f"composition must be one of {COMPOSITIONS}, got {composition!r}.")
        self.composition = composition
        self.arity = positive_integer("Recursive", "arity", arity)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.require_known(kernel_initializer)
        self.bias_initializer = initializers.require_known(bias_initializer)
        self.embeddings_initializer = initializers.require_known(embeddings_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.plan = self.x = self.h = self.y = self.dh = None

    def build(self, input_shape, rng=0):
        if self.symbols is None:
            raise ValueError(
                f"{self.name} does not know yet how many symbols there are. Give it "
                "symbols=len(trees.vocabulary)."
            )
        super().build(input_shape, rng)
        rng = np.random.default_rng(rng)
        units, symbols = self.units, self.symbols
        inputs = units * self.arity if self.composition == "concatenate" else units
        kernel, embeddings = self.kernel_initializer, self.embeddings_initializer
        self.add_parameter("W", (units, inputs), kernel, inputs, units, rng, self.kernel_regularizer)
        if self.use_bias:
            self.add_parameter("b", (units,), self.bias_initializer, inputs, units, rng)
        self.add_parameter(
            "E", (symbols, units), embeddings, symbols, units, rng, self.embeddings_regularizer
        )

    def compute_output_shape(self, input_shape):
        if input_shape != ():
            raise ValueError(
                f"{self.name} expected trees, got samples of shape {input_shape}. It can only be the first "
                "layer of a model; the data go in as dlcore.trees.Trees(...)."
            )
        return (self.units,)

    def as_inputs(self, x: Any) -> Trees:
        if not isinstance(x, Trees):
            raise TypeError(
                f"{self.name} (Recursive) expected dlcore.trees.Trees, got {type(x).__name__}. "
                "Make them from nested tuples: Trees([('a', 'b'), ...])."
            )
        if self.composition == "concatenate" and x.arity > self.arity:
            raise ValueError(
                f"{self.name} puts {self.arity} children side by side, but a node has {x.arity}. "
                f"Use arity={x.arity}, or composition='sum' for any number of children."
            )
        if self.symbols is None:
            self.symbols = len(x.vocabulary)
        if len(x.vocabulary) != self.symbols:
            raise ValueError(
                f"{self.name} was made for {self.symbols} symbols, but the trees have a vocabulary of "
                f"{len(x.vocabulary)}. {SAME_VOCABULARY}"
            )
        if self.vocabulary is None:
            self.vocabulary = x.vocabulary
        # Parts of the same trees share one tuple: then there is nothing to compare.
        if x.vocabulary is not self.vocabulary and x.vocabulary != self.vocabulary:
            row = next(i for i, symbol in enumerate(x.vocabulary) if symbol != self.vocabulary[i])
            raise ValueError(
                f"{self.name} knows symbol {row} as {self.vocabulary[row]!r}, but in these trees it is "
                f"{x.vocabulary[row]!r}. {SAME_VOCABULARY}"
            )
        return x

    # ------------------------------------------------------------------ up the trees and down again

    def forward(self, x, training=False):
        x = self.as_inputs(x)
        if not self.built:
            self.build(())
        self.training = training
        self.plan = plan = x.plan()
        leaves = len(plan.symbols)
        W, b, E = (self.parameters.get(name) for name in "WbE")
        self.h = h = self.array("h", (plan.nodes + 1, self.units))
        np.take(E, plan.symbols, axis=0, out=h[:leaves], mode="clip")
        h[-1] = 0  # the child that is not there
        self.x = self.array("x", (plan.nodes - leaves, W.shape[1]))
        for level in plan.levels:
            inner = slice(level.start - leaves, level.stop - leaves)
            self.gather(plan.children[inner], out=self.x[inner])
            z = affine(self.x[inner], W, b, out=h[level])
            self.activation(z, out=z)
        self.y = h[plan.roots]
        return self.y

    def backward(self, dy, input_gradient=False):
        """Fill ``gradients`` and ``dh`` from ``dL/dy``. Trees have no gradient, so None is returned."""
        dy = self.require_forward(dy, self.y)
        plan, h, W, gradients = self.plan, self.h, self.parameters["W"], self.gradients
        leaves = len(plan.symbols)
        self.dh = dh = self.array("dh", h.shape)
        dh[plan.roots] = dy
        dz = self.array("dz", (plan.nodes - leaves, self.units))
        for level in reversed(plan.levels):
            inner = slice(level.start - leaves, level.stop - leaves)
            self.activation.backward(dh[level], h[level], out=dz[inner])
            dx = affine_input_gradient(dz[inner], W)
            self.scatter(dx, plan.children[inner])
        dh[-1] = 0
        affine_parameter_gradients(dz, self.x, gradients["W"], gradients.get("b"))
        gradients["E"][...] = 0
        add_rows(gradients["E"], plan.symbols, dh[:leaves])

    def gather(self, children: np.ndarray, out: np.ndarray) -> None:
        """x of some nodes, (nodes, inputs), from the h of their children."""
        if self.composition == "sum":
            np.sum(self.h[children], axis=1, out=out)
            return
        count = children.shape[1] * self.units
        out[:, count:] = 0  # where no node has as many children as the layer allows
        out[:, :count] = self.h[children].reshape(len(out), count)

    def scatter(self, dx: np.ndarray, children: np.ndarray) -> None:
        """dL/dx of some nodes, to the dL/dh of their children. A child has one parent: nothing adds up."""
        if self.composition == "sum":
            self.dh[children] = dx[:, None]
        else:
            count = children.shape[1] * self.units
            self.dh[children] = dx[:, :count].reshape(*children.shape, self.units)

    def linear_piece(self):
        return self.h > 0 if self.activation.has_kink else None
