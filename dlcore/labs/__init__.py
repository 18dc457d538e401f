"""Labs: networks to touch. Each is a state in plain Python, a figure, and the controls that tie them.

Needs matplotlib and ipywidgets. Labs do not print; show one by making it the last line of a cell.
"""

from importlib import import_module

MODULES = {
    "Convolution": "convolution",
    "FeatureMaps": "feature_maps",
    "GradientFlow": "gradient_flow",
    "LSTMGates": "lstm_gates",
    "Neuron": "neuron",
    "OptimizerRace": "optimizer_race",
    "Playground": "playground",
    "Stepper": "stepper",
    "TreeComposer": "tree_composer",
    "UnrolledRNN": "unrolled_rnn",
}
__all__ = list(MODULES)


def __getattr__(name):
    # only the lab that is asked for: a page shows one or two, and to import all of them takes a while
    if name in MODULES:
        return getattr(import_module(f"dlcore.labs.{MODULES[name]}"), name)
    raise AttributeError(f"module 'dlcore.labs' has no attribute {name!r}")


def __dir__():
    return __all__
