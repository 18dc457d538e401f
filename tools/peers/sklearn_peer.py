"""The dense network in scikit-learn's MLPClassifier."""

from __future__ import annotations

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from peers.tasks import FIT_SAMPLES, NotOfferedError, Task

warnings.filterwarnings("ignore", category=ConvergenceWarning)


def build(task: Task):
    if task.network != "dense":
        raise NotOfferedError("scikit-learn has dense networks only")
    settings = {"hidden_layer_sizes": (64, 64), "batch_size": task.batch, "alpha": 0.0}
    model = MLPClassifier(**settings)
    x, y = task.data()

    def step():
        model.partial_fit(x, y, classes=range(10))

    def prepare_fit():
        x, y = task.data(FIT_SAMPLES)
        return lambda: MLPClassifier(**settings, max_iter=1).fit(x, y)

    return step, prepare_fit
