"""The model: layers and a loss, made to be trained, used and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from dlcore.callbacks import History, print_epoch
from dlcore.inputs import batches, split
from dlcore.layers.base import Layer
from dlcore.objective import Objective
from dlcore.saving import load_model, save_model
from dlcore.summary import summary_table
from dlcore.training import Step, learn, train

__all__ = ["Sequential", "load_model"]


class Sequential(Objective):
    """A stack of layers that can be compiled, trained, evaluated and saved.

    Method names, arguments and defaults are those of Keras, with two departures: random numbers come from
    ``seed``, so that the same program gives the same result, and ``W`` has one row for each neuron.

    Parameters
    ----------
    layers : the layers, first to last; more can be added.
    name : of the model, for the summary.
    seed : for initial weights, dropout and the order of samples.
    dtype : type of all numbers; float32 to train, float64 to check gradients.

    Attributes
    ----------
    layers : list of layers.
    parameter_vector : all numbers that training changes and their gradients, each as one flat vector.
    history : the `History` of the last ``fit``.
    stop_training : a callback sets this to True to end the training after the current batch.
    input_gradient : ``dL/dx`` of the last ``loss_and_gradients(..., input_gradient=True)``.

    Examples
    --------
    >>> from dlcore.layers import Dense
    >>> model = Sequential()
    >>> model.add(Dense(64, input_dim=784, activation="relu"))
    >>> model.add(Dense(10, activation="softmax"))
    >>> model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    >>> model.count_params()
    50890
    >>> model.predict(np.zeros((2, 784))).shape
    (2, 10)
    """

    def __init__(
        self,
        layers: Iterable[Layer] = (),
        name: str = "sequential",
        seed: int = 0,
        dtype: Any = np.float32,
    ):
        super().__init__(layers, name, seed, dtype)
        self.history: History | None = None
        self.stop_training = False

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int = 32,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: Callable[[Step], None] | Iterable[Callable[[Step], None]] | None = (),
        validation_split: float = 0.0,
        validation_data: tuple | None = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        seed: int | None = None,
    ) -> History:
        """Train for some epochs; see `dlcore.training.train` for the data and the errors.

        Parameters
        ----------
        verbose : 1 prints a line per epoch, 0 prints nothing.
        callbacks : functions that are called with the `Step` after each batch.
        validation_split : share of the samples, taken from the end, that is kept for validation; class
            weights do not count there.

        Returns
        -------
        history : loss and metrics of each epoch. It is also kept as ``model.history``, so that it is
            there after an interruption from the keyboard, as the weights are.

        Raises
        ------
        ValueError : both a share to split off and validation data are given.
        """
        if validation_split:
            if validation_data is not None:
                raise ValueError("expected validation_split or validation_data, got both. Leave one out.")
            data = self.as_data(x, y, sample_weight)
            (x, y, sample_weight), validation_data = split(data, validation_split)
        callbacks = [callbacks] if callable(callbacks) else list(callbacks or ())
        self.history = History()
        watchers = [self.history, *callbacks, *([print_epoch] if verbose else [])]
        steps = train(
            self,
            x,
            y,
            epochs=epochs,
            batch_size=batch_size,
            shuffle=shuffle,
            validation_data=validation_data,
            class_weight=class_weight,
            sample_weight=sample_weight,
            seed=seed,
            watch=bool(callbacks),
        )
        for step in steps:
            for watcher in watchers:
                watcher(step)
        return self.history

    def train_on_batch(
        self, x: Any, y: Any, sample_weight: Any = None, class_weight: Mapping[int, float] | None = None
    ) -> list[float]:
        """One step on one batch; returns the loss and the metrics from before the update.

        Raises
        ------
        TypeError, ValueError : the data cannot be used.
        FloatingPointError : the step diverged; the weights are those before it.
        """
        loss, metrics = learn(self, *self.as_data(x, y, sample_weight, class_weight))
        return [loss, *metrics.values()]

    def evaluate(
        self,
        x: Any,
        y: Any,
        batch_size: int = 256,
        sample_weight: Any = None,
        return_dict: bool = False,
    ) -> list[float] | dict[str, float]:
        """Mean loss and metrics over a data set, in a list (loss first) or a dict. Nothing is learned.

        Raises
        ------
        TypeError, ValueError : the data cannot be used.
        """
        means = self.mean_results(*self.as_data(x, y, sample_weight), batch_size=batch_size)
        return means if return_dict else list(means.values())

    def predict(self, x: Any, batch_size: int = 256) -> np.ndarray:
        """Outputs for all samples, (samples, ...).

        Raises
        ------
        TypeError, ValueError : the data cannot be used.
        """
        x = self.as_inputs(x)
        return np.concatenate([self.forward(x[rows]) for rows in batches(len(x), batch_size)])

    def summary(self, print_fn: Callable[[str], None] = print) -> None:
        """Print the table of layers, output shapes and numbers of parameters."""
        self.require_built()
        print_fn(summary_table(self))

    def save(self, path: Any) -> None:
        """Write layers, weights and compile settings to a ``.npz`` file; `load_model` reads it."""
        save_model(self, path)

    @staticmethod
    def load(path: Any) -> Sequential:
        """Read a model that ``save`` wrote."""
        return load_model(path)

    def __repr__(self) -> str:
        layers = ", ".join(map(repr, self.layers))
        return f"Sequential([{layers}], seed={self.seed})"
