"""Cross-entropy, for outputs that are probabilities: of one class among several, or of yes and no.

Each loss has a plain form on the probabilities y and a fused form on the pre-activations z.
"""

from __future__ import annotations

import numpy as np

from dlcore.activations import largest
from dlcore.losses.base import Loss

# Probabilities are kept this far from 0 and 1 where a logarithm or quotient of them is taken, as in Keras.
# Nearer than that the derivative is the one at this distance: it still points the right way.
EPSILON = 1e-7


class CategoricalCrossentropy(Loss):
    """``L = -sum_i t_i log y_i``; targets are one probability distribution per sample (often one-hot).

    Examples
    --------
    >>> loss = CategoricalCrossentropy()
    >>> round(loss(targets=[[0.0, 1.0]], y=[[0.5, 0.5]]), 4)
    0.6931

    Raises
    ------
    ValueError : targets are labels, or no probabilities.
    """

    name = "categorical_crossentropy"
    fuses_with = "softmax"
    latex = r"-\sum_i t_i \ln y_i"

    def check_targets(self, targets, shape):
        targets = np.asarray(targets)
        if len(shape) == 3 and targets.shape == (shape[0], shape[2]):
            raise ValueError(
                f"categorical_crossentropy expected targets for each of {shape[1]} time steps, of shape "
                f"{tuple(shape)}, got {targets.shape}. "
                f"Repeat them: np.repeat(y[:, None], {shape[1]}, axis=1). "
                "Or leave out return_sequences=True in the last recurrent layer."
            )
        if targets.ndim == len(shape) - 1 and shape[-1] > 1:
            raise ValueError(
                f"categorical_crossentropy expected one-hot targets of shape {tuple(shape)}, got "
                f"{targets.shape}. Use to_categorical(y, {shape[-1]}), or "
                "loss='sparse_categorical_crossentropy' for integer labels."
            )
        targets = super().check_targets(targets, shape)
        sums = targets.sum(axis=-1)
        if targets.size and (targets.min() < 0 or abs(sums - 1).max() > 1e-3):
            row = int(np.argmax(abs(sums - 1).reshape(-1)))
            raise ValueError(
                "categorical_crossentropy expected targets that are probabilities (not negative, each "
                f"row summing to 1); row {row} sums to {sums.reshape(-1)[row]:.6g}. "
                "Use to_categorical() to make them from labels."
            )
        return targets

    def losses(self, targets, y):
        return -(targets * np.log(np.clip(y, EPSILON, 1 - EPSILON))).sum(axis=-1)

    def derivative(self, targets, y):
        return -targets / np.clip(y, EPSILON, 1 - EPSILON)

    def losses_from_z(self, targets, z):
        return (targets * minus_log_softmax(z)).sum(axis=-1)

    def derivative_from_z(self, targets, y):
        return y - targets


class SparseCategoricalCrossentropy(Loss):
    """``L = -log y_t``; targets are the integer labels t of the right classes.

    Examples
    --------
    >>> round(SparseCategoricalCrossentropy()(targets=[1], y=[[0.5, 0.5]]), 4)
    0.6931

    Raises
    ------
    ValueError : targets are one-hot, not whole numbers, or name no output.
    """

    name = "sparse_categorical_crossentropy"
    fuses_with = "softmax"
    latex = r"-\ln y_t"
    takes_labels = True

    def check_targets(self, targets, shape):
        targets = np.asarray(targets)
        if targets.shape == (*shape[:-1], 1):
            targets = targets[..., 0]
        if targets.shape != tuple(shape[:-1]):
            raise ValueError(
                f"sparse_categorical_crossentropy expected integer labels of shape {tuple(shape[:-1])}, "
                f"got {targets.shape}. For one-hot targets use loss='categorical_crossentropy'."
            )
        labels = targets.astype(np.intp)
        if not np.issubdtype(targets.dtype, np.integer) and not np.array_equal(labels, targets):
            raise ValueError(
                "sparse_categorical_crossentropy expected whole-number labels, got "
                f"{targets[labels != targets][0]}."
            )
        if labels.size and (labels.min() < 0 or labels.max() >= shape[-1]):
            wrong = labels[(labels < 0) | (labels >= shape[-1])][0]
            raise ValueError(
                f"sparse_categorical_crossentropy expected labels 0 to {shape[-1] - 1} for "
                f"{shape[-1]} outputs, got {wrong}. Give the last layer one output per class."
            )
        return labels

    def losses(self, targets, y):
        return -np.log(np.clip(_at(y, targets), EPSILON, 1 - EPSILON))

    def derivative(self, targets, y):
        dy = np.zeros_like(y)
        right = np.clip(_at(y, targets), EPSILON, 1 - EPSILON)
        np.put_along_axis(dy, targets[..., None], -1 / right[..., None], axis=-1)
        return dy

    def losses_from_z(self, targets, z):
        return _at(minus_log_softmax(z), targets)

    def derivative_from_z(self, targets, y):
        dz = y.copy()
        dz.reshape(-1, y.shape[-1])[np.arange(targets.size), targets.reshape(-1)] -= 1
        return dz


class BinaryCrossentropy(Loss):
    """``L = -mean over outputs of t log y + (1 - t) log(1 - y)``; targets between 0 and 1.

    Examples
    --------
    >>> round(BinaryCrossentropy()(targets=[[1.0]], y=[[0.5]]), 4)
    0.6931

    Raises
    ------
    ValueError : targets do not lie between 0 and 1.
    """

    name = "binary_crossentropy"
    fuses_with = "sigmoid"
    latex = r"-\frac{1}{n}\sum_i \left(t_i \ln y_i + (1 - t_i) \ln(1 - y_i)\right)"

    def check_targets(self, targets, shape):
        targets = super().check_targets(targets, shape)
        if targets.size and (targets.min() < 0 or targets.max() > 1):
            raise ValueError(
                "binary_crossentropy expected targets between 0 and 1, got values from "
                f"{targets.min():g} to {targets.max():g}."
            )
        return targets

    def losses(self, targets, y):
        y = np.clip(y, EPSILON, 1 - EPSILON)
        return -(targets * np.log(y) + (1 - targets) * np.log(1 - y)).mean(axis=-1)

    def derivative(self, targets, y):
        clipped = np.clip(y, EPSILON, 1 - EPSILON)
        return (clipped - targets) / (clipped * (1 - clipped)) / y.dtype.type(y.shape[-1])

    def losses_from_z(self, targets, z):
        # log(1 + exp(z)) - t z, written so that exp never gets a positive argument.
        return (np.maximum(z, 0) - z * targets + np.log1p(np.exp(-np.abs(z)))).mean(axis=-1)

    def derivative_from_z(self, targets, y):
        return (y - targets) / y.dtype.type(y.shape[-1])


def minus_log_softmax(z: np.ndarray) -> np.ndarray:
    """``-log y_i = log(sum_k exp(z_k)) - z_i`` over the last axis, without overflow; shape of z.

    Examples
    --------
    >>> minus_log_softmax(np.array([1000.0, 1000.0])).round(6)  # log 2
    array([0.693147, 0.693147])
    """
    # The maximum leaves both terms: next to a large z the digits of a small logarithm would be lost.
    shifted = z - largest(z)
    return np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) - shifted


def _at(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The entry of the last axis that each label names; shape of labels."""
    rows = values.reshape(-1, values.shape[-1])
    return rows[np.arange(labels.size), labels.reshape(-1)].reshape(labels.shape)
