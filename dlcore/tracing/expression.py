"""One formula with its numbers, written once and shown as text, as LaTeX and as HTML.

An expression is a sequence of pieces: a `Value` is an array under its name, a float is a number, and a
string is whatever stands between them. Formulas are typed as they are read, ``"∂L/∂W = δ xᵀ"``; `latex`
turns them into LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from dlcore.tracing.formatting import aligned, cells, number, shape_in_words


@dataclass(frozen=True, eq=False)
class Value:
    """An array in an expression.

    Attributes
    ----------
    name : the symbol that stands for it, such as ``"W"`` or ``"∂L/∂x"``.
    values : (rows, columns)
    """

    name: str
    values: np.ndarray

    @property
    def caption(self) -> str:
        """``"W 2×3"``"""
        return f"{self.name} {shape_in_words(self.values.shape)}"


Piece = str | float | Value

WIDTH = 100  # characters in a line of text


def column(name: str, vector: np.ndarray) -> Value:
    """A vector, standing."""
    return Value(name, np.asarray(vector)[:, None])


def row(name: str, vector: np.ndarray) -> Value:
    """A vector, lying."""
    return Value(name, np.asarray(vector)[None, :])


def as_matrix(array: np.ndarray) -> np.ndarray:
    """(..., features) -> (rows, features)"""
    return array.reshape(-1, array.shape[-1])


def rows_of(name: str, array: np.ndarray) -> Value:
    """One sample as a column, several as the rows of a matrix."""
    matrix = as_matrix(array)
    return column(name, matrix[0]) if len(matrix) == 1 else Value(name, matrix)


def total(terms: Iterable[Sequence[Piece]], limit: int = 6) -> list[Piece]:
    """``a + b + c`` as pieces; of more terms than ``limit``, the middle ones become dots."""
    terms = list(terms)
    if len(terms) > limit:
        terms = [*terms[: limit - 2], [f"⋯ ({len(terms) - limit + 1} more)"], terms[-1]]
    pieces = list(terms[0])
    for term in terms[1:]:
        pieces += ["+", *term]
    return pieces


def spelled(pieces: Iterable[Piece]) -> list[str | Value]:
    """Numbers as text; a negative one in brackets where it stands after a sign of arithmetic."""
    result: list[str | Value] = []
    for piece in pieces:
        if not isinstance(piece, (str, Value)):
            text = number(piece)
            piece = f"({text})" if text.startswith("-") and result and result[-1] != "=" else text
        result.append(piece)
    return result


# ---------------------------------------------------------------------- text


def as_text(pieces: Iterable[Piece]) -> str:
    """Arrays side by side, each under its name; a long expression goes on below.

    Examples
    --------
    >>> W, x = np.array([[0.5, -1.0], [2.0, 0.0]]), np.array([1.0, 2.0])
    >>> print(as_text([Value("W", W), column("x", x), "=", column("z", W @ x)]))
         W 2×2       x 2×1     z 2×1
    [0.5000 -1.000] [1.000] = [-1.500]
    [2.000   0    ] [2.000]   [ 2.000]
    """
    lines: list[list[list[str]]] = [[]]
    for block in map(_text_block, spelled(pieces)):
        line = lines[-1]
        if line and sum(len(part[0]) + 1 for part in line) + len(block[0]) > WIDTH:
            sign = [line.pop()] if len(line[-1]) == 1 else []  # a sign goes with what follows it
            lines.append(line := sign)
        line.append(block)
    return "\n".join(_side_by_side(line) for line in lines)


def _side_by_side(blocks: list[list[str]]) -> str:
    height = max(map(len, blocks))
    lines = []
    for number_of_line in range(height):
        parts = []
        for block in blocks:
            start = height // 2 if len(block) == 1 else 0  # a sign stands at half height
            inside = start <= number_of_line < start + len(block)
            parts.append(block[number_of_line - start] if inside else " " * len(block[0]))
        lines.append(" ".join(parts).rstrip())
    return "\n".join(lines)


def _text_block(piece: str | Value) -> list[str]:
    """Lines of equal length."""
    if isinstance(piece, str):
        return [piece]
    lines = [piece.caption, *(f"[{' '.join(texts)}]" for texts in aligned(cells(piece.values)))]
    width = max(map(len, lines))
    return [f"{line:^{width}}" for line in lines]


# ---------------------------------------------------------------------- LaTeX

SIGNS = {
    "⊙": r" \odot ",
    "·": r" \cdot ",
    "⋯": r"\cdots ",
    "…": r"\cdots",
    "Σ": r"\sum",
    "δ": r"\delta",
    "→": r" \to ",
    "∂": r"\partial ",
    "−": "-",
    "′": "'",
    "ᵀ": r"^\top",
    "²": "^2",
    "ᵢ": "_i ",
    "ⱼ": "_j ",
    "ₖ": "_k ",
    "ₙ": "_n ",
    "ₚ": "_p ",
    "ₛ": "_s ",
    "ₜ": "_t ",
}


def latex(formula: str) -> str:
    r"""A formula as LaTeX.

    Examples
    --------
    >>> latex("∂L/∂W[0, 1] = δ[0] · x[1]")
    '\\frac{\\partial L}{\\partial W_{0, 1}} = \\delta_{0}  \\cdot  x_{1}'
    >>> latex("y = leaky_relu(z)")
    'y = \\operatorname{leaky\\_relu}(z)'
    """
    formula = re.sub(
        r"([A-Za-z][A-Za-z_]+)", lambda m: r"\operatorname{" + m[0].replace("_", r"\_") + "}", formula
    )
    formula = re.sub(r"\[([^]]*)\]", r"_{\1}", formula)
    formula = re.sub(r"(∂L|\d+)/(\d+|∂?\w[ₛₚₜ]?(_{[^}]*})?)", r"\\frac{\1}{\2}", formula)
    for sign, command in SIGNS.items():
        formula = formula.replace(sign, command)
    return formula


def as_latex(pieces: Iterable[Piece]) -> str:
    r"""The expression as LaTeX, each array with its name below.

    Examples
    --------
    >>> as_latex([2.0, "·", Value("W", np.array([[1.0]]))])
    '2.000  \\cdot  \\underset{W}{\\begin{bmatrix} 1.000 \\end{bmatrix}}'
    """
    return " ".join(_latex_piece(piece) for piece in spelled(pieces))


def _latex_piece(piece: str | Value) -> str:
    if isinstance(piece, str):
        return latex(_latex_number(piece))
    lines = [" & ".join(_latex_number(text) for text in line) for line in cells(piece.values)]
    body = r" \\ ".join(lines)
    return rf"\underset{{{latex(piece.name)}}}{{\begin{{bmatrix}} {body} \end{{bmatrix}}}}"


def _latex_number(text: str) -> str:
    return re.sub(r"(?<=\d)e(-?\d+)", r" \\times 10^{\1}", text).replace("…", r"\cdots")


# ---------------------------------------------------------------------- HTML


def as_html(pieces: Iterable[Piece]) -> str:
    """The expression as HTML, each array as a table with its name for caption."""
    return "".join(_html_piece(piece) for piece in spelled(pieces))


def _html_piece(piece: str | Value) -> str:
    if isinstance(piece, str):
        return f"<span>{_html_number(escape(piece))}</span>"
    body = "".join(
        f"<tr>{''.join(f'<td>{_html_number(text)}</td>' for text in line)}</tr>"
        for line in aligned(cells(piece.values))
    )
    return f"<table><caption>{escape(piece.caption)}</caption><tbody>{body}</tbody></table>"


def _html_number(text: str) -> str:
    # A figure space is as wide as a digit: it keeps the decimal points under each other.
    text = text.replace("-", "−").replace(" ", "\u2007")
    return re.sub(r"(?<=\d)e(−?\d+)", r"×10<sup>\1</sup>", text)
