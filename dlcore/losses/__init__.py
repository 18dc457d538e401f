"""Loss functions L: how far the outputs y are from the targets t, and where to go from there.

Every loss has two forms. The plain form works on the outputs y and gives ``dL/dy``. Cross-entropy also has
a *fused* form on the pre-activations z: with softmax (or sigmoid) before it, the two derivatives cancel to
``dL/dz = y - t``, nothing is divided by a small probability and no logarithm of zero is taken. A model uses
the fused form when its last activation is the one that the loss names in ``fuses_with``.

A loss is the *mean over the samples* (for sequences: over samples and time steps), and so are its gradients.

Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, section 6.2.
"""

from __future__ import annotations

from dlcore.lookup import find
from dlcore.losses.base import Loss, weighted_mean, weighted_mean_backward
from dlcore.losses.cross_entropy import (
    EPSILON,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from dlcore.losses.squared_error import MeanSquaredError

__all__ = [
    "EPSILON",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Loss",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "get",
    "weighted_mean",
    "weighted_mean_backward",
]

LOSSES = {
    loss.name: loss
    for loss in (
        MeanSquaredError,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
        BinaryCrossentropy,
    )
} | {"mse": MeanSquaredError}


def get(loss: str | Loss) -> Loss:
    """The loss of that name.

    Raises
    ------
    ValueError : the name is not known.

    Examples
    --------
    >>> get("mse").name
    'mean_squared_error'
    """
    return loss if isinstance(loss, Loss) else find("loss", loss, LOSSES)()
