"""Trees in which every node has two children, so that one W of fixed size serves all nodes."""

from __future__ import annotations

from functools import reduce

from dlcore.trees import Tree, post_order


def by_twos(tree: Tree) -> Tree:
    """The same leaves in the same order, with two children at every inner node.

    A node with more children is put together from the left, two at a time; a node with one child is that
    child.

    Raises
    ------
    TypeError, ValueError : it is not a tree; see `dlcore.trees.Trees`.

    Examples
    --------
    >>> by_twos(("C", ("C", "=O", "O")))
    ('C', (('C', '=O'), 'O'))
    """
    finished: list[Tree] = []
    for leaf, children, _ in post_order(tree):
        parts = [leaf] if leaf is not None else [finished[child] for child in children]
        finished.append(reduce(lambda left, right: (left, right), parts))
    return finished[-1]


def as_chain(tree: Tree) -> Tree:
    """The same leaves, read one after the other: all brackets open at the start.

    Examples
    --------
    >>> as_chain((("a", "b"), ("c", "d")))
    ((('a', 'b'), 'c'), 'd')
    """
    return by_twos(tuple(leaves(tree)))


def leaves(tree: Tree) -> list[str]:
    """The leaves from left to right.

    Examples
    --------
    >>> leaves((("a", "b"), "c"))
    ['a', 'b', 'c']
    """
    return [leaf for leaf, _, _ in post_order(tree) if leaf is not None]
