"""Turn the sections of dlcore's docstrings into what Sphinx reads.

dlcore writes, under a title that is underlined, one line for each thing that it explains::

    Parameters
    ----------
    x : (uses, inputs), one row for each use of W.

Other readers of such sections take what follows the colon for a type. Here it is the explanation.
"""

import re

ENTRY = re.compile(r"(\S.*?) : (.*)")
# An asterisk before a name, as in (batch, *any), is not the beginning of emphasis.
STARRED = re.compile(r"(?<=, )\*(?=\w+[,)])")


def convert(lines: list[str]) -> list[str]:
    """Return a docstring's lines with rubrics for titles and definitions for entries.

    >>> convert(["Raises", "------", "ValueError : it is zero,", "    or less."])
    ['.. rubric:: Raises', '', '**ValueError**', '    it is zero,', '    or less.']
    """
    result, in_section = [], False
    for position, line in enumerate(lines):
        below = lines[position + 1] if position + 1 < len(lines) else ""
        if line.strip() and is_underline(below):
            result += [f".. rubric:: {line}", ""]
            in_section = True
        elif is_underline(line):
            continue
        elif in_section and (entry := ENTRY.fullmatch(line)) and not line.startswith(">>>"):
            result += [f"**{entry[1]}**", f"    {escaped(entry[2])}"]
        else:
            result.append(escaped(line))
    return result


def is_underline(line: str) -> bool:
    """Whether a line is the underline of a title."""
    return len(line) > 3 and set(line) == {"-"}


def escaped(line: str) -> str:
    """Return a line in which starred names outside code stay as they are."""
    if line.lstrip().startswith((">>>", "...")):
        return line
    parts = line.split("``")
    parts[::2] = [STARRED.sub(r"\\*", prose) for prose in parts[::2]]
    return "``".join(parts)


def process(app, what, name, obj, options, lines):
    """Replace the lines that autodoc is about to read."""
    lines[:] = convert(lines)


def setup(app):
    """Listen to autodoc."""
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
