"""Long short-term memory: a state that gates protect, so that gradients live longer."""

from __future__ import annotations

import numpy as np

from dlcore import activations, initializers, regularizers
from dlcore.layers.recurrent import Recurrent


class LSTM(Recurrent):
    """Recurrent layer with a cell state c that changes by addition, and three gates that control it.

    One affine map gives the four blocks of ``z_t = W x_t + U h_{t-1} + b``, in the order i, f, c, o::

        i = σ(z_i)             input gate: how much of the candidate to take in
        f = σ(z_f)             forget gate: how much of the old cell state to keep
        g = tanh(z_c)          candidate
        o = σ(z_o)             output gate: how much to show
        c_t = f c_{t-1} + i g
        h_t = o tanh(c_t)

    Parameters
    ----------
    units : number of cells, that is the length of the states h and c.
    activation : the function that makes the candidate and is applied to c_t.
    recurrent_activation : the function of the gates.
    use_bias : whether there is a b.
    kernel_initializer, recurrent_initializer, bias_initializer : where W, U and b start.
    unit_forget_bias : whether the forget gate's part of b starts at 1, so that a new layer remembers.
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
    W : (4 units, features), rows in the order i, f, c, o. (Keras keeps the transpose, here and below.)
    U : (4 units, units)
    b : (4 units,)

    Raises
    ------
    TypeError : units is not a whole number.
    ValueError : units is less than 1, a name is not known, an input has no steps or other features than W,
        or a mask or an initial state does not fit it.

    Source
    ------
    Hochreiter and Schmidhuber (1997), "Long short-term memory"; the forget gate: Gers, Schmidhuber and
    Cummins (2000), "Learning to forget"; its bias of 1: Jozefowicz, Zaremba and Sutskever (2015).

    Examples
    --------
    >>> layer = LSTM(64, return_sequences=True)
    >>> layer.forward(np.zeros((2, 28, 28))).shape
    (2, 28, 64)
    >>> {name: array.shape for name, array in layer.parameters.items()}
    {'W': (256, 28), 'U': (256, 64), 'b': (256,)}
    """

    blocks = 4
    state_names = ("h", "c")

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = "tanh",
        recurrent_activation: str | activations.Activation | None = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        recurrent_initializer: str | initializers.Initializer = "orthogonal",
        bias_initializer: str | initializers.Initializer = "zeros",
        unit_forget_bias: bool = True,
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
        self.unit_forget_bias = unit_forget_bias
        self.c = self.dc = self.gates = self.squashed_c = None

    def build(self, input_shape, rng=0):
        super().build(input_shape, rng)
        if self.use_bias and self.unit_forget_bias:
            self.parameters["b"][self.units : 2 * self.units] = 1

    def run(self, time):
        h, c = self.h, self.c
        squash, gate = self.activation, self.recurrent_activation
        self.gates = self.array("gates", (time, 4, *h.shape[1:]))
        self.squashed_c = self.array("squashed_c", c[1:].shape)
        taken_in = self.array("taken_in", c[0].shape)
        for t in range(time):
            z = self.map_step(t, out=self.gates[t])
            i, f, g, o = z
            gate(z[:2], out=z[:2])  # i and f, side by side
            squash(g, out=g)
            gate(o, out=o)
            np.multiply(f, c[t], out=c[t + 1])
            c[t + 1] += np.multiply(i, g, out=taken_in)
            squash(c[t + 1], out=self.squashed_c[t])
            np.multiply(o, self.squashed_c[t], out=h[t + 1])
            self.hold_padded(t)

    def run_backward(self, dh):
        squash, gate = self.activation, self.recurrent_activation
        time, blocks, batch, units = self.gates.shape
        dz = self.array("dz", (time, batch, blocks * units))
        self.dc = dc = self.array("dc", self.c.shape)
        dc[...] = 0
        d_gates = self.array("d_gates", (blocks, batch, units))
        dz_gates = self.array("dz_gates", d_gates.shape)
        through_h = self.array("through_h", dc[0].shape)
        for t in reversed(range(time)):
            i, f, g, o = gates = self.gates[t]
            dh_t, dc_t = self.pass_padded(t, dh), self.pass_padded(t, dc)
            # h_t = o tanh(c_t): c_t has an effect now, beside that on the next cell state
            np.multiply(dh_t, o, out=d_gates[3])
            dc_t += squash.backward(d_gates[3], self.squashed_c[t], out=through_h)
            # each gate moves the loss by what it is multiplied with
            np.multiply(dc_t, g, out=d_gates[0])
            np.multiply(dc_t, self.c[t], out=d_gates[1])
            np.multiply(dc_t, i, out=d_gates[2])
            np.multiply(dh_t, self.squashed_c[t], out=d_gates[3])
            gate.backward(d_gates[:2], gates[:2], out=dz_gates[:2])
            squash.backward(d_gates[2], g, out=dz_gates[2])
            gate.backward(d_gates[3], o, out=dz_gates[3])
            self.side_by_side(dz_gates, out=dz[t])
            dc[t] += np.multiply(dc_t, f, out=through_h)
            self.map_step_backward(dz[t], dh[t])
        return dz

    def linear_piece(self):
        kinks = self.activation.has_kink or self.recurrent_activation.has_kink
        return np.concatenate([self.gates.reshape(-1), self.c.reshape(-1)]) > 0 if kinks else None
