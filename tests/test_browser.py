"""The built book in a browser: what it loads, shows and typesets, and who can use it.

The tests need Chromium or Chrome on the PATH. Without one they are skipped, unless
BOOK_REQUIRE_BROWSER=1 says that they must run.
"""

import gzip
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from offline_assets import assets_folder
from pages import PAGES

# What only a live page loads.
FROM_THE_CLICK_ON = ("session.js", "worker.js", ".pack", ".wasm", ".zip")
# Resolves when the pictures are there.
SETTLED = "() => Promise.all([...document.images].map((image) => image.decode().catch(() => 0)))"

# Every serious fault of these rules counts.
AXE = """async (rules) => (await axe.run(document, {resultTypes: ['violations'], runOnly: rules})).violations
  .filter((fault) => ['serious', 'critical'].includes(fault.impact))
  .flatMap((fault) => fault.nodes.map((node) => `${fault.id}: ${node.target} ${node.html}`))"""
ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def open_page(browser):
    """Return a function which opens an address and waits until the page is complete."""
    contexts = []

    def open_it(address, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.complaints = []
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("requestfailed", lambda request: page.complaints.append(f"no {request.url}"))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: message.type == "error" and page.complaints.append(message.text),
        )
        page.goto(address)
        page.evaluate(SETTLED)
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_from_a_disk_is_complete(name, open_page, built_book):
    assert_complete(open_page(f"{built_book.as_uri()}/{name}.html"), built_book.as_uri())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_from_a_server(name, open_page, built_book, book_address):
    """Several promises about a page, because to load it takes as long as to check one of them."""
    page = open_page(f"{book_address}/{name}.html", color_scheme="light")
    assert_complete(page, book_address)
    assert_light(page, built_book)
    assert_accessible(page)
    assert_fits_a_phone(page)


def assert_complete(page, origin):
    """Nothing is missing, nothing comes from elsewhere, and all formulas and pictures are there."""
    own = (origin, "data:", "blob:")
    assert [address for address in page.requests if not address.startswith(own)] == []
    assert page.complaints == []
    left = page.locator(".math:not(:has(mjx-container)), mjx-merror, [data-mjx-error]")
    assert left.all_text_contents() == []
    pictures = page.evaluate(
        "[...document.images].filter((image) => image.checkVisibility() && "
        "(!image.naturalWidth || !(image.alt || image.title))).map((image) => image.outerHTML)"
    )
    assert pictures == []


def assert_light(page, built_book):
    """Before a reader goes live, nothing of the kernel is loaded, and the page is below 1 MB gzipped."""
    paths = {unquote(urlsplit(address).path) for address in page.requests if address.startswith("http")}
    assert [path for path in paths if path.endswith(FROM_THE_CLICK_ON)] == []
    files = [Path(f"{built_book}{path}") for path in paths]
    weight = sum(len(gzip.compress(path.read_bytes())) for path in files if path.is_file())
    assert 10_000 < weight < 1_000_000


def assert_accessible(page):
    """No serious fault; the dark theme, which differs in colours alone, has enough contrast too."""
    assert page.locator("html").get_attribute("data-theme") == "light"
    # folded parts are read too, and no colour is caught half-way
    page.add_style_tag(content="* { animation: none !important; transition: none !important; }")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.add_script_tag(path=assets_folder() / "test" / "axe.min.js")
    assert page.evaluate(AXE, ALL_RULES) == []
    page.emulate_media(color_scheme="dark")
    page.locator("html[data-theme=dark]").wait_for()
    assert page.evaluate(AXE, ["color-contrast"]) == []


def assert_fits_a_phone(page):
    """Nothing scrolls sideways, unfolded parts included."""
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate(
        "[...document.querySelectorAll('article *')].filter((each) => "
        "each.getBoundingClientRect().right > innerWidth && each.offsetParent)"
        ".map((each) => each.outerHTML.slice(0, 120)).slice(0, 5)"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, wide


def test_a_quiz_answers_by_keyboard(open_page, book_address, built_book):
    with_quiz = [
        name
        for name in PAGES
        if '<fieldset class="quiz"' in (built_book / f"{name}.html").read_text(encoding="utf8")
    ]
    assert with_quiz, "expected a page with a quiz"
    page = open_page(f"{book_address}/{with_quiz[0]}.html")
    quiz = page.locator(".quiz").first
    choices = quiz.locator(".quiz-choice")
    assert not quiz.locator(".quiz-feedback").filter(visible=True).all()
    choices.nth(0).get_by_role("radio").focus()
    page.keyboard.press("Space")
    assert choices.nth(0).locator(".quiz-feedback").is_visible()
    page.keyboard.press("ArrowDown")
    assert choices.nth(1).locator(".quiz-feedback").is_visible()
    assert not choices.nth(0).locator(".quiz-feedback").is_visible()


def test_the_search_finds_a_page(open_page, book_address):
    page = open_page(f"{book_address}/search.html?q=gradient")
    page.get_by_text(re.compile("found [1-9]")).wait_for()
    assert page.locator("#search-results li a").count() > 0
    assert page.complaints == []
