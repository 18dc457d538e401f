"""The pages of the book, read from its table of contents."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]


def files_in(entry) -> list[str]:
    """List the files named in an entry of `_toc.yml` and below it."""
    own = [entry[key] for key in ("root", "file") if key in entry]
    below = [*entry.get("parts", []), *entry.get("chapters", []), *entry.get("sections", [])]
    return own + [file for child in below for file in files_in(child)]


PAGES = files_in(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf8")))
