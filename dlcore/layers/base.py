"""What every layer is: parameters, a forward pass, and the chain rule back through it."""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy as np

from dlcore import activations, initializers, regularizers
from dlcore.inputs import as_numbers
from dlcore.shapes import fits, sample_shape


class Layer:
    """Base of all layers.

    A subclass defines three things, side by side in one file: ``build`` makes the parameters,
    ``forward`` computes ``y`` from ``x`` and keeps what backward needs, ``backward`` turns ``dL/dy`` into
    ``dL/dx`` and fills ``gradients`` on the way. Constructor arguments are kept as attributes of the same
    name, so that a layer can be printed and saved.

    Attributes
    ----------
    parameters : dict of arrays that training changes. Write into them (``W[...] = value``), since a
        model keeps them as views of one flat vector.
    gradients : dict of arrays with the same keys and shapes, filled afresh by ``backward``.
    statistics : dict of arrays that are kept and saved with the parameters but not trained, such as a
        moving mean. A forward pass with ``training=True`` may write into them (``statistic[...] = value``).
    input_shape, output_shape : shapes of one sample, known once the layer is built. None stands for an
        axis of any length.
    regularizers : dict of penalties on parameters (see `dlcore.regularizers`), with the parameters' keys.
    trainable : whether training changes the parameters.
    takes_mask : whether ``forward`` has an argument ``mask`` that says which time steps are real.
    unprinted : the constructor's arguments that ``repr`` leaves out.

    Examples
    --------
    >>> class Double(Layer):
    ...     def forward(self, x, training=False):
    ...         self.y = 2 * self.prepare(x, training)
    ...         return self.y
    ...
    ...     def backward(self, dy, input_gradient=True):
    ...         return 2 * self.require_forward(dy, self.y)
    >>> layer = Double()
    >>> layer.forward([[1.0, 2.0]]), layer.backward([[1.0, 1.0]])
    (array([[2., 4.]], dtype=float32), array([[2., 2.]], dtype=float32))
    """

    takes_mask = False
    trainable = True
    unprinted: tuple[str, ...] = ("name",)

    def __init__(self, *, name: str | None = None, input_shape: tuple[int, ...] | None = None):
        self.name = name or snake_case(type(self).__name__)
        self.given_input_shape = None if input_shape is None else sample_shape(self.name, input_shape)
        self.dtype = np.dtype(np.float32)
        self.input_shape: tuple[int | None, ...] | None = None
        self.output_shape: tuple[int | None, ...] | None = None
        self.parameters: dict[str, np.ndarray] = {}
        self.gradients: dict[str, np.ndarray] = {}
        self.statistics: dict[str, np.ndarray] = {}
        self.regularizers: dict[str, regularizers.L1L2] = {}
        self.training = False
        self._kept_arrays: dict[str, np.ndarray] = {}

    # ------------------------------------------------------------------ to be defined by each layer

    def build(self, input_shape: tuple[int | None, ...], rng: int | np.random.Generator = 0) -> None:
        """Make the parameters for samples of ``input_shape``; random numbers come from ``rng``.

        Raises
        ------
        TypeError, ValueError : the layer cannot take such samples, or was given another ``input_shape``.
        """
        input_shape, given = sample_shape(self.name, input_shape), self.given_input_shape
        output_shape = self.compute_output_shape(input_shape)
        if given is not None and not fits(input_shape, given):
            raise ValueError(
                f"{self.name} ({type(self).__name__}) expected samples of its input_shape {given}, got "
                f"{input_shape}. Without input_shape it takes the shape of what it gets."
            )
        self.input_shape, self.output_shape = input_shape, output_shape

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Shape of one output for one input of ``input_shape``; raises ValueError if it can't be taken."""
        return input_shape

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """``y`` for a batch ``x``, (batch, *input_shape) -> (batch, *output_shape)."""
        raise NotImplementedError

    def backward(self, dy: np.ndarray, input_gradient: bool = True) -> np.ndarray | None:
        """``dL/dx`` from ``dL/dy`` for the last forward pass; fills ``gradients``.

        With ``input_gradient=False`` the gradient of x is not needed, and None is returned.
        """
        raise NotImplementedError

    def as_inputs(self, x: Any) -> Any:
        """A whole data set in the form that ``forward`` takes, for when this is a model's first layer.

        By default that is an array of finite numbers of this layer's dtype. A layer that takes something
        else (whole numbers, trees) overrides this. Of the result a model uses only ``len(x)``, ``x[rows]``
        with a slice or an array of row numbers, and ``x.shape``, which is (samples, *input_shape).

        Raises
        ------
        TypeError, ValueError : the data cannot be used, with the reason.
        """
        return as_numbers("x", x, self.dtype)

    def compute_mask(self, x: np.ndarray, mask: np.ndarray | None) -> np.ndarray | None:
        """Which time steps of the output are real, (batch, time), given those of the input; None for all.

        By default the mask is handed on by layers that give one output vector for each step, and ends at
        all others. A layer that finds out which steps are padding overrides this.
        """
        per_step = len(self.output_shape) == len(self.input_shape) == 2
        return mask if per_step and self.output_shape[0] == self.input_shape[0] else None

    def linear_piece(self) -> np.ndarray | None:
        """Which piece of a function with kinks each number of the last pass lies on; None if it has none.

        Finite differences across a kink say nothing about backward: `gradient_check` leaves them out.
        """
        activation = getattr(self, "activation", None)
        return self.y > 0 if activation is not None and activation.has_kink else None

    # ------------------------------------------------------------------ what layers use

    @property
    def built(self) -> bool:
        return self.input_shape is not None

    def build_or_keep(
        self, input_shape: tuple[int | None, ...], rng: int | np.random.Generator, dtype: Any
    ) -> None:
        """Build with this dtype; a layer that is built already keeps its weights.

        Raises
        ------
        TypeError, ValueError : the layer cannot take samples of that shape.
        """
        if self.built and not fits(input_shape, self.input_shape):
            raise ValueError(self.shape_error(("batch", *input_shape)))
        if self.dtype != dtype:
            self.astype(dtype)
        if not self.built:
            self.build(input_shape, rng)

    def add_parameter(
        self,
        name: str,
        shape: tuple[int, ...],
        initializer: str | initializers.Initializer,
        fan_in: int,
        fan_out: int,
        rng: int | np.random.Generator,
        regularizer: regularizers.L1L2 | None = None,
    ) -> None:
        """Make one parameter and the array for its gradient.

        Raises
        ------
        ValueError : the initializer gives an array of another shape.
        """
        draw = initializers.get(initializer)
        values = np.asarray(draw(shape, fan_in, fan_out, np.random.default_rng(rng)))
        if values.shape != tuple(shape):
            raise ValueError(
                f"{self.name} expected its initializer {initializer!r} to give {name} the shape {shape}, got "
                f"{values.shape}. Let it return an array of the shape that it is called with."
            )
        self.parameters[name] = values.astype(self.dtype)
        self.gradients[name] = np.zeros(shape, self.dtype)
        if regularizer is not None:
            self.regularizers[name] = regularizer

    def penalty(self) -> float:
        """What the regularizers add to the loss; frozen layers add nothing, as in Keras."""
        if not self.trainable:
            return 0.0
        return sum(penalty(self.parameters[name]) for name, penalty in self.regularizers.items())

    def add_penalty_gradients(self) -> None:
        """Add to ``gradients`` what the regularizers add to them; once after each ``backward``."""
        if self.trainable:
            for name, penalty in self.regularizers.items():
                self.gradients[name] += penalty.gradient(self.parameters[name])

    def add_statistic(self, name: str, shape: tuple[int, ...], value: float) -> None:
        """Make one array of numbers that are kept but not trained; all start at ``value``."""
        self.statistics[name] = np.full(shape, value, self.dtype)

    def weights(self) -> dict[str, np.ndarray]:
        """All arrays that a model keeps and saves for this layer: parameters, then statistics."""
        return self.parameters | self.statistics

    def astype(self, dtype: Any) -> None:
        """Change the type of all numbers of this layer, for example to float64 for a gradient check."""
        self.dtype = np.dtype(dtype)
        self.parameters = {name: array.astype(dtype) for name, array in self.parameters.items()}
        self.gradients = {name: array.astype(dtype) for name, array in self.gradients.items()}
        self.statistics = {name: array.astype(dtype) for name, array in self.statistics.items()}
        self._kept_arrays = {}

    def prepare(self, x: Any, training: bool) -> np.ndarray:
        """First line of every forward: ``x`` as an array of this layer's dtype and shape, or an error."""
        x = np.asarray(x, dtype=self.dtype)
        if not self.built:
            self.build(x.shape[1:])
        if x.shape[1:] != self.input_shape and not fits(x.shape[1:], self.input_shape):
            raise ValueError(self.shape_error(x.shape))
        self.training = training
        return x

    def shape_error(self, shape: tuple[int, ...]) -> str:
        """What to say when a batch of that shape cannot be taken."""
        return (
            f"{self.name} ({type(self).__name__}) expected a batch of shape "
            f"{('batch', *self.input_shape)}, got an array of shape {shape}.{self.batch_hint(shape)}"
        )

    def batch_hint(self, shape: tuple[int, ...]) -> str:
        """What to add to `shape_error` if one sample came where a batch was expected."""
        one_sample = "batch" not in shape and fits(shape, self.input_shape)
        return " One sample is a batch of one: x[None]." if one_sample else ""

    def require_forward(self, dy: np.ndarray, y: np.ndarray | None) -> np.ndarray:
        """First line of every backward: ``dy`` as an array that fits the output ``y``, or an error."""
        if y is None:
            raise RuntimeError(
                f"{self.name}: backward() needs the values of a forward pass. Call forward(x) first."
            )
        dy = np.asarray(dy, dtype=self.dtype)
        if dy.shape != y.shape:
            raise ValueError(
                f"{self.name}: backward() expected dy in the shape of the last output, {y.shape}, "
                f"got {dy.shape}."
            )
        return dy

    def array(self, name: str, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        """An array to write a result into.

        While training, each name is given the same memory again and again (a smaller last batch gets its
        first rows), because asking the system for fresh memory costs more than the arithmetic. Outside
        training every call gives a fresh array, so that results stay yours.
        """
        dtype = self.dtype if dtype is None else np.dtype(dtype)
        if not self.training:
            return np.empty(shape, dtype)
        kept = self._kept_arrays.get(name)
        if kept is not None and kept.dtype == dtype:
            if kept.shape == shape:
                return kept
            if kept.shape[1:] == shape[1:] and len(kept) > shape[0]:
                return kept[: shape[0]]
        self._kept_arrays[name] = kept = np.empty(shape, dtype)
        return kept

    # ------------------------------------------------------------------ printing and saving

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments: ``type(layer)(**config)`` makes the same layer."""
        config = {}
        for name in inspect.signature(type(self).__init__).parameters:
            if name in ("self", "input_dim"):
                continue
            value = self.given_input_shape if name == "input_shape" else getattr(self, name)
            # A copy of a model has copies of the activations: they are equal, not the same.
            if isinstance(value, activations.Activation) and activations.ACTIVATIONS.get(value.name) == value:
                value = value.name
            config[name] = value
        return config

    def __repr__(self) -> str:
        """The line of code that makes this layer, without ``unprinted`` arguments and those at defaults."""
        signature = inspect.signature(type(self).__init__).parameters
        arguments = []
        for name, value in self.get_config().items():
            default = signature[name].default
            if default is inspect.Parameter.empty:
                arguments.append(repr(value))
            elif name in self.unprinted or value == default or (name == "activation" and value == "linear"):
                continue
            else:
                arguments.append(f"{name}={value!r}")
        return f"{type(self).__name__}({', '.join(arguments)})"


def snake_case(name: str) -> str:
    """``"MaxPooling2D"`` -> ``"max_pooling2d"``, as Keras names its layers.

    Examples
    --------
    >>> snake_case("MaxPooling2D"), snake_case("SimpleRNN"), snake_case("LSTM")
    ('max_pooling2d', 'simple_rnn', 'lstm')
    """
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
