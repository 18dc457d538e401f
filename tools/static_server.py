"""Serve a built book on this machine, with the security policy that the book asks of a host."""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# Nothing comes from another origin. 'unsafe-inline': the theme has scripts and styles in its pages.
# 'wasm-unsafe-eval': Python is WebAssembly; it does not allow eval.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


class BookHandler(SimpleHTTPRequestHandler):
    """Sends the files of a folder, each with the policy, below an address like ``/book``."""

    def __init__(self, *arguments, prefix: str, **options):
        self.prefix = prefix
        super().__init__(*arguments, **options)

    def translate_path(self, path):
        """Return the file that an address stands for; outside the prefix there is none."""
        below = path.removeprefix(self.prefix)
        return super().translate_path(below if path.startswith(self.prefix) else "/missing" + path)

    def end_headers(self):
        """Add the policy to every answer."""
        self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        super().end_headers()

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def serve(folder: Path, prefix: str = "") -> Iterator[str]:
    """Serve `folder` below `prefix` while the context is open; give its address."""
    handler = functools.partial(BookHandler, directory=str(folder), prefix=prefix)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
        server.shutdown()
