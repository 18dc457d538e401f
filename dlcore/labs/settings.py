"""What a lab can be set to: the kinds of settings with their bounds, and the short string that carries them.

A string names the lab and then only what differs from its defaults: ``"neuron w1=2 activation=relu"``.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dlcore.lookup import find


@dataclass(frozen=True)
class Choice:
    """One of a few names.

    Examples
    --------
    >>> Choice("Activation", "tanh", ("tanh", "relu")).check("activation", "rellu")
    Traceback (most recent call last):
        ...
    ValueError: unknown activation 'rellu'. Did you mean 'relu'? Known: tanh, relu.
    """

    label: str
    default: str
    options: tuple[str, ...]

    def check(self, name: str, value: Any) -> str:
        return find(name, value, {option: option for option in self.options})

    def parse(self, name: str, text: str) -> str:
        return self.check(name, text)

    def text(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class Number:
    """A number within bounds; ``whole`` for counts, ``logarithmic`` where equal steps are equal factors.

    Examples
    --------
    >>> Number("Learning rate", 0.01, 0.0001, 1, logarithmic=True).check("learning_rate", 7)
    Traceback (most recent call last):
        ...
    ValueError: learning_rate expected a number from 0.0001 to 1, got 7. The nearest possible is 1.
    """

    label: str
    default: float
    lowest: float
    highest: float
    step: float = 1
    whole: bool = False
    logarithmic: bool = False

    def check(self, name: str, value: Any) -> float:
        kind = "a whole number" if self.whole else "a number"
        expected = f"{name} expected {kind} from {self.lowest:g} to {self.highest:g}, got {value!r}."
        try:
            number = float(value)
        except (OverflowError, TypeError, ValueError):
            raise ValueError(expected) from None
        if not math.isfinite(number) or (self.whole and number != int(number)):
            raise ValueError(expected)
        if not self.lowest <= number <= self.highest:
            nearest = min(max(number, self.lowest), self.highest)
            raise ValueError(f"{expected} The nearest possible is {nearest:g}.")
        # The string has six digits; the number keeps no more, so that the string brings back the same state.
        return int(number) if self.whole else float(f"{number:.6g}")

    def parse(self, name: str, text: str) -> float:
        return self.check(name, text)

    def text(self, value: float) -> str:
        return repr(value) if self.whole else f"{value:.6g}"


@dataclass(frozen=True)
class Sizes:
    """How many neurons each of a few layers has, as a tuple; written ``8-8`` in a string.

    Examples
    --------
    >>> Sizes("Hidden layers", (8, 8), most_layers=4, most_neurons=32).parse("hidden", "16-4")
    (16, 4)
    """

    label: str
    default: tuple[int, ...]
    most_layers: int
    most_neurons: int

    def check(self, name: str, value: Any) -> tuple[int, ...]:
        expected = (
            f"{name} expected 1 to {self.most_layers} layers of 1 to {self.most_neurons} neurons, "
            f"such as {self.text(self.default)}, got {value!r}."
        )
        if isinstance(value, str):
            value = value.split("-")
        try:
            numbers = [float(size) for size in ((value,) if isinstance(value, int) else value)]
            sizes = tuple(int(number) for number in numbers)
        except (OverflowError, TypeError, ValueError):
            raise ValueError(expected) from None
        if any(number != size for number, size in zip(numbers, sizes, strict=True)):
            raise ValueError(expected)
        if not 1 <= len(sizes) <= self.most_layers or not all(1 <= s <= self.most_neurons for s in sizes):
            nearest = [min(max(size, 1), self.most_neurons) for size in sizes[: self.most_layers]] or [1]
            raise ValueError(f"{expected} The nearest possible is {self.text(nearest)}.")
        return sizes

    def parse(self, name: str, text: str) -> tuple[int, ...]:
        return self.check(name, text)

    def text(self, value: tuple[int, ...]) -> str:
        return "-".join(map(str, value))


@dataclass(frozen=True)
class Text:
    """What a reader types, in one line; in a string it stands in quotes where it needs them.

    Examples
    --------
    >>> expression = Text("Expression", "(a b)", longest=20)
    >>> expression.text("((a b) c)")
    "'((a b) c)'"
    >>> expression.check("expression", "a long, long expression")
    Traceback (most recent call last):
        ...
    ValueError: expression expected at most 20 characters, got 23.
    """

    label: str
    default: str
    longest: int
    suggestions: tuple[str, ...] = ()

    def check(self, name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{name} expected text, got {value!r}.")
        if len(value) > self.longest:
            raise ValueError(f"{name} expected at most {self.longest} characters, got {len(value)}.")
        return value

    def parse(self, name: str, text: str) -> str:
        return self.check(name, text)

    def text(self, value: str) -> str:
        return shlex.quote(value)


Setting = Choice | Number | Sizes | Text


def to_text(lab: str, settings: Mapping[str, Setting], values: Mapping[str, Any]) -> str:
    """The string for these values.

    Examples
    --------
    >>> settings = {"w1": Number("w1", 1.0, -3, 3), "activation": Choice("f", "tanh", ("tanh", "relu"))}
    >>> to_text("neuron", settings, {"w1": 2.0, "activation": "tanh"})
    'neuron w1=2'
    """
    changed = [
        f"{name}={setting.text(values[name])}"
        for name, setting in settings.items()
        if setting.text(values[name]) != setting.text(setting.default)
    ]
    return " ".join([lab, *changed])


def from_text(lab: str, settings: Mapping[str, Setting], text: str) -> dict[str, Any]:
    """The values in a string, those that it leaves out at their defaults.

    Raises
    ------
    ValueError : the string is of another lab, or a name or value in it is not possible; the message says
        which.

    Examples
    --------
    >>> settings = {"w1": Number("w1", 1.0, -3, 3), "activation": Choice("f", "tanh", ("tanh", "relu"))}
    >>> from_text("neuron", settings, "neuron w1=2")
    {'w1': 2.0, 'activation': 'tanh'}
    >>> from_text("neuron", settings, "neuron w2=2")
    Traceback (most recent call last):
        ...
    ValueError: unknown setting 'w2'. Did you mean 'w1'? Known: w1, activation.
    """
    try:
        first, *rest = shlex.split(text) or [""]
    except ValueError:
        raise ValueError(f"a quotation mark has no partner in {text!r}.") from None
    if first != lab:
        raise ValueError(f"settings of this lab start with the word {lab}, got {text!r}.")
    values = {name: setting.default for name, setting in settings.items()}
    for part in rest:
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"expected name=value, got {part!r}.")
        values[name] = find("setting", name, settings).parse(name, value)
    return values
