"""Real data, embedded: one loader function each. Sources and licences: DATA_LICENSES.md."""

from dlcore.datasets.couplets import couplets
from dlcore.datasets.digits import digits
from dlcore.datasets.fashion import FASHION_NAMES, fashion
from dlcore.datasets.first_names import first_names
from dlcore.datasets.hanzi import hanzi_trees
from dlcore.datasets.mnist import mnist
from dlcore.datasets.molecules import molecule_trees
from dlcore.datasets.sunspots import sunspots
from dlcore.datasets.two_dimensional import blobs, circles, moons, spiral, xor

__all__ = [
    "FASHION_NAMES",
    "blobs",
    "circles",
    "couplets",
    "digits",
    "fashion",
    "first_names",
    "hanzi_trees",
    "mnist",
    "molecule_trees",
    "moons",
    "spiral",
    "sunspots",
    "xor",
]
