"""The static picture of a widget: a page shows it until a reader goes live, and without scripts too."""

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
        html = "".join(preview_parts(models, model_id))
        view.replace_self(nodes.raw("", f'<div class="live-preview">{html}{START}</div>', format="html"))


def preview_parts(models: dict, model_id: str) -> Iterator[str]:
    """Yield the HTML of the pictures in a widget and in its children."""
    model = models.get(model_id, {"state": {}})
    if model.get("model_name") == "ImageModel":
        alternative = escape(model["state"].get("tooltip") or "The lab as it looks when it starts.")
        for buffer in model["buffers"]:
            yield f'<img alt="{alternative}" src="data:image/png;base64,{smaller(buffer["data"])}">'
    for child in model["state"].get("children", []):
        yield from preview_parts(models, child.removeprefix("IPY_MODEL_"))


def smaller(picture: str) -> str:
    """Return a picture, given as base64 text, in 256 colours: labs draw for speed, pages must load."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
        image.convert("RGB").quantize(256).save(buffer, "png", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()
