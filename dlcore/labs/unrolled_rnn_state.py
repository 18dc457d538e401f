"""State of the lab of gradients through time: three recurrent layers and one sequence."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from dlcore.clipping import clip_by_norm, clip_by_value
from dlcore.labs.settings import Choice, Number
from dlcore.labs.state import LabState
from dlcore.layers import GRU, LSTM, SimpleRNN
from dlcore.layers.recurrent import Recurrent

NAMES = ("SimpleRNN", "GRU", "LSTM")
TINY = float(np.finfo(np.float32).tiny)
# how long a gradient is at h[0], at least, if it was 1 at the end
VERDICTS = ((100, "explodes"), (2, "grows"), (0.5, "keeps its length"), (0.01, "fades"), (0, "vanishes"))
CLIPPINGS = {
    "off": lambda gradient, limit: gradient,
    "norm": clip_by_norm,
    "value": clip_by_value,
}


class UnrolledRNNState(LabState):
    """A SimpleRNN, a GRU and an LSTM read the same random sequence; then the gradient runs back through time.

    The loss is ``L = v · h[time]``: it looks at the last state only, and v has length 1, so that all three
    gradients start at ``‖∂L/∂h[time]‖ = 1``. Each square block of U is scaled to the spectral radius that is
    set. All numbers are measured in dlcore's own forward and backward pass, in float32.

    Attributes
    ----------
    time, units, radius, activation, matrix, keep_bias, clipping, limit, t, seed : the settings.
    x : (time,), the sequence: normal random numbers.
    layers : name -> the layer, after its backward pass.
    states : name -> (time + 1, units), h[0] to h[time].
    norms : name -> (time + 1,), ‖∂L/∂h[t]‖.
    theory : (time + 1,), radius^(time − t): the norms of a linear layer whose matrix is orthogonal but for
        its size.
    gradient_norms : name -> (before, after), the length of the whole gradient of W, U and b, before and after
        clipping.

    Examples
    --------
    >>> state = UnrolledRNNState(time=10, radius=0.5, activation="linear")
    >>> [f"{norm:.6f}" for norm in state.norms["SimpleRNN"][:3]]
    ['0.000977', '0.001953', '0.003906']
    >>> [f"{norm:.6f}" for norm in state.theory[:3]]
    ['0.000977', '0.001953', '0.003906']
    """

    lab = "unrolled"
    settings: ClassVar = {
        "t": Number("Look at state h[t]", 20, 0, 100, whole=True),
        "time": Number("Time steps", 40, 2, 100, whole=True),
        "units": Number("Units", 16, 1, 32, whole=True),
        "radius": Number("Spectral radius of U", 0.9, 0.1, 3, step=0.05),
        "matrix": Choice("U is drawn", "orthogonal", ("orthogonal", "glorot_normal")),
        "activation": Choice("Activation of SimpleRNN", "tanh", ("tanh", "linear", "relu")),
        "keep_bias": Number("Bias of the gates that keep", 1.0, -2, 6, step=0.5),
        "clipping": Choice("Clip the gradient by", "off", tuple(CLIPPINGS)),
        "limit": Number("Limit of clipping", 1.0, 0.01, 100, step=0.1, logarithmic=True),
        "seed": Number("Seed", 0, 0, 99, whole=True),
    }

    def nearest_possible(self, values: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """A state to look at that there is."""
        if values["t"] <= values["time"]:
            return values, ""
        sentence = f"There is no state h[{values['t']}] in {values['time']} steps: the nearest is the last."
        return values | {"t": values["time"]}, sentence

    def rebuild(self) -> None:
        """Make the three layers anew, unless only the place to look at has changed."""
        needed = {name: value for name, value in self.values.items() if name != "t"}
        if needed == getattr(self, "_built_for", None):
            return
        self._built_for = needed
        self.x = np.random.default_rng(self.seed).normal(size=self.time)
        # Numbers that are too large or too small are what there is to see here: no warnings beside.
        with np.errstate(all="ignore"):
            self.layers = {name: self._run(name) for name in NAMES}
            self.states = {name: layer.h[:, 0] for name, layer in self.layers.items()}
            self.norms = {name: lengths(layer.dh[:, 0]) for name, layer in self.layers.items()}
            self.theory = float(self.radius) ** np.arange(self.time, -1, -1)
            self.gradient_norms = {name: self._clipped(layer) for name, layer in self.layers.items()}

    def _run(self, name: str) -> Recurrent:
        """One layer, through time and back."""
        shared = {"recurrent_initializer": self.matrix, "input_shape": (None, 1)}
        if name == "SimpleRNN":
            layer = SimpleRNN(self.units, activation=self.activation, **shared)
        else:
            layer = (GRU if name == "GRU" else LSTM)(self.units, **shared)
        layer.build((None, 1), self.seed)
        scale_recurrent_matrix(layer, self.radius)
        if name == "GRU":
            layer.parameters["b"][: self.units] = self.keep_bias  # of the gate z
        if name == "LSTM":
            layer.parameters["b"][self.units : 2 * self.units] = self.keep_bias  # of the gate f
        layer.forward(self.x[None, :, None])
        layer.backward(self.v)
        return layer

    @property
    def v(self) -> np.ndarray:
        """(1, units): ∂L/∂h[time]."""
        return np.full((1, self.units), self.units**-0.5)

    def _clipped(self, layer: Recurrent) -> tuple[float, float]:
        gradient = np.concatenate([array.ravel() for array in layer.gradients.values()]).astype(float)
        clipped = CLIPPINGS[self.clipping](gradient, self.limit)
        return float(np.linalg.norm(gradient)), float(np.linalg.norm(clipped))

    # ------------------------------------------------------------------ in words

    def factor(self, name: str) -> float:
        """By how much the gradient changes for one step back, on (geometric) average over all steps."""
        return float((self.norms[name][0] / self.norms[name][-1]) ** (1 / self.time))

    def trouble(self, name: str) -> str:
        """Where this layer's gradient is not finite, or exactly 0, and why; or ""."""
        norms = self.norms[name]
        broken = np.flatnonzero(~np.isfinite(norms))
        if broken.size:
            return (
                f"At h[{broken[-1]}] the gradient is no longer a finite number: it has exploded beyond what "
                "float32 can hold (3.4e38). A training step from here would spoil every weight."
            )
        zeros = np.flatnonzero(norms == 0)
        if not zeros.size:
            return ""
        last = zeros[-1]
        why = (
            "the number before it was too small for float32 to make smaller"
            if norms[last + 1] < TINY
            else "the slope of relu is 0 in every unit"
        )
        return f"From h[{last}] back to h[0] the gradient is exactly 0: {why}. Nothing is learned there."

    def verdict(self, name: str) -> str:
        """What becomes of this layer's gradient on its way from h[time] to h[0], in words."""
        if trouble := self.trouble(name):
            return trouble
        norms = self.norms[name]
        words = next(words for least, words in VERDICTS if norms[0] >= least)
        return (
            f"It {words}: at h[0] it is {norms[0]:.2g} times as long as at h[{self.time}]; "
            f"on average each step back multiplies it by {self.factor(name):.3f}."
        )

    def formula(self) -> str:
        """What the SimpleRNN computes at state t, for its unit 0, and how the gradient comes to it."""
        t, layer, f = self.t, self.layers["SimpleRNN"], self.activation
        lines = [f"SimpleRNN, unit 0 of state h[{t}]"]
        if t == 0:
            lines.append("h[0] = 0: no step has been taken")
        else:
            parts = (
                float(layer.parameters["W"][0] @ layer.gathered[t - 1, 0, :1]),
                float(layer.parameters["U"][0] @ layer.h[t - 1, 0]),
                float(layer.parameters["b"][0]),
            )
            shown = " + ".join(in_brackets(part) for part in parts)
            lines += [
                f"h[{t}] = {f}(W x[{t - 1}] + U h[{t - 1}] + b)",
                f"     = {f}({shown})",
                f"     = {short(self.states['SimpleRNN'][t, 0])}",
            ]
        norms = self.norms["SimpleRNN"]
        if t == self.time:
            lines.append(f"‖∂L/∂h[{t}]‖ = ‖v‖ = {short(norms[t])}")
        else:
            lines += [
                f"‖∂L/∂h[{t}]‖ = ‖Uᵀ δ[{t}]‖ = {short(norms[t])}",
                f"‖∂L/∂h[{t + 1}]‖           = {short(norms[t + 1])}",
            ]
        lines.append(f"{self.radius:g}^({self.time} − {t}) = {short(self.theory[t])}")
        return "\n".join(lines)

    def __str__(self) -> str:
        heads = (f"‖∂L/∂h[{self.t}]‖", "‖∂L/∂h[0]‖", "per step", "‖gradient‖", "clipped")
        lines = [
            f"{self.units} units, {self.time} steps, spectral radius {self.radius:g}",
            " " * 10 + "".join(f"{head:>13}" for head in heads),
        ]
        for name in NAMES:
            norms = self.norms[name]
            numbers = (norms[self.t], norms[0], self.factor(name), *self.gradient_norms[name])
            lines.append(f"{name:10}" + "".join(f"{number:13.3g}" for number in numbers))
        theory = (self.theory[self.t], self.theory[0], self.radius)
        lines.append(f"{'theory':10}" + "".join(f"{number:13.3g}" for number in theory))
        return "\n".join(lines)

    def code(self) -> str:
        imported = clipped = ""
        if self.clipping != "off":
            function = CLIPPINGS[self.clipping].__name__
            imported = f"from dlcore.clipping import {function}\n"
            clipped = f"""
    gradient = np.concatenate([array.ravel() for array in layer.gradients.values()]).astype(float)
    clipped = {function}(gradient, {self.limit:g})
    print("whole gradient", np.linalg.norm(gradient), "clipped", np.linalg.norm(clipped))"""
        return f"""\
import numpy as np
{imported}from dlcore.labs.unrolled_rnn_state import scale_recurrent_matrix
from dlcore.layers import GRU, LSTM, SimpleRNN

units = {self.units}
keep_gate = {{"gru": slice(0, units), "lstm": slice(units, 2 * units)}}  # rows of b
x = np.random.default_rng({self.seed}).normal(size={self.time})
v = np.full((1, units), units**-0.5)  # L = v · h[{self.time}]
for layer in (
    SimpleRNN(units, activation={self.activation!r}, recurrent_initializer={self.matrix!r}),
    GRU(units, recurrent_initializer={self.matrix!r}),
    LSTM(units, recurrent_initializer={self.matrix!r}),
):
    layer.build((None, 1), {self.seed})
    scale_recurrent_matrix(layer, {self.radius:g})
    if layer.name in keep_gate:
        layer.parameters["b"][keep_gate[layer.name]] = {self.keep_bias:g}
    layer.forward(x[None, :, None])
    layer.backward(v)
    print(layer.name, np.linalg.norm(layer.dh[{self.t}])){clipped}"""


def scale_recurrent_matrix(layer: Recurrent, radius: float) -> None:
    """Multiply each square block of U so that the largest size of its eigenvalues becomes ``radius``.

    Examples
    --------
    >>> layer = SimpleRNN(4)
    >>> layer.build((None, 1))
    >>> scale_recurrent_matrix(layer, 0.5)
    >>> round(float(np.abs(np.linalg.eigvals(layer.parameters["U"])).max()), 4)
    0.5
    """
    for block in np.split(layer.parameters["U"], layer.blocks):
        block *= radius / np.abs(np.linalg.eigvals(block)).max()


def lengths(vectors: np.ndarray) -> np.ndarray:
    """The length of each row, in float64: squares of what float32 can hold are too large for float32."""
    return np.linalg.norm(vectors.astype(float), axis=1)


def short(number: float) -> str:
    """Four significant digits with a true minus sign; what is not finite in words.

    Examples
    --------
    >>> short(-0.123456), short(float("nan")), short(float("-inf"))
    ('−0.1235', 'not a number', '−infinite')
    """
    if np.isnan(number):
        return "not a number"
    return f"{number:.4g}".replace("-", "−").replace("inf", "infinite")


def in_brackets(number: float) -> str:
    """A number inside a formula; a negative one stands in brackets."""
    return short(number) if number >= 0 else f"({short(number)})"
