"""Gather what a page needs to run Python: Pyodide, its packages, dlcore, and the page's own scripts.

Each stage lies in ``.assets/live-<stage>-<hash of what it is made from>/``. What has not changed is
therefore not made again, and the network is needed once only. What no build uses any more is removed.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
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
UNUSED_SECONDS = 3600  # another build may still copy from a stage that this one has replaced
KERNEL_SUFFIXES = {".pack", ".zip", ".wasm", ".snapshot"}
PYODIDE = "node_modules/pyodide"
PYODIDE_FILES = ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm"]


def gather() -> list[Path]:
    """Return the folders whose contents make up ``_static/live`` together.

    Raises `ExtensionError` for a file whose hash is not the pinned one, and `AssetsUnavailableError` when
    something cannot be fetched.
    """
    npm = stage("npm", NPM_FILES, install_npm_packages)
    compiler = [*NPM_FILES, *sorted(RUNTIME.glob("byte_compile.*"))]
    package_sources = [*compiler, RUNTIME / "requirements.txt", *files_below(RUNTIME / "wheels")]
    dlcore_sources = [*compiler, *DLCORE_FILES, *files_below(ROOT / "dlcore")]
    runtime_sources = [*compiler, *sorted(RUNTIME.glob("*matmul*"))]
    kernel_sources = files_below(HERE / "worker")
    page_sources = [*NPM_FILES, HERE / "bundle.mjs", *files_below(HERE / "page"), *kernel_sources]
    packages = stage("packages", package_sources, lambda target: make_packages(npm, target))
    dlcore = stage("dlcore", dlcore_sources, lambda target: make_dlcore(npm, target))
    runtime = stage("runtime", runtime_sources, lambda target: make_runtime(npm, target))
    script = RUNTIME / "snapshot.mjs"
    memory_sources = [script, *package_sources, *dlcore_sources, *runtime_sources, *kernel_sources]
    return [
        runtime,
        stage("memory", memory_sources, lambda target: run_node(script, runtime, packages, dlcore, target)),
        stage("page", page_sources, lambda target: run_node(HERE / "bundle.mjs", npm, target)),
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
        os.utime(folder)  # in use
        return folder
    CACHE.mkdir(exist_ok=True)
    remove_unused(name)
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


def remove_unused(name: str) -> None:
    """Remove the older folders of a stage which no build has used lately."""
    for folder in CACHE.glob(f"live-{name}-*"):
        if time.time() - folder.stat().st_mtime > UNUSED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)  # another build may be removing it too


def install_npm_packages(target: Path) -> None:
    """Install Pyodide, the widget manager, the editor, esbuild and AssemblyScript."""
    for path in NPM_FILES:
        shutil.copy(path, target)
    install_from_lock(target)


def make_packages(npm: Path, target: Path) -> None:
    """Byte-compile the packages, once each has been found to be the one that was chosen."""
    official = json.loads((npm / PYODIDE / "pyodide-lock.json").read_text())
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="making-") as scratch_name:
        packages = Path(scratch_name, "packages")
        download_wheels(RUNTIME / "requirements.txt", packages)
        for wheel in (RUNTIME / "wheels").glob("*.whl"):
            require_official(wheel, official)
            shutil.copy(wheel, packages)
        run_node(RUNTIME / "byte_compile.mjs", npm, Path(scratch_name), target)


def make_runtime(npm: Path, target: Path) -> None:
    """Collect Pyodide, its standard library, byte-compiled, and the product of matrices."""
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="making-") as scratch_name:
        shutil.copy(npm / PYODIDE / "python_stdlib.zip", scratch_name)
        run_node(RUNTIME / "byte_compile.mjs", npm, Path(scratch_name), target)
    run_node(RUNTIME / "compile_matmul.mjs", npm, target)
    for name in PYODIDE_FILES:
        shutil.copy(npm / PYODIDE / name, target)
    # the packages are in place before Python starts: it has none to find
    official = json.loads((npm / PYODIDE / "pyodide-lock.json").read_text())
    (target / "pyodide-lock.json").write_text(json.dumps(official | {"packages": {}}))


def require_official(wheel: Path, official_lock: dict) -> None:
    """Check that a wheel is the very file which Pyodide's own lock names."""
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    entries = official_lock["packages"].values()
    if any(entry["file_name"] == wheel.name and entry["sha256"] == found for entry in entries):
        return
    name = wheel.relative_to(ROOT)
    raise ExtensionError(
        f"{name} is not the file that Pyodide's lock names: no entry has this name and the sha256 {found}. "
        f"Restore it with `git checkout -- {name}`."
    )


def make_dlcore(npm: Path, target: Path) -> None:
    """Build dlcore's wheel from the tree; its modules keep their source beside the bytecode."""
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="making-") as scratch_name:
        project, archives = Path(scratch_name, "project"), Path(scratch_name, "archives")
        shutil.copytree(ROOT / "dlcore", project / "dlcore", ignore=shutil.ignore_patterns("__pycache__"))
        for path in DLCORE_FILES:
            shutil.copy(path, project)
        build_wheel(project, archives / "dlcore")
        run_node(RUNTIME / "byte_compile.mjs", npm, archives, target)


def version_of(stages: list[Path]) -> str:
    """Return a name that changes with any of the assets."""
    return hashlib.sha256("".join(stage.name for stage in stages).encode()).hexdigest()[:12]


def downloads(stages: list[Path]) -> dict[str, int]:
    """Return the names and bytes of what the kernel loads; empty where there is no kernel."""
    kernel = [path for folder in stages for path in folder.iterdir() if path.suffix in KERNEL_SUFFIXES]
    return {path.name: path.stat().st_size for path in kernel}


def copy_to(folder: Path, stages: list[Path]) -> None:
    """Lay the stages together in `folder`, which bears their version, and remove older versions beside it."""
    for other in folder.parent.glob("*"):
        if other != folder:
            shutil.rmtree(other)
    if not folder.exists():
        for source in stages:
            shutil.copytree(source, folder, dirs_exist_ok=True)
        lock = folder / "pyodide-lock.json"
        if lock.exists():  # the worker reads there what to load, and how much it is
            sizes = {"download_bytes": downloads(stages)}
            lock.write_text(json.dumps(json.loads(lock.read_text()) | sizes))
