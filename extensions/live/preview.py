"""The static picture of a lab: a page shows it until a reader goes live, and without scripts too."""

import base64
import io
import json
from collections.abc import Iterator
from html import escape

from docutils import nodes
from myst_nb.core.render import WIDGET_VIEW_MIMETYPE
from PIL import Image

VIEW = f'<script type="{WIDGET_VIEW_MIMETYPE}">'
START = (
    '<button type="button" class="btn btn-sm btn-primary live-preview-start" hidden>Start this lab</button>'
)


def show_pictures(app, doctree) -> None:
    """Replace each widget view by the pictures in the widget's stored state, and drop that state."""
    scripts = app.env.nb_metadata.get(app.env.docname, {}).get("js_files", {})
    state = scripts.pop("ipywidgets_state", None)
    models = json.loads(state[1]["body"])["state"] if state else {}
    for view in [raw for raw in doctree.findall(nodes.raw) if raw.astext().startswith(VIEW)]:
        model_id = json.loads(view.astext().removeprefix(VIEW).removesuffix("</script>"))["model_id"]
        figure = preview_figure(list(pictures(models, model_id)), lab_name(models, model_id))
        view.replace_self(nodes.raw("", f'<div class="live-preview">{figure}{START}</div>', format="html"))


def preview_figure(found: list[tuple[str, str]], name: str) -> str:
    """Return the HTML of a lab's pictures, given as (PNG in base64, words) each, with their caption."""
    images = "".join(
        f'<img alt="{escape(words)}" src="data:image/png;base64,{smaller(png)}">' for png, words in found
    )
    title = f"<strong>Lab: {escape(name)}.</strong> " if name else ""
    shown = f"{escape(found[0][1])} " if found else ""
    caption = f"{title}{shown}This is how it starts. When the page is live, you can change it."
    return f"<figure>{images}<figcaption>{caption}</figcaption></figure>"


def pictures(models: dict, model_id: str) -> Iterator[tuple[str, str]]:
    """Yield the pictures in a widget and in its children: PNG in base64, and what it shows."""
    for model in with_children(models, model_id):
        if model["model_name"] == "ImageModel":
            words = model["state"].get("tooltip") or "The lab as it looks when it starts."
            for buffer in model["buffers"]:
                yield buffer["data"], words


def lab_name(models: dict, model_id: str) -> str:
    """Return the name with which a lab's settings begin, in the field that shows them; else nothing."""
    for model in with_children(models, model_id):
        if "dlcore-settings" in model["state"].get("_dom_classes", []):
            return model["state"]["value"].split(" ")[0]
    return ""


def with_children(models: dict, model_id: str) -> Iterator[dict]:
    """Yield a widget and all that are in it, in the order of sight."""
    if model := models.get(model_id):
        yield model
        for child in model["state"].get("children", []):
            yield from with_children(models, child.removeprefix("IPY_MODEL_"))


def smaller(picture: str) -> str:
    """Return a picture, given as base64 text, in 256 colours: labs draw for speed, pages must load."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
        image.convert("RGB").quantize(256).save(buffer, "png", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()
