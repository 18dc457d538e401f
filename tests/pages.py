"""The pages of the book, read from its table of contents, and how a book is built."""

import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]


def files_in(entry) -> list[str]:
    """List the files named in an entry of `_toc.yml` and below it."""
    own = [entry[key] for key in ("root", "file") if key in entry]
    below = [*entry.get("parts", []), *entry.get("chapters", []), *entry.get("sections", [])]
    return own + [file for child in below for file in files_in(child)]


PAGES = files_in(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf8")))


def build_book(source: Path, target: Path) -> Path:
    """Build a book, every warning an error; return the folder of its HTML."""
    program = shutil.which("jupyter-book", path=Path(sys.executable).parent)
    command = [program, "build", source, "--path-output", target, "-W", "--keep-going", "-n", "--all"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the book does not build without warnings:\n{done.stderr}"
    return target / "_build" / "html"
