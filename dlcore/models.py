"""The model: a network with a loss at its end, made to be trained, used and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from dlcore import losses, optimizers
from dlcore.inputs import as_numbers, check_lengths
from dlcore.layers.base import Layer
from dlcore.metrics import Metric
from dlcore.metrics import get as get_metric
from dlcore.network import Network
from dlcore.saving import load_model, save_model
from dlcore.summary import summary_table
from dlcore.training import History, Step, learn, print_epoch, train

__all__ = ["Sequential", "load_model"]


class Sequential(Network):
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
        self.loss: losses.Loss | None = None
        self.optimizer: optimizers.Optimizer | None = None
        self.metrics: dict[str, Metric] = {}
        self.history: History | None = None
        self.stop_training = False
        self.input_gradient: np.ndarray | None = None

    # ------------------------------------------------------------------ the loss

    def compile(
        self,
        optimizer: str | optimizers.Optimizer = "rmsprop",
        loss: str | losses.Loss | None = None,
        metrics: Iterable[str | Callable] = (),
    ) -> None:
        """Choose how to train: the loss, the optimizer and what else to report.

        Which layers are trained is settled here too: after a change of ``layer.trainable``, compile again.

        Raises
        ------
        ValueError : there is no loss, or a name is not known; the message names the nearest one.
        """
        if loss is None:
            raise ValueError("compile() needs a loss, for example loss='categorical_crossentropy'.")
        chosen = losses.get(loss)
        self.metrics = dict(get_metric(metric, chosen.name) for metric in metrics or ())
        self.optimizer = optimizers.get(optimizer)
        self.loss = chosen
        self._parameter_vector = None

    def require_compiled(self) -> None:
        """Raise RuntimeError unless ``compile`` has been called."""
        if self.loss is None:
            raise RuntimeError(
                "the model has no loss yet. Call model.compile(optimizer='adam', loss=...) first."
            )

    def check_targets(self, x: Any, y: np.ndarray) -> np.ndarray:
        """Targets in the form that the loss works with.

        Raises
        ------
        ValueError : they do not fit the outputs that the model gives for x.
        """
        shape = self.output_shape
        if shape is None or None in shape:
            shape = self.forward(x[:1]).shape[1:]
        targets = self.loss.check_targets(y, (len(x), *shape))
        return targets.astype(self.dtype, copy=False) if targets.dtype.kind == "f" else targets

    @property
    def is_fused(self) -> bool:
        """Whether the loss works on the last layer's z, skipping softmax or sigmoid on the way back."""
        last = self.layers[-1]
        return (
            hasattr(last, "backward_from_z")
            and self.loss is not None
            and last.activation.name == self.loss.fuses_with
        )

    def loss_and_gradients(
        self, x: Any, y: np.ndarray, training: bool = True, input_gradient: bool = False
    ) -> tuple[float, dict[str, float]]:
        """Forward, loss, backward on one batch: fills all gradients and changes no weight.

        Returns the mean loss and the metrics of the batch. With ``input_gradient=True`` the gradient of x
        is kept as ``model.input_gradient``.
        """
        outputs = self.forward(x, training=training)
        loss = self._loss_value(y, outputs)
        metrics = self._metric_values(y, outputs)
        fused = self.is_fused
        gradient = self.loss.gradient_from_z(y, outputs) if fused else self.loss.gradient(y, outputs)
        self.input_gradient = self.backward(gradient, input_gradient, from_z=fused)
        return loss, metrics

    def loss_value(self, x: Any, y: np.ndarray) -> float:
        """Mean loss on one batch, outside training."""
        return self._loss_value(y, self.forward(x))

    def _loss_value(self, targets: np.ndarray, outputs: np.ndarray) -> float:
        if not self.is_fused:
            return self.loss(targets, outputs)
        targets = self.loss.check_targets(targets, outputs.shape)
        return losses.weighted_mean(self.loss.losses_from_z(targets, self.layers[-1].z))

    def _metric_values(self, targets: np.ndarray, outputs: np.ndarray) -> dict[str, float]:
        return {name: float(metric(targets, outputs).mean()) for name, metric in self.metrics.items()}

    # ------------------------------------------------------------------ training and using

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int = 32,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: Iterable[Callable[[Step], None]] = (),
        validation_split: float = 0.0,
        validation_data: tuple[Any, Any] | None = None,
        shuffle: bool = True,
        seed: int | None = None,
    ) -> History:
        """Train for some epochs; see `dlcore.training.train` for the data and the errors.

        Parameters
        ----------
        verbose : 1 prints a line per epoch, 0 prints nothing.
        callbacks : functions that are called with the `Step` after each batch.
        validation_split : share of the samples, taken from the end, that is kept for validation.

        Returns
        -------
        history : loss and metrics of each epoch. It is also kept as ``model.history``, so that it is
            there after an interruption from the keyboard, as the weights are.
        """
        if validation_split:
            x, y = self.as_inputs(x), np.asarray(y)
            kept = len(x) - int(len(x) * validation_split)
            x, y, validation_data = x[:kept], y[:kept], (x[kept:], y[kept:])
        self.history = History()
        watchers = [self.history, *callbacks, *([print_epoch(epochs)] if verbose else [])]
        steps = train(
            self,
            x,
            y,
            epochs=epochs,
            batch_size=batch_size,
            shuffle=shuffle,
            validation_data=validation_data,
            seed=seed,
            watch=bool(callbacks),
        )
        for step in steps:
            for watcher in watchers:
                watcher(step)
        return self.history

    def train_on_batch(self, x: Any, y: Any) -> list[float]:
        """One step on one batch; returns the loss and the metrics from before the update."""
        self.require_compiled()
        x, y = self.as_inputs(x), as_numbers("y", y)
        check_lengths(x=x, y=y)
        loss, metrics = learn(self, x, self.check_targets(x, y))
        return [loss, *metrics.values()]

    def evaluate(
        self, x: Any, y: Any, batch_size: int = 256, return_dict: bool = False
    ) -> list[float] | dict[str, float]:
        """Mean loss and metrics over a data set, in a list (loss first) or a dict. Nothing is learned."""
        self.require_compiled()
        x, y = self.as_inputs(x), as_numbers("y", y)
        check_lengths(x=x, y=y)
        y = self.check_targets(x, y)
        totals: dict[str, float] = defaultdict(float)
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            outputs = self.forward(x[rows])
            results = {"loss": self._loss_value(y[rows], outputs)}
            results |= self._metric_values(y[rows], outputs)
            for name, value in results.items():
                totals[name] += value * len(outputs)
        means = {name: total / len(x) for name, total in totals.items()}
        return means if return_dict else list(means.values())

    def predict(self, x: Any, batch_size: int = 256) -> np.ndarray:
        """Outputs for all samples, (samples, ...)."""
        x = self.as_inputs(x)
        parts = [self.forward(x[start : start + batch_size]) for start in range(0, len(x), batch_size)]
        return np.concatenate(parts)

    # ------------------------------------------------------------------ looking at it, keeping it

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
