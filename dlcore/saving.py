"""Models on disk: one ``.npz`` file with the layers as JSON and the weights as arrays; no pickle."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore import initializers, losses, metrics, optimizers, regularizers, schedules
from dlcore.lookup import find

if TYPE_CHECKING:
    from dlcore.models import Sequential

FORMAT = "dlcore model 1"


def save_model(model: Sequential, path: Any) -> None:
    """Write a built model to ``path``.

    The file keeps the layers, their weights, and what was given to ``compile``. It does not keep the
    moments of the optimizer: a model that goes on training starts with fresh ones.

    Raises
    ------
    RuntimeError : the model has no parameters yet.
    TypeError : a layer, a function or a loss is your own, so that its name alone would not bring it back.
    """
    model.require_built()
    architecture = {
        "format": FORMAT,
        "name": model.name,
        "seed": model.seed,
        "dtype": model.dtype.name,
        "input_shape": model.layers[0].input_shape,
        "layers": model.layers,
        "trainable": [layer.trainable for layer in model.layers],
        "compile": None,
    }
    if model.loss is not None:
        accuracy = metrics.ACCURACY_OF_LOSS.get(model.loss.name)
        known_metrics = metrics.METRICS | {"accuracy": accuracy, "acc": accuracy}
        architecture["compile"] = {
            "loss": known(model.loss.name, type(model.loss), losses.LOSSES),
            "metrics": [known(name, function, known_metrics) for name, function in model.metrics.items()],
            "optimizer": model.optimizer,
        }
    arrays = {f"weight_{i}": array for i, array in enumerate(model.get_weights())}
    # Everything is put together in memory, then in a file beside: a failure leaves an older file as it was.
    buffer = io.BytesIO()
    np.savez(buffer, architecture=np.array(json.dumps(architecture, default=describe)), **arrays)
    path = Path(path)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(buffer.getvalue())
    beside.replace(path)


def classes() -> dict[str, type]:
    """The classes that a model file can name."""
    from dlcore import layers  # layers need nothing of this file, but a model needs both

    named = [getattr(layers, name) for name in layers.__all__]
    named += [*optimizers.OPTIMIZERS.values(), *schedules.SCHEDULES.values(), regularizers.L1L2]
    return {cls.__name__: cls for cls in named}


def describe(thing: Any) -> Any:
    """A layer, optimizer, schedule or regularizer as its class's name and its constructor's arguments.

    An initializer becomes its name, a number of NumPy's types one that JSON has.
    """
    if isinstance(thing, np.generic):
        return thing.item()
    if callable(thing) and initializers.INITIALIZERS.get(getattr(thing, "__name__", None)) is thing:
        return thing.__name__
    known(type(thing).__name__, type(thing), classes())
    config = asdict(thing) if is_dataclass(thing) else thing.get_config()
    return {"class": type(thing).__name__, "config": config}


def revive(entry: dict[str, Any]) -> Any:
    """What `describe` described; other dicts stay as they are."""
    if set(entry) != {"class", "config"}:
        return entry
    return find("class", entry["class"], classes())(**entry["config"])


def known(name: str, thing: Any, table: Mapping[str, Any]) -> str:
    """``name``, if that is what ``table`` calls the thing; raises TypeError otherwise."""
    if table.get(name) is not thing:
        raise TypeError(f"{thing!r} cannot be saved: a file keeps names, and only those of dlcore.")
    return name


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
    from dlcore.models import Sequential

    try:
        with np.load(path, allow_pickle=False) as file:
            text = str(file["architecture"])
            weights = [file[f"weight_{i}"] for i in range(len(file.files) - 1)]
        written_as = json.loads(text)["format"]
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is not a model file: expected what model.save() writes.") from error
    if written_as != FORMAT:
        raise ValueError(
            f"{path} has format {written_as!r}, expected {FORMAT!r}. "
            "It was written by another version of dlcore."
        )
    architecture = json.loads(text, object_hook=revive)
    model = Sequential(name=architecture["name"], seed=architecture["seed"], dtype=architecture["dtype"])
    for layer, trainable in zip(architecture["layers"], architecture["trainable"], strict=True):
        layer.trainable = trainable
        model.add(layer)
    model.build(tuple(architecture["input_shape"]))
    model.set_weights(weights)
    if architecture["compile"] is not None:
        model.compile(**architecture["compile"])
    return model
