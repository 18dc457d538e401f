"""Characters as whole numbers and back: what a network that reads text needs before its first layer."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np


class Alphabet:
    """The different characters of a text, sorted; a character's number is its place among them.

    Parameters
    ----------
    text : every character that there is to be, at least once.

    Attributes
    ----------
    characters : string of the characters, each once.

    Examples
    --------
    >>> alphabet = Alphabet("Anna Nan")
    >>> alphabet.characters, len(alphabet)
    (' ANan', 5)
    >>> alphabet.encode("Nan"), alphabet.decode([2, 3, 4])
    (array([2, 3, 4]), 'Nan')
    """

    def __init__(self, text: str):
        self.characters = "".join(sorted(set(text)))
        self._numbers = {character: number for number, character in enumerate(self.characters)}

    def __len__(self) -> int:
        return len(self.characters)

    def __contains__(self, character: str) -> bool:
        return character in self._numbers

    def encode(self, text: str) -> np.ndarray:
        """The numbers of a text's characters, (len(text),).

        Raises
        ------
        ValueError : a character is not of this alphabet; the message names all such.

        Examples
        --------
        >>> Alphabet("Anna").encode("Anne et Jan")
        Traceback (most recent call last):
            ...
        ValueError: not in the alphabet: 'e', ' ', 't', 'J'. Known are the 3 characters 'Aan'.
        """
        if unknown := self.unknown(text):
            known = self.characters if len(self) <= 60 else self.characters[:60] + "…"
            raise ValueError(
                f"not in the alphabet: {', '.join(map(repr, unknown))}. "
                f"Known are the {len(self)} characters {known!r}."
            )
        return np.array([self._numbers[character] for character in text], dtype=np.intp)

    def decode(self, numbers: Iterable[int]) -> str:
        """The text whose characters have these numbers.

        Raises
        ------
        ValueError : a number is that of no character.
        """
        numbers = list(numbers)
        for number in numbers:
            if not 0 <= number < len(self):
                raise ValueError(
                    f"expected numbers 0 to {len(self) - 1}, one for each of the {len(self)} characters, got "
                    f"{number}. Were they made with another alphabet?"
                )
        return "".join(self.characters[number] for number in numbers)

    def unknown(self, text: str) -> list[str]:
        """The characters of a text that have no number, each once, in the order in which they come.

        Examples
        --------
        >>> Alphabet("Anna").unknown("Annette")
        ['e', 't']
        """
        return [character for character in dict.fromkeys(text) if character not in self._numbers]
