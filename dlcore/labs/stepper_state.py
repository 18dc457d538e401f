"""State of the stepper lab: a small network, one sample, and how far its trace has been followed."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from dlcore.figures.stepper import Scene
from dlcore.labs.settings import Choice, Number, Sizes, Text
from dlcore.labs.story import StoryState
from dlcore.labs.typed_weights import arrays
from dlcore.layers import Dense
from dlcore.models import Sequential
from dlcore.tracing import TraceStep, trace

MOST_INPUTS = MOST_NEURONS = 4
MOST_LAYERS = 2

# what the target is -> the last activation and the loss that belong to it
TASKS = {
    "class": ("softmax", "categorical_crossentropy"),
    "yes-or-no": ("sigmoid", "binary_crossentropy"),
    "number": ("linear", "mean_squared_error"),
}
EVERY = "every"
LONGEST_TRACE = 6 * (MOST_LAYERS + 1) + 2  # z, y, dz, dW, db, dx of each layer; L and dL/dy


class StepperState(StoryState):
    """A dense network, one sample and its target; `position` says how many operations have been done.

    Attributes
    ----------
    model : compiled `Sequential`.
    trace : the `Trace` of the sample.
    x, y : (inputs,) and (outputs,), the sample and its target.

    Examples
    --------
    >>> state = StepperState(position=1)
    >>> state.step
    TraceStep('dense', 'z')
    >>> state.forwards(), state.step
    (True, TraceStep('dense', 'y'))

    Weights of your own stand in the order of `Sequential.get_weights`, W row by row and b of each layer:

    >>> StepperState(inputs=1, hidden=1, outputs=2, weights="2 0.5  1 -1 0 0").model.get_weights()[0]
    array([[2.]], dtype=float32)
    """

    lab = "stepper"
    settings: ClassVar = {
        "position": Number("Operation", 5, 0, LONGEST_TRACE, whole=True),
        "neuron": Choice("Look at neuron", EVERY, (EVERY, *map(str, range(MOST_NEURONS)))),
        "inputs": Number("Inputs", 2, 1, MOST_INPUTS, whole=True),
        **{f"x{j}": Number(f"x[{j}]", x, -2, 2, step=0.1) for j, x in enumerate((1.0, -0.5, 0.5, -1.0))},
        "hidden": Sizes("Hidden layers", (3,), MOST_LAYERS, MOST_NEURONS),
        "activation": Choice("Activation", "tanh", ("tanh", "sigmoid", "relu", "leaky_relu", "linear")),
        "task": Choice("The target is a", "class", tuple(TASKS)),
        "outputs": Number("Outputs", 2, 1, MOST_NEURONS, whole=True),
        "label": Number("Right class", 1, 0, MOST_NEURONS - 1, whole=True),
        "target": Number("Target", 1.0, -2, 2, step=0.1),
        "seed": Number("Seed of the weights", 0, 0, 99, whole=True),
        "weights": Text("Own weights", "", longest=500),
    }

    def change(self, **values: Any) -> None:
        """Change some settings; a new seed draws the weights anew, in the place of the reader's own."""
        if values.get("seed", self.seed) != self.seed:
            values.setdefault("weights", "")
        super().change(**values)

    def nearest_possible(self, values: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Outputs and label that fit the task, and a position that the trace has."""
        sentences = []
        if values["task"] == "class" and values["outputs"] < 2:
            values["outputs"] = 2
            sentences.append("A choice of class needs at least 2 outputs, so there are 2.")
        if values["task"] != "class" and values["outputs"] > 1:
            values["outputs"] = 1
            sentences.append(f"With this target (a {values['task']}) there is 1 output.")
        classes = 2 if values["task"] == "yes-or-no" else values["outputs"]
        if values["task"] != "number" and values["label"] >= classes:
            sentences.append(f"There is no class {values['label']}: the nearest is {classes - 1}.")
            values["label"] = classes - 1
        values["position"] = min(values["position"], 6 * len(values["hidden"]) + 8)
        sizes = [values["inputs"], *values["hidden"], values["outputs"]]
        kept = values["weights"] and values["weights"] == getattr(self, "weights", None)
        if kept and sizes != [self.inputs, *self.hidden, self.outputs]:
            values["weights"] = ""
            sentences.append("Your weights do not fit this network: its weights come from the seed.")
        if not arrays(values["weights"], sizes):  # a ValueError, if they do not fit
            values["weights"] = ""  # spaces and commas alone are no weights
        return values, " ".join(sentences)

    def rebuild(self) -> None:
        """Make the model from the seed and trace the sample."""
        last, loss = TASKS[self.task]
        first, *others = self.hidden
        self.model = Sequential(
            [
                Dense(first, activation=self.activation, input_dim=self.inputs),
                *(Dense(n, activation=self.activation) for n in others),
                Dense(self.outputs, activation=last),
            ],
            seed=self.seed,
        )
        if self.weights:
            self.model.set_weights(arrays(self.weights, [self.inputs, *self.hidden, self.outputs]))
        self.model.compile(loss=loss)
        self.x = np.array([getattr(self, f"x{j}") for j in range(self.inputs)])
        if self.task == "class":
            self.y = np.eye(self.outputs)[self.label]
        else:
            self.y = np.array([self.label if self.task == "yes-or-no" else self.target], float)
        self.story = self.trace = trace(self.model, self.x, self.y)

    # ------------------------------------------------------------------ going through it

    def part(self, step: TraceStep) -> tuple[str, str]:
        return step.layer, step.phase

    # ------------------------------------------------------------------ what there is to see

    def details(self) -> list[TraceStep]:
        """The present operation for the chosen neuron alone: its sum, or the gradient of each weight."""
        step = self.step
        if self.neuron == EVERY or step is None or step.layer == "loss":
            return []
        i, layer = int(self.neuron), step.layer
        outputs, inputs = self.trace[layer, "z"].operands["W"].shape
        if i >= outputs:
            return []
        if step.name == "z":
            return [self.trace.neuron(layer, i)]
        if step.name == "dW":
            return [self.trace.weight(layer, i, j) for j in range(inputs)]
        return [self.trace.bias(layer, i)] if step.name == "db" else []

    def scene(self) -> Scene:
        """The numbers that are known by now, and what the present operation is about."""
        names = [layer.name for layer in self.model.layers]
        sizes = [self.inputs, *(layer.units for layer in self.model.layers)]
        scene = Scene(
            values=[self.x, *(np.full(n, np.nan) for n in sizes[1:])],
            gradients=[np.full(n, np.nan) for n in sizes],
            edges=[layer.parameters["W"] for layer in self.model.layers],
            value_names=["x", *("" for _ in names)],
            gradient_names=["" for _ in sizes],
            edge_names=["W" for _ in names],
        )
        for step in self.trace[: self.position]:
            column = len(names) if step.layer == "loss" else names.index(step.layer) + 1
            if step.name in ("z", "y"):
                scene.values[column], scene.value_names[column] = step.result[0], step.name
            elif step.name == "L":
                scene.loss = self.trace.loss
            elif step.name in ("dy", "dz"):
                name = "∂L/∂y" if step.name == "dy" else "δ"
                scene.gradients[column], scene.gradient_names[column] = step.result[0], name
            elif step.name == "dW":
                scene.edges[column - 1], scene.edge_names[column - 1] = step.result, "∂L/∂W"
            elif step.name == "dx":
                name = "∂L/∂x" if column == 1 else "∂L/∂y"
                scene.gradients[column - 1], scene.gradient_names[column - 1] = step.result[0], name
        if self.step and self.step.name == "dx":  # the gradient goes back through the weights themselves
            gap = names.index(self.step.layer)
            scene.edges[gap], scene.edge_names[gap] = self.step.operands["W"], "W"
        self._mark_active(scene, names, sizes)
        return scene

    def _mark_active(self, scene: Scene, names: list[str], sizes: list[int]) -> None:
        scene.active_nodes = [np.zeros(n, bool) for n in sizes]
        scene.active_edges = [np.zeros(edges.shape, bool) for edges in scene.edges]
        step = self.step
        if step is None:
            scene.active_nodes[0][:] = True
            return
        if step.layer == "loss":
            scene.loss_active = True
            scene.active_nodes[-1][:] = True
            return
        gap = names.index(step.layer)
        one = self.neuron != EVERY and int(self.neuron) < sizes[gap + 1]
        rows = [int(self.neuron)] if one and step.name != "dx" else slice(None)
        scene.active_nodes[gap if step.name == "dx" else gap + 1][rows] = True
        if step.name in ("z", "dW", "dx"):
            scene.active_edges[gap][rows] = True

    def __str__(self) -> str:
        if self.step is None:
            return f"start: x = {self.x.tolist()}"
        return "\n\n".join(map(str, [self.step, *self.details()]))

    def code(self) -> str:
        target = self.y.astype(int) if self.task == "class" else self.y
        show = f'print(steps["{self.step.layer}", "{self.step.name}"])' if self.step else "print(steps)"
        layers = [repr(layer) for layer in self.model.layers]
        own = [array.tolist() for array in self.model.get_weights()] if self.weights else None
        return "\n".join(
            [
                *(["import numpy as np", ""] if own else []),
                "from dlcore import Sequential, trace",
                "from dlcore.layers import Dense",
                "",
                f"model = Sequential([{', '.join(layers)}], seed={self.seed})",
                *([f"model.set_weights([np.array(array) for array in {own}])"] if own else []),
                f'model.compile(loss="{self.model.loss.name}")',
                f"steps = trace(model, x={self.x.tolist()}, y={target.tolist()})",
                show,
            ]
        )
