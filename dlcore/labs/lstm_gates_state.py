"""State of the lab of gates: a trained character model, a text, and what its LSTM holds all along."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

import numpy as np

from dlcore.characters import Alphabet
from dlcore.datasets import couplets, first_names
from dlcore.labs.settings import Choice, Number, Text
from dlcore.labs.state import LabState
from dlcore.layers import LSTM
from dlcore.models import Sequential
from dlcore.pretrained import load_pretrained

LONGEST = 60  # characters of a text
GATES = {
    "i": "input gate i",
    "f": "forget gate f",
    "o": "output gate o",
    "g": "candidate g",
    "c": "cell c",
    "h": "state h",
}
BETWEEN_0_AND_1 = ("i", "f", "o")
# what ended the text before, so that the network knows that a new one starts; and a text to begin with
STARTS = {"names": " ", "couplets": "。"}
TEXTS = {"names": "Mary Elizab", "couplets": "白日依山尽，黄河"}


@cache
def character_model(name: str) -> tuple[Sequential, Alphabet]:
    """A trained network and its characters; loaded once."""
    text = " ".join(first_names()[0]) if name == "names" else "".join(couplets())
    return load_pretrained(name), Alphabet(text)


class LSTMGatesState(LabState):
    """A text goes through a trained LSTM, character by character.

    What the network reads starts with a mark (a space, or a full stop ``。``), and leaves out the characters
    that it does not know. Time t is after ``read[t]``.

    Attributes
    ----------
    model, text, position, show, temperature, characters, seed : the settings.
    network, alphabet : the `Sequential` and its `Alphabet`.
    read : what the network reads, (time,) characters.
    gates : i, f, o, g, c and h -> (time, 64), their values after each character.
    probabilities : (time, characters of the alphabet), of the next character after each.
    norms : (time - 1,), ‖∂L/∂h[t]‖ where L is the loss of the last character: which of the states before it
        matter, and how much.

    Examples
    --------
    >>> state = LSTMGatesState(text="Elizabe")
    >>> state.likeliest(1)[0][0]
    't'
    >>> state.gates["f"].shape, state.sample(2)
    ((8, 64), 'th')
    """

    lab = "gates"
    settings: ClassVar = {
        "model": Choice("The network learned", "names", tuple(STARTS)),
        "text": Text("Text", TEXTS["names"], LONGEST),
        "position": Number("Look at character", LONGEST, 0, LONGEST, whole=True),
        "show": Choice("Show", "all", ("all", *GATES)),
        "temperature": Number("Temperature T", 0.7, 0.1, 2, step=0.1),
        "characters": Number("Characters in a sample", 12, 1, 40, whole=True),
        "seed": Number("Seed of the sample", 0, 0, 99, whole=True),
    }

    def nearest_possible(self, values: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """A text of which the network knows something, and a character to look at that there is."""
        model, text, sentence = values["model"], values["text"], ""
        _, alphabet = character_model(model)
        unknown = alphabet.unknown(text)
        quoted = ", ".join(f"“{character}”" for character in unknown)
        if unknown and len(unknown) == len(set(text)):
            texts = {**TEXTS, **getattr(self, "_texts", {})}
            values["text"] = texts[model]
            if text not in texts.values():  # else only the network was changed
                sentence = f"The network of {model} knows no character of this text: it keeps the last."
        elif unknown:
            sentence = f"The network of {model} does not know {quoted}: it reads on without."
        known = sum(character in alphabet for character in values["text"])
        values["position"] = min(values["position"], known)
        return values, sentence

    def rebuild(self) -> None:
        """Send the text through the network, unless it has been."""
        self._texts = {**getattr(self, "_texts", {}), self.model: self.text}
        self.network, self.alphabet = character_model(self.model)
        read = STARTS[self.model] + "".join(c for c in self.text if c in self.alphabet)
        if (self.model, read) == getattr(self, "_built_for", None):
            return
        self._built_for = self.model, read
        self.read, numbers = read, self.alphabet.encode(read)
        self.probabilities = self.network.predict(numbers[None])[0]
        i, f, g, o = self.lstm.gates[:, :, 0].swapaxes(0, 1)
        c, h = self.lstm.c[1:, 0], self.lstm.h[1:, 0]
        self.gates = {"i": i, "f": f, "o": o, "g": g, "c": c, "h": h}
        self.norms = self._gradient_norms(numbers)

    @property
    def lstm(self) -> LSTM:
        return next(layer for layer in self.network.layers if isinstance(layer, LSTM))

    def _gradient_norms(self, numbers: np.ndarray) -> np.ndarray:
        """Back through time from the loss of the last character alone."""
        if len(numbers) < 2:
            return np.zeros(0)
        x, y = numbers[None, :-1], numbers[None, 1:]
        only_last = np.zeros(y.shape, np.float32)
        only_last[0, -1] = y.size  # the loss is a mean over the characters
        self.network.loss_and_gradients(x, y, sample_weight=only_last, training=False)
        return np.linalg.norm(self.lstm.dh[1:, 0], axis=1)

    # ------------------------------------------------------------------ the next character

    def at_temperature(self, probabilities: np.ndarray) -> np.ndarray:
        """``p_i^(1/T) / sum_j p_j^(1/T)``: the same as dividing z by T before softmax."""
        powers = probabilities.astype(float) ** (1 / self.temperature)
        return powers / powers.sum()

    def likeliest(self, count: int) -> list[tuple[str, float]]:
        """The likeliest characters after the one looked at, and their probabilities."""
        probabilities = self.probabilities[self.position]
        order = np.argsort(-probabilities, kind="stable")[:count]
        return [(self.alphabet.characters[i], float(probabilities[i])) for i in order]

    def sample(self, count: int | None = None) -> str:
        """How the network goes on after the text: so many characters, drawn one by one.

        The same text, temperature and seed give the same sample. The settings stay as they are.
        """
        rng = np.random.default_rng(self.seed)
        numbers = list(self.alphabet.encode(self.read))
        start = len(numbers)
        for _ in range(self.characters if count is None else count):
            probabilities = self.at_temperature(self.network.predict(np.array([numbers]))[0, -1])
            numbers.append(rng.choice(len(probabilities), p=probabilities))
        return self.alphabet.decode(numbers[start:])

    def extend(self) -> str:
        """Add a sample to the text, as far as there is room; returns what was added."""
        added = self.sample(min(self.characters, LONGEST - len(self.text)))
        self.change(text=self.text + added, position=LONGEST)
        return added

    # ------------------------------------------------------------------ in words

    def __str__(self) -> str:
        t = self.position
        means = [f"{name} {self.gates[name][t].mean():.3f}" for name in BETWEEN_0_AND_1]
        sizes = [f"|{name}| {np.abs(self.gates[name][t]).mean():.3f}" for name in "gch"]
        chances = [f"{visible(character)} {p:.3f}" for character, p in self.likeliest(5)]
        lines = [
            f"read: {visible(self.read)}",
            f"after character {t} of {len(self.read) - 1}: {visible(self.read[t])}",
            f"means over {self.lstm.units} units: {', '.join(means + sizes)}",
            f"next: {', '.join(chances)}",
        ]
        if self.norms.size:
            lines.append(f"loss of the last character: {self.last_loss:.3f}")
        return "\n".join(lines)

    @property
    def last_loss(self) -> float:
        """-ln p of the last character, given those before it."""
        return float(-np.log(self.probabilities[-2][self.alphabet.encode(self.read[-1])[0]]))

    def code(self) -> str:
        source = "first_names" if self.model == "names" else "couplets"
        text = '" ".join(first_names()[0])' if self.model == "names" else '"".join(couplets())'
        return f"""\
import numpy as np
from dlcore.characters import Alphabet
from dlcore.datasets import {source}
from dlcore.pretrained import load_pretrained

model, alphabet = load_pretrained({self.model!r}), Alphabet({text})
text = {self.read!r}
probabilities = model.predict(alphabet.encode(text)[None])[0]
lstm = model.layers[2]
i, f, g, o = lstm.gates[:, :, 0].swapaxes(0, 1)  # (time, units) each
c, h = lstm.c[1:, 0], lstm.h[1:, 0]
for number in np.argsort(-probabilities[{self.position}])[:5]:
    print(alphabet.characters[number], probabilities[{self.position}, number])"""


def visible(text: str) -> str:
    """A text in which a space can be seen.

    Examples
    --------
    >>> visible(" Mary")
    '␣Mary'
    """
    return text.replace(" ", "␣")
