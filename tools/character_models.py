"""The two character models of `dlcore.pretrained`: text in, the probabilities of the next character out.

Both are an embedding, one LSTM, and a dense layer with softmax; each learns from windows of 24 characters.
Every tenth name or couplet is held out.
"""

from functools import partial

import numpy as np

from dlcore import Sequential
from dlcore.characters import Alphabet
from dlcore.datasets import couplets, first_names
from dlcore.layers import LSTM, Dense, Dropout, Embedding
from dlcore.optimizers import Adam
from dlcore.schedules import CosineDecay

STEPS = 24  # characters that a window holds: two couplets, or three to four names


def names():
    """First names, each once, shuffled; a space stands before each and after the last."""
    return list(dict.fromkeys(first_names()[0])), " ", " "


def verses():
    """Couplets, shuffled; a full stop stands before each and after the last, for it ends each of them."""
    return couplets(), "。", ""


# how the texts come about, the numbers of the embedding, and the share that dropout leaves out
KINDS = {"names": (names, 16, 0.1), "couplets": (verses, 32, 0.2)}
UNITS = 64


def windows(texts, start, between, alphabet):
    """Inputs and targets, both (windows, STEPS): a window begins before each text and goes on into the next.

    The target of each character is the one that follows it.
    """
    numbers = alphabet.encode(start + between.join(texts) + between)
    places = np.flatnonzero(numbers == alphabet.encode(start))
    places = places[places + STEPS < len(numbers)]
    rows = numbers[places[:, None] + np.arange(STEPS + 1)]
    return rows[:, :-1], rows[:, 1:]


def data(name):
    """The alphabet, windows to learn from, and windows of texts that are held out."""
    texts, start, between = KINDS[name][0]()
    texts = [texts[i] for i in np.random.default_rng(0).permutation(len(texts))]
    alphabet = Alphabet(start + "".join(texts))
    learned = [text for i, text in enumerate(texts) if i % 10]
    return alphabet, *(windows(part, start, between, alphabet) for part in (learned, texts[::10]))


def trained(name):
    """The trained network, and the held-out windows."""
    alphabet, (x, y), held_out = data(name)
    _, vector, dropped = KINDS[name]
    model = Sequential(
        [
            Embedding(len(alphabet), vector, input_shape=(None,)),
            Dropout(dropped),
            LSTM(UNITS, return_sequences=True),
            Dropout(dropped),
            Dense(len(alphabet), activation="softmax"),
        ],
        name=name,
        seed=0,
    )
    epochs, batch_size = 40, 32
    steps = epochs * -(-len(x) // batch_size)
    compiled = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
    model.compile(optimizer=Adam(CosineDecay(0.004, steps), global_clipnorm=1.0), **compiled)
    model.fit(x, y, epochs=epochs, batch_size=batch_size, verbose=0)
    model.compile(optimizer="adam", **compiled)
    return model, held_out


MODELS = {name: partial(trained, name) for name in KINDS}
