"""A kernel of nine numbers: those that have a name, and any others, each in a field of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import traitlets
from ipywidgets import HTML, BoundedFloatText, Dropdown, GridBox, VBox

from dlcore.lookup import find
from dlcore.pretrained import load_pretrained

BY_HAND = {
    "vertical-edges": (-1, 0, 1) * 3,
    "horizontal-edges": (-1, -1, -1, 0, 0, 0, 1, 1, 1),
    "outline": (-1, -1, -1, -1, 8, -1, -1, -1, -1),
    "blur": (1 / 9,) * 9,
    "sharpen": (0, -1, 0, -1, 5, -1, 0, -1, 0),
    "identity": (0, 0, 0, 0, 1, 0, 0, 0, 0),
}
LEARNED = tuple(f"learned-{number}" for number in range(32))
NAMES = (*BY_HAND, *LEARNED)
OWN = "own numbers"


def kernel_numbers(kernel: str | tuple[float, ...]) -> np.ndarray:
    """The numbers of a named kernel, or of nine given ones, as (3, 3).

    Examples
    --------
    >>> kernel_numbers("sharpen")
    array([[ 0., -1.,  0.],
           [-1.,  5., -1.],
           [ 0., -1.,  0.]])
    """
    if kernel in LEARNED:
        return learned_kernels()[LEARNED.index(kernel)]
    numbers = BY_HAND[kernel] if isinstance(kernel, str) else kernel
    return np.array(numbers, float).reshape(3, 3)


@lru_cache(maxsize=1)
def learned_kernels() -> np.ndarray:
    """The kernels of the first layer of the trained CNN, (32, 3, 3), with three decimals."""
    return load_pretrained("cnn").layers[0].parameters["W"][:, :, :, 0].astype(float).round(3)


@dataclass(frozen=True)
class Kernel:
    """The setting: the name of a kernel, or nine numbers, row by row.

    Examples
    --------
    >>> kernel = Kernel("Kernel W", "blur", lowest=-9, highest=9)
    >>> kernel.check("kernel", [[0, 0, 0], [0, 2, 0], [0, 0, 0]])
    (0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0)
    >>> kernel.parse("kernel", "0,0,0,0,20,0,0,0,0")
    Traceback (most recent call last):
        ...
    ValueError: kernel expected 9 numbers from -9 to 9 or a name such as blur, got 20.
    """

    label: str
    default: str
    lowest: float
    highest: float

    def check(self, name: str, value: Any) -> str | tuple[float, ...]:
        if isinstance(value, str):
            return find(name, value, {known: known for known in NAMES})
        bounds = f"from {self.lowest:g} to {self.highest:g}"
        expected = f"{name} expected 9 numbers {bounds} or a name such as {self.default}, "
        try:
            numbers = [float(number) for number in np.ravel(value)]
        except (TypeError, ValueError):
            raise ValueError(f"{expected}got {value!r}.") from None
        if len(numbers) != 9:
            raise ValueError(f"{expected}got {len(numbers)} numbers.")
        for number in numbers:
            if not (math.isfinite(number) and self.lowest <= number <= self.highest):
                raise ValueError(f"{expected}got {number:g}.")
        return tuple(float(f"{number:.6g}") for number in numbers)

    def parse(self, name: str, text: str) -> str | tuple[float, ...]:
        return self.check(name, text.split(",") if "," in text else text)

    def text(self, value: str | Sequence[float]) -> str:
        return value if isinstance(value, str) else ",".join(f"{number:.6g}" for number in value)

    def control(self) -> KernelControl:
        return KernelControl(self)


class KernelControl(VBox):
    """A list of the named kernels, and nine fields; ``value`` is a name or a tuple of nine numbers.

    Attributes
    ----------
    names : the list.
    fields : the nine fields, row by row.

    Examples
    --------
    >>> control = KernelControl(Kernel("Kernel W", "identity", -9, 9))
    >>> control.fields[4].value = 3
    >>> control.value, control.names.value
    ((0.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0), 'own numbers')
    """

    value = traitlets.Union([traitlets.Unicode(), traitlets.Tuple()])

    def __init__(self, setting: Kernel):
        self._writing = True
        self.names = Dropdown(description=setting.label, options=[*NAMES, OWN])
        self.fields = [
            BoundedFloatText(description=f"W[{i}, {j}]", min=setting.lowest, max=setting.highest, step=0.25)
            for i, j in np.ndindex(3, 3)
        ]
        bounds = f"Each number of W from {setting.lowest:g} to {setting.highest:g}:".replace("-", "−")
        super().__init__([self.names, HTML(bounds), GridBox(self.fields).add_class("dlcore-kernel")])
        self.value = setting.default
        self.names.observe(self._choose, "value")
        for field in self.fields:
            field.observe(self._read, "value")

    @traitlets.observe("value")
    def _write(self, change) -> None:
        kernel = change["new"]
        self._writing = True
        self.names.value = kernel if isinstance(kernel, str) else OWN
        for field, number in zip(self.fields, kernel_numbers(kernel).ravel(), strict=True):
            field.value = float(f"{number:.4g}")
        self._writing = False

    def _choose(self, change) -> None:
        if self._writing:
            return
        if change["new"] == OWN:
            self.value = tuple(float(number) for number in kernel_numbers(self.value).ravel())
        else:
            self.value = change["new"]

    def _read(self, change) -> None:
        if not self._writing:
            # The other fields show four digits of their numbers, which keep all of theirs.
            numbers = kernel_numbers(self.value).ravel().tolist()
            numbers[self.fields.index(change["owner"])] = change["new"]
            self.value = tuple(numbers)
