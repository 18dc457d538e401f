"""Where the trees of the tree composer come from: what a reader chooses or types, and the right answer."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from dlcore.binary_trees import by_twos, leaves
from dlcore.datasets import hanzi_trees, molecule_trees
from dlcore.datasets.molecules import parse_smiles
from dlcore.expressions import parse_expression
from dlcore.trees import Tree, post_order

SYMBOLS = tuple("0123456789+-")  # the leaves of sums
MOST_LEAVES = 12


@dataclass(frozen=True)
class Example:
    """One tree with the answer that its network should give.

    Attributes
    ----------
    tree : as it was written, with any number of children.
    words : what to write at each leaf of it, from left to right.
    symbols : what the network knows these leaves as.
    target : the right answer.
    known_before : whether the network was trained on it; None where that is not kept.
    """

    tree: Tree
    words: list[str]
    symbols: list[str]
    target: float
    known_before: bool | None = None

    @property
    def binary(self) -> Tree:
        """The tree with two children at every node, and its leaves as the network knows them."""
        return with_leaves(by_twos(self.tree), self.symbols)


@dataclass(frozen=True)
class Source:
    """A kind of tree, and the network that was trained on it.

    Attributes
    ----------
    network : its name for `dlcore.pretrained.load_pretrained`.
    question : what the network answers.
    unit : of the answer, after a number.
    read : what a reader typed -> `Example`; raises ValueError with the reason if it can't.
    vocabulary : the leaves that the network knows, in its order.
    """

    network: str
    question: str
    unit: str
    read: Callable[[str], Example]
    vocabulary: Callable[[], tuple[str, ...]]


def with_leaves(tree: Tree, symbols: list[str]) -> Tree:
    """The same tree with other leaves, given from left to right.

    Examples
    --------
    >>> with_leaves((("a", "b"), "c"), ["1", "2", "3"])
    (('1', '2'), '3')
    """
    following, finished = iter(symbols), []
    for leaf, children, _ in post_order(tree):
        finished.append(next(following) if leaf is not None else tuple(finished[i] for i in children))
    return finished[-1]


# ---------------------------------------------------------------------- characters and molecules


def occurring(trees: list[Tree]) -> tuple[str, ...]:
    """All leaves in the order in which they occur: the vocabulary of ``Trees(trees)``, sooner.

    Examples
    --------
    >>> occurring([("b", "a"), "c"])
    ('b', 'a', 'c')
    """
    return tuple(dict.fromkeys(leaf for tree in trees for leaf in leaves(tree)))


@cache
def characters() -> tuple[dict[str, int], list[Tree], list[int], tuple[str, ...]]:
    """Rows of the characters, their trees, their strokes, and all components."""
    names, trees, strokes = hanzi_trees()
    return {name: i for i, name in enumerate(names)}, trees, strokes, occurring(trees)


@cache
def molecules() -> tuple[dict[str, int], list[Tree], list[float], tuple[str, ...]]:
    """Rows of the molecules, their trees, their boiling points, and all kinds of atoms."""
    names, trees, points = molecule_trees()
    return {name: i for i, name in enumerate(names)}, trees, points, occurring(trees)


def read_character(text: str) -> Example:
    """A character of `dlcore.datasets.hanzi_trees`."""
    rows, trees, strokes, _ = characters()
    text = text.strip()
    if len(text) != 1:
        raise ValueError(f"expected one Chinese character, such as 前, got {text!r}.")
    if text not in rows:
        raise ValueError(
            f"{text!r} is not among the {len(rows):,} common characters of the data. Try 前 or 想."
        )
    row = rows[text]
    return from_data(trees[row], float(strokes[row]), row, f"{text} is a component itself")


def read_molecule(text: str) -> Example:
    """A molecule of `dlcore.datasets.molecule_trees`: its name, its formula, or its notation in SMILES."""
    rows, trees, points, _ = molecules()
    text = text.strip()
    if text in rows:
        row = rows[text]
    elif set(text) <= set("CO=#()"):
        tree = parse_smiles(text)
        if tree not in trees:
            raise ValueError(
                f"no boiling point is known here for {text!r}: it is not among the {len(trees)} molecules of "
                "the data. Try CCO, or a name such as ethanol."
            )
        row = trees.index(tree)
    else:
        same = [name for name, row in rows.items() if formula(leaves(trees[row])) == text]
        near = difflib.get_close_matches(text, rows, n=3, cutoff=0.5)
        if len(same) > 1:
            raise ValueError(f"{text} is the formula of {in_words(same)}. Type one of these names.")
        if not same:
            guess = f" Did you mean {in_words(near)}?" if near else ""
            raise ValueError(f"{text!r} is not among the {len(rows)} molecules of the data.{guess}")
        row = rows[same[0]]
    return from_data(trees[row], float(points[row]), row, f"{text} is a single atom here")


def formula(atoms: list[str]) -> str:
    """The formula of a molecule without rings, with the hydrogen that its atoms leave out.

    Examples
    --------
    >>> formula(["C", "C", "=O", "O"])  # acetic acid
    'C2H4O2'
    """
    counts = {"C": 0, "H": 2, "O": 0}
    for atom in atoms:
        counts[atom[-1]] += 1
        counts["H"] -= 2 * atom.count("=") + 4 * atom.count("#")
    counts["H"] += 2 * counts["C"]
    return "".join(f"{atom}{count if count > 1 else ''}" for atom, count in counts.items() if count)


def in_words(names: list[str]) -> str:
    """A few names as a list with "or", for a sentence."""
    shown = [*names[:4], f"{len(names) - 4} others"] if len(names) > 5 else names
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def from_data(tree: Tree, target: float, row: int, alone: str) -> Example:
    """A tree of the data; the networks were trained on all but every fifth row."""
    words = leaves(tree)
    return checked(Example(tree, words, words, target, known_before=row % 5 != 0), alone)


# ---------------------------------------------------------------------- expressions


def read_sum(text: str) -> Example:
    """Digits, ``+`` and ``-`` in brackets."""
    tree = parse_expression(text)
    words = leaves(tree)
    if "*" in words or "/" in words:
        raise ValueError("the network has learned + and - only. Write 2 * 4 as (4 + 4), for example.")
    for word in words:
        if word not in SYMBOLS:
            raise ValueError(f"the network has learned the digits 0 to 9, + and -, got {word!r} in {text!r}.")
    return checked(Example(tree, words, words, value(tree)), f"{text!r} is a number already")


def value(tree: Tree) -> float:
    """What a sum comes to.

    Examples
    --------
    >>> value(("8", "-", ("2", "-", "3")))
    9.0
    """
    if isinstance(tree, str):
        if tree in "+-":
            raise ValueError(f"expected a number beside {tree!r}. Write for example (3 + 4).")
        return float(tree)
    total = value(tree[0])
    for place in range(1, len(tree), 2):
        if tree[place] not in ("+", "-"):
            raise ValueError("expected + or - between two numbers. Write for example (3 + 4).")
        if place + 1 == len(tree):
            raise ValueError(f"expected a number after {tree[place]!r}. Write for example (3 + 4).")
        total += value(tree[place + 1]) if tree[place] == "+" else -value(tree[place + 1])
    return total


def read_brackets(text: str) -> Example:
    """Any words in brackets; to the network one word is like the other."""
    tree = parse_expression(text)
    words = leaves(tree)
    target = post_order(by_twos(tree))[-1][2]
    return checked(Example(tree, words, ["word"] * len(words), float(target)), f"{text!r} is one word")


def checked(example: Example, alone: str) -> Example:
    """``example``, if it has something to compose and is not too large to show."""
    count = len(example.words)
    if count < 2:
        raise ValueError(f"{alone}: there is nothing to compose. Take one with at least 2 parts.")
    if count > MOST_LEAVES:
        raise ValueError(f"expected at most {MOST_LEAVES} leaves, got {count}. Take a smaller tree.")
    return example


SOURCES = {
    "character": Source(
        "tree_strokes",
        "With how many strokes is it written?",
        "strokes",
        read_character,
        lambda: characters()[-1],
    ),
    "molecule": Source(
        "tree_boiling",
        "At which temperature does it boil?",
        "K",
        read_molecule,
        lambda: molecules()[-1],
    ),
    "sum": Source("tree_sums", "What does it come to?", "", read_sum, lambda: SYMBOLS),
    "brackets": Source(
        "tree_depths",
        "How many levels of nodes are above the leaves?",
        "levels",
        read_brackets,
        lambda: ("word",),
    ),
}
