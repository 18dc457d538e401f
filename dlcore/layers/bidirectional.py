"""Read a sequence from both ends: at each step one state knows the past, another the future."""

from __future__ import annotations

import numpy as np

from dlcore.layers.base import Layer
from dlcore.layers.masking import as_mask
from dlcore.layers.recurrent import Recurrent

MERGE_MODES = ("concat", "sum", "ave")


class Bidirectional(Layer):
    """Two copies of a recurrent layer, one of which reads the sequence from its end.

    ``y = [y_forward ; y_backward]``, or their sum or mean. The outputs of the second copy are put back into
    the order of the input. At padded steps y is 0.

    Parameters
    ----------
    layer : a `SimpleRNN`, `LSTM` or `GRU`; it serves as the forward one. If it is built, it keeps its
        weights.
    merge_mode : "concat", "sum" or "ave".

    Input shape
    -----------
    (batch, time, features)

    Output shape
    ------------
    that of the layer, with twice the features for "concat"

    Parameters after building
    -------------------------
    those of both copies, with ``forward_`` and ``backward_`` before their names

    Raises
    ------
    TypeError : it is not a recurrent layer.
    ValueError : the merge mode is not known, or the layer goes backwards already.

    Source
    ------
    Schuster and Paliwal (1997), "Bidirectional recurrent neural networks".

    Examples
    --------
    >>> from dlcore.layers import LSTM
    >>> layer = Bidirectional(LSTM(8, return_sequences=True))
    >>> layer.forward(np.zeros((2, 5, 3))).shape
    (2, 5, 16)
    """

    takes_mask = True

    def __init__(
        self,
        layer: Recurrent,
        merge_mode: str = "concat",
        input_shape: tuple[int | None, ...] | None = None,
        name: str | None = None,
    ):
        if not isinstance(layer, Recurrent):
            raise TypeError(f"Bidirectional expected a recurrent layer such as LSTM(64), got {layer!r}.")
        if layer.go_backwards:
            raise ValueError("Bidirectional expected a layer with go_backwards=False: it makes the other.")
        if merge_mode not in MERGE_MODES:
            raise ValueError(f"merge_mode must be one of {MERGE_MODES}, got {merge_mode!r}.")
        super().__init__(name=name, input_shape=input_shape or layer.given_input_shape)
        self.layer = self.forward_layer = layer
        self.backward_layer = type(layer)(**layer.get_config() | {"go_backwards": True})
        self.merge_mode = merge_mode
        self.real = self.y = None

    @property
    def directions(self) -> dict[str, Recurrent]:
        return {"forward": self.forward_layer, "backward": self.backward_layer}

    def build(self, input_shape, rng=0):
        rng = np.random.default_rng(rng)
        for direction, layer in self.directions.items():
            layer.build_or_keep(input_shape, rng, self.dtype)
            for name in layer.parameters:
                self.parameters[f"{direction}_{name}"] = layer.parameters[name]
                self.gradients[f"{direction}_{name}"] = layer.gradients[name]
                if name in layer.regularizers:
                    self.regularizers[f"{direction}_{name}"] = layer.regularizers[name]
        super().build(input_shape, rng)

    def compute_output_shape(self, input_shape):
        *steps, units = self.forward_layer.compute_output_shape(input_shape)
        return (*steps, 2 * units if self.merge_mode == "concat" else units)

    def forward(self, x, training=False, mask=None):
        x = self.prepare(x, training)
        self.share_parameters()
        y_forward = self.forward_layer.forward(x, training, mask)
        y_backward = self.in_order(self.backward_layer.forward(x, training, mask))
        if self.merge_mode == "concat":
            self.y = np.concatenate([y_forward, y_backward], axis=-1)
        else:
            self.y = (y_forward + y_backward) * self.share
        self.real = None
        if mask is not None and self.layer.return_sequences:
            self.real = as_mask(mask, x.shape[:2])[..., None]
            self.y *= self.real
        return self.y

    def backward(self, dy, input_gradient=True):
        dy = self.require_forward(dy, self.y)
        self.share_parameters()
        if self.real is not None:
            dy = dy * self.real
        if self.merge_mode == "concat":
            dy_forward, dy_backward = np.split(dy, 2, axis=-1)
        else:
            dy_forward = dy_backward = dy * self.share
        dx = self.forward_layer.backward(dy_forward, input_gradient)
        dx_backward = self.backward_layer.backward(self.in_order(dy_backward), input_gradient)
        return dx + dx_backward if input_gradient else None

    @property
    def share(self) -> np.floating:
        """What each direction counts in a sum."""
        return self.dtype.type(0.5 if self.merge_mode == "ave" else 1)

    def in_order(self, outputs: np.ndarray) -> np.ndarray:
        """Outputs of the backward layer in the order of the input, and the other way round."""
        return outputs[:, ::-1] if self.layer.return_sequences else outputs

    def share_parameters(self) -> None:
        """Let both layers work on this layer's arrays, which a model may have moved into its own vector."""
        for direction, layer in self.directions.items():
            layer.dtype = self.dtype
            for name in layer.parameters:
                layer.parameters[name] = self.parameters[f"{direction}_{name}"]
                layer.gradients[name] = self.gradients[f"{direction}_{name}"]

    def astype(self, dtype):
        super().astype(dtype)
        for layer in self.directions.values():
            layer.astype(dtype)

    def linear_piece(self):
        pieces = [layer.linear_piece() for layer in self.directions.values()]
        return None if pieces[0] is None else np.stack(pieces)

    def __repr__(self):
        mode = "" if self.merge_mode == "concat" else f", merge_mode={self.merge_mode!r}"
        return f"Bidirectional({self.layer!r}{mode})"
