"""A page before and after it goes live: what it loads, who can use it, and where it works."""

from pathlib import Path

import pytest
from live_page import LivePage

from offline_assets import assets_folder
from test_browser import ALL_RULES, AXE

IMPORT_LIBRARIES = """
import importlib, pathlib, sys
print("from a snapshot:", "matplotlib.pyplot" in sys.modules and "dlcore.models" in sys.modules)
import numpy, live_matmul
packages = pathlib.Path(numpy.__file__).parents[1]
for library in packages.rglob("*.so"):
    path = library.relative_to(packages)
    importlib.import_module(".".join([*path.parts[:-1], path.name.split(".")[0]]))
print("all can be imported")
"""


@pytest.fixture
def open_live(browser):
    """Return a function that opens a page of its own, as a reader would."""
    contexts = []

    def open_it(address, **options):
        contexts.append(browser.new_context(**options))
        return LivePage(contexts[-1].new_page(), address)

    yield open_it
    for context in contexts:
        context.close()


def test_without_scripts_a_lab_shows_its_picture_and_no_dead_control(open_live, small_book_address):
    page = open_live(f"{small_book_address}/labs.html", java_script_enabled=False).page
    assert page.get_by_role("img", name="A line with slope 1.").is_visible()
    caption = page.locator(".live-preview figcaption")
    assert caption.is_visible()
    assert caption.inner_text() == (
        "Lab: slope. A line with slope 1. This is how it starts. When the page is live, you can change it."
    )
    assert page.locator("article button").filter(visible=True).count() == 0


def test_a_page_without_code_offers_nothing(open_live, small_book_address):
    assert open_live(f"{small_book_address}/prose.html").page.locator(".live-bar, .live-header").count() == 0


def test_python_starts_without_a_snapshot_where_the_browser_cannot_use_it(browser, small_book_address):
    page = browser.new_page()
    on_a_telephone = "Object.defineProperty(navigator, 'platform', { value: 'iPhone' });"
    page.route(
        "**/worker.js",
        lambda route: route.fulfill(response=(answer := route.fetch()), body=on_a_telephone + answer.text()),
    )
    live = LivePage(page, f"{small_book_address}/code.html")
    live.go_live()
    assert (
        live.run(0, "import random, sys\nprint(sys.platform, 'sqlite3' in sys.modules)") == "emscripten True"
    )
    assert live.run(0, IMPORT_LIBRARIES) == "from a snapshot: False\nall can be imported"
    assert live.complaints == []
    page.close()


def test_the_snapshot_holds_numpy_and_leaves_other_libraries_to_be_imported(open_live, small_book_address):
    live = open_live(f"{small_book_address}/code.html")
    live.go_live()
    assert live.run(0, IMPORT_LIBRARIES) == "from a snapshot: True\nall can be imported"
    assert live.complaints == []


def test_python_starts_where_a_host_does_not_say_that_it_is_webassembly(browser, small_book_address):
    page = browser.new_page()
    asked = []

    def without_type(route):
        asked.append(route.request.url)
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | {"content-type": "application/octet-stream"})

    page.route("**/pyodide.asm.wasm", without_type)
    live = LivePage(page, f"{small_book_address}/code.html")
    live.go_live()
    assert len(asked) == 1
    assert live.complaints == []
    page.close()


def test_all_readers_get_other_random_numbers(open_live, small_book_address):
    numbers = set()
    for _ in range(2):
        live = open_live(f"{small_book_address}/code.html")
        live.go_live()
        code = "import random, uuid, numpy\nprint(random.random(), uuid.uuid4(), numpy.random.rand())"
        numbers.add(live.run(0, code))
    first, second = (text.split() for text in numbers)
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert first[2] != second[2]


def test_a_click_on_the_picture_of_a_lab_starts_it(open_live, small_book_address):
    live = open_live(f"{small_book_address}/labs.html")
    live.page.get_by_role("img", name="A line with slope 1.").click()
    live.wait_until_ready()
    assert live.page.locator(".live-preview").count() == 0
    assert live.page.locator(".noUi-handle").count() > 0


def test_with_the_keyboard_only(open_live, small_book_address):
    live = open_live(f"{small_book_address}/code.html")
    for _ in range(40):
        live.page.keyboard.press("Tab")
        if live.page.evaluate("document.activeElement.matches('.live-start')"):
            break
    live.page.keyboard.press("Enter")
    live.wait_until_ready()
    assert live.page.evaluate("document.activeElement.matches('.live-run-all')")
    for _ in range(40):
        live.page.keyboard.press("Tab")
        if live.page.evaluate("document.activeElement.matches('.cm-content')"):
            break
    live.page.keyboard.press("ControlOrMeta+End")
    live.page.keyboard.type("; print('typed')")
    live.page.keyboard.press("Shift+Enter")
    live.output(0).get_by_text("typed").wait_for()
    live.page.keyboard.press("Escape")
    live.page.keyboard.press("Tab")
    assert live.page.locator(":focus").get_attribute("aria-label") == "Reset cell 1"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_live_page_is_accessible_and_fits_a_phone(theme, open_live, small_book_address):
    size = {"width": 390, "height": 844}
    live = open_live(
        f"{small_book_address}/labs.html", color_scheme=theme, viewport=size, reduced_motion="reduce"
    )
    live.go_live()
    assert live.page.evaluate("document.documentElement.scrollWidth") <= 390
    live.cell(0).locator(".cm-content").click()
    live.page.wait_for_timeout(300)
    assert live.page.evaluate("document.getAnimations().length") == 0
    live.page.add_script_tag(path=assets_folder() / "test" / "axe.min.js")
    assert live.page.evaluate(AXE, ALL_RULES) == []


@pytest.mark.parametrize("missing", ["files.pack", "python.snapshot", "session.css"])
def test_a_start_that_fails_is_explained_and_can_be_tried_again(missing, open_live, small_book_address):
    live = open_live(f"{small_book_address}/code.html")
    live.page.route(f"**/{missing}", lambda route: route.fulfill(status=404))
    live.page.click(".live-start")
    live.wait_until_ready("Python did not start")
    live.page.wait_for_timeout(1000)  # and stays so
    assert "Press Live to try again" in live.page.locator(".live-status").inner_text()
    live.page.unroute(f"**/{missing}")
    live.go_live()


def test_a_restart_that_fails_is_explained_and_can_be_tried_again(open_live, small_book_address):
    live = open_live(f"{small_book_address}/code.html")
    live.go_live()
    live.page.route("**/worker.js", lambda route: route.fulfill(status=404))
    live.page.get_by_role("button", name="Restart").click()
    live.wait_until_ready("Python did not restart")
    live.page.unroute("**/worker.js")
    live.page.get_by_role("button", name="Restart").click()
    live.wait_until_ready("has restarted")


def test_few_changes_are_announced(open_live, small_book_address):
    live = open_live(f"{small_book_address}/code.html")
    live.page.evaluate(
        """() => {
          window.announced = [];
          const status = document.querySelector('.live-status');
          const note = () => announced.push(status.textContent);
          new MutationObserver(note).observe(status, { childList: true, characterData: true, subtree: true });
        }"""
    )
    live.go_live()
    assert len(live.page.evaluate("announced")) <= 5
    live.run(0, "1 + 1")
    live.wait_until_ready("Cell 1 has run.")
    live.run(0, "1 / 0")
    live.wait_until_ready("Cell 1 stopped with an error.")


def test_what_is_asked_for_in_a_hurry_runs_once_for_each_time(open_live, small_book_address):
    live = open_live(f"{small_book_address}/code.html")
    live.go_live()
    live.write(0, "import time; time.sleep(0.5); count = globals().get('count', 0) + 1; print('run', count)")
    live.page.keyboard.press("Shift+Enter")
    live.page.keyboard.press("Shift+Enter")
    live.output(0).get_by_text("run 2").wait_for()
    assert live.output(0).inner_text().strip() == "run 2"
    for name in ("Run all", "Run all", "Run cell 1"):
        live.page.get_by_role("button", name=name, exact=True).click()
    live.wait_until_ready("Ready")
    live.output(0).get_by_text("run 4").wait_for()
    assert live.output(0).inner_text().strip() == "run 4"
    assert live.complaints == []


def test_a_restart_ends_what_plays(open_live, small_book_address):
    live = open_live(f"{small_book_address}/code.html")
    live.go_live()
    live.run(0, "import ipywidgets\nipywidgets.Play(interval=50, repeat=True)")
    live.output(0).get_by_role("button", name="Play").click()
    live.page.get_by_role("button", name="Restart").click()
    live.wait_until_ready("has restarted")
    live.page.wait_for_timeout(500)
    assert live.output(0).inner_text() == ""


def test_a_lab_that_is_shown_again_draws_itself_once(open_live, small_book_address):
    live = open_live(f"{small_book_address}/labs.html")
    live.go_live()
    live.run(0, live.page.evaluate("document.querySelector('.cell_input pre').textContent") + "\n")
    for _ in range(3):
        live.write(1, "picture")
        live.page.keyboard.press("Shift+Enter")
        live.wait_until_ready("Cell 2 has run.")
        live.wait_for_cell(1)
    live.page.evaluate(
        "() => { window.made = 0; const make = URL.createObjectURL;"
        "URL.createObjectURL = (blob) => { made++; return make.call(URL, blob); }; }"
    )
    live.run(2, "slider.value = 5")
    live.page.wait_for_timeout(500)
    assert live.page.evaluate("made") == 2  # in the first cell and in the second


def test_two_pages_in_a_row(open_live, small_book_address):
    live = open_live(f"{small_book_address}/code.html")
    live.go_live()
    live.page.goto(f"{small_book_address}/labs.html")
    live.go_live()
    assert live.page.locator(".noUi-handle").count() > 0
    own = (small_book_address, "data:", "blob:")
    assert [address for address in live.requests if not address.startswith(own)] == []
    assert live.complaints == []


def test_from_a_disk_the_button_says_how_to_serve_the_folder(open_live, small_book):
    live = open_live((small_book / "labs.html").as_uri())
    live.page.click(".live-start")
    assert "python -m http.server" in live.page.locator(".live-status").inner_text()
    assert live.complaints == []


def test_the_notebook_can_be_downloaded(open_live, small_book_address):
    live = open_live(f"{small_book_address}/code.html")
    with live.page.expect_download() as download:
        live.page.get_by_role("link", name="Download notebook").click()
    assert download.value.suggested_filename == "code.ipynb"
    assert '"cells"' in Path(download.value.path()).read_text(encoding="utf8")
