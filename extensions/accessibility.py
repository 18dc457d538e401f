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


def name_toggles(app, pagename, templatename, context, doctree):
    """Name what folds a page's sub-pages in the sidebar; the theme shows an arrow without a word."""
    generate = context["generate_toctree_html"]
    unnamed, named = "<summary><span", '<summary aria-label="Show or hide its pages"><span'
    context["generate_toctree_html"] = lambda *arguments, **options: str(
        generate(*arguments, **options)
    ).replace(unnamed, named)


def setup(app):
    """Connect to Sphinx."""
    app.connect("html-page-context", mend)
    app.connect("html-page-context", name_toggles, priority=900)  # after the theme has made the function
    return {"parallel_read_safe": True, "parallel_write_safe": True}
