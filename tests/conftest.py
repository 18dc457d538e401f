"""What several test files use: the built book, and its address on a local server."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from chromium import chromium, program
from pages import ROOT, build_book
from static_server import serve

# The networks here are small. Where other programs run too, threads that wait for each other make the many
# small products of matrices slower by far, in the tests and in the kernels that execute the pages. This
# file is read before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def built_book(tmp_path_factory) -> Path:
    """Build the book once, every warning an error; return the folder of its HTML.

    Where two processes share the tests (``pytest -n 2``), the first one that needs the book builds it.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # that of all processes
    with FileLock(folder / "book.lock"):
        book = folder / "book"
        if not (book / "ready").exists():
            build_book(ROOT, book)
            (book / "ready").touch()
        return book / "_build" / "html"


@pytest.fixture(scope="session")
def book_address(built_book):
    """Serve the built book on this machine; return its address."""
    with serve(built_book) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """Start Chromium; stop it before the pages are executed, whose kernels need the event loop."""
    if program() is None:
        message = "no Chromium or Chrome on the PATH"
        if os.environ.get("BOOK_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{message}, and BOOK_REQUIRE_BROWSER=1")
        pytest.skip(message)
    with chromium() as started:
        yield started
