"""Small molecules without rings, as trees of their atoms, with their boiling points."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np

from dlcore.trees import Tree

BONDS = "=#"


def molecule_trees() -> tuple[list[str], list[Tree], np.ndarray]:
    """777 molecules of carbon, hydrogen and oxygen, with 2 to 10 atoms other than hydrogen.

    Returns
    -------
    names : the molecules' names.
    trees : one nested tuple for each: an atom is a leaf, or a node with the atom itself as the first child
        and the atoms that hang on it as the others. Before an atom that hangs on a double or triple bond
        stands ``=`` or ``#``. Hydrogen is left out, as in structural formulas.
    boiling_points : (777,), kelvin, at normal pressure.

    Examples
    --------
    >>> names, trees, boiling_points = molecule_trees()
    >>> number = names.index("ethanoic acid")
    >>> trees[number], float(boiling_points[number])
    (('C', ('C', '=O', 'O')), 391.2)
    """
    with (files(__package__) / "molecule_trees.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    trees = [parse_smiles(row["smiles"]) for row in rows]
    return [row["name"] for row in rows], trees, np.array([float(row["boiling_point_K"]) for row in rows])


def parse_smiles(text: str) -> Tree:
    """A molecule without rings and charges, in the notation SMILES, as a tree.

    Source: Weininger (1988), "SMILES, a chemical language and information system".

    Raises
    ------
    ValueError : the text holds something else, or parentheses do not match.

    Examples
    --------
    >>> parse_smiles("CC(=O)O")  # acetic acid
    ('C', ('C', '=O', 'O'))
    """
    root: list = []
    here, branches, bond = root, [], ""
    for character in text:
        if character in BONDS:
            bond = character
        elif character == "(":
            branches.append(here)
        elif character == ")" and branches:
            here = branches.pop()
        elif character in "CO":
            atom = [bond + character]
            here.append(atom)
            here, bond = atom, ""
        else:
            raise ValueError(f"expected a molecule of C, O, '=', '#' and parentheses, got {text!r}.")
    if branches or bond or len(root) != 1:
        raise ValueError(f"expected a whole molecule such as 'CC(=O)O', got {text!r}.")
    return bare(root[0])


def bare(node: list) -> Tree:
    """An atom on which nothing hangs as a leaf, any other as a tuple."""
    symbol, *atoms = node
    return (symbol, *map(bare, atoms)) if atoms else symbol
