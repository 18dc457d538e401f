"""Train the networks that `dlcore.pretrained` holds.

    python tools/train_models.py          all of them
    python tools/train_models.py cnn      those that are named

Writes ``dlcore/pretrained/<name>.npz`` and prints how the stored network does on data it never saw. A new
network needs a function that trains it and returns it with such data, and an entry in ``MODELS``; what it
is goes into the docstring of `dlcore.pretrained.load_pretrained`.
"""

import argparse
import os
import sys
from pathlib import Path

# Sums on several threads come in no fixed order. With one the same machine gives the same file.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

import character_models
import row_models
import tree_models
from dlcore import Sequential
from dlcore.datasets import mnist
from dlcore.disturbances import shift
from dlcore.layers import Conv2D, Dense, Flatten, MaxPooling2D
from dlcore.models import load_model
from dlcore.optimizers import Adam
from dlcore.schedules import CosineDecay
from dlcore.utils import to_categorical

FOLDER = Path(__file__).parents[1] / "dlcore" / "pretrained"


def cnn():
    """The article's CNN (section 4.2)."""
    return trained_on_digits(
        Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)),
        MaxPooling2D((2, 2)),
        Conv2D(64, (3, 3), activation="relu"),
        MaxPooling2D((2, 2)),
        Flatten(),
        Dense(64, activation="relu"),
        Dense(10, activation="softmax"),
        name="cnn",
    )


def dense():
    """The article's dense network (section 4.1), to be compared with the CNN."""
    return trained_on_digits(
        Flatten(input_shape=(28, 28, 1)),
        Dense(64, activation="relu"),
        Dense(64, activation="relu"),
        Dense(10, activation="softmax"),
        name="dense",
    )


def trained_on_digits(*layers, name):
    """A network that has seen the embedded digits, each in five places, 4 times, and the held-out ones."""
    (x_train, y_train), (x_test, y_test) = mnist()
    x_train, x_test = x_train[..., None] / 255, x_test[..., None] / 255
    places = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))  # pixels down, and to the right
    x_train = np.concatenate([shift(x_train, *place) for place in places])
    y_train = np.tile(y_train, len(places))
    model = Sequential(layers, name=name, seed=0)
    epochs, batch_size = 4, 32
    steps = epochs * -(-len(x_train) // batch_size)  # over which the rate goes down to 0
    compiled = {"loss": "categorical_crossentropy", "metrics": ["accuracy"]}
    model.compile(optimizer=Adam(CosineDecay(0.001, steps)), **compiled)
    model.fit(x_train, to_categorical(y_train), batch_size=batch_size, epochs=epochs, seed=0)
    model.compile(optimizer="adam", **compiled)  # as in the article, for readers who train it further
    return model, (x_test, to_categorical(y_test))


MODELS = {"cnn": cnn, "dense": dense, **row_models.MODELS, **tree_models.MODELS, **character_models.MODELS}


def store(model: Sequential, path: Path) -> None:
    """Save the model with its weights in half precision; `load_model` gives them the model's own type."""
    model.save(path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    weights = {name: array.astype(np.float16) for name, array in arrays.items() if name != "architecture"}
    np.savez_compressed(path, architecture=arrays["architecture"], **weights)


def main() -> int:
    """Train what is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODELS)}; all by default")
    names = parser.parse_args().names or list(MODELS)
    if unknown := set(names) - set(MODELS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}. Known: {', '.join(MODELS)}.")
    for name in names:
        print(f"{name}:")
        model, held_out = MODELS[name]()
        path = FOLDER / f"{name}.npz"
        store(model, path)
        results = load_model(path).evaluate(*held_out, return_dict=True)
        print(f"{path.name}, {path.stat().st_size / 1000:.0f} kB, held out:", end=" ")
        print(", ".join(f"{metric} {value:.4f}" for metric, value in results.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
