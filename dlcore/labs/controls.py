"""One widget for each kind of setting, with its bounds in sight."""

from __future__ import annotations

import math

import traitlets
from ipywidgets import Combobox, Dropdown, FloatLogSlider, FloatSlider, IntSlider, VBox, Widget

from dlcore.labs.settings import Choice, Number, Setting, Sizes, Text


def control(setting: Setting, live: bool) -> Widget:
    """A widget whose ``value`` is the setting's.

    Parameters
    ----------
    live : whether a slider reports every pixel of its way, or only where it is let go (where each value
        costs a training).

    Examples
    --------
    >>> control(Number("w1", 0.5, -3, 3, step=0.1), live=True).description
    'w1 (−3 to 3)'
    """
    if isinstance(setting, Choice):
        return Dropdown(description=setting.label, options=setting.options, value=setting.default)
    if isinstance(setting, Sizes):
        return SizesControl(setting)
    if isinstance(setting, Text):
        # takes any text; the suggestions, if there are any, drop down while one types
        return Combobox(
            description=setting.label,
            value=setting.default,
            options=setting.suggestions,
            continuous_update=False,
        )
    if isinstance(setting, Number):
        return slider(setting, live)
    return setting.control()  # a kind of setting that lives with its labs


def slider(setting: Number, live: bool) -> Widget:
    """A slider for a number."""
    shared = {
        "description": f"{setting.label} ({bound(setting.lowest)} to {bound(setting.highest)})",
        "value": setting.default,
        "continuous_update": live,
    }
    if setting.logarithmic:
        # this slider counts in powers of ten, and so does its step
        exponents = {"min": math.log10(setting.lowest), "max": math.log10(setting.highest)}
        # If it acted on its way, the browser would round any value to a whole step as soon as it is shown.
        shared["continuous_update"] = False
        return FloatLogSlider(**shared, **exponents, step=setting.step, readout_format=".2g")
    kind = IntSlider if setting.whole else FloatSlider
    return kind(**shared, min=setting.lowest, max=setting.highest, step=setting.step)


def bound(number: float) -> str:
    """A bound as text, with a true minus sign."""
    return f"{number:g}".replace("-", "−")


class SizesControl(VBox):
    """A slider for the number of layers and one for the neurons of each; ``value`` is a tuple.

    Examples
    --------
    >>> sizes = SizesControl(Sizes("Hidden layers", (8, 4), most_layers=3, most_neurons=16))
    >>> sizes.layers.value = 3
    >>> sizes.value
    (8, 4, 4)
    """

    value = traitlets.Tuple()

    def __init__(self, setting: Sizes):
        self.layers = slider(Number(setting.label, 1, 1, setting.most_layers, whole=True), live=False)
        self.neurons = [
            slider(Number(f"Neurons in layer {n}", 1, 1, setting.most_neurons, whole=True), live=False)
            for n in range(1, setting.most_layers + 1)
        ]
        super().__init__([self.layers, *self.neurons])
        self._writing = False
        self.value = setting.default
        for one in (self.layers, *self.neurons):
            one.observe(self._read, "value")

    @traitlets.observe("value")
    def _write(self, change) -> None:
        sizes = change["new"]
        self._writing = True
        self.layers.value = len(sizes)
        for number, one in enumerate(self.neurons):
            one.layout.display = "flex" if number < len(sizes) else "none"
            # a layer that is not there yet starts as a copy of the last one
            one.value = sizes[min(number, len(sizes) - 1)]
        self._writing = False

    def _read(self, change) -> None:
        if not self._writing:
            self.value = tuple(one.value for one in self.neurons[: self.layers.value])
