"""Settings as a short string to copy and paste, and the state as code."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from ipywidgets import HTML, Accordion, Button, HBox, Text, VBox

from dlcore.labs.state import LabState


class Sharing(Accordion):
    """A folded part of a lab; everything in it follows the state.

    Parameters
    ----------
    state : what is shared.
    paste : is called with the string that a reader wants to use.

    Attributes
    ----------
    text : field that holds the settings; a reader copies it, or writes into it and presses `use`.
    use : button.
    code : the lines of Python.
    """

    def __init__(self, state: LabState, paste: Callable[[str], None]):
        self.text = Text(description="Settings", continuous_update=False)
        self.text.add_class("dlcore-settings")
        self.use = Button(description="Use these settings")
        self.use.on_click(lambda _: paste(self.text.value))
        self.code = HTML()
        how = HTML("Copy this line to keep the lab as it is, or paste another one and use it.")
        super().__init__(
            [VBox([how, HBox([self.text, self.use])]), self.code],
            titles=("Copy or paste settings", "Show as code"),
            selected_index=None,
        )
        self.show(state)

    def show(self, state: LabState) -> None:
        """Follow the state."""
        self.text.value = state.copy_settings()
        # A reader who scrolls with the keyboard has to be able to get into the code.
        self.code.value = (
            f'<pre tabindex="0" aria-label="This lab as code"><code>{escape(state.code())}</code></pre>'
        )
