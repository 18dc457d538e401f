"""Couplets of the Tang dynasty (唐诗): pairs of lines, five characters each."""

from __future__ import annotations

from importlib.resources import files


def couplets() -> list[str]:
    """6,350 different couplets from the *Complete Tang Poems* (全唐诗), in simplified characters.

    Each has 12 characters: five, a comma ``，``, five, and a full stop ``。``. All of them use nothing but
    the 500 commonest characters, so that a small network has enough of each to learn from. The poems are
    in the public domain.

    Returns
    -------
    couplets : 6,350 strings of 12 characters; 500 different ones and the two marks occur.

    Examples
    --------
    >>> lines = couplets()
    >>> len(lines), lines[1]
    (6350, '向日分千笑，迎风共一香。')
    """
    return (files(__package__) / "tang_couplets.txt").read_text(encoding="utf-8").split()
