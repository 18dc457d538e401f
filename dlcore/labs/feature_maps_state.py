"""State of the feature-maps lab: a trained CNN, a picture and what disturbs it, and the chosen map."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from dlcore.datasets import mnist
from dlcore.disturbances import add_noise, occlude, rotate, shift
from dlcore.labs.drawing import Drawing, larger, to_cells
from dlcore.labs.settings import Choice, Number
from dlcore.labs.state import LabState
from dlcore.models import Sequential
from dlcore.pretrained import load_pretrained

LAYERS = ("conv1", "pool1", "conv2", "pool2")  # the first four of the network, in its order
FILTERS = {"conv1": 32, "pool1": 32, "conv2": 64, "pool2": 64}
A_SEVEN = "000-0fc-0fc-00c-018-018-030-030-060-060"


class FeatureMapsState(LabState):
    """What the article's CNN, trained on digits, makes of a picture.

    Attributes
    ----------
    picture ... seed : the settings.
    label : the true digit, or None for a drawing.
    original, x : (28, 28), the picture as it is, and as the network sees it.
    original_probabilities, probabilities : (10,), the network's answers to both.
    answer : the digit with the largest probability, for x.
    maps : (height, width, filters), output of the chosen layer for x.
    map : (height, width), that of the chosen filter.
    kernel : the filter's weights, (3, 3, channels); a pooling layer shows those of the layer before it.

    Examples
    --------
    >>> state = FeatureMapsState(layer="pool2", filter=3)
    >>> state.maps.shape, state.kernel.shape, state.label, state.answer
    ((5, 5, 64), (3, 3, 32), 2, 2)
    """

    lab = "feature-maps"
    settings: ClassVar = {
        "picture": Choice("Picture", "digits", ("digits", "drawn")),
        "index": Number("Which held-out digit", 0, 0, 999, whole=True),
        "drawing": Drawing("Your drawing", A_SEVEN),
        "layer": Choice("Layer", "conv1", LAYERS),
        "filter": Number("Filter", 0, 0, 63, whole=True),
        "rotation": Number("Turn, degrees", 0, -180, 180, step=5),
        "shift_down": Number("Shift down, pixels", 0, -10, 10, whole=True),
        "shift_right": Number("Shift right, pixels", 0, -10, 10, whole=True),
        "occlusion": Number("Cover a square, side", 0, 0, 20, whole=True),
        "occlusion_top": Number("The square's first row", 8, 0, 27, whole=True),
        "occlusion_left": Number("The square's first column", 8, 0, 27, whole=True),
        "noise": Number("Noise, standard deviation", 0, 0, 1, step=0.05),
        "seed": Number("Seed of the noise", 0, 0, 99, whole=True),
    }

    def nearest_possible(self, values: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """A filter that the layer has."""
        last = FILTERS[values["layer"]] - 1
        if values["filter"] <= last:
            return values, ""
        values["filter"] = last
        return values, f"{values['layer']} has {last + 1} filters, so the last one, {last}, is shown."

    def rebuild(self) -> None:
        model = trained()
        if self.picture == "drawn":
            self.label, self.original = None, larger(to_cells(self.drawing))
        else:
            pictures, labels = held_out()
            self.label, self.original = int(labels[self.index]), pictures[self.index] / 255
        self.x = self._disturbed(self.original)
        both = np.stack([self.original, self.x])[..., None]
        self.original_probabilities, self.probabilities = model.predict(both)
        self.answer = int(self.probabilities.argmax())
        place = LAYERS.index(self.layer)
        self.maps = model.layers[place].y[1].copy()
        self.map = self.maps[:, :, self.filter]
        self.kernel = model.layers[place - place % 2].parameters["W"][self.filter]

    def _disturbed(self, picture: np.ndarray) -> np.ndarray:
        x = picture[None, :, :, None]
        if self.rotation:
            x = rotate(x, self.rotation)
        x = shift(x, self.shift_down, self.shift_right)
        x = occlude(x, self.occlusion_top, self.occlusion_left, self.occlusion)
        if self.noise:
            x = add_noise(x, self.noise, self.seed)
        return x[0, :, :, 0]

    @property
    def disturbances(self) -> list[str]:
        """What is done to the picture, in words, in the order in which it is done."""
        words = [
            (self.rotation, f"turned by {self.rotation:g}°"),
            (self.shift_down, f"shifted down by {self.shift_down}"),
            (self.shift_right, f"shifted right by {self.shift_right}"),
            (
                self.occlusion,
                f"covered by a square of {self.occlusion} from row {self.occlusion_top}, "
                f"column {self.occlusion_left}",
            ),
            (self.noise, f"noise of {self.noise:g}"),
        ]
        return [sentence.replace("-", "−") for amount, sentence in words if amount]

    def code(self) -> str:
        lines = [
            "import numpy as np",
            "from dlcore.datasets import mnist",
            "from dlcore.disturbances import add_noise, occlude, rotate, shift",
            "from dlcore.pretrained import load_pretrained",
            "",
            'model = load_pretrained("cnn")',
        ]
        if self.picture == "drawn":
            cells = to_cells(self.drawing).astype(int).tolist()
            lines += [
                "x = np.zeros((1, 28, 28, 1))",
                f"x[0, 4:24, 4:24, 0] = np.kron({cells}, np.ones((2, 2)))",
            ]
        else:
            lines += ["_, (pictures, labels) = mnist()", f"x = pictures[[{self.index}], :, :, None] / 255"]
        if self.rotation:
            lines.append(f"x = rotate(x, {self.rotation:g})")
        if self.shift_down or self.shift_right:
            lines.append(f"x = shift(x, {self.shift_down}, {self.shift_right})")
        if self.occlusion:
            lines.append(f"x = occlude(x, {self.occlusion_top}, {self.occlusion_left}, {self.occlusion})")
        if self.noise:
            lines.append(f"x = add_noise(x, {self.noise:g}, seed={self.seed})")
        return "\n".join(
            [
                *lines,
                "probabilities = model.predict(x)[0]",
                f"maps = model.layers[{LAYERS.index(self.layer)}].y[0]  # {self.layer}",
                f"print(probabilities.argmax(), maps[:, :, {self.filter}].max())",
            ]
        )

    @property
    def sentences(self) -> list[str]:
        """The picture, the answer to it, and the chosen map, in words."""
        what = "Your drawing" if self.label is None else f"Held-out digit number {self.index}, a {self.label}"
        row, column = np.unravel_index(self.map.argmax(), self.map.shape)
        height, width = self.map.shape
        return [
            f"{what}: {', '.join(self.disturbances) or 'as it is'}.",
            f"The answer is {self.answer}, with probability {self.probabilities[self.answer]:.3f}.",
            f"Map {self.filter} of {self.layer}, {height} × {width}: the largest number is "
            f"{self.map.max():.2f}, in row {row}, column {column}; {(self.map == 0).mean():.0%} of it is 0.",
        ]

    def __str__(self) -> str:
        rows = [("digit", "".join(f"{digit:7d}" for digit in range(10)))]
        rows.append(("as it is", "".join(f"{p:7.3f}" for p in self.original_probabilities)))
        if self.disturbances:
            rows.append(("disturbed", "".join(f"{p:7.3f}" for p in self.probabilities)))
        return "\n".join([*self.sentences, *(f"{name:9}{numbers}" for name, numbers in rows)])


@lru_cache(maxsize=1)
def trained() -> Sequential:
    """The network, loaded once for all labs."""
    return load_pretrained("cnn")


@lru_cache(maxsize=1)
def held_out() -> tuple[np.ndarray, np.ndarray]:
    """The pictures and labels that the network never saw."""
    return mnist()[1]
