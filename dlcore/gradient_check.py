"""Is backward right? Compare its gradients with central differences of the loss.

``dL/dθ_i ≈ (L(θ + h e_i) - L(θ - h e_i)) / 2h``, in float64. The error of the quotient falls as h², that of
rounding grows as 1/h; ``h = 1e-5`` times the size of the number is near the best of both.

Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, section 11.5.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore.inputs import as_numbers, positive_integer, positive_number


@dataclass(frozen=True)
class GradientCheck:
    """How far backward is from finite differences, at the entry where it is farthest.

    Attributes
    ----------
    relative_error : ``|analytic - numeric| / max(|analytic|, |numeric|, scale)`` at the worst entry; the
        scale is the largest gradient in the same array, so that entries near 0 are judged by their peers,
        or, if that is larger, the gradient of which rounding of L leaves no more digits than asked for.
    name : whose gradient it is, such as ``"dense/W"``, or ``"x"`` for the input.
    index : which entry of it.
    analytic, numeric : the two derivatives there.
    entries : how many derivatives were compared.
    skipped : how many were left out because a kink (of ReLU or max) lies within the step h.
    tolerance : the relative error up to which the check counts as passed.
    """

    relative_error: float
    name: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    entries: int
    skipped: int
    tolerance: float

    @property
    def passed(self) -> bool:
        return self.relative_error <= self.tolerance

    def __str__(self) -> str:
        verdict = "agree" if self.passed else "DISAGREE"
        bound = "at most" if self.passed else "more than"
        text = (
            f"{self.entries} gradients {verdict} with central differences: "
            f"relative error {bound} {self.tolerance:g}"
        )
        if self.skipped:
            text += f"; {self.skipped} next to a kink left out"
        if not self.passed:
            text += (
                f"\nworst at {self.name}{list(self.index)}: backward gives {self.analytic:.6g}, "
                f"differences give {self.numeric:.6g} (relative error {self.relative_error:.2g})"
            )
        return text


def gradient_check(
    model: Any,
    x: Any,
    y: Any,
    *,
    step: float = 1e-5,
    tolerance: float = 1e-7,
    training: bool = False,
    entries_per_array: int | None = None,
    seed: int = 0,
) -> GradientCheck:
    """Check every gradient of a compiled model on one batch: all parameters, and the input.

    The check works on a float64 copy; the model itself is not touched.

    Parameters
    ----------
    model : a compiled `Sequential`.
    x : (batch, ...), inputs; a few samples are enough.
    y : (batch, ...), targets.
    step : h for numbers of size up to 1; larger numbers get a step in proportion.
    tolerance : the relative error that counts as agreement.
    training : whether to check what layers do while training, such as normalizing by the batch. Masks of
        dropout are then the same in all passes.
    entries_per_array : check only so many entries of each array, drawn at random; by default all.
    seed : for that draw.

    Raises
    ------
    TypeError, ValueError : the data do not fit the model, a number is not positive, or every entry lies
        next to a kink.

    Examples
    --------
    >>> from dlcore import Sequential
    >>> from dlcore.layers import Dense
    >>> model = Sequential([Dense(3, input_dim=2, activation="tanh"), Dense(1)])
    >>> model.compile(loss="mse")
    >>> print(gradient_check(model, [[0.5, -1.0]], [[1.0]]))
    15 gradients agree with central differences: relative error at most 1e-07
    """
    model.require_compiled()
    model = model.copy(dtype=np.float64)
    x = copy.deepcopy(model.as_inputs(x))  # its numbers are moved up and down below
    y = model.check_targets(x, as_numbers("y", y))
    positive_number("gradient_check", "step", step)
    if entries_per_array is not None:
        positive_integer("gradient_check", "entries_per_array", entries_per_array)
    loss_of = LossWithFixedChance(model, x, y, training)
    loss_of.start_again()
    loss, _ = model.loss_and_gradients(x, y, training=training, input_gradient=True)
    # The quotient carries an error of a few roundings of L, divided by h.
    smallest_scale = 4 * np.finfo(np.float64).eps * max(1.0, abs(loss)) / step / tolerance
    checked = [
        (f"{layer.name}/{name}", layer.parameters[name], layer.gradients[name].copy())
        for layer in model.layers
        for name in layer.parameters
    ]
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":  # there is no slope in whole numbers or trees
        checked.append(("x", x, model.input_gradient.copy()))

    rng = np.random.default_rng(seed)
    worst, entries, skipped = None, 0, 0
    for name, values, gradient in checked:
        scale = max(float(np.abs(gradient).max(initial=0.0)), smallest_scale)
        flat = np.arange(values.size)
        if entries_per_array is not None and values.size > entries_per_array:
            flat = np.sort(rng.choice(flat, entries_per_array, replace=False))
        for index in zip(*np.unravel_index(flat, values.shape), strict=True):
            numeric, smooth = central_difference(loss_of, values, index, step)
            if not smooth:
                skipped += 1
                continue
            entries += 1
            analytic = float(gradient[index])
            error = abs(analytic - numeric) / max(abs(analytic), abs(numeric), scale)
            if worst is None or error > worst[0]:
                worst = (error, name, tuple(int(i) for i in index), analytic, numeric)
    if worst is None:
        raise ValueError("every entry lies next to a kink: check at another point.")
    return GradientCheck(*worst, entries, skipped, tolerance)


class LossWithFixedChance:
    """The loss as a function of a model's numbers; random masks are the same in each pass."""

    def __init__(self, model: Any, x: Any, y: np.ndarray, training: bool):
        self.model, self.x, self.y, self.training = model, x, y, training
        self.generators = [layer.rng.bit_generator for layer in model.layers if hasattr(layer, "rng")]
        self.states = [generator.state for generator in self.generators]

    def start_again(self) -> None:
        """Put the random generators back to where they were."""
        for generator, state in zip(self.generators, self.states, strict=True):
            generator.state = state

    def __call__(self) -> tuple[float, list[np.ndarray | None]]:
        """The loss, and the linear piece on which each layer was."""
        self.start_again()
        loss = self.model.loss_value(self.x, self.y, self.training)
        return loss, [copy.copy(layer.linear_piece()) for layer in self.model.layers]


def central_difference(
    loss_of: LossWithFixedChance, values: np.ndarray, index: tuple[int, ...], step: float
) -> tuple[float, bool]:
    """``(L(v + h) - L(v - h)) / 2h`` for one number v of the model or of x, and whether L is smooth there.

    L is not smooth when a ReLU or a maximum switches to another linear piece between v - h and v + h.
    """
    centre = values[index]
    h = step * max(1.0, abs(centre))
    results = []
    for value in (centre - h, centre + h, centre):
        values[index] = value  # the last of the three puts the number back
        results.append(loss_of())
    (loss_below, below), (loss_above, above), (_, at) = results
    smooth = all(
        np.array_equal(a, b) and np.array_equal(b, c) for a, b, c in zip(below, at, above, strict=True)
    )
    return (loss_above - loss_below) / (2 * h), smooth
