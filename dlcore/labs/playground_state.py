"""The playground's state: a network, its data, and the training between them, one step at a time."""

from __future__ import annotations

import numpy as np

from dlcore import inspection
from dlcore.labs import playground_data
from dlcore.labs.playground_walk import Walk
from dlcore.labs.settings import Choice, Number, Sizes
from dlcore.labs.state import LabState
from dlcore.layers import Dense
from dlcore.models import Sequential
from dlcore.optimizers import SGD, Adam, RMSprop
from dlcore.training import Step, train

GRANULARITY = Choice("One step is one", "epoch", ("operation", "sample", "batch", "epoch"))
TICKS = np.linspace(-1.4, 1.4, 57)  # of both inputs
FOREVER = 10**9  # epochs: it is the reader who ends the training
OPTIMIZERS = {
    "sgd": lambda rate: SGD(learning_rate=rate),
    "momentum": lambda rate: SGD(learning_rate=rate, momentum=0.9),
    "rmsprop": lambda rate: RMSprop(learning_rate=rate),
    "adam": lambda rate: Adam(learning_rate=rate),
}


class PlaygroundState(LabState):
    """A network in training. It is wholly given by its settings: the same string, the same weights.

    A changed setting starts the training anew and goes as far as a fresh lab does, so that networks can be
    compared after equally many batches.

    Attributes
    ----------
    data, samples, noise, hidden, activation, optimizer, learning_rate, batch_size, seed, batches : the
        settings. ``batches`` counts the training steps up to now.
    model : `Sequential`, in float64.
    dataset : `PlaygroundData`.
    epochs, training_losses, validation_losses : the curves; the first entry is from before any training.
    last_step : the `Step` of the last batch, or None.
    trouble : why training cannot go on, in words, or "".
    doing : what the last operation or sample step did, in words, or "".

    Examples
    --------
    >>> state = PlaygroundState(data="xor", hidden=(4,), batches=0)
    >>> state.step("epoch", times=20)
    True
    >>> state.batches, state.epoch
    (180, 20)
    >>> state.accuracies()["training"] > 0.9
    True
    """

    lab = "playground"
    settings = {  # noqa: RUF012
        "data": Choice("Data", "circles", playground_data.NAMES),
        "samples": Number("Samples", 200, 20, 1000, step=10, whole=True),
        "noise": Number("Noise", 0.1, 0, 0.5, step=0.05),
        "hidden": Sizes("Hidden layers", (6, 4), most_layers=4, most_neurons=32),
        "activation": Choice("Activation", "tanh", ("tanh", "relu", "leaky_relu", "sigmoid", "linear")),
        "optimizer": Choice("Optimizer", "adam", tuple(OPTIMIZERS)),
        "learning_rate": Number("Learning rate", 0.01, 0.0001, 10, step=0.25, logarithmic=True),
        "batch_size": Number("Batch size", 16, 1, 256, whole=True),
        "seed": Number("Seed of the weights", 0, 0, 99, whole=True),
        "batches": Number("Batches trained", 180, 0, 20_000, whole=True),
    }

    # ------------------------------------------------------------------ settings

    def change(self, **values):
        fresh = min(self.batches, self.settings["batches"].default)
        super().change(**{"batches": fresh, **values})

    def nearest_possible(self, values):
        training = playground_data.training_samples(values["samples"])
        if values["batch_size"] <= training:
            return values, ""
        sentence = (
            f"A batch of {values['batch_size']} needs as many training samples; of {values['samples']} "
            f"samples {training} are for training. The batch size is {training} now."
        )
        return values | {"batch_size": training}, sentence

    def rebuild(self) -> None:
        target = self.batches
        self.dataset = playground_data.load(self.data, self.samples, self.noise)
        self.reset()
        self._train(target)

    def reset(self) -> None:
        """Go back to the untrained weights of this seed."""
        dataset = self.dataset
        inputs = dataset.training[0].shape[1]
        layers = [Dense(self.hidden[0], activation=self.activation, input_dim=inputs)]
        layers += [Dense(units, activation=self.activation) for units in self.hidden[1:]]
        layers.append(Dense(dataset.classes, activation="softmax"))
        self.model = Sequential(layers, seed=self.seed, dtype=np.float64)
        optimizer = OPTIMIZERS[self.optimizer](self.learning_rate)
        self.model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        self.epochs = [0]
        self.training_losses = [self.model.evaluate(*dataset.training)[0]]
        self.validation_losses = [self.model.evaluate(*dataset.held_out)[0]]
        self.batches, self.last_step, self.trouble, self.doing = 0, None, "", ""
        self._steps = train(
            self.model, *dataset.training, epochs=FOREVER, batch_size=self.batch_size,
            validation_data=dataset.held_out, seed=self.seed,
        )  # fmt: skip
        self._order = np.random.default_rng(self.seed)  # draws the same orders as `train` does
        self._start_epoch()

    def new_weights(self) -> None:
        """Start anew from the next seed."""
        self.change(seed=(self.seed + 1) % (self.settings["seed"].highest + 1), batches=0)

    # ------------------------------------------------------------------ steps

    def step(self, granularity: str = "batch", times: int = 1) -> bool:
        """Take some steps: an ``"operation"``, ``"sample"``, ``"batch"`` or ``"epoch"`` each.

        Operations and samples walk through the next batch; its last one changes the weights, exactly as the
        batch as a whole would have done. Returns False where training cannot go on; ``trouble`` says why.
        """
        GRANULARITY.check("granularity", granularity)
        for _ in range(times):
            if self.trouble:
                return False
            self.doing = ""
            if granularity == "epoch":
                self._train(self._batches_per_epoch - self._place)
            elif granularity == "batch" or self._walk_on(granularity):
                self._train(1)
        return not self.trouble

    def _walk_on(self, granularity: str) -> bool:
        """Go one operation or sample further; True when the batch is done but for the update."""
        if self.walk is None:
            x, y = self.dataset.training
            self.walk = Walk(self.model, x[self.present], y[self.present])
        self.doing = self.walk.next(granularity)
        return self.walk.finished

    def _train(self, batches: int) -> None:
        most = self.settings["batches"].highest
        for _ in range(batches):
            if self.batches == most:
                self.trouble = f"The playground ends after {most:,} batches. Reset starts it anew."
                return
            try:
                step = next(self._steps)
            except FloatingPointError as error:
                self.trouble = f"{str(error)[0].upper()}{str(error)[1:]} Reset starts anew."
                return
            self._take(step)

    def _take(self, step: Step) -> None:
        self.last_step = step
        self.batches += 1
        self.walk = None
        self._place = step.batch % step.batches
        if step.epoch_logs is not None:
            self.epochs.append(step.epoch)
            self.training_losses.append(step.epoch_logs["loss"])
            self.validation_losses.append(step.epoch_logs["val_loss"])
            self._start_epoch()

    def _start_epoch(self) -> None:
        samples = len(self.dataset.training[0])
        self._samples_in_order = self._order.permutation(samples)
        self._batches_per_epoch = -(-samples // self.batch_size)
        self._place = 0
        self.walk = None

    # ------------------------------------------------------------------ what there is to see

    @property
    def epoch(self) -> int:
        """Whole epochs up to now."""
        return self.epochs[-1]

    @property
    def present(self) -> np.ndarray:
        """Which training samples are in the next batch; in a walk from sample to sample the present one."""
        start = self._place * self.batch_size
        batch = self._samples_in_order[start : start + self.batch_size]
        walk = self.walk
        return batch if walk is None or not walk.sample else batch[walk.sample - 1 : walk.sample]

    def accuracies(self) -> dict[str, float]:
        """Share of right answers, by part of the data."""
        parts = {"training": self.dataset.training, "validation": self.dataset.held_out}
        return {name: self.model.evaluate(*part)[1] for name, part in parts.items()}

    def plane(self) -> np.ndarray:
        """Probabilities over the plane, (points, points, classes), row i at ``x2 = TICKS[i]``."""
        x1, x2 = np.meshgrid(TICKS, TICKS)
        outputs = self.model.forward(np.stack([x1.ravel(), x2.ravel()], axis=1))
        return outputs.reshape(*x1.shape, -1)

    def layer_outputs(self) -> list[np.ndarray]:
        """Outputs of each layer for all training samples, (samples, neurons)."""
        self.model.forward(self.dataset.training[0])
        return [layer.y for layer in self.model.layers]

    def dead_shares(self) -> list[float | None]:
        """Share of dead neurons of each layer; None where no neuron is a ReLU."""
        return [
            inspection.dead_share(y) if layer.activation.name == "relu" else None
            for layer, y in zip(self.model.layers, self.layer_outputs(), strict=True)
        ]

    def code(self) -> str:
        optimizer = OPTIMIZERS[self.optimizer](self.learning_rate)
        layers = ",\n    ".join(map(repr, self.model.layers))
        return f"""\
import numpy as np
from dlcore import Sequential, datasets
from dlcore.layers import Dense
from dlcore.optimizers import {type(optimizer).__name__}
from dlcore.training import train

{self.dataset.code}
model = Sequential([
    {layers},
], seed={self.seed}, dtype=np.float64)
model.compile(
    optimizer={optimizer!r},
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
steps = train(model, x_train, y_train, epochs=10**9, batch_size={self.batch_size}, seed={self.seed})
for _ in range({self.batches}):
    next(steps)
print(model.evaluate(*held_out, return_dict=True))"""

    def __str__(self) -> str:
        accuracies = self.accuracies()
        return (
            f"{self.copy_settings()}\n"
            f"batch {self.batches}, epoch {self.epoch}\n"
            f"training:   loss {self.training_losses[-1]:.3f}, accuracy {accuracies['training']:.3f}\n"
            f"validation: loss {self.validation_losses[-1]:.3f}, accuracy {accuracies['validation']:.3f}"
        )
