"""Metrics: numbers for people to read. They are not differentiated.

Each takes ``(targets, y)`` and returns one number per sample (or time step), whose mean is reported.
Those defined here raise ValueError where the shape of the targets does not fit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from dlcore.lookup import find

Metric = Callable[[np.ndarray, np.ndarray], np.ndarray]


def categorical_accuracy(targets: np.ndarray, y: np.ndarray) -> np.ndarray:
    """1 where the most probable class is the right one; targets one-hot, (batch, ..., classes).

    Examples
    --------
    >>> categorical_accuracy(np.array([[0, 1]]), np.array([[0.2, 0.8]]))
    array([ True])
    """
    return _like(targets, y, "categorical_accuracy").argmax(axis=-1) == y.argmax(axis=-1)


def sparse_categorical_accuracy(targets: np.ndarray, y: np.ndarray) -> np.ndarray:
    """1 where the most probable class is the right one; targets are labels, (batch, ...).

    Examples
    --------
    >>> sparse_categorical_accuracy(np.array([1]), np.array([[0.2, 0.8]]))
    array([ True])
    """
    if targets.shape == (*y.shape[:-1], 1):
        targets = targets[..., 0]
    if targets.shape != y.shape[:-1]:
        raise ValueError(
            f"sparse_categorical_accuracy expected labels of shape {y.shape[:-1]}, got {targets.shape}. "
            "For one-hot targets use metrics=['categorical_accuracy']."
        )
    return targets == y.argmax(axis=-1)


def binary_accuracy(targets: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Share of outputs that lie on the right side of 0.5; targets 0 or 1, in the shape of y.

    Examples
    --------
    >>> binary_accuracy(np.array([[0, 1]]), np.array([[0.2, 0.3]]))
    array([0.5])
    """
    return ((y > 0.5) == (_like(targets, y, "binary_accuracy") > 0.5)).mean(axis=-1)


def mean_squared_error(targets: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Mean over outputs of ``(y - t)^2``; targets in the shape of y.

    Examples
    --------
    >>> mean_squared_error(np.array([[0.0, 0.0]]), np.array([[1.0, 2.0]]))
    array([2.5])
    """
    return np.square(y - _like(targets, y, "mean_squared_error")).mean(axis=-1)


def mean_absolute_error(targets: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Mean over outputs of ``|y - t|``; targets in the shape of y.

    Examples
    --------
    >>> mean_absolute_error(np.array([[0.0, 0.0]]), np.array([[1.0, 2.0]]))
    array([1.5])
    """
    return np.abs(y - _like(targets, y, "mean_absolute_error")).mean(axis=-1)


def _like(targets: np.ndarray, y: np.ndarray, metric: str) -> np.ndarray:
    """Targets in the shape of y; raises ValueError, which names the metric, if they have another."""
    if targets.shape == y.shape:
        return targets
    if (*targets.shape, 1) == y.shape:
        return targets[..., None]
    hint = " For labels use metrics=['sparse_categorical_accuracy']."
    raise ValueError(
        f"{metric} expected targets of the outputs' shape {y.shape}, got {targets.shape}."
        + (hint if targets.shape == y.shape[:-1] else "")
    )


METRICS: dict[str, Metric] = {
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "binary_accuracy": binary_accuracy,
    "mean_squared_error": mean_squared_error,
    "mse": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "mae": mean_absolute_error,
}

# "accuracy" means the accuracy that fits the loss. Keras goes by the shape of the targets instead, which
# differs only for several yes-or-no outputs: there it counts rows whose largest output is the right one.
ACCURACY_OF_LOSS = {
    "categorical_crossentropy": categorical_accuracy,
    "sparse_categorical_crossentropy": sparse_categorical_accuracy,
    "binary_crossentropy": binary_accuracy,
}


def get(metric: str | Metric, loss_name: str) -> tuple[str, Metric]:
    """Name and function of a metric; "accuracy" becomes the one that fits the loss.

    A callable without a name of its own, such as a ``functools.partial``, gets that of its class.

    Raises
    ------
    ValueError : the name is not known, or accuracy is asked for with a loss for numbers.

    Examples
    --------
    >>> get("accuracy", "binary_crossentropy")[1].__name__
    'binary_accuracy'
    """
    if callable(metric):
        return getattr(metric, "__name__", type(metric).__name__), metric
    if metric in ("accuracy", "acc"):
        if loss_name not in ACCURACY_OF_LOSS:
            raise ValueError(
                f"accuracy needs a classification loss, got {loss_name!r}. "
                "For numbers use metrics=['mean_absolute_error']."
            )
        return metric, ACCURACY_OF_LOSS[loss_name]
    return metric, find("metric", metric, {"accuracy": None, **METRICS})


class EpochMeans:
    """Means over the batches of an epoch: of the loss over samples, of metrics over all real steps.

    The two differ only where sequences are padded: a batch with more padding counts for less in the
    metrics, and for as much as any other in the loss, as in Keras.

    Examples
    --------
    >>> means = EpochMeans()
    >>> means.add(2.0, {"accuracy": 1.0}, samples=3)
    >>> means.add(6.0, {"accuracy": 0.0}, samples=1)
    >>> means.results()
    {'loss': 3.0, 'accuracy': 0.75}
    """

    def __init__(self):
        self.totals: dict[str, float] = defaultdict(float)
        self.counts: dict[str, float] = defaultdict(float)

    def add(
        self, loss: float, metrics: dict[str, float], samples: int, mask: np.ndarray | None = None
    ) -> None:
        """Take in a batch: its mean loss and metrics, its number of samples, and which steps were real."""
        real = samples if mask is None else float(mask.sum())
        for name, value, count in [("loss", loss, samples), *((n, v, real) for n, v in metrics.items())]:
            self.totals[name] += value * count
            self.counts[name] += count

    def results(self) -> dict[str, float]:
        """The means so far, by name."""
        return {name: total / max(self.counts[name], 1) for name, total in self.totals.items()}
