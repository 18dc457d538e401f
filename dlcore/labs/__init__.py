"""Labs: networks to touch. Each is a state in plain Python, a figure, and the controls that tie them.

Needs matplotlib and ipywidgets. Labs do not print; show one by making it the last line of a cell.
"""

from dlcore.labs.neuron import Neuron
from dlcore.labs.playground import Playground
from dlcore.labs.stepper import Stepper

__all__ = ["Neuron", "Playground", "Stepper"]
