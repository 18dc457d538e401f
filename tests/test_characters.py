"""Characters as numbers: there and back, and what happens to a character that is not known."""

import numpy as np
import pytest

from dlcore.characters import Alphabet
from dlcore.datasets import couplets, first_names


def test_there_and_back():
    alphabet = Alphabet("明月 and 风")
    for text in ("", "月明", "d a n", alphabet.characters):
        numbers = alphabet.encode(text)
        assert numbers.shape == (len(text),)
        assert np.issubdtype(numbers.dtype, np.integer)
        assert alphabet.decode(numbers) == text
    np.testing.assert_array_equal(alphabet.encode(alphabet.characters), np.arange(len(alphabet)))


def test_the_order_of_the_text_does_not_matter():
    assert Alphabet("cab").characters == Alphabet("abcabc").characters == "abc"


def test_unknown_characters_are_named_once_each():
    alphabet = Alphabet("abc")
    assert alphabet.unknown("abcxbay!x") == ["x", "y", "!"]
    assert "a" in alphabet
    assert "x" not in alphabet
    with pytest.raises(ValueError, match=r"not in the alphabet: 'x', '!'. Known are the 3 characters 'abc'"):
        alphabet.encode("ax!")


@pytest.mark.parametrize("number", [-1, 3])
def test_a_number_of_no_character(number):
    with pytest.raises(ValueError, match=f"expected numbers 0 to 2, one for each .* got {number}"):
        Alphabet("abc").decode(np.array([0, number]))


def test_a_long_alphabet_is_quoted_in_part():
    with pytest.raises(ValueError, match=r"Known are the 502 characters '.{60}…'"):
        Alphabet("".join(couplets())).encode("Q")


def test_the_data_fits_its_alphabet():
    names = " ".join(first_names()[0])
    assert len(Alphabet(names)) == 53
    assert Alphabet(names).unknown(names) == []
