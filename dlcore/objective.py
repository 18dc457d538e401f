"""How good is a network? Its loss and metrics, and the gradient of the loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from dlcore import losses, optimizers
from dlcore.inputs import (
    as_numbers,
    as_sample_weight,
    batches,
    check_lengths,
    labels_of_rows,
    weights_of_classes,
)
from dlcore.layers.base import Layer
from dlcore.metrics import EpochMeans, Metric
from dlcore.metrics import get as get_metric
from dlcore.network import Network


class Objective(Network):
    """A network with a loss at its end: one number to make small, and the way to make it smaller.

    `dlcore.models.Sequential` adds training and files to it.

    Parameters
    ----------
    layers, name, seed, dtype : as for `Network`.

    Attributes
    ----------
    loss, optimizer, metrics : what ``compile`` chose; metrics by name.
    input_gradient : ``dL/dx`` of the last ``loss_and_gradients(..., input_gradient=True)``.

    Examples
    --------
    >>> from dlcore.layers import Dense
    >>> model = Objective([Dense(1, kernel_initializer="ones", input_dim=2)])
    >>> model.compile(loss="mse")
    >>> model.loss_and_gradients(np.array([[1.0, 2.0]]), np.array([[1.0]]))  # (3 - 1)², no metrics
    (4.0, {})
    >>> model.layers[0].gradients["W"]
    array([[4., 8.]], dtype=float32)
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
        self.input_gradient: np.ndarray | None = None

    def compile(
        self,
        optimizer: str | optimizers.Optimizer = "rmsprop",
        loss: str | losses.Loss | None = None,
        metrics: str | Metric | Iterable[str | Metric] = (),
    ) -> None:
        """Choose how to train: the loss, the optimizer and what else to report.

        Which layers are trained is settled here too: after a change of ``layer.trainable``, compile again.

        Raises
        ------
        ValueError : there is no loss, a name is not known (the message names the nearest one), or two
            numbers would be reported by the same name.
        """
        if loss is None:
            raise ValueError("compile() needs a loss, for example loss='categorical_crossentropy'.")
        chosen = losses.get(loss)
        wanted = [metrics] if isinstance(metrics, str) or callable(metrics) else metrics or ()
        reported: dict[str, Metric] = {}
        for name, metric in (get_metric(metric, chosen.name) for metric in wanted):
            if name in ("loss", *reported):
                raise ValueError(
                    f"compile() got two numbers to report by the name {name!r}. Leave one out, or give your "
                    "function another name."
                )
            reported[name] = metric
        self.optimizer = optimizers.get(optimizer)
        self.loss, self.metrics = chosen, reported
        self._parameter_vector = None

    def require_compiled(self) -> None:
        """Raise RuntimeError unless ``compile`` has been called."""
        if self.loss is None:
            raise RuntimeError(
                "the model has no loss yet. Call model.compile(optimizer='adam', loss=...) first."
            )

    def as_data(
        self, x: Any, y: Any, sample_weight: Any = None, class_weight: Mapping[int, float] | None = None
    ) -> tuple[Any, np.ndarray, np.ndarray | None]:
        """Inputs, targets and weights of the losses, checked and in the form that the model works with.

        Raises
        ------
        RuntimeError : the model has no loss yet.
        TypeError, ValueError : they cannot be used, or do not fit each other or the model.
        """
        self.require_compiled()
        self.require_layers()
        are_labels = self.loss.takes_labels
        x, y = self.layers[0].as_inputs(x), as_numbers("y", y, None if are_labels else self.dtype)
        check_lengths(x=x, y=y)
        self.build_for(x)  # not before the lengths are known to fit
        y = self.check_targets(x, y)
        losses_shape = y.shape if are_labels else y.shape[:-1]
        outputs = self.output_shape[-1]
        self._check_metrics(y, (*losses_shape, outputs))
        if class_weight is not None:
            if sample_weight is not None:
                raise ValueError("expected sample_weight or class_weight, got both. Multiply them into one.")
            labels = y if are_labels else labels_of_rows(y)
            sample_weight = weights_of_classes(labels, class_weight, classes=max(outputs, 2))
        if sample_weight is not None:
            sample_weight = as_sample_weight(sample_weight, losses_shape, self.dtype)
        return x, y, sample_weight

    def _check_metrics(self, y: np.ndarray, outputs_shape: tuple[int, ...]) -> None:
        """Try each metric on outputs of 0.5: one that does not fit is found before anything is changed."""
        outputs = np.full(outputs_shape, 0.5, self.dtype)
        for name, metric in self.metrics.items():
            shape = np.shape(metric(y, outputs))
            if shape != outputs_shape[:-1]:
                raise ValueError(
                    f"expected from metric {name!r} one number per sample (or time step), of shape "
                    f"{outputs_shape[:-1]} for outputs of shape {outputs_shape}, got shape {shape}. "
                    "Take the mean over the last axis only: axis=-1."
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
        return targets if self.loss.takes_labels else targets.astype(self.dtype, copy=False)

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
        self,
        x: Any,
        y: np.ndarray,
        sample_weight: np.ndarray | None = None,
        training: bool = True,
        input_gradient: bool = False,
    ) -> tuple[float, dict[str, float]]:
        """Forward, loss, backward on one batch: fills all gradients and changes no weight.

        Arguments are taken as they are: hand in what ``as_data`` gives. Returns the mean loss and the
        metrics of the batch. With ``input_gradient=True`` the gradient of x is kept as
        ``model.input_gradient``.
        """
        outputs = self.forward(x, training=training)
        weights = self._loss_weights(sample_weight)
        loss = self._loss_value(y, outputs, weights)
        metrics = self._metric_values(y, outputs)
        fused = self.is_fused
        derivative = self.loss.derivative_from_z if fused else self.loss.derivative
        gradient = losses.weighted_mean_backward(derivative(y, outputs), weights)
        self.input_gradient = self.backward(gradient, input_gradient, from_z=fused)
        for layer in self.layers:
            layer.add_penalty_gradients()
        return loss, metrics

    def loss_value(self, x: Any, y: np.ndarray, training: bool = False) -> float:
        """Mean loss on one batch, with the penalties of regularizers."""
        return self._loss_value(y, self.forward(x, training=training), self._loss_weights(None))

    def _loss_value(self, targets: np.ndarray, outputs: np.ndarray, weights: np.ndarray | None) -> float:
        if self.is_fused:
            each = self.loss.losses_from_z(targets, self.layers[-1].z)
        else:
            each = self.loss.losses(targets, outputs)
        return losses.weighted_mean(each, weights) + sum(layer.penalty() for layer in self.layers)

    def _loss_weights(self, sample_weight: np.ndarray | None) -> np.ndarray | None:
        """What multiplies each loss of the last forward pass: its sample's weight, and 0 for padding."""
        if self.output_mask is None:
            return sample_weight
        # Divided by the share of real steps, so that the mean over all steps is one over the real ones.
        weights = self.output_mask / max(self.output_mask.mean(), np.finfo(self.dtype).tiny)
        weights = weights.astype(self.dtype)
        return weights if sample_weight is None else weights * sample_weight

    def _metric_values(self, targets: np.ndarray, outputs: np.ndarray) -> dict[str, float]:
        real = self._loss_weights(None)
        return {
            name: losses.weighted_mean(metric(targets, outputs), real)
            for name, metric in self.metrics.items()
        }

    def mean_results(
        self, x: Any, y: np.ndarray, sample_weight: np.ndarray | None, batch_size: int = 256
    ) -> dict[str, float]:
        """`evaluate` for data from ``as_data``."""
        means = EpochMeans()
        for rows in batches(len(x), batch_size):
            outputs = self.forward(x[rows])
            weights = self._loss_weights(None if sample_weight is None else sample_weight[rows])
            loss, metrics = self._loss_value(y[rows], outputs, weights), self._metric_values(y[rows], outputs)
            means.add(loss, metrics, len(outputs), self.output_mask)
        return means.results()
