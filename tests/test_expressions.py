"""Expressions in brackets: what they mean, and what is said of wrong ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.binary_trees import as_chain, by_twos, leaves
from dlcore.expressions import parse_expression
from dlcore.trees import post_order

trees = st.recursive(
    st.sampled_from(["a", "bc", "3"]),
    lambda child: st.lists(child, min_size=2, max_size=4).map(tuple),
    max_leaves=9,
)


def written(tree):
    return tree if isinstance(tree, str) else f"({' '.join(map(written, tree))})"


@given(tree=trees)
def test_what_is_written_is_read(tree):
    assert parse_expression(written(tree)) == tree


@given(tree=trees)
def test_by_twos_keeps_the_leaves_and_their_order(tree):
    for binary in (by_twos(tree), as_chain(tree)):
        assert leaves(binary) == leaves(tree)
        assert all(len(children) in (0, 2) for _, children, _ in post_order(binary))


def test_a_binary_tree_stays_as_it_is():
    tree = (("a", "b"), ("c", ("d", "e")))
    assert by_twos(tree) == tree
    assert as_chain(tree) == (((("a", "b"), "c"), "d"), "e")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("3+(2*4)", ("3", "+", ("2", "*", "4"))),
        ("[3 − {2 × 4}]", ("3", "-", ("2", "*", "4"))),
        ("（木 目）心", (("木", "目"), "心")),
        ("(木 目）心", (("木", "目"), "心")),
        ("(((a)))", "a"),
    ],
)
def test_other_ways_to_write(text, tree):
    assert parse_expression(text) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing to read yet"),
        ("  ", "nothing to read yet"),
        ("(a b", "opens at place 1 .* never closed"),
        ("((a b) c", "opens at place 1 .* never closed"),
        ("(a (b c)", "opens at place 1"),
        ("a b)", "closes at place 4 .* never opened"),
        ("(a b] c", r"opens at place 1 .* closed by '\]' at place 5. Write '\)' there"),
        ("([a b)]", r"opens at place 2 .* closed by '\)' at place 6. Write '\]' there"),
        ("[a b", r"never closed. Add a '\]'"),
        ("(a ())", "brackets at place 4 .* hold nothing"),
    ],
)
def test_a_wrong_expression_is_explained(text, message):
    with pytest.raises(ValueError, match=message):
        parse_expression(text)
