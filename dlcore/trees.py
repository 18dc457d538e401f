"""Trees as data: nested tuples are laid out as arrays, and nodes of equal height are worked on together.

A leaf is a string. An inner node is a tuple (or list) of its children: ``("木", "目")``, or
``(("木", "木"), "心")``. Where inner nodes have labels, the label can stand as one more leaf in front:
``("a", "木", "目")``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

Tree = str | tuple | list


@dataclass(frozen=True)
class Plan:
    """In which order the nodes of some trees can be computed: leaves first, then level after level.

    Attributes
    ----------
    symbols : (leaves,), which symbol stands at each leaf. The leaves are rows 0 to leaves - 1.
    children : (nodes - leaves, arity), the rows of each inner node's children. Where a node has fewer, the
        row ``nodes``, one behind the last, stands for a child that is all zeros.
    levels : for each height from 1 up the slice of rows with its nodes.
    roots : (trees,), the row of each root.
    nodes : how many there are in all.
    """

    symbols: np.ndarray
    children: np.ndarray
    levels: list[slice]
    roots: np.ndarray
    nodes: int


class Trees:
    """Many trees, ready to be batched: ``trees[rows]`` takes some of them, as with an array.

    Parameters
    ----------
    trees : nested tuples or lists with strings as leaves.
    vocabulary : the known leaves, each once; by default all that occur, in the order in which they do.

    Attributes
    ----------
    vocabulary : tuple of symbols; a leaf is kept as its number in here.
    arity : the largest number of children of a node.
    shape : (trees,)

    Raises
    ------
    TypeError : a node is neither a string nor a tuple or list.
    ValueError : there is no tree, a child is missing, a tree contains itself, or a leaf is not in the
        vocabulary; the message says in which tree. Or the vocabulary has a symbol twice.

    Examples
    --------
    >>> trees = Trees(["木", ("木", "目"), (("木", "木"), "心")])
    >>> len(trees), trees.vocabulary
    (3, ('木', '目', '心'))
    >>> plan = trees[1:].plan()
    >>> plan.symbols  # the leaves of both trees
    array([0, 1, 0, 0, 2])
    >>> plan.children  # of the three inner nodes: 木目 is row 5, 木木 row 6, (木木)心 row 7
    array([[0, 1],
           [2, 3],
           [6, 4]])
    """

    def __init__(self, trees: Iterable[Tree], vocabulary: Iterable[str] | None = None):
        known = None if vocabulary is None else numbered(vocabulary)
        numbers = {} if known is None else known
        symbols, children, heights, sizes = [], [], [], []
        for tree_number, tree in enumerate(trees):
            before = len(heights)
            for leaf, own_children, height in post_order(tree, tree_number):
                if leaf is None:
                    symbols.append(-1)
                elif known is not None and leaf not in known:
                    raise ValueError(
                        f"tree {tree_number} has the leaf {leaf!r}, which is not in the vocabulary of "
                        f"{len(known)} symbols. Leave the tree out, or add the symbol to the vocabulary."
                    )
                else:
                    symbols.append(numbers.setdefault(leaf, len(numbers)))
                children.append(own_children)
                heights.append(height)
            sizes.append(len(heights) - before)
        if not sizes:
            raise ValueError("expected at least one tree, got none.")
        self.vocabulary = tuple(numbers)
        self.arity = max(map(len, children))
        # One row for each node, tree after tree, children before parents. Children are counted from the
        # first node of their tree; -1 stands for none.
        self._symbols = np.array(symbols)
        self._heights = np.array(heights)
        self._children = np.full((len(children), self.arity), -1)
        for row, own_children in enumerate(children):
            self._children[row, : len(own_children)] = own_children
        self._sizes = np.array(sizes)
        self._starts = np.cumsum(self._sizes) - self._sizes
        self._chosen = np.arange(len(sizes))

    def __len__(self) -> int:
        return len(self._chosen)

    ndim = 1

    @property
    def shape(self) -> tuple[int]:
        return self._chosen.shape

    def __getitem__(self, rows: slice | np.ndarray) -> Trees:
        """The trees of a slice, or those with the given numbers."""
        if isinstance(rows, (int, np.integer)):
            raise TypeError(
                f"expected a slice or an array of numbers; for one tree use [{rows} : {rows + 1}]."
            )
        part = object.__new__(Trees)
        part.__dict__.update(self.__dict__)
        part._chosen = self._chosen[rows]
        return part

    def __array__(self, *_, **__):
        raise TypeError("trees are not an array of numbers. A model for them starts with Recursive(...).")

    def plan(self) -> Plan:
        """Order the nodes of all these trees by height."""
        sizes = self._sizes[self._chosen]
        starts = np.cumsum(sizes) - sizes
        total = int(sizes.sum())
        nodes = np.arange(total) + np.repeat(self._starts[self._chosen] - starts, sizes)
        heights = self._heights[nodes]
        order = np.argsort(heights, kind="stable")
        row_of = np.empty(total + 1, np.intp)
        row_of[order] = np.arange(total)
        row_of[total] = total  # the child that is not there
        ends = np.cumsum(np.bincount(heights))
        leaves = int(ends[0])
        inner = order[leaves:]
        children = self._children[nodes[inner]]
        children = np.where(children < 0, total, children + np.repeat(starts, sizes)[inner, None])
        return Plan(
            symbols=self._symbols[nodes[order[:leaves]]],
            children=row_of[children],
            levels=[slice(int(a), int(b)) for a, b in pairwise(ends)],
            roots=row_of[starts + sizes - 1],
            nodes=total,
        )


def numbered(vocabulary: Iterable[str]) -> dict[str, int]:
    """The number of each symbol.

    Raises
    ------
    ValueError : a symbol occurs twice.

    Examples
    --------
    >>> numbered(["木", "目"])
    {'木': 0, '目': 1}
    """
    counts = Counter(vocabulary)
    if twice := [symbol for symbol, count in counts.items() if count > 1]:
        raise ValueError(
            f"expected a vocabulary with each symbol once, but it has {', '.join(map(repr, twice))} several "
            "times. list(dict.fromkeys(vocabulary)) keeps the first of each."
        )
    return {symbol: number for number, symbol in enumerate(counts)}


def post_order(tree: Tree, number: int = 0) -> list[tuple[str | None, list[int], int]]:
    """All nodes of a tree, children before parents: (leaf or None, places of the children, height).

    There is no recursion, so that a tree may be as deep as memory allows.

    Examples
    --------
    >>> post_order(("木", "目"))
    [('木', [], 0), ('目', [], 0), (None, [0, 1], 1)]
    """
    nodes: list[tuple[str | None, list[int], int]] = []
    finished: list[int] = []  # places of the subtrees whose parent is not reached yet
    above: set[int] = set()  # the nodes on the way from the root
    waiting: list[tuple[Any, bool]] = [(tree, False)]
    while waiting:
        node, children_done = waiting.pop()
        if children_done:
            above.remove(id(node))
            own, finished = finished[-len(node) :], finished[: -len(node)]
            nodes.append((None, own, 1 + max(nodes[child][2] for child in own)))
        elif isinstance(node, str):
            if not node:
                raise ValueError(f"tree {number} has a child that is an empty string: a child is missing.")
            nodes.append((node, [], 0))
        elif not isinstance(node, (tuple, list)):
            if node is None:
                raise ValueError(f"tree {number} has None in the place of a child: a child is missing.")
            raise TypeError(
                f"tree {number} has the node {node!r}. Expected a string for a leaf, or a tuple of children."
            )
        elif not node:
            raise ValueError(f"tree {number} has an inner node without children: a child is missing.")
        elif id(node) in above:
            raise ValueError(f"tree {number} has a cycle: a node contains itself.")
        else:
            above.add(id(node))
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(node))
            continue
        finished.append(len(nodes) - 1)
    return nodes


def parse_tree(text: str, labels: bool = False) -> Tree:
    """A tree written as ``label(child,child,...)``, where a leaf is a word alone.

    Spaces around a word do not belong to it.

    Parameters
    ----------
    text : the tree.
    labels : whether to keep the labels of inner nodes, each as a leaf in front of the node's children.

    Raises
    ------
    ValueError : a child is missing, or the parentheses do not match.

    Examples
    --------
    >>> parse_tree("a(口,d(亠,口))")
    ('口', ('亠', '口'))
    >>> parse_tree("a(口,d(亠,口))", labels=True)
    ('a', '口', ('d', '亠', '口'))
    """
    open_nodes: list[list[Tree]] = [[]]  # the children found so far: of the text, then of each open node
    previous = ","
    for token in filter(None, re.split(r"\s*([(),])\s*", text.strip())):
        after_child = previous not in ("(", ",")
        if token == "(" and after_child and previous != ")":
            label = open_nodes[-1].pop()
            open_nodes.append([label] if labels else [])
        elif token in (",", ")") and after_child and len(open_nodes) > 1:
            if token == ")":
                children = tuple(open_nodes.pop())
                open_nodes[-1].append(children)
        elif token not in ("(", ",", ")") and not after_child:
            open_nodes[-1].append(token)
        else:
            missing = "" if after_child else " A child is missing there."
            raise ValueError(
                f"expected a tree like 'a(b,c(d,e))', got {text!r}: {token!r} can't stand after "
                f"{previous!r}.{missing}"
            )
        previous = token
    if len(open_nodes) > 1 or not open_nodes[0]:
        raise ValueError(f"expected a tree like 'a(b,c(d,e))', got {text!r}: it ends too early.")
    return open_nodes[0][0]
