"""Layers: each gathers its x, then ``y = f(W x + b)`` and its chain rule do the rest."""

from dlcore.layers.activation import Activation
from dlcore.layers.base import Layer
from dlcore.layers.bidirectional import Bidirectional
from dlcore.layers.convolution import Conv2D
from dlcore.layers.dense import Dense
from dlcore.layers.embedding import Embedding
from dlcore.layers.gru import GRU
from dlcore.layers.lstm import LSTM
from dlcore.layers.masking import Masking
from dlcore.layers.normalization import BatchNormalization, LayerNormalization
from dlcore.layers.pooling import AveragePooling2D, GlobalAveragePooling2D, MaxPooling2D
from dlcore.layers.recursive import Recursive
from dlcore.layers.regularization import Dropout
from dlcore.layers.reshaping import Flatten, Reshape
from dlcore.layers.residual import Residual
from dlcore.layers.simple_rnn import SimpleRNN

__all__ = [
    "GRU",
    "LSTM",
    "Activation",
    "AveragePooling2D",
    "BatchNormalization",
    "Bidirectional",
    "Conv2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalAveragePooling2D",
    "Layer",
    "LayerNormalization",
    "Masking",
    "MaxPooling2D",
    "Recursive",
    "Reshape",
    "Residual",
    "SimpleRNN",
]
