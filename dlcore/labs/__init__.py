"""Labs: networks to touch. Each is a state in plain Python, a figure, and the controls that tie them.

Needs matplotlib and ipywidgets. Labs do not print; show one by making it the last line of a cell.
"""

from dlcore.labs.convolution import Convolution
from dlcore.labs.feature_maps import FeatureMaps
from dlcore.labs.gradient_flow import GradientFlow
from dlcore.labs.lstm_gates import LSTMGates
from dlcore.labs.neuron import Neuron
from dlcore.labs.optimizer_race import OptimizerRace
from dlcore.labs.playground import Playground
from dlcore.labs.stepper import Stepper
from dlcore.labs.tree_composer import TreeComposer
from dlcore.labs.unrolled_rnn import UnrolledRNN

__all__ = [
    "Convolution",
    "FeatureMaps",
    "GradientFlow",
    "LSTMGates",
    "Neuron",
    "OptimizerRace",
    "Playground",
    "Stepper",
    "TreeComposer",
    "UnrolledRNN",
]
