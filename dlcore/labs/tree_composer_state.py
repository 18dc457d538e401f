"""State of the tree composer: one tree, the network that reads it, and how far it has been followed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np

from dlcore.binary_trees import as_chain
from dlcore.labs.settings import Choice, Number, Text
from dlcore.labs.story import StoryState
from dlcore.labs.tree_sources import MOST_LEAVES, SOURCES, Example
from dlcore.labs.tree_words import present_step
from dlcore.layers import SimpleRNN
from dlcore.models import Sequential
from dlcore.pretrained import load_pretrained
from dlcore.trees import Trees

LONGEST_STORY = 2 * MOST_LEAVES + 1  # the leaves, each inner node twice, the prediction, the sum


@dataclass(frozen=True)
class Moment:
    """One step of the way up and down a tree.

    Attributes
    ----------
    kind : "leaves", "compose", "predict", "back" or "sum".
    node : which node is composed or gone back through, or -1.
    height : of that node; equal for nodes of one level.
    """

    kind: str
    node: int = -1
    height: int = 0


class TreeComposerState(StoryState):
    """A tree, composed by a trained network; `position` says how many steps have been done.

    Nodes are numbered as in `dlcore.trees.Plan`: leaves first, from left to right, then level after level.

    Attributes
    ----------
    source, character, molecule, sum, brackets, shape, position : the settings.
    example : the `Example` that was chosen, ``binary`` the tree that the network reads.
    model : the trained `Sequential`, in float64; ``layer`` is its `Recursive`.
    plan : the `Plan` of the tree.
    h, dh : (nodes, 8), the vector of each node, and dL/dh.
    dz : {inner node: (8,)}, δ of each inner node.
    dW_parts : {inner node: (8, 16)}, what each adds to dL/dW; ``dW`` is their sum.
    prediction, target, loss : what the network says, what is right, and (prediction - target)².
    answers : what the same W, b and E say of the tree, of the chain, and as a `SimpleRNN`.
    story : all `Moment`s of the way up and down.

    Examples
    --------
    >>> state = TreeComposerState(character="好", position=0)
    >>> state.forwards(), state.step.kind
    (True, 'leaves')
    >>> state.forwards(), state.step.kind, state.step.node
    (True, 'compose', 2)
    >>> state.change(source="sum", sum="((3 + 4) - 2)")
    >>> round(state.prediction), state.target
    (5, 5.0)
    """

    lab = "treecomposer"
    settings: ClassVar = {
        "source": Choice("Tree from a", "character", tuple(SOURCES)),
        "character": Text("Character", "前", 8, tuple("前想好林森湘变题聪照器谢")),
        "molecule": Text(
            "Molecule: a name, C2H4O2 or CC(=O)O",
            "ethanoic acid",
            60,
            ("methanol", "ethanol", "propan-2-one", "ethanoic acid", "butane", "ethoxyethane", "octane"),
        ),
        "sum": Text("Sum of digits with + and -", "(8 - (2 - 3))", 60),
        "brackets": Text("Words in brackets", "((the cat) (sat down))", 80),
        "shape": Choice("Read it as a", "tree", ("tree", "chain")),
        "position": Number("Step", 5, 0, LONGEST_STORY, whole=True),
    }

    # ------------------------------------------------------------------ settings

    def __init__(self, **values: Any):
        super().__init__(**values)
        if "position" not in values:
            self.position = self.predicted

    def change(self, **values: Any) -> None:
        """Change some settings; another tree is shown composed, with its prediction."""
        before = self.binary
        super().change(**values)
        if "position" not in values and self.binary != before:
            self.position = self.predicted

    @property
    def predicted(self) -> int:
        """The position at which the root has been reached and the prediction is made."""
        return (len(self.story) + 1) // 2

    def nearest_possible(self, values: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """The position may not lie behind the end; a text that is no tree raises ValueError."""
        for source in SOURCES:
            # The field of a source that is not chosen is hidden: a wrong text in it could not be mended.
            if values[source] != getattr(self, source, self.settings[source].default):
                read(source, values[source])
        example = read(values["source"], values[values["source"]])
        last = 2 * len(example.words) + 1
        if values["position"] > last:
            values = values | {"position": last}
        return values, ""

    def rebuild(self) -> None:
        source = SOURCES[self.source]
        self.example = read(self.source, getattr(self, self.source))
        tree = self.example.binary
        self.target = self.example.target
        self.model = network(source.network)
        self.layer = self.model.layers[0]
        chain = as_chain(tree)
        self.answers = {
            "tree": self._answer(tree),
            "chain": self._answer(chain),
            "SimpleRNN": self._answer_of_simple_rnn(),
        }
        self.binary = tree if self.shape == "tree" else chain
        trees = Trees([self.binary], source.vocabulary())
        self.loss, _ = self.model.loss_and_gradients(trees, np.array([[self.target]]))
        layer, leaves = self.layer, len(self.example.words)
        self.plan, self.prediction = layer.plan, self.answers[self.shape]
        self.h, self.dh = layer.h[:-1].copy(), layer.dh[:-1].copy()
        dz = layer.activation.backward(self.dh[leaves:], self.h[leaves:])
        self.dz = dict(enumerate(dz, start=leaves))
        self.dW_parts = {node: np.outer(self.dz[node], layer.x[node - leaves]) for node in self.dz}
        self.dW = layer.gradients["W"].copy()
        self.story = self._tell()

    def _answer(self, tree) -> float:
        return float(self.model.predict(Trees([tree], SOURCES[self.source].vocabulary()))[0, 0])

    def _answer_of_simple_rnn(self) -> float:
        """The chain once more, by a `SimpleRNN` with U the left half of W and its W the right half."""
        W, b, E = (self.layer.parameters[name] for name in "WbE")
        rows = [SOURCES[self.source].vocabulary().index(symbol) for symbol in self.example.symbols]
        x = E[rows]
        rnn = SimpleRNN(self.layer.units)
        rnn.astype(np.float64)
        rnn.build(x[1:].shape)
        rnn.parameters["U"][...], rnn.parameters["W"][...] = np.split(W, 2, axis=1)
        rnn.parameters["b"][...] = b
        h = rnn.forward(x[None, 1:], initial_state=x[:1])
        return float(self.model.layers[1].forward(h)[0, 0])

    def _tell(self) -> list[Moment]:
        up = [
            Moment("compose", node, height)
            for height, level in enumerate(self.plan.levels, start=1)
            for node in range(level.start, level.stop)
        ]
        down = [Moment("back", moment.node, moment.height) for moment in reversed(up)]
        return [Moment("leaves"), *up, Moment("predict"), *down, Moment("sum")]

    # ------------------------------------------------------------------ going through it

    def part(self, step: Moment) -> tuple[str, int]:
        return step.kind, step.height

    # ------------------------------------------------------------------ what there is to see

    def composed(self) -> np.ndarray:
        """(nodes,), of which nodes h is known by now."""
        known = np.zeros(self.plan.nodes, bool)
        for moment in self.story[: self.position]:
            known[: len(self.example.words)] = True
            if moment.kind == "compose":
                known[moment.node] = True
        return known

    def reached(self) -> np.ndarray:
        """(nodes,), of which nodes dL/dh is known by now."""
        known = np.zeros(self.plan.nodes, bool)
        for moment in self.story[: self.position]:
            if moment.kind == "predict":
                known[self.root] = True
            elif moment.kind == "back":
                known[self.children(moment.node)] = True
        return known

    @property
    def root(self) -> int:
        return int(self.plan.roots[0])

    def children(self, node: int) -> list[int]:
        """The two children of an inner node."""
        return [int(child) for child in self.plan.children[node - len(self.example.words)]]

    def words(self, node: int) -> str:
        """What stands below a node, in brackets."""
        if node < len(self.example.words):
            return self.example.words[node]
        return f"({' '.join(self.words(child) for child in self.children(node))})"

    def norms(self) -> np.ndarray:
        """(nodes,), the length of dL/dh."""
        return np.linalg.norm(self.dh, axis=1)

    def __str__(self) -> str:
        return present_step(self)

    def code(self) -> str:
        source = SOURCES[self.source]
        data, vocabulary = VOCABULARY_CODE[self.source]
        return f"""\
from dlcore import trace
{data}from dlcore.pretrained import load_pretrained
from dlcore.trees import Trees

model = load_pretrained("{source.network}")
trees = Trees([{self.binary!r}], vocabulary={vocabulary})
print(model.predict(trees))
print(trace(model, trees, {[self.target]}))"""


# what to import, and the vocabulary, in the code of a state
VOCABULARY_CODE = {
    "character": ("from dlcore.datasets import hanzi_trees\n", "Trees(hanzi_trees()[1]).vocabulary"),
    "molecule": ("from dlcore.datasets import molecule_trees\n", "Trees(molecule_trees()[1]).vocabulary"),
    "sum": ("", '"0123456789+-"'),
    "brackets": ("", '["word"]'),
}


def read(source: str, text: str) -> Example:
    """What a reader typed, as a tree with the right answer."""
    return SOURCES[source].read(text)


@cache
def network(name: str) -> Sequential:
    """The trained network, in float64; it is not changed here, so one serves all labs."""
    return load_pretrained(name).copy(np.float64)
