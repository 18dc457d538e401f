"""How the tests use a live page."""


class LivePage:
    """A page in the browser, and what a reader does with it."""

    def __init__(self, page, address):
        self.page = page
        self.complaints = []
        self.requests = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", self._note_missing)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._note)
        page.goto(address)

    def _note_missing(self, request):
        # the picture of a widget that was redrawn before it was shown
        if not request.url.startswith("blob:"):
            self.complaints.append(f"no {request.url}")

    def _note(self, message):
        if message.type == "error" and not message.location["url"].endswith("favicon.ico"):
            self.complaints.append(message.text)

    def go_live(self, seconds=60):
        """Press the button and wait until every cell has run."""
        self.page.click(".live-start")
        self.wait_until_ready(seconds=seconds)

    def wait_until_ready(self, words="Ready", seconds=60):
        """Wait until the bar says so."""
        self.page.locator(".live-status", has_text=words).wait_for(timeout=1000 * seconds)

    def cell(self, index):
        """Return the locator of a live cell."""
        return self.page.locator("article div.cell:not(.tag_no-live)").nth(index)

    def write(self, index, code):
        """Replace the code of a cell, as with the keyboard."""
        self.cell(index).scroll_into_view_if_needed()  # its editor is made when it comes near
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)

    def run(self, index, code):
        """Write code into a cell, run it with Shift+Enter, and return the text that it shows."""
        self.write(index, code)
        self.page.keyboard.press("Shift+Enter")
        return self.wait_for_cell(index)

    def wait_for_cell(self, index):
        """Wait until a cell has run; return the text that it shows."""
        done = "(box) => ['done', 'failed'].includes(box.dataset.liveState)"
        self.page.wait_for_function(done, arg=self.cell(index).element_handle())
        return self.output(index).inner_text().strip()

    def output(self, index):
        """Return the locator of what a cell shows."""
        return self.cell(index).locator(".cell_output")
