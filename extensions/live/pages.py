"""What a page with code cells loads, and what its cells that stay static say."""

from docutils import nodes

from .assets import downloads


def add_scripts(app, pagename, templatename, context, doctree) -> None:
    """Add the live script to a page that has code cells; it makes the button and the bar."""
    if doctree is None or not any(code_cells(doctree)):
        return
    folder = f"live/{app.config.live_version}"
    app.add_css_file(f"{folder}/live.css")
    sizes = downloads(app.live_stages)
    sizes.pop("imported.pack", None)  # for the few browsers that cannot use the snapshot
    data = {
        "data-download-bytes": str(sum(sizes.values())),
        "data-notebook": f"{context['pathto']('_sources', 1)}/{context['sourcename']}",
    }
    app.add_js_file(f"{folder}/page.js", loading_method="defer", **data)


def code_cells(doctree):
    """Yield the code cells of a page, as MyST-NB makes them."""
    return (node for node in doctree.findall(nodes.container) if node.get("nb_element") == "cell_code")


def explain_static_cells(app, doctree) -> None:
    """Say below a cell with the tag no-live that it runs in Jupyter only."""
    for cell in code_cells(doctree):
        if "tag_no-live" in cell["classes"]:
            cell += nodes.paragraph("", "This cell needs more than a browser has: run it in Jupyter.")
