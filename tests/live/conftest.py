"""The small book, built once and served below /book/, and pages of it that are live."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from book import write_book
from live_page import LivePage

from pages import ROOT, build_book
from static_server import serve


@pytest.fixture(scope="session")
def small_book(tmp_path_factory) -> Path:
    """Build the small book, every warning an error; return the folder of its HTML."""
    folder = tmp_path_factory.mktemp("small")
    write_book(folder, ROOT)
    return build_book(folder, folder)


@pytest.fixture(scope="session")
def small_book_address(small_book):
    """Serve the small book below /book, with the security policy that hosts are told to send."""
    with serve(small_book, prefix="/book") as address:
        yield address


@pytest.fixture(scope="module")
def code_page(browser, small_book_address):
    """Return the page of code cells, live; the tests of a module share it."""
    page = LivePage(browser.new_page(), f"{small_book_address}/code.html")
    page.go_live()
    yield page
    page.page.close()


@pytest.fixture(scope="module")
def lab_page(browser, small_book_address):
    """Return the page of labs, live; the tests of a module share it."""
    page = LivePage(browser.new_page(), f"{small_book_address}/labs.html")
    page.go_live()
    yield page
    page.page.close()
