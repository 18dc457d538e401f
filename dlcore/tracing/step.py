"""One operation of a forward or backward pass, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np

from dlcore.tracing.expression import Piece, Value, as_html, as_latex, as_text, latex

PHASES = {"forward": "→ forward", "loss": "● loss", "backward": "← backward"}


@dataclass(frozen=True, eq=False, repr=False)
class TraceStep:
    """What was computed, from what, and by which equation.

    Attributes
    ----------
    phase : ``"forward"``, ``"loss"`` or ``"backward"``.
    layer : name of the layer, or ``"loss"``.
    title : the operation in plain words.
    name : the result's name, as in the layers' code: ``"z"``, ``"dz"``, ``"dW"`` ...
    result : the array that came out.
    operands : the arrays that went in, by name; those of a batch have one row for each sample.
    formula : the equation as plain text.
    pieces : the same equation with its numbers, see `dlcore.tracing.expression`.
    latex_formula : the equation in LaTeX, where it says more than the plain text.
    upstream : in backward, the name of the gradient that this step continues.
    factor : in backward, the local factor of the chain rule that comes in here, with its numbers.
    chain : in backward, the names of all local factors from the loss up to here, each with its layer.
        Their product is the result.
    note : one sentence that says why, or "".
    """

    phase: str
    layer: str
    title: str
    name: str
    result: np.ndarray
    operands: dict[str, np.ndarray]
    formula: str
    pieces: Sequence[Piece]
    latex_formula: str = ""
    upstream: str = ""
    factor: Value | None = None
    chain: tuple[tuple[str, str], ...] = field(default=())
    note: str = ""

    @property
    def equation(self) -> str:
        """The equation in LaTeX."""
        return self.latex_formula or latex(self.formula)

    @property
    def numbers(self) -> str:
        """The equation in LaTeX, with the numbers in place of the symbols."""
        return as_latex(self.pieces)

    @property
    def chain_text(self) -> str:
        """The product so far, ``"∂L/∂y · (dense_1: f′(z) · Wᵀ) · (dense: f′(z))"``."""
        groups: dict[str, list[str]] = {}
        for layer, factor in self.chain:
            groups.setdefault(layer, []).append(factor)
        return " · ".join(
            " · ".join(factors) if layer == "loss" else f"({layer}: {' · '.join(factors)})"
            for layer, factors in groups.items()
        )

    def __repr__(self) -> str:
        return f"TraceStep({self.layer!r}, {self.name!r})"

    def __str__(self) -> str:
        lines = [f"{PHASES[self.phase]} · {self.layer} · {self.title}", self.formula, as_text(self.pieces)]
        if self.chain:
            lines.append(f"product so far: {self.chain_text}")
        if self.note:
            lines.append(self.note)
        return "\n".join(lines)

    def to_html(self) -> str:
        """This step as a piece of HTML without the style sheet that `Trace` and the labs bring."""
        parts = [
            f"<p><strong>{escape(self.title)}</strong> <small>{PHASES[self.phase]} · "
            f"{escape(self.layer)}</small></p>",
            f'<p class="formula">{escape(self.formula)}</p>',
            f'<div class="numbers" role="group" aria-label="with numbers">{as_html(self.pieces)}</div>',
        ]
        if self.chain:
            parts.append(f"<p><small>product so far: {escape(self.chain_text)}</small></p>")
        if self.note:
            parts.append(f"<p><small>{escape(self.note)}</small></p>")
        return "".join(parts)

    def _repr_html_(self) -> str:
        return styled(self.to_html())


# Colours are the page's own (currentColor), so that light and dark pages both work. Notebooks and books
# style every table; the !important lines take that back for matrices.
STYLE = """<style>
.dlcore-trace{font-variant-numeric:tabular-nums;max-width:100%}
.dlcore-trace ol{padding-left:2.2em;margin:0}
.dlcore-trace li{margin:0 0 1.1em;padding-left:.3em}
.dlcore-trace p{margin:.15em 0}
.dlcore-trace .formula{font-size:1.1em;font-family:"Cambria Math","STIX Two Math",Georgia,serif}
.dlcore-trace .numbers{display:flex;flex-wrap:wrap;align-items:center;gap:.3em .45em;overflow-x:auto}
.dlcore-trace .numbers table{display:table!important;width:auto!important;margin:0!important;
 border:0 solid currentColor!important;border-width:0 1.5px!important;border-radius:.45em;
 border-collapse:separate!important;border-spacing:0;color:inherit;font-size:.92em}
.dlcore-trace .numbers caption{caption-side:bottom;text-align:center;padding:.1em 0 0;
 color:inherit;font-size:.85em;white-space:nowrap}
.dlcore-trace .numbers tr,.dlcore-trace .numbers td{background:none!important;color:inherit}
.dlcore-trace .numbers td{border:0!important;padding:.05em .4em!important;text-align:right!important;
 white-space:nowrap}
</style>"""


def styled(html: str) -> str:
    """HTML of steps in the frame that gives them their look."""
    return f'{STYLE}<div class="dlcore-trace">{html}</div>'
