"""tools/notebooks.py, and that every page is in the form which it makes."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import notebooks
from pages import ROOT

CHAPTERS = sorted((ROOT / "chapters").rglob("*.ipynb"))

DRAWS_A_LAB = """
import io
import ipywidgets
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
_ = axes.plot([0, 1], [0, 2])
picture = io.BytesIO()
figure.savefig(picture, format="png")
unseen = ipywidgets.IntSlider()
slider = ipywidgets.FloatSlider(description="weight")
ipywidgets.VBox([slider, ipywidgets.Image(value=picture.getvalue())])
"""
ALT = {"mystnb": {"image": {"alt": "A line from (0, 0) to (1, 2)."}}}


@pytest.fixture
def save(tmp_path):
    """Return a function which saves a notebook of the given cells; each call writes a new file."""

    def save_cells(*cells, name="page"):
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=list(cells)), path)
        return path

    return save_cells


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_is_in_order(path):
    assert notebooks.problems(path) == []


def test_two_runs_are_the_same_to_the_byte_and_keep_what_the_page_shows(save):
    path = save(new_markdown_cell("# A lab"), new_code_cell(DRAWS_A_LAB, metadata=ALT))
    first = notebooks.execute(path)
    path.write_text(first, encoding="utf8")
    assert notebooks.execute(path) == first
    assert notebooks.problems(path) == []
    state = nbformat.reads(first, as_version=4).metadata.widgets[notebooks.WIDGET_STATE]["state"]
    shown = [model["state"].get("description") for model in state.values()]
    assert "weight" in shown
    kinds = [model["model_name"] for model in state.values()]
    assert "ImageModel" in kinds
    assert "IntSliderModel" not in kinds, "a widget that no view reaches was kept"


def test_what_differs_between_machines_is_taken_out(save):
    cell = new_code_cell("1 / 0", metadata={"tags": ["raises-exception"], "collapsed": False})
    notebook = nbformat.read(save(cell), as_version=4)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    cell = notebook.cells[0]
    cell.metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
    cell.execution_count = 7
    traceback = ["Traceback", "File /home/somebody/page.py, line 1"]
    cell.outputs = [
        nbformat.v4.new_output("error", ename="E", evalue="why", traceback=traceback),
        nbformat.v4.new_output("execute_result", data={"text/plain": "1"}, execution_count=7),
    ]
    text = notebooks.normalised(notebook, "page")
    for trace in ("3.11.7", "2026-01-01", "/home/somebody", "collapsed", '"execution_count": 7'):
        assert trace not in text
    assert '"E: why"' in text
    again = notebooks.normalised(nbformat.reads(text, as_version=4), "page")
    assert again == text, "normal form expected to stay as it is"


@pytest.mark.parametrize("tag", ["hide-cell", "hide-input"])
def test_folded_code_is_folded_in_jupyterlab_too(tag, save):
    notebook = nbformat.read(save(new_code_cell("1", metadata={"tags": [tag]})), as_version=4)
    cell = nbformat.reads(notebooks.normalised(notebook, "page"), as_version=4).cells[0]
    assert cell.metadata["jupyter"]["source_hidden"] is True


def test_a_page_that_fails_is_left_as_it_was(save, capsys):
    bad = save(new_code_cell("undefined_name"), name="bad")
    good = save(new_code_cell("1 + 1"), name="good")
    before = bad.read_bytes()
    assert notebooks.main(["run", str(bad), str(good)]) == 1
    assert bad.read_bytes() == before
    assert notebooks.problems(good) == [], "the page after the failing one expected to be saved"
    printed = capsys.readouterr().out
    assert "NameError" in printed
    assert "[1/2]" in printed
    assert "[2/2]" in printed


def executed(source, metadata=None, output=None):
    """Return a code cell as if it had been run."""
    outputs = [nbformat.v4.new_output(**output)] if output else []
    return new_code_cell(source, metadata=metadata or {}, outputs=outputs, execution_count=1)


FAILURE = {"output_type": "error", "ename": "ValueError", "evalue": "no"}
PICTURE = {"output_type": "display_data", "data": {"image/png": "AAAA"}}


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (new_code_cell("1 + 1"), "never executed"),
        (executed("fail()", output=FAILURE), "ends in ValueError: no"),
        (executed("1", {"tags": ["remove-input"]}), "remove-input"),
        (executed("1", {"tags": ["remove-cell"]}), "remove-cell"),
        (executed("draw()", output=PICTURE), "without alt text"),
        (executed("1", {"scrolled": True}), "not in normal form"),
    ],
)
def test_check_says_what_is_wrong(cell, said, save, capsys):
    assert notebooks.main(["check", str(save(cell))]) == 1
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    "cell",
    [
        executed("fail()", {"tags": ["raises-exception"]}, FAILURE),
        executed("draw()", ALT, PICTURE),
        executed("1", {"tags": ["hide-input"]}),
        new_code_cell("  "),
    ],
)
def test_check_accepts_what_is_meant(cell, save, capsys):
    path = save(cell)
    text = notebooks.normalised(nbformat.read(path, as_version=4), path.stem)
    path.write_text(text, encoding="utf8")
    assert notebooks.main(["check", str(path)]) == 0, capsys.readouterr().out


def test_a_path_that_is_no_notebook_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        notebooks.main(["check", str(tmp_path / "missing.ipynb")])
    assert "expected a notebook" in capsys.readouterr().err
