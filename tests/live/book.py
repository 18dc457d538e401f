"""A small book with live pages, written for the tests: what it says is what they look at."""

import base64
import io
from pathlib import Path

import nbformat
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

CONFIG = """\
title: A small book
execute: {execute_notebooks: "off"}
sphinx:
  recursive_update: true
  local_extensions: {formulas: ROOT/extensions, live: ROOT/extensions}
  config:
    extensions: [sphinx_togglebutton, sphinx_copybutton, myst_nb, jupyter_book, sphinx_comments,
                 sphinx_external_toc, sphinx_design, sphinx_book_theme, sphinx_jupyterbook_latex,
                 formulas, live]
    templates_path: [ROOT/_templates]
    html_context: {default_mode: auto}
    html_theme_options: {navbar_persistent: []}
"""
PYTHON = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
TOC = "format: jb-book\nroot: code\nchapters: [{file: labs}, {file: prose}]\n"

LAB = """\
import io
from pathlib import Path
import ipywidgets as widgets
from matplotlib.figure import Figure

figure = Figure(figsize=(3, 2))
axes = figure.add_subplot()
(line,) = axes.plot([0, 1], [0, 1])
axes.set_ylim(0, 10)

def draw(slope):
    line.set_ydata([0, slope])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()

picture = widgets.Image(value=draw(1), layout={"width": "300px"})
slider = widgets.IntSlider(description="slope", value=1, max=10)
slider.observe(lambda change: setattr(picture, "value", draw(change.new)), "value")
widgets.VBox([slider, picture])"""

TRAINING = """\
import asyncio

count = widgets.Label("0")
start, stop = widgets.Button(description="Train"), widgets.Button(description="Stop")
running = False

async def train():
    steps = 0
    while running:
        steps += 1
        count.value = str(steps)
        picture.value = draw(steps % 10)
        await asyncio.sleep(0)

def press(button):
    global running
    running = button is start
    if running:
        task = asyncio.ensure_future(train())

start.on_click(press)
stop.on_click(press)
widgets.HBox([start, stop, count])"""

CONTROLS = """\
log = widgets.Output()

@widgets.interact(k=(1, 9))
def square(k=3):
    print("square", k * k)

play, step = widgets.Play(max=20, interval=50), widgets.IntSlider(description="step", max=20)
widgets.jslink((play, "value"), (step, "value"))
choice = widgets.Dropdown(options=["tanh", "relu"])
tab = widgets.Tab([widgets.HTML("<b>first</b>"), choice], titles=["one", "two"])
with log:
    print("inside the widget")
widgets.VBox([log, tab, widgets.HBox([play, step])])"""

CODE = [
    "x = 6 * 7\nprint('x is', x)\nx",
    new_code_cell(
        "import matplotlib.pyplot as plt\nplt.plot([0, x])\nplt.show()",
        outputs=[new_output("display_data", {"image/png": "PICTURE"}, metadata={"alt": "A line."})],
        metadata={"mystnb": {"image": {"alt": "A line that rises."}}},
    ),
    new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}),
    new_code_cell("import missing_in_a_browser", metadata={"tags": ["no-live"]}),
    new_code_cell("hidden = x + 1", metadata={"tags": ["hide-input"]}),
    "print('hidden is', hidden)",
]


def picture() -> str:
    """Return a small PNG as base64 text."""
    figure, buffer = Figure(figsize=(1, 1)), io.BytesIO()
    figure.savefig(buffer, format="png")
    return base64.b64encode(buffer.getvalue()).decode()


def notebook(cells, **metadata):
    """Return a notebook with a title and these code cells."""
    code = [cell if isinstance(cell, dict) else new_code_cell(cell) for cell in cells]
    return new_notebook(cells=[new_markdown_cell("# A page"), *code], metadata=PYTHON | metadata)


def with_stored_lab() -> nbformat.NotebookNode:
    """Return the page of labs, the first with the state that nbclient stores."""
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "box", "version_major": 2}}
    lab = new_code_cell(LAB, outputs=[new_output("execute_result", view, execution_count=1)])
    image = {
        "model_name": "ImageModel",
        "state": {"tooltip": "A line with slope 1."},
        "buffers": [{"data": picture(), "encoding": "base64", "path": ["value"]}],
    }
    settings = {"_dom_classes": ["dlcore-settings"], "value": "slope k=1"}
    children = {"children": ["IPY_MODEL_image", "IPY_MODEL_settings"]}
    state = {
        "box": {"model_name": "VBoxModel", "state": children},
        "image": image,
        "settings": {"model_name": "TextModel", "state": settings},
    }
    stored = {"application/vnd.jupyter.widget-state+json": {"state": state, "version_major": 2}}
    return notebook([lab, TRAINING, CONTROLS], widgets=stored)


def write_book(folder: Path, root: Path) -> None:
    """Write the sources of the book into `folder`; its extensions are those below `root`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "_config.yml").write_text(CONFIG.replace("ROOT", str(root)))
    (folder / "_toc.yml").write_text(TOC)
    (folder / "prose.md").write_text("# Prose\n\nNo code here.\n")
    code = notebook(CODE)
    code.cells[2].outputs[0].data["image/png"] = picture()
    nbformat.write(code, folder / "code.ipynb")
    nbformat.write(with_stored_lab(), folder / "labs.ipynb")
