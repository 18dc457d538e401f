"""Training: forward, backward, one step of the optimizer, and again.

`train` is a generator of steps. `Sequential.fit` merely exhausts it; a lab draws from it one step at a time
and can pause or stop; a test asserts on what it yields.

Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, sections 6.5 and 8.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore.inputs import batches, positive_integer
from dlcore.metrics import EpochMeans

if TYPE_CHECKING:
    from dlcore.models import Sequential


@dataclass(frozen=True)
class Step:
    """What one batch did.

    Attributes
    ----------
    model : the model that is being trained.
    epoch, batch : both counted from 1.
    epochs, batches : how many epochs there will be, and how many batches an epoch has.
    loss : mean loss over this batch, before the update.
    metrics : the metrics of this batch, by name.
    gradient_norms : length of dL/dθ for each layer, by the layer's name; empty unless watched.
    update_ratios : length of the update divided by that of the weights, for each layer; likewise.
    epoch_logs : on the last batch of an epoch its mean loss and metrics (and ``val_...``), else None.

    Examples
    --------
    >>> from dlcore import Sequential
    >>> from dlcore.layers import Dense
    >>> model = Sequential([Dense(1, input_dim=1)])
    >>> model.compile(loss="mse")
    >>> step = next(train(model, np.ones((6, 1)), np.ones(6), batch_size=2))
    >>> step.batch, step.batches, list(step.gradient_norms)
    (1, 3, ['dense'])
    """

    model: Sequential
    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float
    metrics: dict[str, float]
    gradient_norms: dict[str, float] = field(default_factory=dict)
    update_ratios: dict[str, float] = field(default_factory=dict)
    epoch_logs: dict[str, float] | None = None


def train(
    model: Sequential,
    x: Any,
    y: Any,
    *,
    epochs: int = 1,
    batch_size: int = 32,
    shuffle: bool = True,
    validation_data: tuple | None = None,
    class_weight: Mapping[int, float] | None = None,
    sample_weight: Any = None,
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
    validation_data : (x, y), or (x, y, sample_weight), to evaluate on at the end of each epoch.
    class_weight : weight of each class, by its number; classes that are not named weigh 1.
    sample_weight : (samples,), or one for each time step, (samples, time): what multiplies each loss
        before the mean is taken. The metrics take no notice of it.
    seed : seed or generator for the order; by default the model's own generator.
    watch : whether to measure gradients and updates at each step.

    Raises
    ------
    TypeError, ValueError : the data cannot be used; no weight has been changed then.
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
    epochs = positive_integer("train", "epochs", epochs)
    x, y, weights = model.as_data(x, y, sample_weight, class_weight)
    if validation_data is not None and len(validation_data) not in (2, 3):
        raise ValueError(
            f"validation_data expected (x, y) or (x, y, sample_weight), got {len(validation_data)} things."
        )
    validation = None if validation_data is None else model.as_data(*validation_data)
    rng = model.rng if seed is None else np.random.default_rng(seed)
    slices = list(batches(len(x), batch_size))
    model.stop_training = False
    for epoch in range(1, epochs + 1):
        order = rng.permutation(len(x)) if shuffle else np.arange(len(x))
        means = EpochMeans()
        for batch, rows in enumerate((order[part] for part in slices), start=1):
            loss, metrics = learn(model, x[rows], y[rows], None if weights is None else weights[rows])
            means.add(loss, metrics, len(rows), model.output_mask)
            # The updates of this step are measured before a validation can change anything.
            measured = measure(model) if watch else {}
            epoch_logs = None
            if batch == len(slices):
                epoch_logs = means.results()
                if validation is not None:
                    results = model.mean_results(*validation)
                    epoch_logs |= {f"val_{name}": value for name, value in results.items()}
            counts = {"epoch": epoch, "epochs": epochs, "batch": batch, "batches": len(slices)}
            yield Step(model, **counts, loss=loss, metrics=metrics, epoch_logs=epoch_logs, **measured)
            if model.stop_training:
                return


def learn(
    model: Sequential, x: Any, y: np.ndarray, sample_weight: np.ndarray | None = None
) -> tuple[float, dict[str, float]]:
    """One step: forward, backward, update. Returns the loss and the metrics from before the update.

    Arguments are taken as they are: hand in what ``model.as_data`` gives.

    Raises
    ------
    FloatingPointError : a number became NaN or infinite; the weights are put back as they were.

    Examples
    --------
    >>> from dlcore import Sequential
    >>> from dlcore.layers import Dense
    >>> model = Sequential([Dense(1, kernel_initializer="ones", input_dim=1)])
    >>> model.compile(optimizer="sgd", loss="mse")
    >>> learn(model, np.array([[1.0]]), np.array([[3.0]]))  # W = 1 gives (1 - 3)², no metrics
    (4.0, {})
    >>> model.layers[0].parameters["W"]  # 1 + 0.01 · 4
    array([[1.04]], dtype=float32)
    """
    theta, optimizer = model.parameter_vector, model.optimizer
    theta.keep()
    # Overflow is announced below, in words and with the layer's name, instead of by NumPy's warnings.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        loss, metrics = model.loss_and_gradients(x, y, sample_weight)
        if np.isfinite(loss) and has_finite_length(theta.gradients):
            optimizer.update(theta.values, theta.gradients, theta.parts)
            if has_finite_length(theta.values):
                return loss, metrics
            optimizer.reset()  # its moments are as bad as the weights
        where = first_not_finite(model)
    theta.put_back()
    raise FloatingPointError(
        f"training diverged: {where} became NaN or infinite (loss {loss:g}). The weights are as they were "
        f"before this batch. Try a smaller learning rate than {optimizer.current_learning_rate:g}, or "
        "inputs scaled to about -1 to 1."
    )


def has_finite_length(vector: np.ndarray) -> bool:
    """Whether the sum of squares is finite: one fast pass, and not finite if any number isn't.

    Examples
    --------
    >>> has_finite_length(np.array([1.0, 2.0])), has_finite_length(np.array([1.0, np.nan]))
    (True, False)
    """
    return bool(np.isfinite(np.dot(vector, vector)))


def first_not_finite(model: Sequential) -> str:
    """In words: the place where, in the order of the computation, the first NaN or infinity stands."""
    for layer in model.layers:
        if not np.isfinite(getattr(layer, "y", 0)).all():  # a layer of your own may keep no y
            return f"the output of layer {layer.name!r}"
    for layer in reversed(model.layers):
        for name, gradient in layer.gradients.items():
            if not np.isfinite(gradient).all():
                return f"the gradient of {name} in layer {layer.name!r}"
    for layer in model.layers:
        for name, values in layer.parameters.items():
            if not np.isfinite(values).all():
                return f"{name} of layer {layer.name!r}"
    theta = model.parameter_vector
    for name, vector in (("the gradient", theta.gradients), ("the weights", theta.values)):
        if not has_finite_length(vector):
            return f"the length of {name}"
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
