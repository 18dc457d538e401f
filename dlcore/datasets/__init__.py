"""Real data, embedded: one loader function each. Sources and licences: DATA_LICENSES.md."""

from dlcore.datasets.digits import digits
from dlcore.datasets.fashion import FASHION_NAMES, fashion
from dlcore.datasets.hanzi import hanzi_trees
from dlcore.datasets.mnist import mnist
from dlcore.datasets.molecules import molecule_trees
from dlcore.datasets.two_dimensional import blobs, circles, moons, spiral, xor

__all__ = [
    "FASHION_NAMES",
    "blobs",
    "circles",
    "digits",
    "fashion",
    "hanzi_trees",
    "mnist",
    "molecule_trees",
    "moons",
    "spiral",
    "xor",
]
