"""One neuron with two inputs: ``z = w1 x1 + w2 x2 + b`` and ``y = f(z)``, with all its numbers in sight."""

from __future__ import annotations

from html import escape

import numpy as np
from ipywidgets import HTML

from dlcore.activations import ACTIVATIONS
from dlcore.figures.activation_curve import ActivationCurve
from dlcore.figures.neuron_plane import NeuronPlane
from dlcore.labs.lab import Lab, column, row
from dlcore.labs.settings import Choice, Number
from dlcore.labs.state import LabState
from dlcore.labs.surface import Surface
from dlcore.layers import Dense
from dlcore.models import Sequential

NAMES = tuple(name for name, activation in ACTIVATIONS.items() if activation.elementwise)
TICKS = np.linspace(-2, 2, 41)  # of both inputs
Z_RANGE = np.linspace(-10, 10, 401)  # all z that the settings allow


class NeuronState(LabState):
    """A neuron and what it answers.

    Attributes
    ----------
    w1, w2, b, x1, x2, activation : the settings.
    model : `Sequential` with one `Dense` layer of one neuron, in float64.
    z, y, slope : weighted sum, output, and f'(z).

    Examples
    --------
    >>> state = NeuronState(w1=2, w2=-1, b=0.5, x1=1, x2=0.5, activation="relu")
    >>> state.z, state.y, state.slope
    (2.0, 2.0, 1.0)
    >>> print(state)
    z = w₁·x₁ + w₂·x₂ + b
      = 2.00·1.00 + (−1.00)·0.50 + 0.50
      =  2.0000
    y = relu(z)  =  2.0000
    slope f′(z)  =  1.0000
    """

    lab = "neuron"
    settings = {  # noqa: RUF012
        "w1": Number("Weight w₁", 1.5, -2, 2, step=0.05),
        "w2": Number("Weight w₂", -1.0, -2, 2, step=0.05),
        "b": Number("Bias b", 0.25, -2, 2, step=0.05),
        "x1": Number("Input x₁", 0.8, -2, 2, step=0.05),
        "x2": Number("Input x₂", 0.5, -2, 2, step=0.05),
        "activation": Choice("Activation f", "tanh", NAMES),
    }

    def rebuild(self) -> None:
        self.model = Sequential([Dense(1, activation=self.activation, input_dim=2)], dtype=np.float64)
        self.model.set_weights([[[self.w1, self.w2]], [self.b]])
        layer = self.model.layers[0]
        self.y = float(self.model.predict([[self.x1, self.x2]])[0, 0])
        self.z = float(layer.z[0, 0])
        self.slope = float(layer.activation.slope(layer.z)[0, 0])

    def curve(self) -> np.ndarray:
        """y at each z of ``Z_RANGE``."""
        return self.model.layers[0].activation(Z_RANGE)

    def plane(self) -> tuple[np.ndarray, np.ndarray]:
        """z and y over the input plane, both (points, points), row i at ``x2 = TICKS[i]``."""
        x1, x2 = np.meshgrid(TICKS, TICKS)
        y = self.model.forward(np.stack([x1.ravel(), x2.ravel()], axis=1))
        return self.model.layers[0].z.reshape(x1.shape), y.reshape(x1.shape)

    def code(self) -> str:
        return f"""\
import numpy as np
from dlcore import Sequential
from dlcore.layers import Dense

model = Sequential([Dense(1, activation={self.activation!r}, input_dim=2)], dtype=np.float64)
model.set_weights([[[{self.w1:g}, {self.w2:g}]], [{self.b:g}]])
y = model.predict([[{self.x1:g}, {self.x2:g}]])
print(model.layers[0].z, y)"""

    def __str__(self) -> str:
        w1, w2, b, x1, x2 = (in_brackets(getattr(self, name)) for name in ("w1", "w2", "b", "x1", "x2"))
        return (
            f"z = w₁·x₁ + w₂·x₂ + b\n"
            f"  = {w1}·{x1} + {w2}·{x2} + {b}\n"
            f"  = {fixed(self.z)}\n"
            f"{f'y = {self.activation}(z)':11}  = {fixed(self.y)}\n"
            f"slope f′(z)  = {fixed(self.slope)}"
        )


def fixed(number: float) -> str:
    """A result, always as wide, with a true minus sign."""
    return f"{number:7.4f}".replace("-", "−")


def in_brackets(number: float) -> str:
    """A number inside a formula; a negative one stands in brackets."""
    return f"{number:.2f}" if number >= 0 else f"(−{-number:.2f})"


class Neuron(Lab):
    """The lab of one neuron: five sliders and an activation; formula, curve with slope, and input plane.

    Show it with ``Neuron()`` as the last line of a cell, or ``Neuron(w1=2, activation="relu")``.
    In a cell of code, ``lab.state`` is a `NeuronState`: ``lab.change(w1=2)``, then ``print(lab.state)``.

    Examples
    --------
    >>> lab = Neuron(activation="relu")
    >>> lab.controls["w1"].value = 2
    >>> lab.state.w1
    2.0
    >>> lab.paste("neuron b=7")
    >>> lab.state.b
    0.25
    """

    state_class = NeuronState

    def arrange(self):
        self.curve, self.plane = ActivationCurve(), NeuronPlane(TICKS)
        self.formula = HTML()
        self.show_figures()
        self.curve_surface = Surface(self.curve.figure, "")
        self.plane_surface = Surface(self.plane.figure, "")
        controls = list(self.controls.values())
        return [
            self.formula,
            row(self.curve_surface, self.plane_surface),
            row(column(*controls[:3]), column(*controls[3:])),
        ]

    def show(self) -> None:
        state = self.state
        self.formula.value = (
            '<div class="dlcore-formula" tabindex="0" role="group" aria-label="formula with numbers">'
            f"{escape(str(state))}</div>"
        )
        self.show_figures()
        self.curve_surface.redraw()
        self.plane_surface.redraw()
        self.curve_surface.tooltip = (
            f"Curve of {state.activation}: at z = {state.z:.3f} the output is {state.y:.3f} "
            f"and the slope {state.slope:.3f}."
        )
        self.plane_surface.tooltip = (
            f"Output over the plane of both inputs, blue below zero and red above, with the line z = 0; "
            f"at x1 = {state.x1:g}, x2 = {state.x2:g} it is {state.y:.3f}."
        )

    def show_figures(self) -> None:
        """Bring both figures to the present state."""
        state, y = self.state, self.state.curve()
        z_plane, y_plane = state.plane()
        self.curve.update(state.activation, Z_RANGE, y, (state.z, state.y), state.slope)
        self.plane.update(y_plane, z_plane, float(np.abs(y).max()), (state.x1, state.x2))
