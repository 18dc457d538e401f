"""All trainable numbers of a model in one flat vector θ, and their gradients in another.

Layers keep their ``W`` and ``b`` as views of it: what is written to one is seen in the other. An optimizer
can then treat the whole network as a single vector, which is also what the formulas do.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dlcore.layers.base import Layer
from dlcore.lengths import length


class ParameterVector:
    """θ and dL/dθ of the layers of a model, side by side in memory.

    Parameters
    ----------
    layers : built layers of one dtype. The parameters and gradients of those that are trainable become
        views of these vectors; frozen layers keep their own arrays.

    Attributes
    ----------
    values : (parameters,), θ
    gradients : (parameters,), dL/dθ
    previous : (parameters,), θ as it was at the last `keep`, before the last step of training
    layers : the layers that are trained: trainable, and with parameters.
    parts : where each parameter array lies in the vectors.
    layer_slices : which part of the vectors belongs to which layer, by the layer's name; only layers
        that have parameters.

    Examples
    --------
    >>> from dlcore.layers import Dense
    >>> layer = Dense(2, input_dim=3)
    >>> layer.build((3,))
    >>> theta = ParameterVector([layer])
    >>> theta.values[:] = range(8)
    >>> layer.parameters["W"]
    array([[0., 1., 2.],
           [3., 4., 5.]], dtype=float32)
    """

    def __init__(self, layers: Iterable[Layer]):
        layers = list(layers)
        self.layers = [layer for layer in layers if layer.trainable and layer.parameters]
        size = sum(array.size for layer in self.layers for array in layer.parameters.values())
        dtype = self.layers[0].dtype if self.layers else np.dtype(np.float32)
        self.values = np.zeros(size, dtype)
        self.gradients = np.zeros(size, dtype)
        self.previous = np.zeros(size, dtype)
        self.parts: list[slice] = []
        self.layer_slices: dict[str, slice] = {}
        start = 0
        for layer in self.layers:
            first = start
            for name, array in layer.parameters.items():
                part = slice(start, start + array.size)
                self.values[part] = array.reshape(-1)
                self.gradients[part] = layer.gradients[name].reshape(-1)
                layer.parameters[name] = self.values[part].reshape(array.shape)
                layer.gradients[name] = self.gradients[part].reshape(array.shape)
                self.parts.append(part)
                start = part.stop
            self.layer_slices[layer.name] = slice(first, start)
        self._views = [
            (layer.parameters, name, array)
            for layer in self.layers
            for name, array in layer.parameters.items()
        ]
        self._statistics = [array for layer in layers for array in layer.statistics.values()]
        self._previous_statistics = [array.copy() for array in self._statistics]

    @property
    def attached(self) -> bool:
        """Whether the layers still use this vector: another model may have taken a layer over."""
        return all(parameters[name] is view for parameters, name, view in self._views)

    def keep(self) -> None:
        """Note θ, and the statistics of the layers, as they are now."""
        np.copyto(self.previous, self.values)
        for previous, array in zip(self._previous_statistics, self._statistics, strict=True):
            np.copyto(previous, array)

    def put_back(self) -> None:
        """Make θ and the statistics what they were at the last `keep`."""
        np.copyto(self.values, self.previous)
        for previous, array in zip(self._previous_statistics, self._statistics, strict=True):
            np.copyto(array, previous)

    def norms(self, vector: np.ndarray) -> dict[str, float]:
        """Euclidean length of each layer's part of a vector like θ, by the layer's name."""
        return {name: length(vector[part]) for name, part in self.layer_slices.items()}
