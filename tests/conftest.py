"""What several test files use: the built book, and its address on a local server."""

import functools
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pages import ROOT


@pytest.fixture(scope="session")
def built_book(tmp_path_factory) -> Path:
    """Build the book once, every warning an error; return the folder of its HTML."""
    target = tmp_path_factory.mktemp("book")
    program = shutil.which("jupyter-book", path=Path(sys.executable).parent)
    command = [program, "build", ROOT, "--path-output", target, "-W", "--keep-going", "-n", "--all"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the book does not build without warnings:\n{done.stderr}"
    return target / "_build" / "html"


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder and writes no log."""

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="session")
def book_address(built_book):
    """Serve the built book on this machine; return its address."""
    handler = functools.partial(QuietHandler, directory=built_book)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
