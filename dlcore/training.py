"""Training: forward, backward, one step of the optimizer, and again.

`train` is a generator of steps. `Sequential.fit` merely exhausts it; a lab draws from it one step at a time
and can pause or stop; a test asserts on what it yields.

Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, sections 6.5 and 8.1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore.inputs import as_numbers, check_lengths

if TYPE_CHECKING:
    from dlcore.models import Sequential


@dataclass(frozen=True)
class Step:
    """What one batch did.

    Attributes
    ----------
    model : the model that is being trained.
    epoch, batch : both counted from 1.
    batches : how many batches an epoch has.
    loss : mean loss over this batch, before the update.
    metrics : the metrics of this batch, by name.
    gradient_norms : length of dL/dθ for each layer, by the layer's name; empty unless watched.
    update_ratios : length of the update divided by that of the weights, for each layer; likewise.
    epoch_logs : on the last batch of an epoch its mean loss and metrics (and ``val_...``), else None.
    """

    model: Sequential
    epoch: int
    batch: int
    batches: int
    loss: float
    metrics: dict[str, float]
    gradient_norms: dict[str, float] = field(default_factory=dict)
    update_ratios: dict[str, float] = field(default_factory=dict)
    epoch_logs: dict[str, float] | None = None


class History:
    """The curves of one call of ``fit``.

    Attributes
    ----------
    epoch : numbers of the epochs, from 0 as in Keras.
    history : one list for each of ``loss``, the metrics, and the same with ``val_`` before it.
    """

    def __init__(self):
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = defaultdict(list)

    def __call__(self, step: Step) -> None:
        """Take the numbers of a finished epoch; so a History is itself a callback."""
        if step.epoch_logs is None:
            return
        self.epoch.append(step.epoch - 1)
        for name, value in step.epoch_logs.items():
            self.history[name].append(value)


def train(
    model: Sequential,
    x: Any,
    y: Any,
    *,
    epochs: int = 1,
    batch_size: int = 32,
    shuffle: bool = True,
    validation_data: tuple[Any, Any] | None = None,
    seed: int | np.random.Generator | None = None,
    watch: bool = True,
) -> Iterator[Step]:
    """Train a compiled model and yield a `Step` after each batch.

    Parameters
    ----------
    model : a compiled `Sequential`.
    x : (samples, ...), inputs.
    y : (samples, ...), targets in the form that the loss expects.
    epochs : how often to go through the data.
    batch_size : samples per step; the last batch of an epoch may be smaller.
    shuffle : whether each epoch takes the samples in a new order.
    validation_data : (x, y) to evaluate on at the end of each epoch.
    seed : seed or generator for the order; by default the model's own generator.
    watch : whether to measure gradients and updates at each step.

    Raises
    ------
    TypeError, ValueError : the data cannot be used; nothing has been changed then.
    FloatingPointError : the training diverged; the weights are those before the failing batch.

    Examples
    --------
    >>> from dlcore.layers import Dense
    >>> from dlcore.models import Sequential
    >>> from dlcore.optimizers import SGD
    >>> model = Sequential([Dense(1, input_dim=1)])
    >>> model.compile(optimizer=SGD(0.1), loss="mse")
    >>> x = np.linspace(-1, 1, 64).reshape(-1, 1)
    >>> for step in train(model, x, 3 * x + 1, epochs=200):
    ...     pass
    >>> model.layers[0].parameters["W"].round(2), model.layers[0].parameters["b"].round(2)
    (array([[3.]], dtype=float32), array([1.], dtype=float32))
    """
    model.require_compiled()
    x = model.as_inputs(x)
    y = as_numbers("y", y)
    check_lengths(x=x, y=y)
    y = model.check_targets(x, y)
    rng = model.rng if seed is None else np.random.default_rng(seed)
    starts = range(0, len(x), batch_size)
    model.stop_training = False
    for epoch in range(1, epochs + 1):
        order = rng.permutation(len(x)) if shuffle else np.arange(len(x))
        totals: dict[str, float] = defaultdict(float)
        for batch, start in enumerate(starts, start=1):
            rows = order[start : start + batch_size]
            loss, metrics = learn(model, x[rows], y[rows])
            for name, value in {"loss": loss, **metrics}.items():
                totals[name] += value * len(rows)
            epoch_logs = None
            if batch == len(starts):
                epoch_logs = {name: total / len(x) for name, total in totals.items()}
                if validation_data is not None:
                    results = model.evaluate(*validation_data, return_dict=True)
                    epoch_logs |= {f"val_{name}": value for name, value in results.items()}
            measured = measure(model) if watch else {}
            yield Step(model, epoch, batch, len(starts), loss, metrics, epoch_logs=epoch_logs, **measured)
            if model.stop_training:
                return


def learn(model: Sequential, x: np.ndarray, y: np.ndarray) -> tuple[float, dict[str, float]]:
    """One step: forward, backward, update. Returns the loss and the metrics from before the update.

    Raises
    ------
    FloatingPointError : a number became NaN or infinite; the weights are put back as they were.
    """
    theta = model.parameter_vector
    theta.keep()
    # Overflow is announced below, in words and with the layer's name, instead of by NumPy's warnings.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        loss, metrics = model.loss_and_gradients(x, y)
        if np.isfinite(loss) and all_finite(theta.gradients):
            model.optimizer.update(theta.values, theta.gradients)
            if all_finite(theta.values):
                return loss, metrics
        where = first_not_finite(model)
    theta.put_back()
    raise FloatingPointError(
        f"training diverged: {where} became NaN or infinite (loss {loss:g}). The weights are as they were "
        f"before this batch. Try a smaller learning rate than {model.optimizer.learning_rate:g}, or "
        "inputs scaled to about -1 to 1."
    )


def all_finite(vector: np.ndarray) -> bool:
    """Whether no number is NaN or infinite."""
    # The inner product is one fast pass and not finite if any number isn't; only if it is not (it may
    # just have overflowed) does each number have to be looked at.
    return bool(np.isfinite(np.dot(vector, vector)) or np.isfinite(vector).all())


def first_not_finite(model: Sequential) -> str:
    """In words: the place where, in the order of the computation, the first NaN or infinity stands."""
    for layer in model.layers:
        if not np.isfinite(layer.y).all():
            return f"the output of layer {layer.name!r}"
    for layer in reversed(model.layers):
        for name, gradient in layer.gradients.items():
            if not np.isfinite(gradient).all():
                return f"the gradient of {name} in layer {layer.name!r}"
    for layer in model.layers:
        for name, values in layer.parameters.items():
            if not np.isfinite(values).all():
                return f"{name} of layer {layer.name!r}"
    return "the loss"


def measure(model: Sequential) -> dict[str, dict[str, float]]:
    """Gradient norms and update-to-weight ratios of the last step, by layer."""
    theta = model.parameter_vector
    updates, weights = theta.norms(theta.values - theta.previous), theta.norms(theta.previous)
    tiny = np.finfo(theta.values.dtype).tiny
    return {
        "gradient_norms": theta.norms(theta.gradients),
        "update_ratios": {name: updates[name] / max(weights[name], tiny) for name in updates},
    }


def print_epoch(epochs: int):
    """A callback that prints one line at the end of each epoch."""

    def callback(step: Step) -> None:
        if step.epoch_logs is not None:
            numbers = " - ".join(f"{name}: {value:.4f}" for name, value in step.epoch_logs.items())
            print(f"Epoch {step.epoch}/{epochs} - {numbers}", flush=True)

    return callback
