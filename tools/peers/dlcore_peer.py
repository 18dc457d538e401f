"""The tasks in dlcore."""

from __future__ import annotations

from dlcore import Sequential
from dlcore.layers import LSTM, Conv2D, Dense, Flatten, MaxPooling2D, Recursive, SimpleRNN
from dlcore.training import learn
from dlcore.trees import Trees
from peers.tasks import FIT_SAMPLES, TREE_CLASSES, TREE_FEATURES, TREE_WORDS, Task


def layers(task: Task) -> list:
    recurrent = {"lstm": LSTM, "simple_rnn": SimpleRNN}.get(task.network)
    if recurrent:
        return [
            recurrent(64, return_sequences=True, input_shape=(task.time_steps, 28)),
            recurrent(64, return_sequences=True),
            Dense(10, activation="softmax"),
        ]
    return {
        "dense": lambda: [
            Dense(64, input_dim=784, activation="relu"),
            Dense(64, activation="relu"),
            Dense(10, activation="softmax"),
        ],
        "cnn": lambda: [
            Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)),
            MaxPooling2D((2, 2)),
            Conv2D(64, (3, 3), activation="relu"),
            MaxPooling2D((2, 2)),
            Flatten(),
            Dense(64, activation="relu"),
            Dense(10, activation="softmax"),
        ],
        "tree": lambda: [
            Recursive(TREE_FEATURES, symbols=TREE_WORDS),
            Dense(TREE_CLASSES, activation="softmax"),
        ],
    }[task.network]()


def build(task: Task):
    model = Sequential(layers(task))
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    x, y = inputs(task, task.batch)

    def step():
        learn(model, x, y)

    def prepare_fit():
        x, y = inputs(task, FIT_SAMPLES)
        return lambda: model.fit(x, y, batch_size=task.batch, verbose=0)

    return step, prepare_fit


def inputs(task: Task, samples: int):
    x, y = task.data(samples)
    if task.network == "tree":
        x = Trees(map(named, x), vocabulary=map(str, range(TREE_WORDS)))
    return x, y


def named(tree):
    """dlcore's leaves are words, not numbers."""
    return str(tree) if isinstance(tree, int) else tuple(named(child) for child in tree)
