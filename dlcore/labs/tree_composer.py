"""Compose a tree from its leaves up, see what the root says, and follow the gradient down again."""

from __future__ import annotations

from html import escape

import numpy as np
from ipywidgets import HTML, VBox

from dlcore.figures.tree_drawing import TreeDrawing
from dlcore.labs.lab import Lab, column, row
from dlcore.labs.surface import Surface
from dlcore.labs.transport import Transport
from dlcore.labs.tree_composer_state import TreeComposerState
from dlcore.labs.tree_sources import SOURCES
from dlcore.labs.tree_words import verdict

STEPS_PER_SECOND = 0.8  # slow enough to read the formula


class TreeComposer(Lab):
    """The lab of trees: vectors go up, gradients come down, and one W serves all nodes.

    Show it with ``TreeComposer()`` as the last line of a cell, or with settings:
    ``TreeComposer(source="sum", sum="(8 - (2 - 3))", position=0)``. In a cell of code ``lab.state`` is a
    `TreeComposerState`: ``lab.transport.step()``, then ``print(lab.state)``.

    Examples
    --------
    >>> lab = TreeComposer(character="好", position=1)
    >>> lab.transport.step()
    >>> lab.state.step.kind, lab.transport.count
    ('compose', 'Step 2 of 5')
    >>> lab.controls["character"].value = "XY"
    >>> lab.state.character, lab.controls["character"].value  # not usable, and not lost
    ('好', 'XY')
    """

    state_class = TreeComposerState

    def arrange(self):
        controls = self.controls
        self.transport = Transport(
            step=self.forwards,
            reset=lambda: self.change(position=0),
            back=self.backwards,
            granularities=("node", "level"),
            frames_per_second=STEPS_PER_SECOND,
        )
        self.transport.granularity_control.value = "node"
        self.formula, self.words, self.table, self.answers = HTML(), HTML(), HTML(), HTML()
        self.formula.layout.min_height = "8rem"  # most steps need no more: what is below stays in place
        self.draw_anew()
        self.surface = Surface(self.drawing.figure, "")
        return [
            row(column(controls["source"]), column(*(controls[name] for name in SOURCES))),
            row(column(controls["shape"]), column(controls["position"])),
            self.status,
            self.transport,
            row(VBox([self.surface, self.words]).add_class("dlcore-picture"), column(self.answers)),
            self.formula,
            self.table,
        ]

    def forwards(self) -> bool:
        """Do the next step, or level; False when there is none left."""
        return self.follow(
            self.state.forwards(by_part=self.transport.granularity == "level"),
            "That was the last step. Reset goes back to the start.",
        )

    def backwards(self) -> bool:
        """Undo the last step, or level; False at the start."""
        return self.follow(
            self.state.backwards(by_part=self.transport.granularity == "level"), "This is the start."
        )

    def draw_anew(self) -> None:
        """Make the drawing for the present tree."""
        self.drawing = TreeDrawing(self.state.plan, self.state.layer.units)
        self.drawn = self.state.binary
        self.show_tree()

    def refresh(self) -> None:
        slider, last = self.controls["position"], len(self.state.story)
        self._following = True
        slider.max, slider.description = last, f"Step (0 to {last})"
        super().refresh()

    def show(self) -> None:
        state = self.state
        self.transport.count = f"Step {state.position} of {len(state.story)}"
        for name in SOURCES:
            self.controls[name].layout.display = "flex" if name == state.source else "none"
        if self.drawn == state.binary:
            self.show_tree()
            self.surface.redraw()
        else:
            self.draw_anew()
            self.surface.show(self.drawing.figure)
        self.surface.tooltip = (
            f"Tree with {state.plan.nodes} nodes: {state.words(state.root)}. Step {state.position} of "
            f"{len(state.story)}. The numbers stand in the formula and in the table."
        )
        self.formula.value = (
            '<div class="dlcore-formula dlcore-wrapped" tabindex="0" role="group" '
            f'aria-label="present step with numbers">{escape(str(state))}</div>'
        )
        leaves = "".join(f"<span>{escape(word)}</span>" for word in state.example.words)
        width = self.surface.layout.width
        self.words.value = (
            f'<div class="dlcore-leaves" style="width: {width}" aria-hidden="true">{leaves}</div>'
        )
        self.answers.value = answers(state)
        self.table.value = table(state)

    def show_tree(self) -> None:
        """Bring the drawing to the present step."""
        state = self.state
        h = np.where(state.composed()[:, None], state.h, np.nan)
        norms = np.where(state.reached(), state.norms(), np.nan)
        self.drawing.update(h, norms, active_nodes(state))


def active_nodes(state: TreeComposerState) -> list[int]:
    """The nodes that the present step is about."""
    moment = state.step
    if moment is None:
        return []
    if moment.kind == "leaves":
        return list(range(len(state.example.words)))
    if moment.kind == "sum":
        return list(state.dz)
    return [state.root if moment.kind == "predict" else moment.node]


def answers(state: TreeComposerState) -> str:
    """What the same weights say of the tree and of the chain, as HTML; once the root is reached."""
    source = SOURCES[state.source]
    if not state.reached()[state.root]:
        return f'<p class="dlcore-status">{escape(source.question)} The root is not reached yet.</p>'
    known = {
        None: "",
        True: " It was trained on this one.",
        False: " This one was held out: the network never saw it.",
    }[state.example.known_before]
    unit = f" {source.unit}" if source.unit else ""
    tree, chain, rnn = (f"<b>{state.answers[name]:.4f}</b>{unit}" for name in ("tree", "chain", "SimpleRNN"))
    # the last bits hang on the processor
    difference = max(abs(state.answers["chain"] - state.answers["SimpleRNN"]), 1e-12)
    return (
        f'<p class="dlcore-status">{escape(source.question)} {escape(verdict(state))}{known}</p>'
        f"<p>The same W, b and leaves say {tree} of the tree, {chain} of the chain (leaf after leaf), and "
        f"{rnn} as a SimpleRNN that reads the leaves. Chain and SimpleRNN differ by at most "
        f"{difference:.0e}: they are the same sums.</p>"
    )


def table(state: TreeComposerState) -> str:
    """One row for each node, as HTML: what the picture shows, for every reader."""
    composed, reached, norms = state.composed(), state.reached(), state.norms()
    down = [moment.node for moment in state.story[: state.position] if moment.kind == "back"]
    active = active_nodes(state)
    rows = []
    for node in reversed(range(state.plan.nodes)):
        numbers = ", ".join(f"{value:.2f}" for value in state.h[node]) if composed[node] else "–"
        part = f"{np.linalg.norm(state.dW_parts[node]):.3g}" if node in down else "–"
        cells = [
            escape(state.words(node)),
            numbers.replace("-", "−"),
            f"{norms[node]:.3g}" if reached[node] else "–",
            part,
        ]
        mark = ' class="dlcore-present"' if node in active else ""
        first, *others = (f"<td>{cell}</td>" for cell in cells)
        rows.append(f'<tr{mark}><th scope="row">{node}</th>{first}{"".join(others)}</tr>')
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("node", "stands for", "h", "‖∂L/∂h‖", "its part of ‖∂L/∂W‖")
    )
    return (
        '<div class="dlcore-nodes dlcore-tree" tabindex="0" role="group" aria-label="all nodes">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
