"""The gates of a trained LSTM on a text that the reader types, and what it would write next."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
from ipywidgets import HTML, Button

from dlcore.figures.gradient_norms import GradientNorms
from dlcore.figures.loss_curves import leap
from dlcore.figures.time_strips import TimeStrips
from dlcore.labs.lab import Lab, column, row
from dlcore.labs.lstm_gates_state import BETWEEN_0_AND_1, GATES, LONGEST, LSTMGatesState, visible
from dlcore.labs.lstm_gates_tables import gate_table, next_table, text_above
from dlcore.labs.surface import Surface
from dlcore.labs.transport import Transport

CHARACTERS_PER_SECOND = 3
WINDOW = 20  # characters that find room above a picture
LAST_LOSS = "gradient of the loss of the last character"


class LSTMGates(Lab):
    """The lab of gates. Show it with ``LSTMGates()`` as the last line of a cell, or with settings:
    ``LSTMGates(model="couplets", text="白日依山", show="f")``.

    In a cell of code ``lab.state`` is an `LSTMGatesState`: ``lab.change(text="Anna")``,
    ``lab.state.gates["f"]``, ``lab.state.sample(10)``, ``print(lab.state)``.

    Examples
    --------
    >>> lab = LSTMGates(text="Elizabe", characters=2)
    >>> lab.sample_button.click()
    >>> lab.state.text
    'Elizabeth'
    """

    state_class = LSTMGatesState

    def arrange(self):
        controls = self.controls
        self.transport = Transport(
            step=lambda: self._go(1),
            reset=lambda: self.change(position=0),
            back=lambda: self._go(-1),
            frames_per_second=CHARACTERS_PER_SECOND,
        )
        self.sample_button = Button(icon="magic", button_style="primary")
        self.sample_button.on_click(lambda _: self.extend())
        self.undo_button = Button(description="Take it back", icon="undo", disabled=True)
        self.undo_button.on_click(lambda _: self.take_back())
        self._samples: list[tuple[str, str]] = []  # the text before each, and after it
        self.above, self.next_table, self.gate_table = HTML(), HTML(), HTML()
        self.make_strips()
        self.norms = GradientNorms([LAST_LOSS], height=2.0, xlabel="after character")
        self.norms.axes.set_title(LAST_LOSS, fontsize=8, loc="left")
        self.show_figures()
        self.strips_surface = Surface(self.strips.figure, "")
        self.norms_surface = Surface(self.norms.figure, "")
        return [
            row(column(controls["model"]), column(controls["text"])),
            row(self.sample_button, self.undo_button),
            self.status,
            self.transport,
            controls["position"],
            row(
                column(controls["show"], self.above, self.strips_surface),
                column(self.next_table, self.gate_table, self.norms_surface),
            ),
            row(column(controls["temperature"], controls["characters"]), column(controls["seed"])),
        ]

    # ------------------------------------------------------------------ what buttons do

    def change(self, **values: Any) -> None:
        """Change some settings; after a new text or network the last character is looked at."""
        if {"text", "model"} & set(values):
            values.setdefault("position", LONGEST)
        super().change(**values)

    def extend(self) -> None:
        """Let the network go on with the text."""
        self.transport.pause()
        before = self.state.text
        added = self.state.extend()
        if added:
            self._samples.append((before, self.state.text))
            self.say(f"Added with seed {self.state.seed}: {visible(added)}")
        else:
            self.say(f"The text is full: it holds {LONGEST} characters. Make it shorter to sample more.")
        self.refresh()

    def take_back(self) -> None:
        """Take the last sample off the text."""
        before, _ = self._samples.pop()
        self.change(text=before)

    def _go(self, step: int) -> bool:
        """One character on or back; False when there is none left."""
        position = self.state.position + step
        inside = 0 <= position < len(self.state.read)
        if inside:
            self.state.change(position=position)
            self.say("")
            self.refresh()
        else:
            self.say("That was the last character." if step > 0 else "This is the start.")
        return inside

    # ------------------------------------------------------------------ pictures and tables

    def refresh(self) -> None:
        slider, last = self.controls["position"], len(self.state.read) - 1
        self._following = True
        slider.max, slider.description = last, f"Look at character (0 to {last}; 0 is the start mark)"
        super().refresh()

    def show(self) -> None:
        state, t = self.state, self.state.position
        character, last = escape(visible(state.read[t])), len(state.read) - 1
        self.transport.count = f"Character {t} of {last}: <b>{character}</b>"
        self.sample_button.description = f"Sample ({state.characters} characters)"
        while self._samples and self._samples[-1][1] != state.text:
            self._samples.pop()  # taken back, it would throw away what has been typed since
        self.undo_button.disabled = not self._samples
        if state.show == self.shown:
            self.show_figures()
            self.strips_surface.redraw()
        else:
            self.make_strips()
            self.show_figures()
            self.strips_surface.show(self.strips.figure)
        self.norms_surface.redraw()
        self.above.value = text_above(state, self.window, self.strips)
        self.next_table.value = next_table(state)
        self.gate_table.value = gate_table(state)
        self._describe()

    def make_strips(self) -> None:
        """The picture for the gate that is to be shown, or for all of them."""
        self.shown = self.state.show
        self.names = list(GATES) if self.shown == "all" else [self.shown]
        titles = {GATES[name]: name not in BETWEEN_0_AND_1 for name in self.names}
        self.strips = TimeStrips(
            titles, height=5.2, xlabel="after character", ylabel="units; on top those that keep most"
        )

    def show_figures(self) -> None:
        """Bring both figures to the present state."""
        state, window = self.state, self.window
        limits = [limit(name, state.gates[name]) for name in self.names]
        order = np.argsort(-state.gates["f"].mean(axis=0))
        self.strips.update(
            [state.gates[name][window, order] for name in self.names], limits, window.start, state.position
        )
        self.norms.update({LAST_LOSS: np.append(state.norms, np.nan)}, state.position)

    @property
    def window(self) -> slice:
        """The characters that are in the picture: the present one among them."""
        first = min(max(0, self.state.position - WINDOW // 2), max(0, len(self.state.read) - WINDOW))
        return slice(first, min(first + WINDOW, len(self.state.read)))

    def _describe(self) -> None:
        state, t = self.state, self.state.position
        shown = ", ".join(GATES[name] for name in self.names)
        means = ", ".join(f"{name} {state.gates[name][t].mean():.2f}" for name in self.names)
        self.strips_surface.tooltip = (
            f"Heat map of {shown} for {state.lstm.units} units over {len(state.read)} characters. "
            f"Means after character {t}: {means}."
        )
        self.norms_surface.tooltip = (
            "How long the gradient of the last character's loss is at each state before it, on a log axis: "
            + (", ".join(f"{norm:.1e}" for norm in state.norms) or "the text is too short")
            + "."
        )


def limit(name: str, values: np.ndarray) -> float:
    """The number at which the colour of a gate is at its end; only the cell can be larger than 1."""
    return leap(float(np.abs(values).max())) if name == "c" else 1.0
