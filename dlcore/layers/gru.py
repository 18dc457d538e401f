"""The gated recurrent unit: two gates, and no state beside h."""

from __future__ import annotations

import numpy as np

from dlcore import activations, initializers, regularizers
from dlcore.layers.recurrent import Recurrent


class GRU(Recurrent):
    """Recurrent layer whose new state is a mixture of the old one and a candidate.

    With the blocks of ``W x_t + b`` and ``U h_{t-1} + b_recurrent`` in the order z, r, h::

        z = σ(W_z x_t + b_z + U_z h_{t-1} + b'_z)              update gate: how much of the old state to keep
        r = σ(W_r x_t + b_r + U_r h_{t-1} + b'_r)              reset gate
        g = tanh(W_h x_t + b_h + r (U_h h_{t-1} + b'_h))       candidate
        h_t = z h_{t-1} + (1 - z) g

    where b' is ``b_recurrent``. This is the form that Keras calls ``reset_after=True``, its default, and that
    PyTorch uses (with the gates in the order r, z, n); the older form is not offered.

    Parameters
    ----------
    units : length of the state h.
    activation : the function that makes the candidate.
    recurrent_activation : the function of the gates.
    use_bias : whether there are b and b_recurrent.
    kernel_initializer, recurrent_initializer, bias_initializer : where W, U and the biases start.
    kernel_regularizer, recurrent_regularizer : penalties on W and U (see `dlcore.regularizers`).
    return_sequences : whether to give h after every step, or only after the last.
    go_backwards : whether to read the sequence from its end; outputs then stand in that order.

    Input shape
    -----------
    (batch, time, features)

    Output shape
    ------------
    (batch, time, units) if ``return_sequences``, else (batch, units)

    Parameters after building
    -------------------------
    W : (3 units, features), rows in the order z, r, h. (Keras keeps the transpose, here and below.)
    U : (3 units, units)
    b, b_recurrent : (3 units,) each. (Keras keeps both in one array of shape (2, 3 units).)

    Raises
    ------
    TypeError : units is not a whole number.
    ValueError : units is less than 1, a name is not known, an input has no steps or other features than W,
        or a mask or an initial state does not fit it.

    Source
    ------
    Cho et al. (2014), "Learning phrase representations using RNN encoder-decoder for statistical machine
    translation"; with the reset gate after the product: Chung et al. (2014).

    Examples
    --------
    >>> layer = GRU(4)
    >>> layer.forward(np.zeros((2, 5, 3))).shape
    (2, 4)
    >>> {name: array.shape for name, array in layer.parameters.items()}
    {'W': (12, 3), 'U': (12, 4), 'b': (12,), 'b_recurrent': (12,)}
    """

    blocks = 3

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = "tanh",
        recurrent_activation: str | activations.Activation | None = "sigmoid",
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
        super().__init__(
            units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            return_sequences=return_sequences,
            go_backwards=go_backwards,
            input_shape=input_shape,
            name=name,
        )
        self.recurrent_activation = self.elementwise(recurrent_activation)
        self.gates = self.candidate = None

    def build(self, input_shape, rng=0):
        super().build(input_shape, rng)
        if self.use_bias:
            rows, units = 3 * self.units, self.units
            self.add_parameter("b_recurrent", (rows,), self.bias_initializer, units, rows, rng)

    def stack(self):
        """The weights of one step: rows for z, for r, for ``W_h x_t + b_h`` and for ``U_h h_{t-1} + b'_h``.

        The reset gate comes between the last two, so they can't share rows: zeros fill the gaps.
        """
        W_zr, W_h = np.split(self.parameters["W"], [2 * self.units])
        U_zr, U_h = np.split(self.parameters["U"], [2 * self.units])
        rows = [[W_zr, U_zr], [W_h, np.zeros_like(U_h)], [np.zeros_like(W_h), U_h]]
        if self.use_bias:
            b_zr, b_h = np.split(self.parameters["b"][:, None], [2 * self.units])
            recurrent_zr, recurrent_h = np.split(self.parameters["b_recurrent"][:, None], [2 * self.units])
            for row, bias in zip(rows, (b_zr + recurrent_zr, b_h, recurrent_h), strict=True):
                row.append(bias)
        return np.block(rows)

    def unstack(self, d_weights):
        features, units = self.input_shape[-1], self.units
        of_input, of_state = d_weights[: 3 * units], np.delete(d_weights, slice(2 * units, 3 * units), axis=0)
        self.gradients["W"][...] = of_input[:, :features]
        self.gradients["U"][...] = of_state[:, features : features + units]
        if self.use_bias:
            self.gradients["b"][...] = of_input[:, -1]
            self.gradients["b_recurrent"][...] = of_state[:, -1]

    def run(self, time):
        h = self.h
        self.gates = self.array("gates", (time, 4, *h.shape[1:]))
        self.candidate = self.array("candidate", h[1:].shape)
        for t in range(time):
            gates, g = self.map_step(t, out=self.gates[t]), self.candidate[t]
            self.recurrent_activation(gates[:2], out=gates[:2])
            z, r, from_input, from_state = gates
            np.multiply(r, from_state, out=g)
            g += from_input
            self.activation(g, out=g)
            # z h + (1 - z) g, with one product fewer
            np.subtract(h[t], g, out=h[t + 1])
            h[t + 1] *= z
            h[t + 1] += g
            self.hold_padded(t)

    def run_backward(self, dh):
        h = self.h
        squash, gate = self.activation, self.recurrent_activation
        time, blocks, batch, units = self.gates.shape
        dz = self.array("dz", (time, batch, blocks * units))
        dz_gates = self.array("dz_gates", (blocks, batch, units))
        dz_z, dz_r, dz_input, dz_state = dz_gates
        for t in reversed(range(time)):
            dh_t, g = self.pass_padded(t, dh), self.candidate[t]
            z, r, _, from_state = self.gates[t]
            gate.backward(dh_t * (h[t] - g), z, out=dz_z)
            squash.backward(dh_t * (1 - z), g, out=dz_input)
            gate.backward(dz_input * from_state, r, out=dz_r)
            np.multiply(dz_input, r, out=dz_state)
            self.side_by_side(dz_gates, out=dz[t])
            dh[t] += dh_t * z
            self.map_step_backward(dz[t], dh[t])
        return dz

    def linear_piece(self):
        kinks = self.activation.has_kink or self.recurrent_activation.has_kink
        if not kinks:
            return None
        return np.concatenate([self.gates[:, :2].reshape(-1), self.candidate.reshape(-1)]) > 0
