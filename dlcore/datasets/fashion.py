"""Pictures of clothes, 28 by 28 pixels: in the form of MNIST, but harder (Xiao, Rasul and Vollgraf, 2017)."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

Split = tuple[np.ndarray, np.ndarray]

FASHION_NAMES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


def fashion() -> tuple[Split, Split]:
    """2,000 + 500 pictures of clothes and their labels, as ``(x_train, y_train), (x_test, y_test)``.

    The first part is drawn from Fashion-MNIST's training set, the second from its test set; both hold the
    10 kinds in equal numbers.

    Returns
    -------
    x : (samples, 28, 28), uint8, 0 is background and 255 is the darkest.
    y : (samples,), uint8, the kind; `FASHION_NAMES` has their names in that order.

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = fashion()
    >>> x_train.shape, x_test.shape, FASHION_NAMES[y_train[0]]
    ((2000, 28, 28), (500, 28, 28), 'ankle boot')
    """
    with np.load(files(__package__) / "fashion_2500.npz") as data:
        return (data["x_train"], data["y_train"]), (data["x_test"], data["y_test"])
