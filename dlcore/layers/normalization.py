"""Normalization: give numbers mean 0 and variance 1, then let training choose scale and shift.

``y = γ x̂ + β`` with ``x̂ = (x - mean) / sqrt(variance + ε)``. The two layers differ only in what they take
the mean over: `BatchNormalization` over the batch for each feature, `LayerNormalization` over the features of
each sample.
"""

from __future__ import annotations

import numpy as np

from dlcore.layers.base import Layer
from dlcore.optimizers.base import share_kept


class Normalization(Layer):
    """What both normalizations share: γ, β and the chain rule through mean and variance.

    Attributes
    ----------
    x_hat : the normalized inputs of the last forward pass, in the shape of x.
    deviation : ``sqrt(variance + ε)``, what x was divided by.
    """

    def __init__(
        self,
        epsilon: float,
        center: bool,
        scale: bool,
        input_shape: tuple[int | None, ...] | None,
        name: str | None,
    ):
        super().__init__(name=name, input_shape=input_shape)
        if not epsilon > 0:
            raise ValueError(f"{type(self).__name__} expected a positive epsilon, got {epsilon!r}.")
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.x = self.x_hat = self.deviation = self.y = None

    def build(self, input_shape, rng=0):
        super().build(input_shape, rng)
        features = input_shape[-1]
        if self.scale:
            self.add_parameter("gamma", (features,), "ones", features, features, rng)
        if self.center:
            self.add_parameter("beta", (features,), "zeros", features, features, rng)

    def compute_output_shape(self, input_shape):
        if not input_shape or input_shape[-1] is None:
            raise ValueError(
                f"{self.name} ({type(self).__name__}) expected inputs with a known number of features, "
                f"got samples of shape {tuple(input_shape)}."
            )
        return input_shape

    def normalize(self, x: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
        """``y = γ (x - mean) / sqrt(variance + ε) + β``; keeps x̂ and the deviation."""
        self.deviation = np.sqrt(variance + self.dtype.type(self.epsilon))
        self.x_hat = np.subtract(x, mean, out=self.array("x_hat", x.shape))
        self.x_hat /= self.deviation
        self.y = np.multiply(self.x_hat, self.parameters.get("gamma", 1), out=self.array("y", x.shape))
        self.y += self.parameters.get("beta", 0)
        return self.y

    def parameter_gradients(self, dy: np.ndarray) -> np.ndarray:
        """``dγ = sum of dy x̂`` and ``dβ = sum of dy`` over all uses; returns ``dx̂ = dy γ``."""
        over = tuple(range(dy.ndim - 1))
        if self.scale:
            np.sum(dy * self.x_hat, axis=over, out=self.gradients["gamma"])
        if self.center:
            np.sum(dy, axis=over, out=self.gradients["beta"])
        return dy * self.parameters.get("gamma", 1)

    def through_mean_and_variance(self, dx_hat: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
        """``dx = (dx̂ - mean(dx̂) - x̂ mean(dx̂ x̂)) / deviation``: mean and variance depend on x too."""
        x_hat = self.x_hat
        along_mean = dx_hat.mean(axis=axes, keepdims=True)
        along_variance = (dx_hat * x_hat).mean(axis=axes, keepdims=True)
        return (dx_hat - along_mean - x_hat * along_variance) / self.deviation


class BatchNormalization(Normalization):
    """Normalize each feature over the batch (of pictures: each channel over all positions too).

    While training, mean and variance are those of the batch, and moving averages of them are kept:
    ``moving ← momentum moving + (1 - momentum) batch's``. Outside training, and while the layer is frozen,
    the moving ones are used, so that the output of a sample does not depend on the others.

    Parameters
    ----------
    momentum : share of the moving averages that a batch leaves as it is.
    epsilon : is added to the variance.
    center, scale : whether there is a β, a γ.

    Input shape
    -----------
    (batch, ..., features)

    Output shape
    ------------
    (batch, ..., features)

    Parameters after building
    -------------------------
    gamma, beta : (features,), scale and shift.
    moving_mean, moving_variance : (features,), in ``statistics``: kept, but not trained.

    Raises
    ------
    ValueError : the momentum is not between 0 and 1, epsilon not positive, or the features not known.

    Source
    ------
    Ioffe and Szegedy (2015), "Batch normalization"; the moving variance is that of the batch itself, as in
    Keras (PyTorch multiplies it by n / (n - 1)).

    Examples
    --------
    >>> layer = BatchNormalization()
    >>> layer.forward(np.array([[1.0, 10.0], [3.0, 30.0]]), training=True).round(2)
    array([[-1., -1.],
           [ 1.,  1.]], dtype=float32)
    >>> layer.statistics["moving_mean"].round(2)
    array([0.02, 0.2 ], dtype=float32)
    """

    def __init__(
        self,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        input_shape: tuple[int | None, ...] | None = None,
        name: str | None = None,
    ):
        super().__init__(epsilon, center, scale, input_shape, name)
        self.momentum = share_kept("momentum", momentum)
        self.uses_batch = False

    def build(self, input_shape, rng=0):
        super().build(input_shape, rng)
        self.add_statistic("moving_mean", (input_shape[-1],), 0.0)
        self.add_statistic("moving_variance", (input_shape[-1],), 1.0)

    def forward(self, x, training=False):
        self.x = x = self.prepare(x, training)
        self.uses_batch = training and self.trainable
        if not self.uses_batch:
            return self.normalize(x, self.statistics["moving_mean"], self.statistics["moving_variance"])
        over = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axis=over), x.var(axis=over)
        for name, value in (("moving_mean", mean), ("moving_variance", variance)):
            self.statistics[name] *= self.momentum
            self.statistics[name] += (1 - self.momentum) * value
        return self.normalize(x, mean, variance)

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        dx_hat = self.parameter_gradients(dy)
        if not self.uses_batch:
            return dx_hat / self.deviation
        return self.through_mean_and_variance(dx_hat, axes=tuple(range(dy.ndim - 1)))


class LayerNormalization(Normalization):
    """Normalize the features of each sample (of sequences: of each time step) by themselves.

    Parameters
    ----------
    epsilon : is added to the variance.
    center, scale : whether there is a β, a γ.

    Input shape
    -----------
    (batch, ..., features)

    Output shape
    ------------
    (batch, ..., features)

    Parameters after building
    -------------------------
    gamma, beta : (features,), scale and shift.

    Raises
    ------
    ValueError : epsilon is not positive, or the features are not known.

    Source
    ------
    Ba, Kiros and Hinton (2016), "Layer normalization".

    Examples
    --------
    >>> LayerNormalization().forward([[1.0, 3.0], [10.0, 30.0]]).round(2)
    array([[-1.,  1.],
           [-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        input_shape: tuple[int | None, ...] | None = None,
        name: str | None = None,
    ):
        super().__init__(epsilon, center, scale, input_shape, name)

    def forward(self, x, training=False):
        self.x = x = self.prepare(x, training)
        return self.normalize(x, x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True))

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        return self.through_mean_and_variance(self.parameter_gradients(dy), axes=(-1,))
