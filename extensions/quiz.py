"""A quiz question with feedback, which works without a script, a server or a mouse.

In a page::

    :::{quiz} A layer has 3 inputs and 2 outputs. What is the shape of `W`?
    - [ ] `(3, 2)`
      - Row i of `W` belongs to neuron i. How many neurons are there?
    - [x] `(2, 3)`
      - Yes: one row for each output, one column for each input.
    :::

Each choice becomes a radio button; what is nested below it appears when a reader selects it.
The style sheet does that (`_static/book.css`): the selected button's sibling is shown.
"""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

MARKS = {"[x] ": True, "[ ] ": False}


class quiz(nodes.General, nodes.Element):  # noqa: N801 - docutils nodes are lower case
    """The question and its choices."""


class quiz_question(nodes.Part, nodes.TextElement):  # noqa: N801
    """What is asked."""


class quiz_choice(nodes.Part, nodes.TextElement):  # noqa: N801
    """One answer to choose; knows whether it is `correct`."""


class quiz_feedback(nodes.Part, nodes.Element):  # noqa: N801
    """What a reader is told who chooses the answer before it."""


class QuizDirective(SphinxDirective):
    """Turn the directive's argument and its list into the nodes above."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        """Return one quiz node."""
        body = self.parse_content()
        question, _ = self.state.inline_text(self.arguments[0], self.lineno)
        group = f"quiz-{self.env.new_serialno('quiz')}"
        result = quiz(ids=[group])
        result += self.at_this_line(quiz_question(self.arguments[0], "", *question))
        for number, item in enumerate(body.children[0].children):
            result += self.choice(item, f"{group}-{number}", group)
        return [result]

    def parse_content(self):
        """Parse the choices; they must be one list of marked items, each with its feedback."""
        body = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, body)
        lists = [child for child in body.children if isinstance(child, nodes.bullet_list)]
        items = lists[0].children if len(body.children) == len(lists) == 1 else []
        marks = [item.astext()[:4] for item in items]
        if not set(marks) <= set(MARKS) or marks.count("[x] ") != 1:
            raise self.error(
                "A quiz expected one list of choices, each starting with [ ] and exactly one "
                f"with [x]; the choices started with {marks}."
            )
        for item in items:
            if [type(child) for child in item.children] != [nodes.paragraph, nodes.bullet_list]:
                raise self.error(
                    "Each choice of a quiz with [ ] or [x] expected one line and, nested below it, "
                    f"a list with its feedback; got: {item.astext()!r}."
                )
        return body

    def choice(self, item, identifier, group):
        """Return the nodes of one choice and its feedback."""
        paragraph, feedback = item.children
        text = paragraph.children[0]
        correct = MARKS[text.astext()[:4]]
        paragraph.replace(text, nodes.Text(text.astext()[4:]))
        answer = quiz_choice(
            paragraph.rawsource[4:],
            "",
            *paragraph.children,
            ids=[identifier],
            group=group,
            correct=correct,
        )
        told = [part for nested in feedback.children for part in nested.children]
        return [self.at_this_line(answer), quiz_feedback("", *told, correct=correct)]

    def at_this_line(self, node):
        """Give `node` the source position that translations and warnings need."""
        self.set_source_info(node)
        return node


def visit_quiz(self, node):
    """Open the group of radio buttons."""
    self.body.append(f'<fieldset class="quiz" id="{node["ids"][0]}">')


def depart_quiz(self, node):
    """Close the group."""
    self.body.append("</fieldset>\n")


def visit_question(self, node):
    """Open the question, the group's name to a screen reader."""
    self.body.append("<legend>")


def depart_question(self, node):
    """Close the question."""
    self.body.append("</legend>\n")


def visit_choice(self, node):
    """Open one radio button with its label."""
    identifier = node["ids"][0]
    self.body.append(
        f'<div class="quiz-choice"><input type="radio" name="{node["group"]}" id="{identifier}">'
        f'<label for="{identifier}">'
    )


def depart_choice(self, node):
    """Close the label; the feedback follows inside the same box."""
    self.body.append("</label>\n")


def visit_feedback(self, node):
    """Open the feedback; a screen reader reads it when it appears."""
    kind = "correct" if node["correct"] else "wrong"
    self.body.append(f'<div aria-live="polite"><div class="quiz-feedback {kind}">')


def depart_feedback(self, node):
    """Close the feedback and the choice's box."""
    self.body.append("</div></div></div>\n")


def setup(app):
    """Register the directive and how its nodes look in HTML."""
    app.add_node(quiz, html=(visit_quiz, depart_quiz))
    app.add_node(quiz_question, html=(visit_question, depart_question))
    app.add_node(quiz_choice, html=(visit_choice, depart_choice))
    app.add_node(quiz_feedback, html=(visit_feedback, depart_feedback))
    app.add_directive("quiz", QuizDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
