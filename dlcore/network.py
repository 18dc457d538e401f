"""Layers one after the other: forward through all of them, and the chain rule back."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import numpy as np

from dlcore.layers.base import Layer
from dlcore.layers.pooled_convolution import stages
from dlcore.parameters import ParameterVector
from dlcore.shapes import fits


class Network:
    """A stack of layers: the output of each is the input of the next.

    It computes and differentiates. `dlcore.objective.Objective` adds a loss, `dlcore.models.Sequential`
    training and files.

    Parameters
    ----------
    layers : the layers, first to last; more can be added.
    name : of the network, for the summary.
    seed : for initial weights, dropout and the order of samples.
    dtype : type of all numbers; float32 to train, float64 to check gradients.

    Attributes
    ----------
    layers : list of layers.
    rng : generator of all the random numbers.
    output_mask : (batch, time), which time steps of the last output are real; None where all are.

    Examples
    --------
    >>> from dlcore.layers import Dense
    >>> network = Network([Dense(3, input_dim=2), Dense(1)])
    >>> network.forward(np.zeros((5, 2))).shape, network.backward(np.ones((5, 1))).shape
    ((5, 1), (5, 2))
    """

    def __init__(
        self,
        layers: Iterable[Layer] = (),
        name: str = "sequential",
        seed: int = 0,
        dtype: Any = np.float32,
    ):
        self.name = name
        self.seed = seed
        self.dtype = np.dtype(dtype)
        self.rng = np.random.default_rng(seed)
        self.layers: list[Layer] = []
        self.output_mask: np.ndarray | None = None
        self._parameter_vector: ParameterVector | None = None
        for layer in layers:
            self.add(layer)

    # ------------------------------------------------------------------ building

    def add(self, layer: Layer) -> None:
        """Put one more layer on top. A layer of another model brings along what it has learned, and its name.

        Raises
        ------
        TypeError : it is not a layer.
        ValueError : it is in the model already, or cannot take what the layer below gives, or comes from
            another model and has a name that is taken.
        """
        if not isinstance(layer, Layer):
            raise TypeError(f"add() expected a layer such as Dense(64), got {layer!r}.")
        if any(layer is other for other in self.layers):
            raise ValueError(f"{layer.name} is in this model already. Make a new layer instead.")
        first_shape = layer.input_shape if layer.built else layer.given_input_shape
        input_shape = self.output_shape if self.layers else first_shape
        names, is_new = {other.name for other in self.layers}, not layer.built
        if input_shape is not None:
            layer.build_or_keep(input_shape, self.rng, self.dtype)
        else:
            layer.astype(self.dtype)
        if layer.name in names and not is_new:  # a new name could be taken in the other model
            raise ValueError(
                f"add() expected a layer with a name of its own, but {layer.name!r} is taken. The layer was "
                f"built before: rename it first, for example layer.name = 'other_{layer.name}'."
            )
        base, number = layer.name, 0
        while layer.name in names:
            number += 1
            layer.name = f"{base}_{number}"
        self.layers.append(layer)
        self._stages = list(enumerate(self.layers))
        self._parameter_vector = None

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the parameters of layers that have none yet; the others keep theirs.

        Parameters
        ----------
        input_shape : shape of one sample.

        Raises
        ------
        ValueError : a layer cannot take inputs of its shape.
        """
        for layer in self.layers:
            layer.build_or_keep(input_shape, self.rng, self.dtype)
            input_shape = layer.output_shape

    @property
    def built(self) -> bool:
        """Whether all parameters exist."""
        return bool(self.layers) and all(layer.built for layer in self.layers)

    @property
    def output_shape(self) -> tuple[int | None, ...] | None:
        """Shape of the output for one sample; None while it is not known."""
        return self.layers[-1].output_shape if self.layers else None

    @property
    def parameter_vector(self) -> ParameterVector:
        """All numbers that training changes and their gradients, each as one flat vector."""
        if self._parameter_vector is None or not self._parameter_vector.attached:
            self.require_built()
            self._parameter_vector = ParameterVector(self.layers)
        return self._parameter_vector

    def require_layers(self) -> None:
        """Raise RuntimeError unless there is a layer."""
        if not self.layers:
            raise RuntimeError("the model has no layers yet. Add some: model.add(Dense(10)).")

    def require_built(self) -> None:
        """Raise RuntimeError unless all parameters exist."""
        self.require_layers()
        if not self.built:
            raise RuntimeError(
                "the model does not know its input shape yet. Give the first layer input_shape=..., or "
                "call model.build(input_shape)."
            )

    # ------------------------------------------------------------------ forward and backward

    def as_inputs(self, x: Any) -> Any:
        """A whole data set in the form that the first layer takes; see `Layer.as_inputs`.

        Raises
        ------
        RuntimeError : there is no layer yet.
        TypeError, ValueError : the data cannot be used.
        """
        self.require_layers()
        x = self.layers[0].as_inputs(x)
        self.build_for(x)
        return x

    def build_for(self, x: Any) -> None:
        """Build for these inputs if that has not been done; raises ValueError if they do not fit."""
        first = self.layers[0]
        if not self.built:
            self.build(x.shape[1:])
        if not fits(x.shape[1:], first.input_shape):
            raise ValueError(first.shape_error(x.shape))

    def forward(self, x: Any, training: bool = False) -> np.ndarray:
        """Forward propagation: ``x`` through all layers, (batch, ...) -> (batch, ...).

        Raises
        ------
        RuntimeError : there is no layer yet.
        ValueError : x has not the shape that the first layer expects.
        """
        if not self.built:
            self.require_layers()
            self.build(np.shape(x)[1:])
        # Outside training every layer keeps all its numbers, to be looked at.
        self._stages = stages(self.layers) if training else list(enumerate(self.layers))
        mask = None
        for _, layer in self._stages:
            masked = {"mask": mask} if layer.takes_mask else {}
            y = layer.forward(x, training=training, **masked)
            mask = layer.compute_mask(x, mask)
            x = y
        self.output_mask = mask
        return x

    def backward(
        self, gradient: np.ndarray, input_gradient: bool = True, from_z: bool = False
    ) -> np.ndarray | None:
        """Back-propagation: the gradient of the output back through all layers.

        Parameters
        ----------
        gradient : ``dL/dy`` of the last layer, in the shape of the last output.
        input_gradient : whether ``dL/dx`` is wanted. Where it isn't, the way back ends at the lowest layer
            that is trained.
        from_z : whether ``gradient`` is ``dL/dz`` of the last layer instead, as a fused loss gives it.

        Returns
        -------
        dx : ``dL/dx`` in the shape of the last input, or None.
        """
        lowest = 0 if input_gradient else self._lowest_trained
        for position, layer in reversed(self._stages):
            if position < lowest:
                break
            backward = layer.backward_from_z if from_z else layer.backward
            gradient = backward(gradient, input_gradient or position > lowest)
            from_z = False
        return gradient if input_gradient else None

    @property
    def _lowest_trained(self) -> int:
        trained = self.parameter_vector.layers
        return self.layers.index(trained[0]) if trained else len(self.layers)

    # ------------------------------------------------------------------ weights

    def count_params(self) -> int:
        """How many numbers the model keeps: trained, frozen, and statistics."""
        self.require_built()
        return sum(array.size for _, array in self._named_weights())

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights, layer by layer: its parameters (W, then b), then its statistics."""
        return [array.copy() for _, array in self._named_weights()]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Write all weights, in the order of ``get_weights``.

        Raises
        ------
        RuntimeError : the model does not know its input shape yet.
        ValueError : the number of arrays or a shape differs; then nothing is changed.
        """
        self.require_built()
        own = self._named_weights()
        if len(weights) != len(own):
            raise ValueError(f"set_weights expected {len(own)} arrays, got {len(weights)}.")
        for (name, array), new in zip(own, weights, strict=True):
            if np.shape(new) != array.shape:
                raise ValueError(f"set_weights expected shape {array.shape} for {name}, got {np.shape(new)}.")
        for (_, array), new in zip(own, weights, strict=True):
            array[...] = new

    def _named_weights(self) -> list[tuple[str, np.ndarray]]:
        return [
            (f"{layer.name}/{name}", array)
            for layer in self.layers
            for name, array in layer.weights().items()
        ]

    def copy(self, dtype: Any = None) -> Network:
        """A network of its own with the same layers, weights and settings, in another dtype if wanted."""
        other = copy.deepcopy(self)
        other._parameter_vector = None
        other.dtype = self.dtype if dtype is None else np.dtype(dtype)
        for layer in other.layers:
            layer.astype(other.dtype)
        return other
