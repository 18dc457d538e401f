"""Expressions in brackets, as people type them, read as trees; what is wrong is said in words."""

from __future__ import annotations

import re

from dlcore.trees import Tree

# People mix the widths of round brackets: the wide ones are those of Chinese keyboards.
CLOSED_BY = {"(": ")）", "[": "]", "{": "}", "（": "）)"}
OPENING, CLOSING = "".join(CLOSED_BY), ")]}）"
OPERATORS = "+-*/−×"  # words end at them, so that no space is needed


def parse_expression(text: str) -> Tree:
    """The tree of an expression such as ``(3 + (2 + 4))`` or ``((a b) c)``.

    Brackets make a node of what they hold. Words, numbers and operators are leaves. The brackets around the
    whole may be left out.

    Parameters
    ----------
    text : words apart from each other, and brackets of any kind.

    Raises
    ------
    ValueError : there is nothing, a pair of brackets holds nothing, or brackets do not match; the message
        says where.

    Examples
    --------
    >>> parse_expression("(3 + (2 + 4))")
    ('3', '+', ('2', '+', '4'))
    >>> parse_expression("(a b) c")
    (('a', 'b'), 'c')
    >>> parse_expression("((a b) c")
    Traceback (most recent call last):
        ...
    ValueError: the bracket that opens at place 1 of '((a b) c' is never closed. Add a ')' where it ends.
    """
    open_nodes: list[list[Tree]] = [[]]
    opened_at: list[int] = []
    pattern = (
        rf"[{re.escape(OPENING + CLOSING + OPERATORS)}]|[^\s{re.escape(OPENING + CLOSING + OPERATORS)}]+"
    )
    for match in re.finditer(pattern, text):
        token, place = match[0], match.start() + 1
        if token in OPENING:
            open_nodes.append([])
            opened_at.append(place)
        elif token not in CLOSING:
            open_nodes[-1].append(token.replace("−", "-").replace("×", "*"))
        elif not opened_at:
            raise ValueError(
                f"the bracket that closes at place {place} of {text!r} was never opened. Take it away, or "
                "open it where it starts."
            )
        else:
            start, children = opened_at.pop(), open_nodes.pop()
            closed_by = CLOSED_BY[text[start - 1]]
            if token not in closed_by:
                raise ValueError(
                    f"the bracket that opens at place {start} of {text!r} is closed by {token!r} at place "
                    f"{place}. Write {closed_by[0]!r} there."
                )
            if not children:
                raise ValueError(
                    f"the brackets at place {start} of {text!r} hold nothing. Put something into them, or "
                    "take them away."
                )
            open_nodes[-1].append(tuple(children) if len(children) > 1 else children[0])
    if opened_at:
        start = opened_at[-1]
        raise ValueError(
            f"the bracket that opens at place {start} of {text!r} is never closed. Add a "
            f"{CLOSED_BY[text[start - 1]][0]!r} where it ends."
        )
    (children,) = open_nodes
    if not children:
        raise ValueError("there is nothing to read yet. Type an expression such as ((a b) c).")
    return tuple(children) if len(children) > 1 else children[0]
