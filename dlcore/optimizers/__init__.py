"""Optimizers: from the gradient g to the next parameters θ.

A model keeps all trainable parameters in one flat vector θ and all gradients in one vector g of the same
length (see `dlcore.parameters`). So a step is a few lines of arithmetic on whole vectors, in place, for the
whole network at once. Names and defaults are those of Keras.
"""

from __future__ import annotations

from dlcore.lookup import find
from dlcore.optimizers.adaptive import Adam, RMSprop
from dlcore.optimizers.base import Optimizer
from dlcore.optimizers.gradient_descent import SGD

__all__ = ["SGD", "Adam", "Optimizer", "RMSprop", "get"]

OPTIMIZERS = {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam}


def get(optimizer: str | Optimizer) -> Optimizer:
    """The optimizer of that name with its default settings.

    Raises
    ------
    ValueError : the name is not known.

    Examples
    --------
    >>> get("adam")
    Adam()
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    name = optimizer.lower() if isinstance(optimizer, str) else optimizer
    return find("optimizer", name, OPTIMIZERS)()
