"""The model: layers one after the other, a loss at the end, and the chain rule back through all of them."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from dlcore import losses, metrics, optimizers
from dlcore.inputs import as_numbers, check_lengths
from dlcore.layers.base import Layer
from dlcore.parameters import ParameterVector
from dlcore.saving import load_model, save_model
from dlcore.summary import summary_table
from dlcore.training import History, Step, learn, print_epoch, train

__all__ = ["Sequential", "load_model"]


class Sequential:
    """A stack of layers: the output of each is the input of the next.

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
    parameter_vector : all trainable numbers and their gradients, each as one flat vector.
    history : the `History` of the last ``fit``.
    stop_training : a callback sets this to True to end the training after the current batch.

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
        self.name = name
        self.seed = seed
        self.dtype = np.dtype(dtype)
        self.rng = np.random.default_rng(seed)
        self.layers: list[Layer] = []
        self.loss: losses.Loss | None = None
        self.optimizer: optimizers.Optimizer | None = None
        self.metrics: dict[str, metrics.Metric] = {}
        self.history: History | None = None
        self.stop_training = False
        self.input_gradient: np.ndarray | None = None
        self._parameter_vector: ParameterVector | None = None
        for layer in layers:
            self.add(layer)

    # ------------------------------------------------------------------ building

    def add(self, layer: Layer) -> None:
        """Put one more layer on top.

        Raises
        ------
        TypeError : it is not a layer.
        ValueError : it is in the model already, or cannot take what the layer below gives.
        """
        if not isinstance(layer, Layer):
            raise TypeError(f"add() expected a layer such as Dense(64), got {layer!r}.")
        if any(layer is other for other in self.layers):
            raise ValueError(f"{layer.name} is in this model already. Make a new layer instead.")
        input_shape = self.output_shape if self.layers else layer.given_input_shape
        if input_shape is not None:
            self._build_layer(layer, input_shape)
        names = {other.name for other in self.layers}
        base, number = layer.name, 0
        while layer.name in names:
            number += 1
            layer.name = f"{base}_{number}"
        self.layers.append(layer)
        self._parameter_vector = None

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the parameters of layers that were added without an input shape."""
        for layer in self.layers:
            if not layer.built:
                self._build_layer(layer, input_shape)
            input_shape = layer.output_shape

    def _build_layer(self, layer: Layer, input_shape: tuple[int | None, ...]) -> None:
        layer.astype(self.dtype)
        layer.build(input_shape, self.rng)

    @property
    def built(self) -> bool:
        return bool(self.layers) and all(layer.built for layer in self.layers)

    @property
    def output_shape(self) -> tuple[int | None, ...] | None:
        return self.layers[-1].output_shape if self.layers else None

    @property
    def parameter_vector(self) -> ParameterVector:
        if self._parameter_vector is None:
            self.require_built()
            self._parameter_vector = ParameterVector(layer for layer in self.layers if layer.trainable)
        return self._parameter_vector

    def compile(
        self,
        optimizer: str | optimizers.Optimizer = "rmsprop",
        loss: str | losses.Loss | None = None,
        metrics: Iterable[str | Callable] = (),
    ) -> None:
        """Choose how to train: the loss, the optimizer and what else to report.

        Raises
        ------
        ValueError : a name is not known; the message names the nearest one.
        """
        if loss is None:
            raise ValueError("compile() needs a loss, for example loss='categorical_crossentropy'.")
        chosen = losses.get(loss)
        self.metrics = dict(_metric(metric, chosen.name) for metric in metrics or ())
        self.optimizer = optimizers.get(optimizer)
        self.loss = chosen
        self._parameter_vector = None

    def require_built(self) -> None:
        """Raise RuntimeError unless all parameters exist."""
        if not self.layers:
            raise RuntimeError("the model has no layers yet. Add some: model.add(Dense(10)).")
        if not self.built:
            raise RuntimeError(
                "the model does not know its input shape yet. Give the first layer input_shape=..., or "
                "call model.build(input_shape)."
            )

    def require_compiled(self) -> None:
        """Raise RuntimeError unless ``compile`` has been called."""
        if self.loss is None:
            raise RuntimeError(
                "the model has no loss yet. Call model.compile(optimizer='adam', loss=...) first."
            )

    # ------------------------------------------------------------------ forward and backward

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """Forward propagation: ``x`` through all layers, (batch, ...) -> (batch, ...)."""
        if not self.built:
            self.build(np.shape(x)[1:])
            self.require_built()
        for layer in self.layers:
            x = layer.forward(x, training=training)
        return x

    def backward(self, dy: np.ndarray, input_gradient: bool = True) -> np.ndarray | None:
        """Back-propagation: ``dL/dy`` of the last output back through all layers, to ``dL/dx``."""
        return self._backward_through(self.layers, dy, input_gradient)

    def _backward_through(self, layers, gradient, input_gradient):
        for position in reversed(range(len(layers))):
            gradient = layers[position].backward(gradient, input_gradient or position > 0)
        return gradient

    def loss_and_gradients(
        self, x: np.ndarray, y: np.ndarray, training: bool = True, input_gradient: bool = False
    ) -> tuple[float, dict[str, float]]:
        """Forward, loss, backward on one batch: fills all gradients and changes no weight.

        Returns the mean loss and the metrics of the batch. With ``input_gradient=True`` the gradient of x
        is kept as ``model.input_gradient``.
        """
        outputs = self.forward(x, training=training)
        loss = self._loss_value(y, outputs)
        metrics = self._metric_values(y, outputs)
        last = self.layers[-1]
        if self.is_fused:
            dz = self.loss.gradient_from_z(y, outputs)
            gradient = last.backward_from_z(dz, input_gradient or len(self.layers) > 1)
            gradient = self._backward_through(self.layers[:-1], gradient, input_gradient)
        else:
            gradient = self.backward(self.loss.gradient(y, outputs), input_gradient)
        self.input_gradient = gradient
        return loss, metrics

    def loss_value(self, x: np.ndarray, y: np.ndarray) -> float:
        """Mean loss on one batch, outside training."""
        return self._loss_value(y, self.forward(x))

    @property
    def is_fused(self) -> bool:
        """Whether the loss works on the last layer's z, skipping softmax or sigmoid on the way back."""
        last = self.layers[-1]
        return (
            hasattr(last, "backward_from_z")
            and self.loss is not None
            and last.activation.name == self.loss.fuses_with
        )

    def _loss_value(self, targets: np.ndarray, outputs: np.ndarray) -> float:
        if not self.is_fused:
            return self.loss(targets, outputs)
        targets = self.loss.check_targets(targets, outputs.shape)
        return losses.weighted_mean(self.loss.losses_from_z(targets, self.layers[-1].z))

    def _metric_values(self, targets: np.ndarray, outputs: np.ndarray) -> dict[str, float]:
        return {name: float(metric(targets, outputs).mean()) for name, metric in self.metrics.items()}

    def check_targets(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Targets in the form that the loss works with; raises ValueError where they do not fit."""
        if not self.built:
            self.build(x.shape[1:])
        shape = self.forward(x[:1]).shape[1:]
        targets = self.loss.check_targets(y, (len(x), *shape))
        return targets.astype(self.dtype, copy=False) if targets.dtype.kind == "f" else targets

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
            x, y = np.asarray(x), np.asarray(y)
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
        x, y = as_numbers("x", x, self.dtype), as_numbers("y", y)
        check_lengths(x=x, y=y)
        loss, metrics = learn(self, x, self.check_targets(x, y))
        return [loss, *metrics.values()]

    def evaluate(
        self, x: Any, y: Any, batch_size: int = 256, return_dict: bool = False
    ) -> list[float] | dict[str, float]:
        """Mean loss and metrics over a data set, in a list (loss first) or a dict. Nothing is learned."""
        self.require_compiled()
        x, y = as_numbers("x", x, self.dtype), as_numbers("y", y)
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
        x = as_numbers("x", x, self.dtype)
        parts = [self.forward(x[start : start + batch_size]) for start in range(0, len(x), batch_size)]
        return np.concatenate(parts)

    # ------------------------------------------------------------------ looking at it, keeping it

    def summary(self, print_fn: Callable[[str], None] = print) -> None:
        """Print the table of layers, output shapes and numbers of parameters."""
        self.require_built()
        print_fn(summary_table(self))

    def count_params(self) -> int:
        """How many numbers the model learns and keeps."""
        self.require_built()
        return sum(weights.size for weights in self.get_weights())

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all parameters, layer by layer (W, then b)."""
        return [array.copy() for layer in self.layers for array in layer.parameters.values()]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Write all parameters, in the order of ``get_weights``.

        Raises
        ------
        ValueError : the number of arrays or a shape differs; then nothing is changed.
        """
        self.require_built()
        own = [
            (f"{layer.name}/{name}", array)
            for layer in self.layers
            for name, array in layer.parameters.items()
        ]
        if len(weights) != len(own):
            raise ValueError(f"set_weights expected {len(own)} arrays, got {len(weights)}.")
        for (name, array), new in zip(own, weights, strict=True):
            if np.shape(new) != array.shape:
                raise ValueError(f"set_weights expected shape {array.shape} for {name}, got {np.shape(new)}.")
        for (_, array), new in zip(own, weights, strict=True):
            array[...] = new

    def copy(self, dtype: Any = None) -> Sequential:
        """A model of its own with the same layers, weights and settings, in another dtype if wanted."""
        other = copy.deepcopy(self)
        other._parameter_vector = None
        other.dtype = self.dtype if dtype is None else np.dtype(dtype)
        for layer in other.layers:
            layer.astype(other.dtype)
        return other

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


def _metric(metric: str | Callable, loss_name: str) -> tuple[str, Callable]:
    # `Sequential.compile` has an argument named metrics, which hides the module of that name there.
    return metrics.get(metric, loss_name)
