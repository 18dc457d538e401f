"""What all recurrent layers share: time runs, and every step uses the same weights.

At each step a layer gathers ``x = [x_t ; h_{t-1} ; 1]``: the input of this step, its own state after the
step before, and a 1 for the bias. One affine map ``z_t = [W U b] x`` does the rest. On the way back the
gradient of ``[W U b]`` is a sum over the steps; that is all of back-propagation through time.

Inside, arrays are (time, batch, features): a step of all samples is one solid piece of memory, and the steps
one below the other are a matrix with a row for each use of the weights. Where there are gates, each has a
block of its own in every step, (blocks, batch, units); dz goes back into rows, (batch, blocks * units).

Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, sections 10.1 and 10.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore import activations, initializers, regularizers
from dlcore.affine import affine_input_gradient, affine_parameter_gradients
from dlcore.inputs import positive_integer
from dlcore.layers.base import Layer
from dlcore.layers.dense import as_rows
from dlcore.layers.masking import as_mask
from dlcore.products import matmul


class Recurrent(Layer):
    """Base of the layers that read a sequence step by step and keep a state.

    A subclass defines ``run``, which goes through the steps, and ``run_backward``, which goes back.

    Attributes
    ----------
    gathered : (time + 1, batch, features + units + 1), ``[x_t ; h_{t-1} ; 1]`` of each step.
    h : (time + 1, batch, units), the states of the last forward pass; ``h[0]`` is the initial state.
    dh : (time + 1, batch, units), filled by ``backward``: dL/dh_t over all paths from h_t to the loss.
        ``np.linalg.norm(layer.dh, axis=2)`` shows how a gradient fades or explodes on its way back in time.
    blocks : how many blocks of ``units`` rows W, U and b have (an LSTM has 4, one for each gate).
    weights_of_step : (rows, features + units + 1), ``[W U b]``.
    state_names : the attributes that hold states, ``h`` first.
    """

    takes_mask = True
    blocks = 1
    state_names: tuple[str, ...] = ("h",)

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = "tanh",
        use_bias: bool = True,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        recurrent_initializer: str | initializers.Initializer = "orthogonal",
        bias_initializer: str | initializers.Initializer = "zeros",
        kernel_regularizer: str | regularizers.L1L2 | None = None,
        recurrent_regularizer: str | regularizers.L1L2 | None = None,
        return_sequences: bool = False,
        go_backwards: bool = False,
        input_shape: tuple[int | None, ...] | None = None,
        name: str | None = None,
    ):
        super().__init__(name=name, input_shape=input_shape)
        self.units = positive_integer(type(self).__name__, "units", units)
        self.activation = self.elementwise(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.require_known(kernel_initializer)
        self.recurrent_initializer = initializers.require_known(recurrent_initializer)
        self.bias_initializer = initializers.require_known(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.return_sequences = return_sequences
        self.go_backwards = go_backwards
        self.weights_of_step = self.weights_by_block = self.gathered = self.padded = None
        self.h = self.y = self.dh = None

    def elementwise(self, activation: str | activations.Activation | None) -> activations.Activation:
        """The activation of that name; raises ValueError for one that mixes its inputs."""
        activation = activations.get(activation)
        if not activation.elementwise:
            raise ValueError(
                f"{type(self).__name__} expected an activation of single numbers, such as 'tanh', got "
                f"{activation.name!r}. Put Dense(..., activation={activation.name!r}) after the layer."
            )
        return activation

    def build(self, input_shape, rng=0):
        super().build(input_shape, rng)
        rng = np.random.default_rng(rng)
        features, units, rows = input_shape[-1], self.units, self.blocks * self.units
        kernel, recurrent = self.kernel_initializer, self.recurrent_initializer
        self.add_parameter("W", (rows, features), kernel, features, rows, rng, self.kernel_regularizer)
        self.add_parameter("U", (rows, units), recurrent, units, rows, rng, self.recurrent_regularizer)
        if self.use_bias:
            self.add_parameter("b", (rows,), self.bias_initializer, features, rows, rng)

    def compute_output_shape(self, input_shape):
        if len(input_shape) != 2 or input_shape[-1] is None:
            raise ValueError(
                f"{self.name} ({type(self).__name__}) expected samples of shape (time, features), "
                f"got {tuple(input_shape)}. Time may be None, for sequences of any length."
            )
        return (input_shape[0], self.units) if self.return_sequences else (self.units,)

    # ------------------------------------------------------------------ through time and back

    def forward(
        self, x: Any, training: bool = False, mask: Any = None, initial_state: Any = None
    ) -> np.ndarray:
        """``y`` for a batch of sequences.

        Parameters
        ----------
        x : (batch, time, features)
        mask : (batch, time), True where a step is real. At a padded step the state stays as it was.
        initial_state : (batch, units), by default zeros; for an LSTM a pair of such arrays, (h, c).

        Returns
        -------
        y : (batch, time, units) if ``return_sequences``, else the last state, (batch, units).
        """
        x = self.prepare(x, training)
        batch, time, features = x.shape
        if time == 0:
            raise ValueError(f"{self.name} expected sequences of at least one step, got shape {x.shape}.")
        initial_state = self.as_states(initial_state, batch)
        self.padded = None if mask is None else self.in_time(~as_mask(mask, (batch, time))[..., None])
        self.weights_of_step = self.stack()
        self.weights_by_block = np.ascontiguousarray(self.in_blocks(self.weights_of_step).swapaxes(-1, -2))
        self.gathered = self.array("gathered", (time + 1, batch, self.weights_of_step.shape[1]))
        self.gathered[:-1, :, :features] = self.in_time(x)
        self.gathered[:, :, features + self.units :] = 1
        self.h = self.gathered[:, :, features : features + self.units]
        for name in self.state_names[1:]:
            setattr(self, name, self.array(name, self.h.shape))
        for name, state in zip(self.state_names, initial_state, strict=True):
            getattr(self, name)[0] = state
        self.run(time)
        self.y = self.h[1:].swapaxes(0, 1) if self.return_sequences else self.h[-1]
        return self.y

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        self.dh = dh = self.array("dh", self.h.shape)
        above = 1 if self.return_sequences else -1
        dh[:above] = 0
        dh[above:] = dy.swapaxes(0, 1) if self.return_sequences else dy
        dz = as_rows(self.run_backward(dh))
        d_weights = self.array("d_weights", self.weights_of_step.shape)
        affine_parameter_gradients(dz, as_rows(self.gathered[:-1]), d_weights)
        self.unstack(d_weights)
        if not input_gradient:
            return None
        dx = self.array("dx", (*dh[1:].shape[:2], self.input_shape[-1]))
        affine_input_gradient(dz, self.weights_of_step[:, : dx.shape[-1]], out=as_rows(dx))
        return self.in_batch(dx)

    def run(self, time: int) -> None:
        """Through time: fill the states ``h[1:]``, step by step."""
        raise NotImplementedError

    def run_backward(self, dh: np.ndarray) -> np.ndarray:
        """Back through time: complete ``dh``, return ``dz`` of all steps, (time, batch, blocks * units).

        On entry ``dh`` holds what comes from the layer above.
        """
        raise NotImplementedError

    # ------------------------------------------------------------------ one step

    def map_step(self, t: int, out: np.ndarray) -> np.ndarray:
        """``z_t = [W U b] [x_t ; h_{t-1} ; 1]``, written to ``out``, (blocks, batch, units)."""
        return matmul(self.gathered[t], self.weights_by_block, out=out)

    def map_step_backward(self, dz_t: np.ndarray, dh_before: np.ndarray) -> None:
        """Add to dL/dh_{t-1} what comes through ``z_t``, ``U^T dz_t``; dz_t is (batch, blocks * units)."""
        features = self.input_shape[-1]
        U = self.weights_of_step[:, features : features + self.units]
        dh_before += affine_input_gradient(dz_t, U, out=self.array("through_U", dh_before.shape))

    def hold_padded(self, t: int) -> None:
        """Where step t is padding, the states stay as they were."""
        if self.padded is not None:
            for name in self.state_names:
                states = getattr(self, name)
                np.copyto(states[t + 1], states[t], where=self.padded[t])

    def pass_padded(self, t: int, gradients: np.ndarray) -> np.ndarray:
        """The gradient of the states after step t, as far as it goes back through the step.

        Where the step is padding it goes around it, straight to the states before.
        """
        if self.padded is None:
            return gradients[t + 1]
        gradients[t] += gradients[t + 1] * self.padded[t]
        return gradients[t + 1] * ~self.padded[t]

    def in_blocks(self, rows: np.ndarray) -> np.ndarray:
        """View (blocks * units, inputs) as (blocks, units, inputs)."""
        return rows.reshape(-1, self.units, rows.shape[-1])

    @staticmethod
    def side_by_side(blocks: np.ndarray, out: np.ndarray) -> None:
        """Copy (blocks, batch, units) into rows, (batch, blocks * units)."""
        np.copyto(out.reshape(len(out), len(blocks), -1), blocks.swapaxes(0, 1))

    def stack(self) -> np.ndarray:
        """``[W U b]``, the weights of one step as one matrix."""
        return np.concatenate([p.reshape(len(p), -1) for p in self.parameters.values()], axis=1)

    def unstack(self, d_weights: np.ndarray) -> None:
        """Give W, U and b their parts of the gradient of ``[W U b]``."""
        start = 0
        for gradient in self.gradients.values():
            columns = gradient.reshape(len(gradient), -1)
            columns[...] = d_weights[:, start : start + columns.shape[1]]
            start += columns.shape[1]

    # ------------------------------------------------------------------ states, masks and the order of axes

    def as_states(self, initial_state: Any, batch: int) -> list[np.ndarray]:
        """One (batch, units) for each state, zeros by default; raises ValueError if the shapes differ."""
        expected = [(batch, self.units)] * len(self.state_names)
        if initial_state is None:
            return [np.zeros(shape, self.dtype) for shape in expected]
        several = len(expected) > 1 and np.iterable(initial_state)
        states = list(initial_state) if several else [initial_state]
        if [np.shape(state) for state in states] != expected:
            raise ValueError(
                f"{self.name} expected an initial state {' and '.join(self.state_names)} of shape "
                f"{expected[0]} each, (batch, units), got {[np.shape(state) for state in states]}."
            )
        return [np.asarray(state) for state in states]

    @property
    def final_state(self) -> np.ndarray | tuple[np.ndarray, ...]:
        """The state after the last step: as ``initial_state`` of another pass, time goes on from there."""
        final = tuple(getattr(self, name)[-1].copy() for name in self.state_names)
        return final if len(final) > 1 else final[0]

    def compute_mask(self, x, mask):
        mask = super().compute_mask(x, mask)
        return mask[:, ::-1] if mask is not None and self.go_backwards else mask

    def linear_piece(self):
        return self.h > 0 if self.activation.has_kink else None

    def in_time(self, array: np.ndarray) -> np.ndarray:
        """View (batch, time, ...) as (time, batch, ...), in the order in which time runs here."""
        array = array.swapaxes(0, 1)
        return array[::-1] if self.go_backwards else array

    def in_batch(self, array: np.ndarray) -> np.ndarray:
        """The other way: view (time, batch, ...) as (batch, time, ...)."""
        return (array[::-1] if self.go_backwards else array).swapaxes(0, 1)
