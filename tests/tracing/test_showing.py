"""A trace as text, LaTeX and HTML: all numbers are there, and the HTML is sound."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from dlcore import Sequential, trace
from dlcore.layers import Dense
from dlcore.tracing.expression import Value, as_html, as_latex, as_text, latex
from dlcore.tracing.formatting import cells, number


@pytest.fixture(params=[1, 2])
def steps(request):
    model = Sequential([Dense(3, input_dim=2, activation="tanh"), Dense(2, activation="softmax")], seed=3)
    model.compile(loss="categorical_crossentropy")
    x, y = [[0.5, -1.25], [3e-6, 2.0]], [[0.0, 1.0], [1.0, 0.0]]
    return trace(model, x[: request.param], y[: request.param])


def plain(html):
    """The text of HTML, with numbers written as in Python."""
    root = ElementTree.fromstring(f"<root>{html}</root>")  # raises where a tag is not closed
    for element in root.iter("style"):
        element.text = ""
    text = "".join(root.itertext()).replace("−", "-").replace("\u2007", " ")
    return re.sub(r"×10(-?\d+)", r"e\1", text)


def test_every_number_is_in_the_text_and_in_the_html(steps):
    for step in steps:
        text, html = str(step), plain(step.to_html())
        for row in cells(step.result.reshape(-1, step.result.shape[-1])):
            if step.name == "dz" and "sample 0" in step.note:
                break  # a J for each sample would be too much: it says that it shows the first
            if step.name == "losses":
                row = row[:1]
            for entry in row:
                assert entry in text
                assert entry in html


def test_the_whole_trace_shows_each_step_once(steps):
    text, html = str(steps), plain(steps._repr_html_())
    for position, step in enumerate(steps, start=1):
        assert f"\n{position}. " in text
        assert text.count(str(step)) == 1
        assert step.title in html
        assert step.formula.replace("−", "-") in html
    assert f"loss {number(steps.loss)}, {len(steps)} steps" in text
    assert steps._repr_html_().count("<li>") == len(steps)


def test_a_step_alone_brings_its_style_sheet(steps):
    assert steps[0]._repr_html_().startswith("<style>")
    assert steps[0].to_html() in steps[0]._repr_html_()


def test_every_array_in_the_html_is_a_table_with_a_caption(steps):
    root = ElementTree.fromstring(steps._repr_html_().split("</style>")[1])
    tables = root.findall(".//table")
    assert tables
    assert all(table.find("caption").text for table in tables)


def test_html_sets_no_colour_of_its_own(steps):
    html = steps._repr_html_()
    assert not re.search(r"#[0-9a-fA-F]{3,6}\b|rgb\(|hsl\(", html)
    assert set(re.findall(r"(?<!-)color:\s*(\w+)", html)) <= {"inherit", "currentColor"}


def test_names_of_layers_are_escaped():
    model = Sequential([Dense(1, input_dim=1, name="<b>&")])
    model.compile(loss="mse")
    html = trace(model, [1.0], [0.0])._repr_html_()
    assert "<b>&amp;" not in html
    assert "&lt;b&gt;&amp;" in html


def test_wide_arrays_are_elided_and_no_line_is_too_long():
    model = Sequential([Dense(64, input_dim=784, activation="relu"), Dense(10, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    steps = trace(model, np.linspace(0, 1, 784), 3)
    assert "W 64×784" in str(steps["dense", "z"])
    assert len(steps["dense", "z"].operands["W"]) == 64  # the data are whole
    assert len(str(steps)) < 20_000
    assert len(steps._repr_html_()) < 60_000
    lines = str(steps).splitlines()
    matrices = [line for line in lines if "[" in line and "y[i]" not in line]
    assert max(map(len, matrices)) <= 110
    assert "⋯ (779 more)" in str(steps.neuron("dense", 5))


@pytest.mark.parametrize("value", [0.0, 1.0, -2.5, 1 / 3, 123456.0, -1.5e-7, 99999.0])
def test_numbers_keep_four_significant_digits(value):
    assert float(number(value)) == pytest.approx(value, rel=5e-4)
    assert number(-value).lstrip("-") == number(value).lstrip("-")


def test_nan_and_infinity_are_shown_as_such():
    assert cells(np.array([[np.nan, np.inf, 1.0]])) == [["nan", "inf", "1.000"]]


def test_what_rounding_leaves_of_a_zero_is_shown_as_zero():
    assert cells(np.array([[1.0, 1e-17, -0.0]])) == [["1.000", "0", "0"]]
    assert cells(np.array([[1e-17, 2e-17]])) == [["1.000e-17", "2.000e-17"]]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("z = W x + b", "z = W x + b"),
        ("∂L/∂W = Σₛ δₛ xₛᵀ", r"\frac{\partial L}{\partial W} = \sum_s \delta_s x_s ^\top"),
        ("δ = 1/16 (y − t)", r"\delta = \frac{1}{16} (y - t)"),
        ("∂L/∂b[2] = δ[2]", r"\frac{\partial L}{\partial b_{2}} = \delta_{2}"),
        ("2/n (y − t)", r"\frac{2}{n} (y - t)"),
    ],
)
def test_formulas_become_latex(formula, expected):
    assert latex(formula).split() == expected.split()


def test_negative_numbers_stand_in_brackets_after_a_sign():
    pieces = [-1.0, "·", -2.0, "=", 2.0]
    assert as_text(pieces) == "-1.000 · (-2.000) = 2.000"
    assert as_latex(pieces) == r"-1.000  \cdot  (-2.000) = 2.000"
    assert plain(as_html(pieces)) == "-1.000·(-2.000)=2.000"


def test_small_numbers_as_powers_of_ten():
    value = Value("x", np.array([[1.5e-7]]))
    assert r"1.500 \times 10^{-7}" in as_latex([value])
    assert "1.500×10<sup>−7</sup>" in as_html([value])
