"""The quiz directive: what HTML it makes, what translators get, and what it refuses."""

from io import StringIO

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

QUESTION = """# Page

:::{quiz} What is the shape of *W*?
- [ ] `(3, 2)`
  - Row *i* belongs to neuron *i*.
- [x] `(2, 3)`
  - Yes.
:::
"""


@pytest.fixture
def build(tmp_path):
    """Return a function which builds one page; it returns the target folder and the warnings."""

    def build_page(text, builder="html"):
        (tmp_path / "index.md").write_text(text, encoding="utf8")
        settings = {
            "extensions": ["myst_parser", "quiz"],
            "html_theme": "basic",
            "myst_enable_extensions": ["colon_fence"],
        }
        target, warnings = tmp_path / builder, StringIO()
        with patch_docutils(), docutils_namespace():
            Sphinx(tmp_path, None, target, target / "trees", builder, settings, StringIO(), warnings).build(
                force_all=True
            )
        return target, warnings.getvalue()

    return build_page


def test_a_quiz_is_a_group_of_radio_buttons_without_scripts(build):
    target, warnings = build(QUESTION)
    assert warnings == ""
    quiz = BeautifulSoup((target / "index.html").read_text(encoding="utf8"), "html.parser").fieldset
    assert quiz.legend.get_text() == "What is the shape of W?"
    buttons = quiz.find_all("input", type="radio")
    assert len({button["name"] for button in buttons}) == 1
    labels = {label["for"]: label.get_text() for label in quiz.find_all("label")}
    assert [labels[button["id"]] for button in buttons] == ["(3, 2)", "(2, 3)"]
    told = [(each["class"][1], each.get_text()) for each in quiz.select(".quiz-feedback")]
    assert told == [("wrong", "Row i belongs to neuron i.\n"), ("correct", "Yes.\n")]
    assert quiz.find_all("script") == []
    assert not [name for tag in quiz.find_all(True) for name in tag.attrs if name.startswith("on")]


def test_two_quizzes_on_a_page_are_two_groups(build):
    target, _ = build(QUESTION + QUESTION.partition("\n\n")[2])
    page = BeautifulSoup((target / "index.html").read_text(encoding="utf8"), "html.parser")
    buttons = page.select(".quiz input")
    assert len({button["name"] for button in buttons}) == 2
    assert len({button["id"] for button in buttons}) == 4


def test_translators_get_each_text_without_its_mark(build):
    target, _ = build(QUESTION, "gettext")
    catalogue = (target / "index.pot").read_text(encoding="utf8")
    for text in ("What is the shape of *W*?", "`(3, 2)`", "Row *i* belongs", "Yes."):
        assert f'msgid "{text}' in catalogue
    assert "[x]" not in catalogue


@pytest.mark.parametrize(
    "choices",
    [
        "- [ ] one\n  - no\n- [ ] two\n  - no",
        "- [x] one\n  - yes\n- [x] two\n  - yes",
        "- [x] one\n  - yes\n- two\n  - no",
        "only a paragraph",
        "- [x] one\n  - yes\n- [ ] two\n  - no\n\nand a paragraph",
        "- [x] one\n  - yes\n- [ ] two without feedback",
    ],
)
def test_a_quiz_without_one_marked_answer_is_refused(choices, build):
    _, warnings = build(f"# Page\n\n:::{{quiz}} What?\n{choices}\n:::\n")
    assert "quiz" in warnings
    assert "[x]" in warnings
    assert "index.md:3" in warnings
