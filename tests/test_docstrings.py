"""The reference page reads dlcore's docstrings as they are meant."""

from docstrings import convert


def test_titles_become_rubrics_and_entries_definitions():
    lines = ["Sum.", "", "Parameters", "----------", "x, y : (batch,), what to", "    add.", ""]
    assert convert(lines) == [
        "Sum.",
        "",
        ".. rubric:: Parameters",
        "",
        "**x, y**",
        "    (batch,), what to",
        "    add.",
        "",
    ]


def test_a_colon_before_the_first_section_is_prose():
    assert convert(["Note : this stays."]) == ["Note : this stays."]


def test_a_starred_name_is_escaped_outside_code_only():
    assert convert(["``a, *b`` and (batch, *any)"]) == [r"``a, *b`` and (batch, \*any)"]
    assert convert(["Bengio (2016), *Deep Learning*, 6.1"]) == ["Bengio (2016), *Deep Learning*, 6.1"]


def test_examples_stay_as_they_are():
    lines = ["Examples", "--------", ">>> x : int = 1", ">>> f(1, *x)", "... , *y"]
    assert convert(lines)[2:] == lines[2:]
