"""What every library has to do: the same networks, on the same random data.

A library's file defines ``build(task) -> (step, prepare_fit)``: ``step()`` is one forward and backward pass
with one step of Adam on a batch; ``prepare_fit()`` gives a function that trains for one epoch on
`FIT_SAMPLES` samples in random order. A task that the library does not have raises `NotOfferedError`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FIT_SAMPLES = 10_000
TREE_WORDS, TREE_FEATURES, TREE_CLASSES = 1000, 32, 5


class NotOfferedError(Exception):
    """The library cannot do this task."""


@dataclass(frozen=True)
class Task:
    """One network of the article (or the tree network) at one batch size."""

    network: str  # "dense", "cnn", "lstm", "simple_rnn", "tree"
    batch: int
    time_steps: int = 28
    fewest_leaves: int = 12
    most_leaves: int = 18

    def data(self, samples: int | None = None, seed: int = 0):
        """Inputs x and labels y, by default for one batch."""
        samples = self.batch if samples is None else samples
        rng = np.random.default_rng(seed)
        if self.network == "tree":
            trees = [
                random_tree(rng, int(rng.integers(self.fewest_leaves, self.most_leaves + 1)))
                for _ in range(samples)
            ]
            return trees, rng.integers(0, TREE_CLASSES, samples)
        sequence = (self.time_steps, 28)
        shapes = {"dense": (784,), "cnn": (28, 28, 1), "lstm": sequence, "simple_rnn": sequence}
        x = rng.random((samples, *shapes[self.network]), dtype=np.float32)
        # The article's recurrent networks give one prediction per time step, so they need a label for each.
        per_step = (self.time_steps,) if self.network in ("lstm", "simple_rnn") else ()
        return x, rng.integers(0, 10, (samples, *per_step))


def random_tree(rng: np.random.Generator, leaves: int):
    """A binary tree as nested pairs, with word numbers at the leaves."""
    if leaves == 1:
        return int(rng.integers(TREE_WORDS))
    left = int(rng.integers(1, leaves))
    return random_tree(rng, left), random_tree(rng, leaves - left)
