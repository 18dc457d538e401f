"""Gather what a page needs to run Python: Pyodide, its packages, dlcore, and the page's own scripts.

Each stage lies in ``.assets/live-<stage>-<hash of what it is made from>/``. What has not changed is
therefore not made again, and the network is needed once only.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from sphinx.errors import ExtensionError

from .commands import build_wheel, download_wheels, install_from_lock, run_node

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".assets"
RUNTIME = HERE / "runtime"
RECIPES = [HERE / "assets.py", HERE / "commands.py"]
NPM_FILES = [HERE / "package.json", HERE / "package-lock.json", ROOT / ".npmrc"]
DLCORE_FILES = [ROOT / name for name in ("pyproject.toml", "README.md", "LICENSE", "DATA_LICENSES.md")]
PYODIDE_FILES = ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm"]
PURE_PACKAGES = "python_packages.zip"


def gather() -> list[Path]:
    """Return the folders whose contents make up ``_static/live`` together.

    Raises `ExtensionError` for a file whose hash is not the pinned one, and `AssetsUnavailableError` when
    something cannot be fetched.
    """
    npm = stage("npm", NPM_FILES, install_npm_packages)
    dlcore_sources = [*DLCORE_FILES, *files_below(ROOT / "dlcore"), *RUNTIME.glob("byte_compile.*")]
    page_sources = [HERE / "bundle.mjs", *files_below(HERE / "page"), *files_below(HERE / "worker")]
    return [
        stage("runtime", [*NPM_FILES, *files_below(RUNTIME)], lambda target: make_runtime(npm, target)),
        stage("dlcore", dlcore_sources, lambda target: make_dlcore(npm, target)),
        stage("page", [*NPM_FILES, *page_sources], lambda target: run_node(HERE / "bundle.mjs", npm, target)),
    ]


def files_below(folder: Path) -> list[Path]:
    """Return the files of a folder, in a fixed order, without the bytecode that Python leaves there."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def stage(name: str, sources: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """Return the folder that `make` fills from `sources`, calling it only when the folder is not there."""
    digest = hashlib.sha256()
    for path in [*RECIPES, *sources]:
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    folder = CACHE / f"live-{name}-{digest.hexdigest()[:16]}"
    if folder.exists():
        return folder
    CACHE.mkdir(exist_ok=True)
    # Made beside its place and then renamed: two builds at once do not disturb each other.
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="making-") as scratch:
        ready = Path(scratch, "ready")
        ready.mkdir()
        make(ready)
        try:
            ready.rename(folder)
        except OSError:
            if not folder.exists():  # else another build was faster: its folder is the same
                raise
    return folder


def install_npm_packages(target: Path) -> None:
    """Install Pyodide, the widget manager, the editor and esbuild."""
    for path in NPM_FILES:
        shutil.copy(path, target)
    install_from_lock(target)


def make_runtime(npm: Path, target: Path) -> None:
    """Collect Pyodide and the packages, byte-compiled, with a Pyodide lock that lists just these."""
    pyodide = npm / "node_modules" / "pyodide"
    official = json.loads((pyodide / "pyodide-lock.json").read_text())
    wheels = sorted((RUNTIME / "wheels").glob("*.whl"))
    entries = [entry_of_wheel(wheel, official) for wheel in wheels]
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="making-") as scratch_name:
        pure, archives = Path(scratch_name, "pure"), Path(scratch_name, "archives")
        archives.mkdir()
        download_wheels(RUNTIME / "requirements.txt", pure)
        merge_wheels(sorted(pure.glob("*.whl")), archives / PURE_PACKAGES)
        for path in [*wheels, pyodide / "python_stdlib.zip"]:
            shutil.copy(path, archives)
        run_node(RUNTIME / "byte_compile.mjs", npm, archives, target)
    for name in PYODIDE_FILES:
        shutil.copy(pyodide / name, target)
    packages = {entry["name"].lower(): entry for entry in entries}
    for entry in entries:
        entry["depends"] = [name for name in entry["depends"] if name in packages]
        entry["sha256"] = sha256(target / entry["file_name"])  # of the byte-compiled wheel
    lock = {"info": official["info"], "packages": packages}
    (target / "pyodide-lock.json").write_text(json.dumps(lock))


def entry_of_wheel(wheel: Path, official_lock: dict) -> dict:
    """Return the entry of a wheel in Pyodide's own lock, after checking that it is that very file."""
    found = sha256(wheel)
    for entry in official_lock["packages"].values():
        if entry["file_name"] == wheel.name and entry["sha256"] == found:
            return dict(entry)
    name = wheel.relative_to(ROOT)
    raise ExtensionError(
        f"{name} is not the file that Pyodide's lock names: no entry has this name and the sha256 {found}. "
        f"Restore it with `git checkout -- {name}`."
    )


def sha256(path: Path) -> str:
    """Return the hash of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def merge_wheels(wheels: list[Path], target: Path) -> None:
    """Put the contents of pure-Python wheels into one archive, from which Python imports directly."""
    with zipfile.ZipFile(target, "w") as merged:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                for entry in archive.infolist():
                    merged.writestr(entry, archive.read(entry))


def make_dlcore(npm: Path, target: Path) -> None:
    """Build dlcore's wheel from the tree; its modules keep their source beside the bytecode."""
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="making-") as scratch_name:
        project, wheels = Path(scratch_name, "project"), Path(scratch_name, "wheels")
        shutil.copytree(ROOT / "dlcore", project / "dlcore", ignore=shutil.ignore_patterns("__pycache__"))
        for path in DLCORE_FILES:
            shutil.copy(path, project)
        build_wheel(project, wheels)
        run_node(RUNTIME / "byte_compile.mjs", npm, wheels, target)


def version_of(stages: list[Path]) -> str:
    """Return a name that changes with any of the assets."""
    return hashlib.sha256("".join(stage.name for stage in stages).encode()).hexdigest()[:12]


def downloads(stages: list[Path]) -> dict[str, int]:
    """Return the names and bytes of what the kernel loads; empty where there is no kernel."""
    kernel = [
        path for folder in stages for path in folder.iterdir() if path.suffix in {".whl", ".zip", ".wasm"}
    ]
    return {path.name: path.stat().st_size for path in kernel}


def copy_to(folder: Path, stages: list[Path]) -> None:
    """Lay the stages together in `folder`, which bears their version, and remove older versions beside it."""
    for other in folder.parent.glob("*"):
        if other != folder:
            shutil.rmtree(other)
    if not folder.exists():
        for source in stages:
            shutil.copytree(source, folder, dirs_exist_ok=True)
        complete_lock(folder, downloads(stages))


def complete_lock(folder: Path, sizes: dict[str, int]) -> None:
    """Enter dlcore, and the sizes that the progress bar counts with, in the lock that Pyodide reads."""
    path = folder / "pyodide-lock.json"
    for wheel in folder.glob("dlcore-*.whl"):
        lock = json.loads(path.read_text())
        lock["packages"]["dlcore"] = {
            "name": "dlcore",
            "version": wheel.name.split("-")[1],
            "file_name": wheel.name,
            "install_dir": "site",
            "sha256": sha256(wheel),
            "package_type": "package",
            "imports": ["dlcore"],
            "depends": ["numpy"],
            "unvendored_tests": False,
        }
        path.write_text(json.dumps(lock | {"download_bytes": sizes}))
