"""Formulas that are typeset while the book is built."""

import pytest
from docutils import nodes

import formulas


def block(tex, nowrap=False):
    """Return a formula on its own."""
    return nodes.math_block(tex, tex, nowrap=nowrap)


@pytest.mark.parametrize(
    ("node", "formula"),
    [
        (nodes.math("x", "x"), ("x", False)),
        (block("x = 1"), ("x = 1", True)),
        (block(r"x \\ y"), (r"\begin{split}x \\ y\end{split}", True)),
        (block("x\n\ny"), (r"\begin{aligned}x\\y\end{aligned}", True)),
        (block(r"\begin{align}x\end{align}", nowrap=True), (r"\begin{align}x\end{align}", True)),
    ],
)
def test_the_latex_of_a_formula(node, formula):
    assert formulas.formula_of(node) == formula


def test_a_formula_is_a_picture_and_has_words_for_a_screen_reader():
    style, (inline, shown) = formulas.typeset([(r"\boldsymbol{W}x", False), (r"\frac{1}{2}", True)])
    assert "mjx-container" in style
    assert "<svg" in inline
    assert "<math" in inline
    assert 'display="true"' in shown
    assert "data-mjx-error" not in inline + shown


def test_latex_that_is_wrong_is_marked():
    assert "data-mjx-error" in formulas.typeset([(r"\frac{a", False)])[1][0]
