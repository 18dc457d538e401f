"""Callbacks: functions that ``fit`` calls with the `dlcore.training.Step` after each batch.

Any function of a step will do. It may set ``step.model.stop_training = True`` to end the training.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcore.lookup import find

if TYPE_CHECKING:
    from dlcore.training import Step


class History:
    """The curves of one call of ``fit``.

    Attributes
    ----------
    epoch : numbers of the epochs, from 0 as in Keras.
    history : one list for each of ``loss``, the metrics, and the same with ``val_`` before it.

    Examples
    --------
    >>> import numpy as np
    >>> from dlcore import Sequential
    >>> from dlcore.layers import Dense
    >>> model = Sequential([Dense(1, input_dim=1)])
    >>> model.compile(loss="mse")
    >>> history = model.fit(np.ones((4, 1)), np.ones(4), epochs=3, verbose=0)
    >>> history.epoch, list(history.history), len(history.history["loss"])
    ([0, 1, 2], ['loss'], 3)
    """

    def __init__(self):
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def __call__(self, step: Step) -> None:
        """Take the numbers of a finished epoch."""
        if step.epoch_logs is None:
            return
        self.epoch.append(step.epoch - 1)
        for name, value in step.epoch_logs.items():
            self.history.setdefault(name, []).append(value)


def print_epoch(step: Step) -> None:
    """Print one line at the end of each epoch.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> print_epoch(SimpleNamespace(epoch=1, epochs=2, epoch_logs={"loss": 0.5}))
    Epoch 1/2 - loss: 0.5000
    """
    if step.epoch_logs is not None:
        numbers = " - ".join(f"{name}: {value:.4f}" for name, value in step.epoch_logs.items())
        print(f"Epoch {step.epoch}/{step.epochs} - {numbers}", flush=True)


class EarlyStopping:
    """End the training when a number has not become better for some epochs.

    Parameters
    ----------
    monitor : which of the epoch's numbers to watch.
    min_delta : a change by no more than this does not count as better.
    patience : how many epochs without getting better to wait for.
    mode : "min" or "max" says which way is better; "auto" takes "max" for accuracies.
    restore_best_weights : whether the model ends with the weights of its best epoch. If other callbacks
        end the training too, this one must be the last.

    Attributes
    ----------
    best : the best value so far.
    best_epoch : in which epoch that was, counted from 1.

    Raises
    ------
    ValueError : the mode is not known, or an epoch has no number of the name in ``monitor``.

    Examples
    --------
    >>> import numpy as np
    >>> from dlcore import Sequential
    >>> from dlcore.layers import Dense
    >>> model = Sequential([Dense(1, input_dim=1, kernel_initializer="ones")])
    >>> model.compile(loss="mse")
    >>> x = np.ones((4, 1))
    >>> history = model.fit(x, x, epochs=9, verbose=0, callbacks=[EarlyStopping("loss", patience=2)])
    >>> history.history["loss"]  # perfect from the start, so it never becomes better
    [0.0, 0.0, 0.0]
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        mode: str = "auto",
        restore_best_weights: bool = False,
    ):
        rising = monitor.endswith(("accuracy", "acc"))
        self.sign = find("mode", mode, {"auto": -1 if rising else 1, "min": 1, "max": -1})
        self.monitor = monitor
        self.min_delta = min_delta
        self.patience = patience
        self.restore_best_weights = restore_best_weights
        self.best = self.best_epoch = self.best_weights = None

    def __call__(self, step: Step) -> None:
        """Compare the number of a finished epoch with the best one so far."""
        if step.epoch == 1:
            self.best_weights = None  # those of an earlier training
        if step.epoch_logs is not None:
            self._compare(step)
        ended = step.model.stop_training or (step.epoch == step.epochs and step.epoch_logs is not None)
        if ended and self.best_weights is not None:
            step.model.set_weights(self.best_weights)

    def _compare(self, step: Step) -> None:
        value = find("number to monitor", self.monitor, step.epoch_logs)
        if step.epoch == 1 or self.sign * (self.best - value) > self.min_delta:
            self.best, self.best_epoch = value, step.epoch
            if self.restore_best_weights:
                self.best_weights = step.model.get_weights()
        # As in Keras, the first epoch never ends the training.
        elif step.epoch - self.best_epoch >= self.patience:
            step.model.stop_training = True
