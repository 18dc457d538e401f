"""Trees as data: how they are laid out, batched and planned, and what is said about broken ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.datasets import hanzi_trees, molecule_trees
from dlcore.datasets.molecules import parse_smiles
from dlcore.trees import Trees, parse_tree, post_order

trees = st.recursive(
    st.sampled_from(["a", "b", "c"]), lambda child: st.lists(child, min_size=1, max_size=3).map(tuple)
)


def height(tree):
    return 0 if isinstance(tree, str) else 1 + max(map(height, tree))


def rebuild(plan, vocabulary, row):
    """The nested tuple below one row of a plan."""
    leaves = len(plan.symbols)
    if row < leaves:
        return vocabulary[plan.symbols[row]]
    children = plan.children[row - leaves]
    return tuple(rebuild(plan, vocabulary, child) for child in children if child < plan.nodes)


@settings(max_examples=60, deadline=None)
@given(st.lists(trees, min_size=1, max_size=5), st.data())
def test_a_plan_holds_the_trees_it_was_made_of(nested, data):
    batch = Trees(nested)
    rows = data.draw(st.lists(st.integers(0, len(nested) - 1), min_size=1, max_size=4))
    plan = batch[np.array(rows)].plan()
    chosen = [nested[row] for row in rows]
    assert [rebuild(plan, batch.vocabulary, root) for root in plan.roots] == chosen
    assert len(plan.levels) == max(map(height, chosen))
    # every node is above its children: the levels can be computed one after the other
    leaves = len(plan.symbols)
    for level in plan.levels:
        children = plan.children[level.start - leaves : level.stop - leaves]
        assert (children[children < plan.nodes] < level.start).all()
    assert [level.start for level in plan.levels[1:]] == [level.stop for level in plan.levels[:-1]]
    # each node but the roots has one parent
    given_away = np.concatenate([plan.children.reshape(-1), plan.roots])
    assert sorted(given_away[given_away < plan.nodes]) == list(range(plan.nodes))


def test_parts_are_like_those_of_an_array():
    batch = Trees(["a", ("a", "b"), ("b", ("a", "a")), "b"])
    assert batch.shape == (4,)
    assert len(batch[1:3]) == 2
    np.testing.assert_array_equal(batch[1:3][1:].plan().symbols, batch[np.array([2])].plan().symbols)
    with pytest.raises(TypeError, match=r"for one tree use \[1 : 2\]"):
        batch[1]


def test_a_deep_tree():
    """No recursion limit: 100,000 nodes in a chain."""
    tree = "a"
    for _ in range(100_000):
        tree = (tree, "b")
    assert post_order(tree)[-1][2] == 100_000


def test_the_same_subtree_may_occur_twice():
    shared = ("a", "b")
    assert len(post_order((shared, shared))) == 7


@settings(max_examples=60, deadline=None)
@given(trees)
def test_parsing_is_the_inverse_of_writing(tree):
    def write(node):
        return node if isinstance(node, str) else f"label({','.join(map(write, node))})"

    assert parse_tree(write(tree)) == tree


def test_spaces_around_words_do_not_count():
    assert parse_tree(" a( b , c(d, e e ) )\n") == ("b", ("d", "e e"))


def cyclic():
    tree = ["a"]
    tree.append(["b", tree])
    return tree


@pytest.mark.parametrize(
    ("tree", "error", "message"),
    [
        (cyclic(), ValueError, "tree 1 has a cycle: a node contains itself"),
        (("a", None), ValueError, "tree 1 has None in the place of a child: a child is missing"),
        (("a", ()), ValueError, "tree 1 has an inner node without children: a child is missing"),
        (("a", ""), ValueError, "tree 1 has a child that is an empty string: a child is missing"),
        (("a", 3), TypeError, "tree 1 has the node 3. Expected a string for a leaf"),
        (("a", "x"), ValueError, "tree 1 has the leaf 'x', which is not in the vocabulary of 2 symbols"),
    ],
)
def test_broken_trees(tree, error, message):
    with pytest.raises(error, match=message):
        Trees(["b", tree], vocabulary=["a", "b"])


def test_a_vocabulary_has_each_symbol_once():
    with pytest.raises(ValueError, match="each symbol once, but it has 'a', 'c' several times"):
        Trees([("a", "b")], vocabulary="abacc")


def test_no_trees():
    with pytest.raises(ValueError, match="at least one tree"):
        Trees([])


@pytest.mark.parametrize(
    "text", ["a(b,)", "a(b, )", " ", "a(,b)", "a()", "", "a(b", "a(b))", "a,b", "(a)", "a(b)(c)", "a(b)c"]
)
def test_text_that_is_no_tree(text):
    with pytest.raises(ValueError, match="expected a tree like"):
        parse_tree(text)


def test_hanzi_trees():
    characters, trees, strokes = hanzi_trees()
    assert len(characters) == len(set(characters)) == len(trees) == len(strokes) == 3748
    number = characters.index("湘")
    assert (trees[number], strokes[number]) == (("氵", ("木", "目")), 12)
    assert strokes.min() >= 1
    batch = Trees(trees)
    assert batch.arity == 4
    assert len(batch.vocabulary) == 395
    _, with_labels, _ = hanzi_trees(labels=True)
    assert Trees(with_labels).arity == 5


def test_molecule_trees():
    names, trees, boiling_points = molecule_trees()
    assert len(names) == len(trees) == len(boiling_points) == 777
    assert Trees(trees).vocabulary == ("C", "=C", "=O", "O")
    assert trees[names.index("ethanol")] == ("C", ("C", "O"))
    assert parse_smiles("CC(C)(C#C)O") == ("C", ("C", "C", ("C", "#C"), "O"))


@pytest.mark.parametrize("text", ["", "C1CC1", "CC(", "CC)", "C=", "N", "[OH]"])
def test_text_that_is_no_molecule(text):
    with pytest.raises(ValueError, match="expected a"):
        parse_smiles(text)
