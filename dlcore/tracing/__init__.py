"""Tracing: every step of a forward and a backward pass as data, to be printed, shown, drawn and tested.

`trace` runs a float64 copy of a model and asks each layer what it did. The layers know nothing of it:
they keep their arrays as attributes, and the explanations here read them.

How to explain a new kind of layer
----------------------------------
Add a file that is named as the layer's own file, import it below, and register three functions for the
layer's class (see ``dense.py`` for the shortest full example):

``explain_forward(layer)``
    the steps of its last forward pass, from the attributes that ``forward`` left behind.
``explain_backward(layer, dy, dx, fused=None)``
    the steps of its last backward pass. Each names the gradient that it continues (``upstream``, by the
    name of an earlier step of this layer, or ``"dy"`` for the one that came in) and the local factor that
    it brings in; the step whose gradient goes on to the layer below is named ``"dx"``.
``uses_of_weights(layer)``
    the `Uses`: what the layer gathered into x, one row for each use of W, in the order of the rows of its
    ``"dz"`` step. ``trace.neuron`` and ``trace.weight`` then work by themselves.

Use `affine_forward` and `affine_backward` for ``z = W x + b``: hand in the `Uses`, which also say what a
use is called ("position", "time step", "node"); the sum over the uses is then written out. Use
`activation_forward` and `activation_backward` for ``y = f(z)``.

Give arrays as the layer computed them; compute nothing anew that the layer kept. In ``operands`` put
everything that the result follows from: the tests recompute each result from them with code of their own,
so add yours to ``tests/tracing``.
"""

from dlcore.tracing import (  # these register their explanations
    activation,
    bidirectional,
    convolution,
    dense,
    embedding,
    gru,
    lstm,
    normalization,
    pooling,
    recursive,
    residual,
    simple_rnn,
    unchanged,
)
from dlcore.tracing.explain import explain_backward, explain_forward, uses_of_weights
from dlcore.tracing.record import Trace
from dlcore.tracing.run import trace
from dlcore.tracing.step import TraceStep
from dlcore.tracing.uses import Uses

__all__ = [
    "Trace",
    "TraceStep",
    "Uses",
    "activation",
    "bidirectional",
    "convolution",
    "dense",
    "embedding",
    "explain_backward",
    "explain_forward",
    "gru",
    "lstm",
    "normalization",
    "pooling",
    "recursive",
    "residual",
    "simple_rnn",
    "trace",
    "unchanged",
    "uses_of_weights",
]
