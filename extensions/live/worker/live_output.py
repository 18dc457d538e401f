"""Where a cell's output goes: printed text, displayed objects and errors become messages to the page.

Every message carries its *sink*: the cell that printed it, or the Output widget that was open. The sink
is a context variable, so that a task which goes on in the background keeps the one it was started in.
"""

import asyncio
import base64
import contextvars
import time
from typing import ClassVar

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher

FLUSH_SECONDS = (
    0.05  # printed text is sent at most this often: a page cannot draw ten thousand lines a second
)

sink = contextvars.ContextVar("sink", default=("cell", None))


def post(kind, **content):
    """Send one message to the page, after any text that was printed before it."""
    for stream in Stream.waiting.copy():
        stream.flush()
    _send(kind, sink.get(), content)


def send(message):
    """Hand a message, a dict, to the page. Until `live_kernel.start` there is no page."""


def _send(kind, to, content):
    send({"type": kind, "sink": list(to), **content})


class Stream:
    """Standard output or standard error: collects what is printed and sends it in portions."""

    encoding, errors = "utf-8", "strict"
    waiting: ClassVar[set["Stream"]] = set()  # streams that hold text which is not sent yet

    def __init__(self, name):
        self.name = name
        self.text, self.sink, self.sent = "", None, 0.0

    def write(self, text):
        if self.sink != sink.get():
            self.flush()
        if text:
            self.text, self.sink = self.text + str(text), sink.get()
            is_new = self not in self.waiting
            self.waiting.add(self)
            if time.monotonic() - self.sent > FLUSH_SECONDS:
                self.flush()
            elif is_new:
                asyncio.get_event_loop().call_later(FLUSH_SECONDS, self.flush)
        return len(text)

    def writelines(self, lines):
        self.write("".join(lines))

    def flush(self):
        self.waiting.discard(self)
        text, self.text = self.text, ""
        if text:
            self.sent = time.monotonic()
            _send("stream", self.sink, {"name": self.name, "text": text})

    def isatty(self):
        return False


def as_text(bundle):
    """Return a MIME bundle with its bytes (a PNG) as base64 text, which is how notebooks store them."""
    return {
        mime: base64.b64encode(data).decode() if isinstance(data, bytes) else data
        for mime, data in bundle.items()
    }


class PageDisplay(DisplayPublisher):
    """What ``display(...)`` shows."""

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **_):
        display_id = (transient or {}).get("display_id")
        post("display", data=as_text(data), metadata=metadata or {}, display_id=display_id, update=update)

    def clear_output(self, wait=False):
        post("clear", wait=wait)


class PageResult(DisplayHook):
    """What the last line of a cell shows."""

    def start_displayhook(self):
        pass

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        post("display", data=as_text(format_dict), metadata=md_dict or {}, display_id=None, update=False)

    def finish_displayhook(self):
        pass
