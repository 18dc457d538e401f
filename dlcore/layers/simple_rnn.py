"""The simplest recurrent layer: ``h_t = f(W x_t + U h_{t-1} + b)``."""

from __future__ import annotations

from dlcore.layers.recurrent import Recurrent


class SimpleRNN(Recurrent):
    """Recurrent layer: each step sees its input and the layer's own output of the step before.

    ``z_t = W x_t + U h_{t-1} + b`` and ``h_t = f(z_t)``. Backward in time, ``dz_t = f'(z_t) dL/dh_t``, and
    dL/dh_{t-1} is what comes from above plus ``U^T dz_t``. A `Recursive` layer on a tree that is a chain does
    the same.

    Parameters
    ----------
    units : number of neurons, that is the length of the state h.
    activation : name of f.
    use_bias : whether there is a b.
    kernel_initializer, recurrent_initializer, bias_initializer : where W, U and b start.
    kernel_regularizer, recurrent_regularizer : penalties on W and U (see `dlcore.regularizers`).
    return_sequences : whether to give the state after every step, or only after the last.
    go_backwards : whether to read the sequence from its end; outputs then stand in that order.

    Input shape
    -----------
    (batch, time, features)

    Output shape
    ------------
    (batch, time, units) if ``return_sequences``, else (batch, units)

    Parameters after building
    -------------------------
    W : (units, features), weights of the input. (Keras keeps the transpose, here and below.)
    U : (units, units), weights of the state before.
    b : (units,)

    Raises
    ------
    TypeError : units is not a whole number.
    ValueError : units is less than 1, a name is not known, an input has no steps or other features than W,
        or a mask or an initial state does not fit it.

    Source
    ------
    Elman (1990), "Finding structure in time"; Goodfellow, Bengio and Courville (2016), *Deep Learning*,
    section 10.2.

    Examples
    --------
    >>> layer = SimpleRNN(1, activation="linear", return_sequences=True)
    >>> layer.build((3, 1))
    >>> for name, value in {"W": 1.0, "U": 0.5, "b": 0.0}.items():
    ...     layer.parameters[name][...] = value
    >>> layer.forward([[[1.0], [0.0], [0.0]]])[0, :, 0]  # the memory of the first input fades
    array([1.  , 0.5 , 0.25], dtype=float32)
    >>> dx = layer.backward([[[0.0], [0.0], [1.0]]])
    >>> dx[0, :, 0]  # and so does the gradient, on its way back
    array([0.25, 0.5 , 1.  ], dtype=float32)
    """

    def run(self, time):
        h, z = self.h, self.array("z", (1, *self.h.shape[1:]))
        for t in range(time):
            self.activation(self.map_step(t, out=z)[0], out=h[t + 1])
            self.hold_padded(t)

    def run_backward(self, dh):
        dz = self.array("dz", self.h[1:].shape)
        for t in reversed(range(len(dz))):
            self.activation.backward(self.pass_padded(t, dh), self.h[t + 1], out=dz[t])
            self.map_step_backward(dz[t], dh[t])
        return dz
