"""Execute the book's notebooks and keep them in one normal form.

    python tools/notebooks.py run [PATH ...]      execute, normalise and save
    python tools/notebooks.py check [PATH ...]    say what is not in order; exit 1 if anything is

Without a path: every notebook below chapters/. In normal form the same page executed twice is the
same file to the byte, so that a change in a diff is a change on the page.
"""

import argparse
import hashlib
import json
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parents[1]
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT_CELL_METADATA = ("mystnb", "tags")
# The code of these cells would not be in the HTML, and so could not run there.
TAGS_WITHOUT_CODE = ("remove-cell", "remove-input")
TAGS_WITH_FOLDED_CODE = {"hide-cell", "hide-input"}


def execute(path: Path) -> str:
    """Return the text of the notebook at `path`, executed in a fresh kernel and normalised."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        kernel_name=KERNEL["name"],
        timeout=120,
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=True,
        coalesce_streams=True,
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    ).execute()
    return normalised(notebook, path.stem)


def normalised(notebook, page: str) -> str:
    """Return the notebook's text without anything that differs from one run to the next."""
    widgets = notebook.metadata.get("widgets", {}).get(WIDGET_STATE)
    used = widgets_in_view(notebook, widgets["state"]) if widgets else []
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    if used:
        widgets["state"] = {name: widgets["state"][name] for name in used}
        notebook.metadata["widgets"] = {WIDGET_STATE: widgets}
    execution_count = 0
    for position, cell in enumerate(notebook.cells):
        cell.id = f"cell-{position:02d}"
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in KEPT_CELL_METADATA}
        if TAGS_WITH_FOLDED_CODE.intersection(cell.metadata.get("tags", [])):
            cell.metadata["jupyter"] = {"source_hidden": True}  # JupyterLab does not know the tags
        if cell.cell_type == "code" and cell.execution_count is not None:
            execution_count += 1
            cell.execution_count = execution_count
            for output in cell.outputs:
                normalise_output(output, execution_count)
    new_names = {
        name: hashlib.sha256(f"{page}/{position}".encode()).hexdigest()[:32]
        for position, name in enumerate(used)
    }
    renamed = re.sub(
        r"[0-9a-f]{32}",
        lambda match: new_names.get(match[0], match[0]),
        nbformat.writes(notebook),
    )
    # written once more, since the keys of the widget state are sorted by their new names
    return nbformat.writes(nbformat.reads(renamed, as_version=4)).rstrip("\n") + "\n"


def normalise_output(output, execution_count: int) -> None:
    """Give an output its cell's count; keep of a traceback the line that says what went wrong."""
    if output.output_type == "execute_result":
        output.execution_count = execution_count
    elif output.output_type == "error":
        # the rest quotes folders of the machine that ran the page
        output.traceback = [f"{output.ename}: {output.evalue}"]


def widgets_in_view(notebook, state: dict) -> list[str]:
    """List the widgets that the page shows, and those which these refer to, in order of sight."""
    found = []

    def visit(name):
        if name in state and name not in found:
            found.append(name)
            for other in re.findall(r"[0-9a-f]{32}", json.dumps(state[name], sort_keys=True)):
                visit(other)

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if view := output.get("data", {}).get(WIDGET_VIEW):
                visit(view["model_id"])
    return found


def problems(path: Path) -> list[str]:
    """Say, a sentence each, what keeps a notebook from being published."""
    text = path.read_text(encoding="utf8")
    notebook = nbformat.reads(text, as_version=4)
    found = []
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.source.strip():
            found += [f"cell {position} {what}" for what in cell_problems(cell)]
    if normalised(notebook, path.stem) != text:
        found.append("is not in normal form: run it again with tools/notebooks.py")
    return found


def cell_problems(cell) -> list[str]:
    """Say what is wrong with one code cell."""
    tags = cell.metadata.get("tags", [])
    look = cell.metadata.get("mystnb", {})
    found = [
        f"is tagged {tag}, so its code is missing from the page: use hide-input or hide-cell"
        for tag in TAGS_WITHOUT_CODE
        if tag in tags
    ]
    if cell.execution_count is None:
        found.append("was never executed, so nothing checks it")
    if "raises-exception" not in tags:
        found += [
            f"ends in {output.ename}: {output.evalue} (tag it raises-exception if that is meant)"
            for output in cell.outputs
            if output.output_type == "error"
        ]
    has_picture = any("image/png" in output.get("data", {}) for output in cell.outputs)
    if has_picture and not look.get("image", {}).get("alt"):
        found.append("shows a picture without alt text: see CONTRIBUTING.md, Figures")
    return found


def run(paths: list[Path]) -> int:
    """Execute each notebook; one that fails stays as it was. Return how many failed."""
    failures = 0
    for number, path in enumerate(paths, start=1):
        print(f"[{number}/{len(paths)}] {shown(path)} ...", end=" ", flush=True)
        start = time.perf_counter()
        try:
            text = execute(path)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            failures += 1
            print(f"failed, left as it was:\n{error}", flush=True)
        else:
            path.write_text(text, encoding="utf8", newline="\n")
            print(f"{time.perf_counter() - start:.1f} s", flush=True)
    return failures


def check(paths: list[Path]) -> int:
    """Print what is wrong with each notebook. Return how many are not in order."""
    failures = 0
    for path in paths:
        found = problems(path)
        failures += bool(found)
        for problem in found:
            print(f"{shown(path)}: {problem}")
    print(f"{len(paths)} notebooks, {failures} not in order")
    return failures


def shown(path: Path) -> Path:
    """Return a path as a person would write it."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["run", "check"])
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks or folders of them")
    options = parser.parse_args(arguments)
    paths = []
    for path in options.paths or [ROOT / "chapters"]:
        path = path.resolve()
        if path.is_dir():
            paths += sorted(each for each in path.rglob("*.ipynb") if ".ipynb_checkpoints" not in each.parts)
        elif path.suffix == ".ipynb" and path.exists():
            paths.append(path)
        else:
            parser.error(f"expected a notebook or a folder of notebooks, got {path}")
    return 1 if {"run": run, "check": check}[options.action](paths) else 0


if __name__ == "__main__":
    sys.exit(main())
