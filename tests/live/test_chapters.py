"""Every page of the book, run live from top to bottom, and its playground in training."""

import json

import pytest
from live_page import LivePage

from pages import PAGES, ROOT


def has_live_code(name):
    """Whether a page is a notebook with a cell that runs in a browser."""
    path = ROOT / f"{name}.ipynb"
    return path.exists() and any(
        cell["cell_type"] == "code" and "no-live" not in cell["metadata"].get("tags", [])
        for cell in json.loads(path.read_text(encoding="utf8"))["cells"]
    )


@pytest.fixture(scope="module")
def reader(browser):
    """One reader of all pages: the browser keeps what the first page has loaded."""
    with browser.new_context() as context:
        yield context


PICTURE_SIZES = """Promise.all([...document.querySelectorAll('div.cell:not(.tag_no-live) .cell_output img')]
  .filter((image) => !image.closest('.live-preview, .dlcore-lab, .jupyter-widgets'))
  .map(async (image) => { await image.decode(); return [image.naturalWidth, image.naturalHeight]; }))"""


@pytest.mark.parametrize("name", list(filter(has_live_code, PAGES)))
def test_a_page_runs_live_from_top_to_bottom(name, reader, book_address):
    live = LivePage(reader.new_page(), f"{book_address}/{name}.html")
    sizes = live.page.evaluate(PICTURE_SIZES)
    live.go_live(seconds=300)  # a page that trains much, on a machine that does other work
    cells = live.page.locator("[data-live-state]")
    assert cells.count() > 0
    failed = "[data-live-state=failed]:not(.tag_raises-exception)"
    assert live.page.locator(failed).all_inner_texts() == []
    assert live.page.locator(".cell_output .stderr").all_inner_texts() == []
    assert live.page.evaluate(PICTURE_SIZES) == sizes
    assert live.complaints == []
    live.page.close()


def test_the_playground_trains_and_stops(lab_page):
    lab_page.run(0, "from dlcore.labs import Playground\nlab = Playground()\nlab")
    lab = lab_page.output(0)
    picture = lab.locator("img").first
    before = picture.get_attribute("src")
    lab.get_by_role("button", name="Play").first.click()
    moved = "([image, before]) => image.src !== before"
    lab_page.page.wait_for_function(moved, arg=[picture.element_handle(), before])
    lab.get_by_role("button", name="Pause").first.click()
    lab_page.page.wait_for_timeout(500)
    paused = picture.get_attribute("src")
    lab_page.page.wait_for_timeout(500)
    assert picture.get_attribute("src") == paused
    assert lab_page.complaints == []
