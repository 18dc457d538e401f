"""Mend what Sphinx's HTML keeps from readers who listen to a page."""

MENDED = {
    # MyST-NB: folded code is called what it says, "Show code cell source"
    '<summary aria-label="Toggle hidden content">': "<summary>",
    # docutils: the bibliography is a list, so what it holds are its items
    'role="doc-biblioentry"': 'role="listitem"',
}


def mend(app, pagename, templatename, context, doctree):
    """Replace the faulty tags in a page's body."""
    for faulty, right in MENDED.items():
        if "body" in context:
            context["body"] = context["body"].replace(faulty, right)


def setup(app):
    """Connect to Sphinx."""
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
