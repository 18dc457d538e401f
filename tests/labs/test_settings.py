"""The short string that carries a lab's settings."""

import pytest

from dlcore.labs.settings import Choice, Number, Sizes, Text, from_text, to_text

SETTINGS = {
    "rate": Number("Rate", 0.01, 0.0001, 1, logarithmic=True),
    "count": Number("Count", 5, 1, 9, whole=True),
    "kind": Choice("Kind", "round", ("round", "square")),
    "hidden": Sizes("Hidden layers", (8, 8), most_layers=3, most_neurons=16),
    "words": Text("Words", "a b", longest=20),
}
DEFAULTS = {"rate": 0.01, "count": 5, "kind": "round", "hidden": (8, 8), "words": "a b"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"rate": 0.3},
        {"count": 9, "kind": "square"},
        {"hidden": (1,)},
        {"hidden": (2, 16, 3)},
        {"words": "((春 眠) = it's)"},
        {"words": ""},
    ],
)
def test_a_string_carries_all_values(changes):
    values = DEFAULTS | changes
    assert from_text("lab", SETTINGS, to_text("lab", SETTINGS, values)) == values


def test_defaults_need_no_more_than_the_name():
    assert to_text("lab", SETTINGS, DEFAULTS) == "lab"


def test_a_number_has_no_more_digits_than_its_string():
    rate = SETTINGS["rate"].check("rate", 10**-1.75)  # what a logarithmic slider may give
    assert from_text("lab", SETTINGS, to_text("lab", SETTINGS, DEFAULTS | {"rate": rate}))["rate"] == rate


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "start with the word lab"),
        ("other rate=1", "start with the word lab, got 'other rate=1'"),
        ("lab rate", "expected name=value, got 'rate'"),
        ("lab rat=1", "unknown setting 'rat'. Did you mean 'rate'"),
        ("lab rate=fast", "rate expected a number from 0.0001 to 1, got 'fast'"),
        ("lab rate=nan", "rate expected a number"),
        ("lab rate=4", "The nearest possible is 1."),
        ("lab count=2.5", "count expected a whole number from 1 to 9, got '2.5'"),
        ("lab kind=squar", "Did you mean 'square'"),
        ("lab hidden=8-8-8-8", "The nearest possible is 8-8-8."),
        ("lab hidden=0-99", "The nearest possible is 1-16."),
        ("lab words='a b", "a quotation mark has no partner"),
        ("lab words='aaaa aaaa aaaa aaaa aaaa'", "at most 20 characters, got 24"),
        ("lab hidden=a", "hidden expected 1 to 3 layers of 1 to 16 neurons"),
    ],
)
def test_a_bad_string_says_what_is_wrong(text, message):
    with pytest.raises(ValueError, match=message):
        from_text("lab", SETTINGS, text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("rate", 10**400, id="rate-huge"),
        pytest.param("count", 10**400, id="count-huge"),
        ("hidden", (float("inf"),)),
        ("hidden", (10**400,)),
        ("hidden", (2.7,)),
        ("hidden", "88"),
        ("hidden", ["a"]),
        ("hidden", None),
    ],
)
def test_a_value_that_is_not_possible_is_a_value_error(name, value):
    with pytest.raises(ValueError, match=f"{name} expected"):
        SETTINGS[name].check(name, value)


@pytest.mark.parametrize("value", [8, "8", (8.0,), ["8"]])
def test_one_layer_can_be_written_in_several_ways(value):
    assert SETTINGS["hidden"].check("hidden", value) == (8,)
