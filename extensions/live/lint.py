"""Warn of notebook tags that keep a cell out of the live page although later cells need what it defines."""

import ast
import json

from sphinx.util import logging

logger = logging.getLogger(__name__)
OUT_OF_THE_PAGE = {"remove-input", "remove-cell", "no-live"}


def warn_of_lost_names(app, docname, source) -> None:
    """Check one page; with -W a warning stops the build."""
    if app.env.doc2path(docname).endswith(".ipynb"):
        for number, tag, names in lost_names(json.loads(source[0])["cells"]):
            logger.warning(
                "cell %d has the tag %s, so a live page does not run it, but later cells need %s from it; "
                "use hide-input instead, which folds the code and keeps it in the page",
                number,
                tag,
                ", ".join(names),
                location=docname,
            )


def lost_names(cells: list[dict]) -> list[tuple[int, str, list[str]]]:
    """Return the number of each cell that later cells need and a live page lacks, its tag, and the names.

    What only cells need that a live page does not run either is not missed.
    """
    found = []
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    for index, cell in enumerate(code):
        run_later = [later for later in code[index + 1 :] if not tags_out_of_the_page(later)]
        used_later = {name for later in run_later for name in names_in(later, ast.Load)}
        lost = sorted(names_in(cell, ast.Store) & used_later)
        if (tags := tags_out_of_the_page(cell)) and lost:
            found.append((index + 1, min(tags), lost))
    return found


def tags_out_of_the_page(cell: dict) -> set[str]:
    """Return the tags of a cell that keep it out of a live page."""
    return OUT_OF_THE_PAGE.intersection(cell["metadata"].get("tags", []))


def names_in(cell: dict, context: type[ast.expr_context]) -> set[str]:
    """Return the names that a cell reads (`ast.Load`) or defines (`ast.Store`)."""
    try:
        nodes = list(ast.walk(ast.parse("".join(cell["source"]))))
    except SyntaxError:  # a line of IPython's own, such as %time; or an error that the page shows on purpose
        return set()
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, context)}
    if context is ast.Store:
        names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        imported = [
            alias for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
        ]
        names |= {(alias.asname or alias.name).split(".")[0] for alias in imported}
    return names
