"""What all losses share: the mean over samples, weights for them, and checks of the targets."""

from __future__ import annotations

import numpy as np

from dlcore.inputs import as_numbers, as_sample_weight


class Loss:
    """What all losses share: the mean over samples, and weights for them.

    A subclass gives ``losses`` and ``derivative`` (and, when ``fuses_with`` is set, ``losses_from_z`` and
    ``derivative_from_z``) for each sample alone.

    Attributes
    ----------
    name : the name by which ``compile`` knows the loss.
    fuses_with : name of the activation with which it has a fused form, or None.
    latex : the loss of one sample as a formula in y and t.
    takes_labels : whether the targets are labels, one number for each loss.

    Examples
    --------
    >>> class AbsoluteError(Loss):
    ...     def losses(self, targets, y):
    ...         return np.abs(y - targets).sum(axis=-1)
    ...
    ...     def derivative(self, targets, y):
    ...         return np.sign(y - targets)
    >>> AbsoluteError()(targets=[[1.0, 0.0]], y=[[0.5, 0.5]])
    1.0
    """

    name = ""
    fuses_with: str | None = None
    latex = ""
    takes_labels = False

    def __call__(self, targets, y, sample_weight=None) -> float:
        """Mean loss, from the outputs ``y``.

        Parameters
        ----------
        targets : what y should be; the loss says in which form.
        y : (batch, ..., outputs)
        sample_weight : (batch,) or (batch, ...), numbers that multiply the losses; None for all 1.

        Raises
        ------
        TypeError : targets or weights are not numbers.
        ValueError : they do not fit y, or some are NaN or infinite.
        """
        y, targets, sample_weight = self._check(targets, y, sample_weight)
        return weighted_mean(self.losses(targets, y), sample_weight)

    def gradient(self, targets, y, sample_weight=None) -> np.ndarray:
        """``dL/dy`` of the mean loss; arguments and errors as above, shape of y."""
        y, targets, sample_weight = self._check(targets, y, sample_weight)
        return weighted_mean_backward(self.derivative(targets, y), sample_weight)

    def gradient_from_z(self, targets, y, sample_weight=None) -> np.ndarray:
        """``dL/dz`` of the mean loss, where ``y = f(z)`` with the activation ``fuses_with``; shape of y.

        Arguments and errors as above.
        """
        y, targets, sample_weight = self._check(targets, y, sample_weight)
        return weighted_mean_backward(self.derivative_from_z(targets, y), sample_weight)

    def _check(self, targets, y, sample_weight):
        y = np.asarray(y)
        y = y.astype(np.result_type(y, 1.0), copy=False)  # whole numbers would round the gradient to 0
        targets = as_numbers("targets", targets, None if self.takes_labels else y.dtype)
        if sample_weight is not None:
            sample_weight = as_sample_weight(sample_weight, y.shape[:-1])
        return y, self.check_targets(targets, y.shape), sample_weight

    def check_targets(self, targets, shape: tuple[int, ...]) -> np.ndarray:
        """Targets as an array that fits outputs of that shape; raises ValueError otherwise."""
        targets = np.asarray(targets)
        if targets.ndim == len(shape) - 1 and shape[-1] == 1:
            targets = targets[..., None]
        if targets.shape != tuple(shape):
            raise ValueError(
                f"{self.name} expected targets of the outputs' shape {tuple(shape)}, got {targets.shape}."
            )
        return targets

    def losses(self, targets: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The loss of each sample, (batch, ...), for targets that have been checked."""
        raise NotImplementedError

    def derivative(self, targets: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Derivative of each sample's loss with respect to its y, in a new array of y's shape."""
        raise NotImplementedError

    def losses_from_z(self, targets: np.ndarray, z: np.ndarray) -> np.ndarray:
        """The same losses, from the pre-activations."""
        raise NotImplementedError

    def derivative_from_z(self, targets: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Derivative of each sample's loss with respect to its z, in a new array of y's shape."""
        raise NotImplementedError


def weighted_mean(losses: np.ndarray, sample_weight: np.ndarray | None = None) -> float:
    """Mean of the losses, each multiplied by its weight first (divided by their number, as in Keras).

    Examples
    --------
    >>> weighted_mean(np.array([1.0, 3.0])), weighted_mean(np.array([1.0, 3.0]), np.array([1.0, 0.0]))
    (2.0, 0.5)
    """
    weighted = losses if sample_weight is None else losses * sample_weight
    return float(weighted.sum() / weighted.size)


def weighted_mean_backward(derivative: np.ndarray, sample_weight: np.ndarray | None = None) -> np.ndarray:
    """Turn the derivative of each loss into that of their weighted mean, in place.

    Examples
    --------
    >>> weighted_mean_backward(np.array([[4.0], [8.0]]))  # of two losses each counts for one half
    array([[2.],
           [4.]])
    """
    derivative *= derivative.dtype.type(derivative.shape[-1] / derivative.size)
    if sample_weight is not None:
        derivative *= sample_weight[..., None]
    return derivative
