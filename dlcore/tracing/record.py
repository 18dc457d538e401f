"""All steps of one forward and one backward pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dlcore.lookup import find
from dlcore.tracing.entries import explain_bias, explain_neuron, explain_weight
from dlcore.tracing.formatting import number
from dlcore.tracing.step import TraceStep, styled

if TYPE_CHECKING:
    from dlcore.models import Sequential


class Trace(Sequence):
    """A sequence of `TraceStep`; ``trace["dense", "dW"]`` finds one by its layer and name.

    Print it, or let a notebook show it.

    Attributes
    ----------
    model : the float64 copy that was traced, with all arrays of the pass in its layers.
    x : (batch, ...), the inputs.
    targets : the targets, in the form that the loss works with.
    loss : the mean loss over the batch.
    steps : tuple of all steps, in the order of the computation.
    """

    def __init__(
        self,
        model: Sequential,
        x: np.ndarray,
        targets: np.ndarray,
        loss: float,
        steps: Sequence[TraceStep],
    ):
        self.model = model
        self.x = x
        self.targets = targets
        self.loss = loss
        self.steps = tuple(steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[TraceStep]:
        return iter(self.steps)

    def __getitem__(self, key):
        """The step at a position, a slice of steps, or the step of that ``(layer, name)``.

        Raises
        ------
        ValueError : there is no such layer or name.
        """
        if not isinstance(key, tuple):
            return self.steps[key]
        layer, name = key
        layers = {step.layer: {} for step in self.steps}
        for step in self.steps:
            layers[step.layer][step.name] = step
        return find(f"name in {layer}", name, find("layer", layer, layers))

    def phase(self, phase: str) -> tuple[TraceStep, ...]:
        """The steps of one phase: ``"forward"``, ``"loss"`` or ``"backward"``."""
        return tuple(step for step in self.steps if step.phase == phase)

    # ------------------------------------------------------------------ down to a single number

    def neuron(self, layer: str, i: int, use: int = 0) -> TraceStep:
        """The weighted sum of neuron i, ``z[i] = Σⱼ W[i, j] · x[j] + b[i]``, with its numbers.

        Parameters
        ----------
        layer : name of a layer that has a W.
        i : which neuron, from 0.
        use : which use of W: of a dense layer, the number of the sample.
        """
        return explain_neuron(self._layer(layer), i, use)

    def weight(self, layer: str, i: int, *j: int) -> TraceStep:
        """The gradient of one weight, ``∂L/∂W[i, j] = Σₛ δ[s, i] · x[s, j]``, with its numbers.

        Parameters
        ----------
        layer : name of a layer that has a W.
        i, j : the index into W, from 0.
        """
        return explain_weight(self._layer(layer), self[layer, "dz"].result, (i, *j))

    def bias(self, layer: str, i: int) -> TraceStep:
        """The gradient of one bias, ``∂L/∂b[i] = Σₛ δ[s, i]``, with its numbers."""
        return explain_bias(self._layer(layer), self[layer, "dz"].result, i)

    def _layer(self, name: str):
        with_weights = {layer.name: layer for layer in self.model.layers if "W" in layer.parameters}
        return find("layer with weights", name, with_weights)

    # ------------------------------------------------------------------ showing it

    def __str__(self) -> str:
        texts = [f"{number}. {step}" for number, step in enumerate(self.steps, start=1)]
        return "\n\n".join([repr(self), *texts])

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{step.to_html()}</li>" for step in self.steps)
        return styled(f"<p>{self!r}</p><ol>{items}</ol>")

    def __repr__(self) -> str:
        samples = "1 sample" if len(self.x) == 1 else f"{len(self.x)} samples"
        return f"Trace({samples}, loss {number(self.loss)}, {len(self)} steps)"
