"""dlcore: forward propagation and the chain rule, step by step, in NumPy.

Every network in this library is one equation, ``y = f(W x + b)``, and its chain rule. The layers differ
only in what they gather into ``x``. ``import dlcore`` loads NumPy and nothing else; ``dlcore.figures``
and ``dlcore.labs`` need matplotlib and ipywidgets and are imported on their own.
"""

from importlib import import_module

from dlcore import (
    activations,
    datasets,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    utils,
)
from dlcore.gradient_check import gradient_check
from dlcore.models import Sequential
from dlcore.training import train

__version__ = "0.1.0"

__all__ = [
    "Sequential",
    "activations",
    "datasets",
    "gradient_check",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "trace",
    "train",
    "utils",
]


def __getattr__(name):
    # a quarter of the time to import dlcore would be for tracing, which most programs never ask for
    if name in {"trace", "tracing"}:
        tracing = import_module("dlcore.tracing")
        return tracing if name == "tracing" else tracing.trace
    raise AttributeError(f"module 'dlcore' has no attribute {name!r}")
