"""The playground's data: points in the plane, or the small digits, parted for training and validation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlcore import datasets

NAMES = ("circles", "moons", "xor", "spiral", "blobs", "digits")
TRAINING_SHARE = 0.7


@dataclass(frozen=True)
class PlaygroundData:
    """Samples with their classes.

    Attributes
    ----------
    training, held_out : each x (samples, inputs) and y (samples,).
    classes : how many there are.
    code : the lines of Python that make ``(x_train, y_train)`` and ``held_out``.
    """

    training: tuple[np.ndarray, np.ndarray]
    held_out: tuple[np.ndarray, np.ndarray]
    classes: int
    code: str


def training_samples(samples: int) -> int:
    """How many of the samples are learned from; the others are held out."""
    return round(TRAINING_SHARE * samples)


def load(name: str, samples: int, noise: float) -> PlaygroundData:
    """The data of that name; the same call gives the same samples."""
    if name == "digits":
        images, labels = datasets.digits()
        x, y = images[:samples].reshape(-1, 64) / 16, labels[:samples].astype(int)
        x = x + np.random.default_rng(0).normal(0, noise, x.shape)
        lines = (
            "images, labels = datasets.digits()\n"
            f"x, y = images[:{samples}].reshape(-1, 64) / 16, labels[:{samples}].astype(int)\n"
            f"x = x + np.random.default_rng(0).normal(0, {noise:g}, x.shape)\n"
        )
    else:
        x, y = getattr(datasets, name)(samples, noise=noise)
        lines = f"x, y = datasets.{name}({samples}, noise={noise:g})\n"
    kept = training_samples(samples)
    split = f"(x_train, y_train), held_out = (x[:{kept}], y[:{kept}]), (x[{kept}:], y[{kept}:])"
    return PlaygroundData((x[:kept], y[:kept]), (x[kept:], y[kept:]), int(y.max()) + 1, lines + split)
