"""State of the lab of gradient flow: a deep stack of layers, one pass forward and one back."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

import numpy as np

from dlcore.datasets import digits
from dlcore.labs.settings import Choice, Number
from dlcore.labs.state import LabState
from dlcore.layers import Dense, Residual
from dlcore.models import Sequential

SAMPLES, FEATURES = 32, 64
ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "linear")
INITIALIZERS = (
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "orthogonal",
    "random_normal",
    "random_uniform",
)
FADED, EXPLODED = 1e-2, 1e2  # from here on a gradient counts as vanished, or exploded


class GradientFlowState(LabState):
    """A stack of equal layers with fresh weights. Nothing is trained.

    32 samples of 64 numbers go forward. At the output a gradient of length 1 comes in, in a random
    direction, and goes back. With ``residual="on"`` every layer but the first, which brings the inputs to
    the width, is ``y = x + f(W x + b)``.

    Attributes
    ----------
    activation, initializer, depth, width, residual, inputs, seed : the settings.
    model : `Sequential`, in float64.
    gradient_norms : (depth,), the length of dL/dz of each layer, over all samples; first layer first.
    spreads : (depth,), the standard deviation of all outputs of each layer.
    before : the last two as they were before the last change; empty at first.

    Examples
    --------
    >>> state = GradientFlowState(activation="sigmoid", depth=20)
    >>> bool(state.ratio < 1e-9)
    True
    >>> state.change(residual="on")
    >>> bool(0.1 < state.ratio < 10)
    True
    """

    lab = "gradientflow"
    settings: ClassVar = {
        "activation": Choice("Activation f", "sigmoid", ACTIVATIONS),
        "initializer": Choice("Weights start by", "glorot_uniform", INITIALIZERS),
        "depth": Number("Layers", 20, 1, 30, whole=True),
        "width": Number("Neurons in each layer", 32, 2, 64, whole=True),
        "residual": Choice("Residual connections", "off", ("off", "on")),
        "inputs": Choice("Inputs", "random", ("random", "digits")),
        "seed": Number("Seed of the weights", 0, 0, 99, whole=True),
    }

    gradient_norms = spreads = np.empty(0)

    def rebuild(self) -> None:
        """Make the stack from the seed, and send one batch through it and one gradient back."""
        self.before = self.gradient_norms, self.spreads
        self.model = Sequential(self._layers(), seed=self.seed, dtype=np.float64)
        y = self.model.forward(samples(self.inputs, self.seed))
        dy = np.random.default_rng(self.seed).normal(size=y.shape)
        dy /= np.linalg.norm(dy)
        norms = []
        for layer in reversed(self.model.layers):
            dense = getattr(layer, "layer", layer)
            norms.append(np.linalg.norm(dense.activation.backward(dy, dense.y)))
            dy = layer.backward(dy)
        self.gradient_norms = np.array(norms[::-1])
        self.spreads = np.array([layer.y.std() for layer in self.model.layers])

    def _layers(self) -> list:
        arguments = {"activation": self.activation, "kernel_initializer": self.initializer}
        first = Dense(self.width, **arguments, input_dim=FEATURES)
        others = [Dense(self.width, **arguments) for _ in range(self.depth - 1)]
        return [first, *(map(Residual, others) if self.residual == "on" else others)]

    # ------------------------------------------------------------------ what there is to see

    @property
    def ratio(self) -> float:
        """What layer 1 receives, divided by what the last layer receives; NaN if both receive nothing."""
        first, last = float(self.gradient_norms[0]), float(self.gradient_norms[-1])
        return first / last if last else float("nan")

    @property
    def factor(self) -> float:
        """By what the gradient is multiplied from one layer to the next, on (geometric) average."""
        return self.ratio ** (1 / (self.depth - 1)) if self.depth > 1 else 1.0

    def verdict(self) -> str:
        """What happens to the gradient, in words."""
        if self.depth == 1:
            return "With a single layer there is nothing for the gradient to get lost in."
        if not self.gradient_norms.all():
            return (
                "Nothing arrives at layer 1: on its way the gradient became 0 everywhere, and layer 1 learns "
                "nothing."
            )
        if self.ratio < FADED:
            amount, judgement = f"{self.ratio:.1e} of what", "It vanishes: the first layers hardly learn."
        elif self.ratio > EXPLODED:
            amount, judgement = f"{self.ratio:.1e} times what", "It explodes: steps become far too long."
        else:
            amount, judgement = f"{self.ratio:.2f} times what", "That is of the same order: all layers learn."
        return (
            f"Layer 1 receives {amount} layer {self.depth} receives, a factor of {self.factor:.2f} for each "
            f"layer. {judgement}"
        )

    def verdict_of_spreads(self) -> str:
        """What happens to the outputs, in words."""
        first, last = self.spreads[0], self.spreads[-1]
        return (
            f"The spread (standard deviation) of the outputs is {first:.2g} in layer 1 and {last:.2g} in "
            f"layer {self.depth}."
        )

    def __str__(self) -> str:
        chosen = sorted({1, *range(5, self.depth, 5), self.depth})
        lines = [
            f"{layer:5}   {self.gradient_norms[layer - 1]:12.2e}   {self.spreads[layer - 1]:12.2e}"
            for layer in chosen
        ]
        head = f"{'layer':>5}   {'‖∂L/∂z‖':>12}   {'std of y':>12}"
        return "\n".join([head, *lines, self.verdict(), self.verdict_of_spreads()])

    def code(self) -> str:
        arguments = f'"{self.activation}", kernel_initializer="{self.initializer}"'
        layer = f"Dense({self.width}, {arguments})"
        layer = f"Residual({layer})" if self.residual == "on" else layer
        if self.inputs == "digits":
            x = (
                f"x = digits()[0][:{SAMPLES}].reshape({SAMPLES}, {FEATURES}).astype(float)\n"
                "x = (x - x.mean()) / x.std()"
            )
        else:
            x = f"x = np.random.default_rng({self.seed}).normal(size=({SAMPLES}, {FEATURES}))"
        return f"""\
import numpy as np
from dlcore import Sequential
from dlcore.datasets import digits
from dlcore.layers import Dense, Residual

model = Sequential([
    Dense({self.width}, {arguments}, input_dim={FEATURES}),
    *({layer} for _ in range({self.depth - 1})),
], seed={self.seed}, dtype=np.float64)
{x}
y = model.forward(x)
dy = np.random.default_rng({self.seed}).normal(size=y.shape)
dy /= np.linalg.norm(dy)
for layer in reversed(model.layers):
    dense = getattr(layer, "layer", layer)
    dz = dense.activation.backward(dy, dense.y)
    print(layer.name, np.linalg.norm(dz), layer.y.std())
    dy = layer.backward(dy)"""


def samples(kind: str, seed: int) -> np.ndarray:
    """(32, 64): normal random numbers, or digits, both with mean 0 and standard deviation 1."""
    if kind == "random":
        return np.random.default_rng(seed).normal(size=(SAMPLES, FEATURES))
    return digit_samples()


@cache
def digit_samples() -> np.ndarray:
    """The first pictures of `dlcore.datasets.digits`, scaled as a whole."""
    x = digits()[0][:SAMPLES].reshape(SAMPLES, FEATURES).astype(float)
    return (x - x.mean()) / x.std()
