"""The four tree networks of `dlcore.pretrained`: one equation, one size, four kinds of trees.

All are ``h = tanh(W [h_left ; h_right] + b)`` with 8 numbers a node and one number out of the root. Every
fifth tree is held out.
"""

from functools import partial

import numpy as np

from dlcore import Sequential
from dlcore.binary_trees import by_twos
from dlcore.datasets import hanzi_trees, molecule_trees
from dlcore.layers import Dense, Recursive
from dlcore.optimizers import Adam
from dlcore.schedules import CosineDecay
from dlcore.trees import Trees

UNITS = 8


def strokes():
    """How many strokes a character is written with, from its components."""
    _, trees, counts = hanzi_trees()
    return trees, counts


def boiling():
    """At how many kelvin a molecule boils, from its atoms and bonds."""
    _, trees, points = molecule_trees()
    return trees, points


def sums():
    """What an expression of 1 to 6 digits, ``+`` and ``-`` comes to."""
    rng = np.random.default_rng(0)

    def digit():
        number = int(rng.integers(10))
        return str(number), number

    def add_or_subtract(left, right):
        if rng.random() < 0.5:
            return (left[0], "+", right[0]), left[1] + right[1]
        return (left[0], "-", right[0]), left[1] - right[1]

    return zip(
        *(random_tree(rng, rng.integers(1, 7), digit, add_or_subtract) for _ in range(10_000)), strict=True
    )


def depths():
    """How high a tree is, whatever stands at its leaves."""
    rng = np.random.default_rng(0)

    def word():
        return "word", 0

    def join(left, right):
        return (left[0], right[0]), 1 + max(left[1], right[1])

    return zip(*(random_tree(rng, rng.integers(1, 13), word, join) for _ in range(4_000)), strict=True)


def random_tree(rng, leaves, leaf, join):
    """A tree with so many leaves: ``leaf()`` makes one, ``join(left, right)`` a node of two."""
    if leaves == 1:
        return leaf()
    left = rng.integers(1, leaves)
    return join(random_tree(rng, left, leaf, join), random_tree(rng, leaves - left, leaf, join))


# how the trees and targets come about, the vocabulary (None: what occurs), and for how many epochs to learn
KINDS = {
    "tree_strokes": (strokes, None, 60),
    "tree_boiling": (boiling, None, 200),
    "tree_sums": (sums, "0123456789+-", 60),
    "tree_depths": (depths, ("word",), 40),
}


def data(name):
    """Trees and targets to learn from, and those that are held out."""
    make, vocabulary, _ = KINDS[name]
    trees, targets = make()
    x, y = Trees(map(by_twos, trees), vocabulary), np.array(targets, float)
    held_out = np.arange(len(x)) % 5 == 0
    return tuple((x[rows], y[rows]) for rows in (np.flatnonzero(~held_out), np.flatnonzero(held_out)))


def trained(name):
    """The trained network, and the held-out data."""
    (x, y), held_out = data(name)
    recursive, dense = Recursive(UNITS, symbols=len(x.vocabulary)), Dense(1)
    model = Sequential([recursive, dense], name=name, seed=0)
    compiled = {"loss": "mean_squared_error", "metrics": ["mae"]}
    epochs, batch_size = KINDS[name][-1], 32
    steps = epochs * -(-len(x) // batch_size)
    model.compile(optimizer=Adam(CosineDecay(0.01, steps)), **compiled)
    # It learns targets of mean 0 and standard deviation 1. Then the last layer takes over the unit.
    mean, std = y.mean(), y.std()
    model.fit(x, (y - mean) / std, epochs=epochs, batch_size=batch_size, verbose=0)
    dense.parameters["W"] *= std
    dense.parameters["b"][...] = dense.parameters["b"] * std + mean
    model.compile(optimizer="adam", **compiled)
    return model, held_out


MODELS = {name: partial(trained, name) for name in KINDS}
