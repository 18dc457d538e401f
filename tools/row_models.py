"""The article's recurrent networks (sections 4.3 and 4.4) for `dlcore.pretrained`: digits, row by row."""

from functools import partial

import numpy as np

from dlcore import Sequential
from dlcore.datasets import mnist
from dlcore.layers import LSTM, Dense, SimpleRNN
from dlcore.optimizers import Adam
from dlcore.schedules import CosineDecay
from dlcore.utils import to_categorical

BATCH_SIZE = 32


def trained(layer, name, epochs, learning_rate):
    """The trained network, and the held-out digits; the label of a digit stands at each of its 28 rows."""
    (x, labels), (new_x, new_labels) = mnist()
    t, new_t = (to_categorical(np.repeat(each[:, None], 28, axis=1)) for each in (labels, new_labels))
    model = Sequential(
        [
            layer(64, return_sequences=True, input_shape=(28, 28)),
            layer(64, return_sequences=True),
            Dense(10, activation="softmax"),
        ],
        name=name,
        seed=0,
    )
    steps = epochs * -(-len(x) // BATCH_SIZE)  # over which the rate goes down to 0
    compiled = {"loss": "categorical_crossentropy", "metrics": ["accuracy"]}
    model.compile(optimizer=Adam(CosineDecay(learning_rate, steps)), **compiled)
    model.fit(x / 255, t, batch_size=BATCH_SIZE, epochs=epochs, verbose=0)
    model.compile(optimizer="adam", **compiled)  # as in the article, for readers who train it further
    return model, (new_x / 255, new_t)


MODELS = {
    "lstm_digits": partial(trained, LSTM, "lstm_digits", epochs=12, learning_rate=0.003),
    "simple_rnn_digits": partial(trained, SimpleRNN, "simple_rnn_digits", epochs=20, learning_rate=0.002),
}
