"""Models on disk: one ``.npz`` file with the layers as JSON and the weights as arrays; no pickle."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore import optimizers

if TYPE_CHECKING:
    from dlcore.models import Sequential

FORMAT = "dlcore model 1"


def save_model(model: Sequential, path: Any) -> None:
    """Write a built model to ``path``.

    The file keeps the layers, their weights, and the names given to ``compile``. It does not keep the
    state of the optimizer: a model that goes on training starts with fresh moments.

    Raises
    ------
    RuntimeError : the model has no parameters yet.
    """
    model.require_built()
    architecture = {
        "format": FORMAT,
        "name": model.name,
        "seed": model.seed,
        "dtype": model.dtype.name,
        "input_shape": model.layers[0].input_shape,
        "layers": [
            {
                "class": type(layer).__name__,
                "config": layer.get_config(),
                "trainable": layer.trainable,
            }
            for layer in model.layers
        ],
        "compile": None,
    }
    if model.loss is not None:
        architecture["compile"] = {
            "loss": model.loss.name,
            "metrics": list(model.metrics),
            "optimizer": type(model.optimizer).__name__.lower(),
            "optimizer_settings": model.optimizer.get_config(),
        }
    arrays = {f"weight_{i}": array for i, array in enumerate(model.get_weights())}
    # Everything is put together in memory first: a failure leaves an older file as it was.
    buffer = io.BytesIO()
    np.savez(buffer, architecture=np.array(json.dumps(architecture)), **arrays)
    Path(path).write_bytes(buffer.getvalue())


def load_model(path: Any) -> Sequential:
    """Read a model that `save_model` wrote.

    Raises
    ------
    FileNotFoundError : there is no such file.
    ValueError : it is not a model file of dlcore.

    Examples
    --------
    >>> import tempfile
    >>> from dlcore.layers import Dense
    >>> from dlcore.models import Sequential
    >>> model = Sequential([Dense(2, input_dim=3)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save(f"{folder}/model.npz")
    ...     again = load_model(f"{folder}/model.npz")
    >>> x = np.ones((1, 3))
    >>> bool((model.predict(x) == again.predict(x)).all())
    True
    """
    from dlcore import layers
    from dlcore.models import Sequential

    try:
        with np.load(path, allow_pickle=False) as file:
            architecture = json.loads(str(file["architecture"]))
            weights = [file[f"weight_{i}"] for i in range(len(file.files) - 1)]
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is not a model file: expected what model.save() writes.") from error
    if architecture.get("format") != FORMAT:
        raise ValueError(
            f"{path} has format {architecture.get('format')!r}, expected {FORMAT!r}. "
            "It was written by another version of dlcore."
        )
    model = Sequential(name=architecture["name"], seed=architecture["seed"], dtype=architecture["dtype"])
    for entry in architecture["layers"]:
        layer = getattr(layers, entry["class"])(**entry["config"])
        layer.trainable = entry["trainable"]
        model.add(layer)
    model.build(tuple(architecture["input_shape"]))
    model.set_weights(weights)
    if (compiled := architecture["compile"]) is not None:
        optimizer = optimizers.OPTIMIZERS[compiled["optimizer"]](**compiled["optimizer_settings"])
        model.compile(optimizer=optimizer, loss=compiled["loss"], metrics=compiled["metrics"])
    return model
