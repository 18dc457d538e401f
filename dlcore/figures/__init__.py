"""Figures: arrays in, a matplotlib Figure out, nothing else. One function a file."""

from dlcore.figures.confusion_matrix import confusion_matrix
from dlcore.figures.lines import lines
from dlcore.figures.network import network
from dlcore.figures.number_grids import number_grids
from dlcore.figures.pictures import pictures
from dlcore.figures.points import points
from dlcore.figures.ratios import ratios
from dlcore.figures.training_curves import training_curves
from dlcore.figures.tree import tree
from dlcore.figures.unrolled import unrolled

__all__ = [
    "confusion_matrix",
    "lines",
    "network",
    "number_grids",
    "pictures",
    "points",
    "ratios",
    "training_curves",
    "tree",
    "unrolled",
]
