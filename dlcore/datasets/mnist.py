"""Handwritten digits, 28 by 28 pixels (LeCun, Bottou, Bengio and Haffner, 1998)."""

from __future__ import annotations

import gzip
import struct
import zlib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

Split = tuple[np.ndarray, np.ndarray]

# The four original files, as they have been called since 1998, in the order in which they are returned.
IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def mnist(path: Any = None) -> tuple[Split, Split]:
    """Pictures of digits and their labels, as ``(x_train, y_train), (x_test, y_test)``.

    Parameters
    ----------
    path : by default the embedded selection of 6,000 + 1,000 pictures is returned, both parts drawn from
        MNIST's training set, 10 digits in equal numbers. A folder with the four original IDX files (plain
        or ``.gz``) gives all 60,000 + 10,000.

    Returns
    -------
    x : (samples, 28, 28), uint8, 0 is background and 255 is ink.
    y : (samples,), uint8, the digit.

    Raises
    ------
    FileNotFoundError : a file is missing in the folder.
    ValueError : a file is not in IDX format, is cut short, or holds more or fewer labels than pictures.

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = mnist()
    >>> x_train.shape, x_test.shape
    ((6000, 28, 28), (1000, 28, 28))
    """
    if path is None:
        with np.load(files(__package__) / "mnist_7k.npz") as data:
            arrays = [data[name] for name in ("x_train", "y_train", "x_test", "y_test")]
    else:
        arrays = [read_idx(Path(path), name) for name in IDX_FILES]
        for pictures, labels in (arrays[:2], arrays[2:]):
            if len(pictures) != len(labels):
                raise ValueError(
                    f"expected a label for each picture in {path}, got {len(pictures)} pictures, "
                    f"but {len(labels)} labels. Are the files of one set?"
                )
    return (arrays[0], arrays[1]), (arrays[2], arrays[3])


def read_idx(folder: Path, name: str) -> np.ndarray:
    """One IDX file of unsigned bytes: two zero bytes, the type 8, the number of axes, their lengths, data.

    Source: the description of the format that was published with MNIST.

    Raises
    ------
    FileNotFoundError, ValueError : as for `mnist`.
    """
    plain, packed = folder / name, folder / f"{name}.gz"
    if plain.exists():
        content = plain.read_bytes()
    elif packed.exists():
        try:
            content = gzip.decompress(packed.read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"{packed.name} cannot be unpacked: {error}. Is it complete?") from error
    else:
        raise FileNotFoundError(f"expected {name} or {name}.gz in {folder}, found neither.")
    if content[:3] != b"\0\0\x08" or len(content) < 4 or len(content) < 4 + 4 * content[3]:
        raise ValueError(f"{name} is not an IDX file of bytes: it starts with {content[:4].hex()}.")
    axes = content[3]
    shape = struct.unpack(f">{axes}I", content[4 : 4 + 4 * axes])
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * axes)
    if values.size != np.prod(shape):
        raise ValueError(f"{name} should hold {np.prod(shape)} bytes for {shape}, has {values.size}.")
    return values.reshape(shape)
