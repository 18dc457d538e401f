"""The tasks in Keras 3; the environment variable KERAS_BACKEND chooses what computes."""

from __future__ import annotations

import keras
from keras.layers import LSTM, Conv2D, Dense, Flatten, Input, MaxPooling2D, SimpleRNN

from peers.tasks import FIT_SAMPLES, NotOfferedError, Task


def layers(task: Task) -> list:
    if task.network == "tree":
        raise NotOfferedError("Keras has no recursive layer")
    if task.network in ("lstm", "simple_rnn"):
        recurrent = {"lstm": LSTM, "simple_rnn": SimpleRNN}[task.network]
        return [
            Input((task.time_steps, 28)),
            recurrent(64, return_sequences=True),
            recurrent(64, return_sequences=True),
            Dense(10, activation="softmax"),
        ]
    if task.network == "dense":
        return [Input((784,)), Dense(64, "relu"), Dense(64, "relu"), Dense(10, "softmax")]
    return [
        Input((28, 28, 1)), Conv2D(32, 3, activation="relu"), MaxPooling2D(),
        Conv2D(64, 3, activation="relu"), MaxPooling2D(), Flatten(), Dense(64, "relu"),
        Dense(10, "softmax"),
    ]  # fmt: skip


def build(task: Task):
    model = keras.Sequential(layers(task))
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    x, y = task.data()

    def step():
        model.train_on_batch(x, y)

    def prepare_fit():
        x, y = task.data(FIT_SAMPLES)
        return lambda: model.fit(x, y, batch_size=task.batch, verbose=0)

    return step, prepare_fit
