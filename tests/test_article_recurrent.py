"""The article's programs 4.3 and 4.4, with only the import lines changed, learn to read digits row by row."""

import numpy as np
import pytest

from dlcore.datasets import mnist
from dlcore.utils import to_categorical

LSTM_PROGRAM = """
from dlcore.models import Sequential
from dlcore.layers import LSTM, Dense

model = Sequential()
model.add(LSTM(64, return_sequences=True, input_shape=(timesteps, input_dim)))
model.add(LSTM(64, return_sequences=True))
model.add(Dense(10, activation='softmax'))

model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
"""
SIMPLE_RNN_PROGRAM = LSTM_PROGRAM.replace("LSTM", "SimpleRNN")


@pytest.mark.parametrize(
    ("program", "parameters", "epochs"),
    [(LSTM_PROGRAM, 57_482, 5), (SIMPLE_RNN_PROGRAM, 14_858, 8)],
    ids=["4.3 LSTM", "4.4 SimpleRNN"],
)
def test_the_program_learns_digits(program, parameters, epochs):
    names = {"timesteps": 28, "input_dim": 28}
    exec(program, names)
    model = names["model"]
    assert model.count_params() == parameters

    (x, labels), (x_test, labels_test) = mnist()
    # The last layer gives a prediction at every step, so each step needs a label; and the more rows it has
    # seen the more its prediction counts.
    y = to_categorical(np.repeat(labels[:, None], 28, axis=1), 10)
    weight_of_step = np.arange(28) ** 3
    weights = np.tile(weight_of_step / weight_of_step.mean(), (len(x), 1))
    model.fit(x / 255, y, batch_size=32, epochs=epochs, sample_weight=weights, verbose=0)
    model.fit(x / 255, y, batch_size=256, epochs=2, sample_weight=weights, verbose=0)
    after_the_last_row = model.predict(x_test / 255)[:, -1].argmax(axis=-1)
    assert (after_the_last_row == labels_test).mean() >= 0.90
