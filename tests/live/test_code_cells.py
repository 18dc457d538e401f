"""Code cells in the browser: edited, run, stopped, and what they show."""

import re

import pytest
from live_page import LivePage

PRINT_LATER = """
import asyncio, sys

async def later():
    await asyncio.sleep(0.2)
    for count in ("first", "second"):
        print(count, "line")
        print(count, "error", file=sys.stderr)

task = asyncio.ensure_future(later())"""
OPEN_DOORS = """
import js
doors = "indexedDB caches cookieStore FontFace fonts webkitRequestFileSystem importScripts WebSocket Worker"
for owner, names in [(js.self, doors), (js.navigator, "storage storageBuckets locks serviceWorker")]:
    while owner is not None:
        for name in names.split():
            found = js.Object.getOwnPropertyDescriptor(owner, name)
            if found and (js.Reflect.get(found, "get") or js.Reflect.get(found, "value")):
                print(name)
        owner = js.Object.getPrototypeOf(owner)"""


def test_all_cells_ran_in_order_and_showed_what_a_notebook_shows(code_page):
    assert code_page.output(0).inner_text().split() == ["x", "is", "42", "42"]
    assert "ZeroDivisionError: division by zero" in code_page.output(2).inner_text()
    assert code_page.output(4).inner_text().strip() == "hidden is 43"
    assert code_page.complaints == []


def test_a_picture_drawn_again_keeps_its_alternative_text(code_page):
    picture = code_page.output(1).get_by_role("img")
    assert picture.get_attribute("alt") == "A line that rises."
    assert picture.get_attribute("src").startswith("data:image/png")
    assert picture.evaluate("(image) => image.naturalWidth") > 100


def test_a_cell_that_a_browser_cannot_run_stays_as_it_was_and_says_so(code_page):
    static = code_page.page.locator(".tag_no-live")
    assert "run it in Jupyter" in static.inner_text()
    assert static.locator(".cm-editor, button.live-run").count() == 0


def test_an_edited_cell_runs_with_shift_enter(code_page):
    assert code_page.run(0, "a = 2 ** 10\nprint('a', a)\na + 1").split() == ["a", "1024", "1025"]


def test_reset_brings_the_code_back(code_page):
    code_page.write(0, "nonsense")
    code_page.cell(0).get_by_role("button", name="Reset cell 1").click()
    assert code_page.cell(0).locator(".cm-content").inner_text().startswith("x = 6 * 7")


def test_a_new_line_is_indented_after_a_colon(code_page):
    code_page.write(0, "for i in range(2):")
    code_page.page.keyboard.press("Enter")
    code_page.page.keyboard.insert_text("print('line', i)")
    code_page.page.keyboard.press("Shift+Enter")
    assert code_page.wait_for_cell(0).split("\n") == ["line 0", "line 1"]


def test_tab_completes_a_name(code_page):
    code_page.run(0, "unmistakable_name = 5")
    code_page.write(0, "print(unmist")
    code_page.page.keyboard.press("Tab")
    code_page.page.locator(".cm-tooltip-autocomplete").wait_for()
    code_page.page.wait_for_timeout(150)  # the list takes no key in its first moments
    code_page.page.keyboard.press("Tab")
    code_page.page.wait_for_function(
        "(text) => text.textContent.includes('unmistakable_name')",
        arg=code_page.cell(0).locator(".cm-content").element_handle(),
    )


def test_escape_leaves_the_editor(code_page):
    code_page.cell(0).locator(".cm-content").click()
    code_page.page.keyboard.press("Escape")
    focused = code_page.page.locator(":focus")
    assert focused.get_attribute("aria-label") == "Run cell 1"


def test_an_error_shows_its_traceback_in_colour(code_page):
    text = code_page.run(0, "def inverse(x):\n    return 1 / x\n\ninverse(0)")
    assert re.search(r"Cell In\[\d+\], line 4", text)
    assert "return 1 / x" in text
    assert code_page.cell(0).get_attribute("data-live-state") == "failed"
    assert code_page.output(0).locator(".traceback .-Color-Red").count() > 0


def test_text_appears_while_a_cell_runs(code_page):
    code_page.write(
        0, "import asyncio\nfor i in range(3):\n    print('tick', i)\n    await asyncio.sleep(0.4)"
    )
    code_page.page.keyboard.press("Shift+Enter")
    code_page.output(0).get_by_text("tick 0").wait_for()
    assert "tick 2" not in code_page.output(0).inner_text()
    assert code_page.wait_for_cell(0).split("\n") == ["tick 0", "tick 1", "tick 2"]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("handle = display('one', display_id=True)\nhandle.update('two')", "'two'"),
        ("from IPython.display import clear_output\nprint('old')\nclear_output()\nprint('new')", "new"),
        ("from IPython.display import HTML\nHTML('<b>bold</b> text')", "bold text"),
        ("import sys\nprint('to the error stream', file=sys.stderr)", "to the error stream"),
        ("import dlcore\nprint(dlcore.__name__)", "dlcore"),
    ],
)
def test_what_a_cell_can_show(code_page, code, shown):
    assert code_page.run(0, code) == shown


def test_latex_is_typeset_when_the_first_formula_comes(code_page):
    assert code_page.page.evaluate("!document.querySelector('script[src*=tex-svg-full]')")
    code_page.run(0, r"from IPython.display import Math" "\n" r"Math(r'\frac{a}{b}')")
    code_page.output(0).locator("mjx-container mjx-assistive-mml mfrac").wait_for(state="attached")
    code_page.run(0, r"from ipywidgets import HTMLMath" "\n" r"HTMLMath(r'cost 5$ for \(x^2\)')")
    code_page.output(0).locator("mjx-container").wait_for()
    assert "5$" in code_page.output(0).inner_text()


def test_markdown_is_shown_as_it_was_written(code_page):
    assert code_page.run(0, "from IPython.display import Markdown\nMarkdown('**b**')") == "**b**"


def test_source_code_of_dlcore_can_be_read(code_page):
    assert "class Dense" in code_page.run(0, "from dlcore.layers import Dense\nDense??")


def test_input_says_what_to_do_instead(code_page):
    assert "write the value into the cell" in code_page.run(0, "input('name? ')")


def test_exit_says_what_to_do_instead(code_page):
    assert "Restart" in code_page.run(0, "exit()")
    assert code_page.cell(0).get_attribute("data-live-state") == "done"


@pytest.mark.parametrize("code", ["%nosuch", "%%nosuch\n1"])
def test_a_magic_command_that_is_not_there_stops_the_cell(code_page, code):
    assert "Error" in code_page.run(0, code)
    assert code_page.cell(0).get_attribute("data-live-state") == "failed"


def test_text_of_both_streams_appears_after_the_cell_has_run(code_page):
    code_page.run(0, PRINT_LATER)
    code_page.output(0).get_by_text("second error").wait_for(timeout=5000)
    assert "second line" in code_page.output(0).inner_text()


def test_a_message_for_a_widget_that_is_gone_is_dropped(code_page):
    assert code_page.run(0, "import live_comms\nlive_comms.receive('gone', {}, [])") == ""


def test_very_long_output_is_cut(code_page):
    assert "it is too long" in code_page.run(0, "for i in range(100_000):\n    print(i)")


@pytest.mark.parametrize("name", ["indexedDB", "caches", "XMLHttpRequest", "WebSocket", "Worker"])
def test_a_cell_cannot_reach_what_the_site_stores(code_page, name):
    assert code_page.run(0, f"import js\nprint(getattr(js, {name!r}, None))") in {"None", "undefined"}


def test_the_doors_are_closed_in_the_prototypes_too(code_page):
    assert code_page.run(0, OPEN_DOORS) == ""


@pytest.mark.parametrize("fetch", ["fetch", "WorkerGlobalScope.prototype.fetch.bind(js.self)"])
def test_a_cell_has_no_cookies_of_the_page(code_page, fetch):
    code_page.page.evaluate("document.cookie = 'secret=1'; localStorage.setItem('secret', 1)")
    code = (
        "import js\nprint(hasattr(js, 'document'), hasattr(js, 'localStorage'), hasattr(js, 'cookieStore'))"
    )
    assert code_page.run(0, code).split()[:2] == ["False", "False"]
    with code_page.page.expect_request("**/prose.html") as request:
        code_page.run(0, f"import js\n_ = await js.{fetch}('../../../prose.html')")
    assert "cookie" not in request.value.all_headers()


def test_restart_ends_an_endless_loop(code_page):
    code_page.write(0, "while True:\n    pass")
    code_page.page.keyboard.press("Shift+Enter")
    code_page.page.wait_for_timeout(300)
    code_page.page.get_by_role("button", name="Restart").click()
    code_page.wait_until_ready("has restarted")
    assert "NameError" in code_page.run(0, "hidden")
    assert code_page.run(0, "1 + 1") == "2"
    code_page.run(0, "1 / 0")
    code_page.page.get_by_role("button", name="Run all").click()
    code_page.wait_until_ready("stopped with an error")
    code_page.cell(0).get_by_role("button", name="Reset cell 1").click()
    code_page.page.get_by_role("button", name="Run all").click()
    code_page.wait_until_ready("Ready")
    assert code_page.output(4).inner_text().strip() == "hidden is 43"
    assert code_page.complaints == []


@pytest.mark.parametrize(
    ("file", "answer", "said"),
    [
        ("pyodide-lock.json", {"status": 404}, "the file pyodide-lock.json could not be loaded (404)"),
        ("pyodide.asm.wasm", {"status": 404}, "the file pyodide.asm.wasm could not be loaded (404)"),
        ("pyodide.asm.wasm", {"body": "broken", "content_type": "application/wasm"}, "WebAssembly"),
        ("python_stdlib.zip", {"status": 404}, "the file python_stdlib.zip could not be loaded (404)"),
    ],
)
def test_a_file_that_is_missing_or_broken_is_named(browser, small_book_address, file, answer, said):
    page = browser.new_page()
    page.route(f"**/{file}", lambda route: route.fulfill(**answer))
    live = LivePage(page, f"{small_book_address}/code.html")
    page.click(".live-start")
    live.wait_until_ready(said, seconds=20)
    page.close()


def test_a_crash_of_python_is_reported(browser, small_book_address):
    live = LivePage(browser.new_page(), f"{small_book_address}/code.html")
    live.go_live()
    live.write(0, "import ctypes\nctypes.string_at(0xfffffff0, 100)")
    live.page.keyboard.press("Shift+Enter")
    live.wait_until_ready("Python has crashed", seconds=20)
    live.page.close()
