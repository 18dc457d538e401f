"""The built book in a browser: what it loads, shows and typesets, and who can use it.

The tests need Chromium or Chrome on the PATH. Without one they are skipped, unless
BOOK_REQUIRE_BROWSER=1 says that they must run.
"""

import re

import pytest

from offline_assets import assets_folder
from pages import PAGES

# Resolves when the pictures are there.
SETTLED = "() => Promise.all([...document.images].map((image) => image.decode().catch(() => 0)))"

# Every serious fault counts. Left out: nothing.
AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter((fault) => ['serious', 'critical'].includes(fault.impact))
  .flatMap((fault) => fault.nodes.map((node) => `${fault.id}: ${node.target} ${node.html}`))"""


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


@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_complete_without_another_origin(name, scheme, open_page, book_address, built_book):
    origin = book_address if scheme == "http" else built_book.as_uri()
    page = open_page(f"{origin}/{name}.html")
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


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible(name, theme, open_page, book_address):
    page = open_page(f"{book_address}/{name}.html", color_scheme=theme)
    assert page.locator("html").get_attribute("data-theme") == theme
    # folded parts are read too, and no colour is caught half-way
    page.add_style_tag(content="* { animation: none !important; transition: none !important; }")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.add_script_tag(path=assets_folder() / "test" / "axe.min.js")
    assert page.evaluate(AXE) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_does_not_scroll_sideways_on_a_phone(name, open_page, book_address):
    page = open_page(f"{book_address}/{name}.html", viewport={"width": 390, "height": 844})
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
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
