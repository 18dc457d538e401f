"""The mean squared error, for outputs that are numbers."""

from __future__ import annotations

import numpy as np

from dlcore.losses.base import Loss


class MeanSquaredError(Loss):
    """``L = mean over outputs of (y - t)^2``; targets in the shape of y.

    Examples
    --------
    >>> MeanSquaredError()(targets=[[1.0, 0.0]], y=[[0.5, 0.5]])
    0.25
    """

    name = "mean_squared_error"
    latex = r"\frac{1}{n}\sum_i (y_i - t_i)^2"

    def losses(self, targets, y):
        return np.square(y - targets).mean(axis=-1)

    def derivative(self, targets, y):
        return (y - targets) * y.dtype.type(2 / y.shape[-1])
