"""Live pages: each code cell and each lab of the built book runs in the reader's browser.

The Sphinx side is here and in the modules beside it; ``page/`` is what runs in the page, ``worker/`` what
runs in the kernel, ``runtime/`` where that kernel comes from. ``chapters/how-live-works`` tells readers
about it.
"""

from pathlib import Path

from sphinx.util import logging

from .assets import HERE, copy_to, gather, version_of
from .commands import AssetsUnavailableError
from .lint import warn_of_lost_names
from .pages import add_scripts, explain_static_cells
from .preview import show_pictures

logger = logging.getLogger(__name__)


def gather_assets(app, config) -> None:
    """Make or find the assets; their version is configuration, so that a new one rewrites every page."""
    config.nb_ipywidgets_js = {}  # until the click a page shows the widgets' pictures
    try:
        app.live_stages = gather()
    except AssetsUnavailableError as reason:
        app.live_stages = [HERE / "unavailable"]
        logger.info("live pages: left out, because their files could not be fetched (%s)", reason)
    config.live_version = version_of(app.live_stages)


def copy_assets(app) -> None:
    """Lay the assets into the built book, in a folder named after their version."""
    if app.builder.format == "html":
        copy_to(Path(app.outdir, "_static", "live", app.config.live_version), app.live_stages)


def setup(app):
    """Connect to Sphinx."""
    app.add_config_value("live_version", "", "html")
    app.connect("config-inited", gather_assets)
    app.connect("builder-inited", copy_assets)
    app.connect("source-read", warn_of_lost_names)
    app.connect("doctree-read", show_pictures)
    app.connect("doctree-read", explain_static_cells)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
