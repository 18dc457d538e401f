"""The article's LSTM (section 4.3) for `dlcore.pretrained`: it answers after each row of a digit."""

import numpy as np

from dlcore import Sequential
from dlcore.datasets import mnist
from dlcore.layers import LSTM, Dense
from dlcore.optimizers import Adam
from dlcore.schedules import CosineDecay
from dlcore.utils import to_categorical

EPOCHS, BATCH_SIZE = 12, 32


def trained():
    """The trained network, and the held-out digits; the label of a digit stands at each of its 28 rows."""
    (x, labels), (new_x, new_labels) = mnist()
    t, new_t = (to_categorical(np.repeat(each[:, None], 28, axis=1)) for each in (labels, new_labels))
    model = Sequential(
        [
            LSTM(64, return_sequences=True, input_shape=(28, 28)),
            LSTM(64, return_sequences=True),
            Dense(10, activation="softmax"),
        ],
        name="lstm_digits",
        seed=0,
    )
    steps = EPOCHS * -(-len(x) // BATCH_SIZE)  # over which the rate goes down to 0
    compiled = {"loss": "categorical_crossentropy", "metrics": ["accuracy"]}
    model.compile(optimizer=Adam(CosineDecay(0.003, steps)), **compiled)
    model.fit(x / 255, t, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)
    model.compile(optimizer="adam", **compiled)  # as in the article, for readers who train it further
    return model, (new_x / 255, new_t)


MODELS = {"lstm_digits": trained}
