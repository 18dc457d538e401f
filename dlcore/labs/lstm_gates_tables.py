"""What the lab of gates says in HTML: the text above its pictures, and its numbers as tables."""

from __future__ import annotations

from html import escape

from dlcore.figures.time_strips import TimeStrips
from dlcore.labs.lstm_gates_state import GATES, LSTMGatesState, visible
from dlcore.labs.surface import CSS_PIXELS_PER_INCH

LIKELIEST = 8


def text_above(state: LSTMGatesState, window: slice, strips: TimeStrips) -> str:
    """Each character of a part of the text above its column of the picture: figures have no Chinese font."""
    cells = ""
    for t in range(window.start, window.stop):
        look = "background:#1f2328;color:#fff" if t == state.position else ""
        character = escape(visible(state.read[t]))
        cells += f'<span style="flex:1 1 0;min-width:0;text-align:center;{look}">{character}</span>'
    place = strips.axes.get_position(original=True)  # the active one would let all be drawn anew
    columns = f"display:flex;margin-left:{place.x0:.2%};width:{place.width:.2%}"
    picture = f"width:{strips.figure.get_figwidth() * CSS_PIXELS_PER_INCH:.0f}px;max-width:100%"
    words = f"the text, character by character: {escape(visible(state.read))}"
    return (
        f'<div style="{picture}" role="img" aria-label="{words}"><div style="{columns}">{cells}</div></div>'
    )


def next_table(state: LSTMGatesState) -> str:
    """The likeliest next characters as bars with numbers, in HTML.

    Examples
    --------
    >>> table = next_table(LSTMGatesState(text="Elizabe"))
    >>> table.count("<tr>"), '<th scope="row">t</th>' in table
    (9, True)
    """
    rows = ""
    numbers = state.alphabet.encode("".join(character for character, _ in state.likeliest(LIKELIEST)))
    plain = state.probabilities[state.position]
    warm = state.at_temperature(plain)
    for number in numbers:
        bar = f'<div style="width:{plain[number]:.1%};min-width:1px;height:0.9rem;background:#0b5fa5"></div>'
        character = escape(visible(state.alphabet.characters[number]))
        rows += (
            f'<tr><th scope="row">{character}</th><td style="min-width:5rem">{bar}</td>'
            f"<td>{plain[number]:.3f}</td><td>{warm[number]:.3f}</td></tr>"
        )
    return (
        '<table><thead><tr><th scope="col">next</th><th scope="col"></th><th scope="col">probability</th>'
        f'<th scope="col">at T = {state.temperature:g}</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def gate_table(state: LSTMGatesState) -> str:
    """Least, mean and largest value of each gate at the character looked at, in HTML."""
    rows = ""
    for name, words in GATES.items():
        values = state.gates[name][state.position]
        cells = "".join(f"<td>{value:.3f}</td>".replace("-", "−") for value in
                        (values.min(), values.mean(), values.max()))  # fmt: skip
        rows += f'<tr><th scope="row">{words}</th>{cells}</tr>'
    head = "".join(f'<th scope="col">{word}</th>' for word in ("64 units", "least", "mean", "largest"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
