"""Real data, embedded: one loader function each. Sources and licences: DATA_LICENSES.md."""

from dlcore.datasets.digits import digits
from dlcore.datasets.mnist import mnist
from dlcore.datasets.two_dimensional import blobs, circles, moons, spiral, xor

__all__ = ["blobs", "circles", "digits", "mnist", "moons", "spiral", "xor"]
