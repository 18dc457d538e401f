"""A walk through one batch: operation by operation, or sample by sample, told in words."""

from __future__ import annotations

import numpy as np

from dlcore.models import Sequential


class Walk:
    """What forward and backward do with the next batch. The weights stay as they are.

    Parameters
    ----------
    model : compiled.
    x, y : (batch, inputs) and (batch,), the batch.

    Attributes
    ----------
    operation, sample : how many operations and samples have been gone through.
    finished : whether only the update of the weights is left.

    Examples
    --------
    >>> from dlcore.layers import Dense
    >>> model = Sequential([Dense(2, activation="softmax", input_dim=1)])
    >>> model.compile(loss="sparse_categorical_crossentropy")
    >>> walk = Walk(model, np.array([[1.0], [2.0]]), np.array([0, 1]))
    >>> walk.next("operation")[:34]
    'Operation 1 of 4. Forward, layer 1'
    """

    def __init__(self, model: Sequential, x: np.ndarray, y: np.ndarray):
        self.model, self.x, self.y = model, x, y
        self.operation = self.sample = 0
        self.finished = False
        # training=False: each layer makes fresh arrays, so nothing of the training is overwritten
        self.loss, _ = model.loss_and_gradients(x, y, training=False)
        self.gradient_norms = list(model.parameter_vector.norms(model.parameter_vector.gradients).values())

    def next(self, granularity: str) -> str:
        """Go one ``"operation"`` or ``"sample"`` further; returns what was done, in words."""
        if granularity == "sample":
            return self._next_sample()
        operations = [
            *(self._forward(number) for number in range(len(self.model.layers))),
            f"Loss: mean cross-entropy of these {len(self.x)} samples, L = {self.loss:.4f}.",
            *(self._backward(number) for number in reversed(range(len(self.model.layers)))),
            f"Update: {type(self.model.optimizer).__name__} moves all {self.model.count_params()} weights "
            "against their gradients. The picture shows the new network.",
        ]
        self.operation += 1
        self.finished = self.operation == len(operations)
        return f"Operation {self.operation} of {len(operations)}. {operations[self.operation - 1]}"

    def _next_sample(self) -> str:
        x, y = self.x[self.sample : self.sample + 1], self.y[self.sample : self.sample + 1]
        probability = self.model.predict(x)[0, y[0]]
        self.sample += 1
        self.finished = self.sample == len(self.x)
        end = (
            f"It was the last one: {type(self.model.optimizer).__name__} now moves the weights."
            if self.finished
            else "Its gradient goes into the mean; the weights wait for the whole batch."
        )
        return (
            f"Sample {self.sample} of {len(self.x)}: class {y[0]} gets probability {probability:.3f}, "
            f"loss {self.model.loss_value(x, y):.4f}. {end}"
        )

    def _forward(self, number: int) -> str:
        layer = self.model.layers[number]
        inputs = layer.input_shape[-1]
        return (
            f"Forward, layer {number + 1}: z = W x + b and y = {layer.activation.name}(z), for "
            f"{len(self.x)} samples at once; {inputs} input{'s' * (inputs > 1)} each, {layer.units} outputs."
        )

    def _backward(self, number: int) -> str:
        onward = f"; ∂L/∂x goes on to layer {number}" if number else ""
        return (
            f"Backward, layer {number + 1}: ∂L/∂W and ∂L/∂b, summed over the samples, "
            f"have length {self.gradient_norms[number]:.4g}{onward}."
        )
