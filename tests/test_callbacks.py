"""Early stopping, on curves that are made by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from dlcore import Sequential
from dlcore.callbacks import EarlyStopping, History
from dlcore.layers import Dense
from dlcore.optimizers import SGD


class Weights:
    """Stands in for a model: its weights are the number of the epoch."""

    def __init__(self):
        self.weights, self.stop_training = None, False

    def get_weights(self):
        return [self.weights]

    def set_weights(self, weights):
        (self.weights,) = weights


def run(callback, curve, name="val_loss"):
    """In which epoch the training ended, and the weights that are left."""
    model = Weights()
    for epoch, value in enumerate(curve, start=1):
        model.weights = epoch
        callback(SimpleNamespace(model=model, epoch=epoch, epochs=len(curve), epoch_logs=None))
        logs = {"loss": 0.0, name: value}
        callback(SimpleNamespace(model=model, epoch=epoch, epochs=len(curve), epoch_logs=logs))
        if model.stop_training:
            break
    return epoch, model.weights


@pytest.mark.parametrize(
    ("options", "curve", "ended", "kept"),
    [
        ({}, [3, 2, 2.5, 1], 3, 3),
        ({"patience": 1}, [3, 2, 2.5, 1], 3, 3),
        ({"patience": 2}, [3, 2, 2.5, 1, 1.5, 1.2, 0], 6, 6),
        ({"patience": 2, "restore_best_weights": True}, [3, 2, 2.5, 1, 1.5, 1.2, 0], 6, 4),
        ({"patience": 9, "restore_best_weights": True}, [3, 1, 2], 3, 2),  # the epochs run out first
        ({"patience": 1, "min_delta": 0.5}, [3, 2, 1.6, 1], 3, 3),
        ({"mode": "max", "patience": 1}, [1, 2, 1.5], 3, 3),
        ({"mode": "max", "patience": 1}, [3, 2, 1], 2, 2),
        ({"patience": 2}, [1, np.nan, np.nan, 0], 3, 3),  # NaN is never better
    ],
)
def test_where_it_ends_and_what_it_leaves(options, curve, ended, kept):
    assert run(EarlyStopping(**options), curve) == (ended, kept)


def test_accuracy_is_better_when_it_rises():
    callback = EarlyStopping("val_accuracy", patience=1, restore_best_weights=True)
    assert run(callback, [0.5, 0.7, 0.6], "val_accuracy") == (3, 2)
    assert (callback.best, callback.best_epoch) == (0.7, 2)
    # the same callback starts afresh with the next training
    assert run(callback, [0.1, 0.2, 0.1], "val_accuracy") == (3, 2)


def test_the_best_weights_come_back_when_something_else_ends_the_training_within_an_epoch():
    callback = EarlyStopping(patience=9, restore_best_weights=True)
    model = SimpleNamespace(stop_training=False)
    model.get_weights = lambda: model.weights
    model.set_weights = lambda weights: setattr(model, "weights", weights)
    model.weights = "of epoch 1"
    callback(SimpleNamespace(model=model, epoch=1, epochs=9, epoch_logs={"val_loss": 1.0}))
    model.weights, model.stop_training = "of a batch in epoch 2", True
    callback(SimpleNamespace(model=model, epoch=2, epochs=9, epoch_logs=None))
    assert model.weights == "of epoch 1"
    model.weights = "of a batch in the next training"
    callback(SimpleNamespace(model=model, epoch=1, epochs=9, epoch_logs=None))
    assert model.weights == "of a batch in the next training"


def test_a_name_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        History().history["val_acuracy"]


def test_in_a_real_training():
    x = np.random.default_rng(0).normal(size=(40, 3))
    model = Sequential([Dense(1, input_dim=3)])
    model.compile(SGD(0.5), "mse")
    stopping = EarlyStopping("val_loss", patience=3, restore_best_weights=True)
    history = model.fit(x, x.sum(axis=1), epochs=200, validation_split=0.25, verbose=0, callbacks=[stopping])
    losses = history.history["val_loss"]
    assert len(losses) < 200
    assert stopping.best == min(losses)
    assert len(losses) == stopping.best_epoch + 3
    assert model.evaluate(x[30:], x[30:].sum(axis=1)) == [min(losses)]


def test_bad_use():
    with pytest.raises(ValueError, match=r"unknown mode 'mxa'. Did you mean 'max'"):
        EarlyStopping(mode="mxa")
    with pytest.raises(ValueError, match=r"unknown number to monitor 'val_los'. Did you mean 'val_loss'"):
        run(EarlyStopping("val_los"), [1])
