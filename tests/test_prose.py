"""Numbers in the pages' prose come from the pages' code."""

import re

import nbformat
import pytest

from pages import PAGES, ROOT

NOTEBOOKS = [page for page in PAGES if (ROOT / f"{page}.ipynb").exists()]
# Two decimals or more: what a reader takes for a result. Shorter numbers are choices ("a rate of 0.1").
RESULT = re.compile(r"\d+\.\d{2,}")


def made_by_code(notebook):
    """Return the source and the printed outputs of all code cells."""
    texts = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            texts.append(cell.source)
            for output in cell.outputs:
                texts.append(output.get("text", ""))
                texts += [value for kind, value in output.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join(texts)


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_results_in_prose_are_printed_on_the_page(page):
    notebook = nbformat.read(ROOT / f"{page}.ipynb", as_version=4)
    known = set(RESULT.findall(made_by_code(notebook)))
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert set(RESULT.findall(prose)) <= known
