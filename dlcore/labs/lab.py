"""A lab: state, figure, and the controls that tie them.

How to make one: write a `LabState` (plain Python), a figure in ``dlcore.figures`` whose moving parts are
``animated``, and a subclass of `Lab` that lays out its pieces and says in ``show`` how the state becomes
numbers and pictures. ``neuron.py`` is the shortest example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files
from typing import Any, ClassVar

from ipywidgets import HTML, HBox, VBox, Widget

from dlcore.labs.controls import control
from dlcore.labs.settings import Text
from dlcore.labs.sharing import Sharing
from dlcore.labs.state import LabState
from dlcore.labs.transport import Transport


class Lab(VBox):
    """What all labs share. Show it by making it the last line of a cell.

    Parameters
    ----------
    settings : any of the lab's settings by name; the others start at their defaults.

    Attributes
    ----------
    state : the `LabState`; plain Python, to be used from code too. After changing it there, call `refresh`.
    controls : name -> widget of each setting.
    status : what has just happened or cannot be done, in words.
    sharing : copy and paste of the settings, and the state as code.
    transport : the buttons, in labs that have steps.

    Raises
    ------
    ValueError : a setting is not known or not possible.
    """

    state_class: ClassVar[type[LabState]]
    live: ClassVar[bool] = True  # whether a slider acts on every pixel of its way
    transport: Transport | None = None

    def __init__(self, **settings: Any):
        self.state = self.state_class(**settings)
        self._following = False
        self.controls = {name: control(setting, self.live) for name, setting in self.state.settings.items()}
        self.status = HTML()
        self.sharing = Sharing(self.state, self.paste)
        super().__init__()
        self.add_class("dlcore-lab")
        style = HTML(f"<style>{files(__package__).joinpath('lab.css').read_text('utf8')}</style>")
        style.layout.display = "none"
        parts = list(self.arrange())
        if self.status not in parts:
            parts.append(self.status)
        self.children = [style, *parts, self.sharing]
        for name, widget in self.controls.items():
            widget.observe(lambda change, name=name: self._moved(name, change["new"]), "value")
        self.say(self.state.notice)
        self.refresh()

    # ------------------------------------------------------------------ to be defined by each lab

    def arrange(self) -> Sequence[Widget]:
        """The lab's own widgets, top to bottom; made here. Without ``status`` among them it comes last."""
        raise NotImplementedError

    def show(self) -> None:
        """Bring pictures, formulas and counts to the present state."""
        raise NotImplementedError

    def trouble(self) -> str:
        """What is wrong with the present state, in words, or ""; a lab that has any says it in ``show``."""
        return ""

    # ------------------------------------------------------------------ what labs use

    def refresh(self) -> None:
        """Bring everything on the page to the present state."""
        self._following = True
        for name, widget in self.controls.items():
            widget.value = getattr(self.state, name)
        self._following = False
        self.show()
        self.sharing.show(self.state)

    def change(self, **values: Any) -> None:
        """Change some settings, as their controls do; the status line says what is not possible."""
        self._try(lambda: self.state.change(**values), done="")

    def paste(self, text: str) -> None:
        """Take all settings from a string; a string that cannot be used changes nothing and is explained."""
        if not self._try(lambda: self.state.paste_settings(text), done="These settings are in use now."):
            self.sharing.text.value = text  # it stays in its field, for the reader to mend

    def follow(self, moved: bool, at_the_end: str) -> bool:
        """Show where a step of the transport has led to; where there was none left, say so."""
        self.say("" if moved else at_the_end)
        self.refresh()
        return moved

    def say(self, sentence: str, urgent: bool = False) -> None:
        """Put a sentence on the status line; screen readers read it out."""
        role = "alert" if urgent else "status"
        self.status.value = (
            f'<p role="{role}" class="dlcore-{role}">{escape(sentence)}</p>' if sentence else ""
        )

    def close(self) -> None:
        """Take the lab off the page; nothing goes on running."""
        if self.transport is not None:
            self.transport.close()
        super().close()

    def _moved(self, name: str, value: Any) -> None:
        if self._following:
            return
        self.change(**{name: value})
        if isinstance(self.state.settings[name], Text):
            # A text that cannot be used stays in its field, for the reader to mend.
            self._following = True
            self.controls[name].value = value
            self._following = False

    def _try(self, act: Callable[[], None], done: str) -> bool:
        """Act, and say what came of it; False where it was not possible."""
        if self.transport is not None:
            self.transport.pause()
        try:
            act()
            possible, words = True, self.state.notice
            self.say(words or done)
        except ValueError as error:
            possible, words = False, str(error)
            self.say(words, urgent=True)
        self.refresh()
        trouble = self.trouble()
        if words and trouble:  # `show` has put the trouble in the place of the words
            self.say(f"{words} {trouble}", urgent=True)
        return possible

    def __repr__(self) -> str:
        return f"<lab: {self.state.copy_settings()}>"


def row(*widgets: Widget) -> HBox:
    """Widgets side by side, which go below each other where the page is narrow."""
    return HBox(widgets).add_class("dlcore-row")


def column(*widgets: Widget) -> VBox:
    """Widgets below each other, as one part of a row."""
    return VBox(widgets).add_class("dlcore-column")
