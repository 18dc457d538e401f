"""Layers: each gathers its x, then ``y = f(W x + b)`` and its chain rule do the rest."""

from dlcore.layers.activation import Activation
from dlcore.layers.base import Layer
from dlcore.layers.dense import Dense
from dlcore.layers.regularization import Dropout
from dlcore.layers.reshaping import Flatten

__all__ = ["Activation", "Dense", "Dropout", "Flatten", "Layer"]
