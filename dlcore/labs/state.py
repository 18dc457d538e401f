"""The first piece of a lab: its state, in plain Python. No widgets here, so it is tested without any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dlcore.labs.settings import Setting, from_text, to_text
from dlcore.lookup import find


class LabState:
    """Settings that are always valid, and what follows from them.

    A subclass names the lab, lists its settings and fills in what is marked below. Each setting is an
    attribute of its name; change it with `change`.

    Attributes
    ----------
    lab : the first word of the settings' string.
    settings : name -> kind and bounds of each setting.
    notice : what had to give way at the last change, because it was not possible together, or "".
    """

    lab: ClassVar[str]
    settings: ClassVar[Mapping[str, Setting]]

    def __init__(self, **values: Any):
        self._assign({name: setting.default for name, setting in self.settings.items()} | values)
        self.rebuild()

    # ------------------------------------------------------------------ to be defined by each lab

    def rebuild(self) -> None:
        """Make everything that follows from the settings anew; called after each change."""

    def nearest_possible(self, values: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Values which are possible together, and a sentence that says what had to give way, or ""."""
        return values, ""

    def code(self) -> str:
        """Lines of Python on dlcore that reproduce this state."""
        raise NotImplementedError

    # ------------------------------------------------------------------ settings

    @property
    def values(self) -> dict[str, Any]:
        """The settings as they are now."""
        return {name: getattr(self, name) for name in self.settings}

    def change(self, **values: Any) -> None:
        """Change some settings.

        Raises
        ------
        ValueError : a name or value is not possible; then nothing is changed.
        """
        self._assign(self.values | values)
        self.rebuild()

    def copy_settings(self) -> str:
        """The settings as a short string."""
        return to_text(self.lab, self.settings, self.values)

    def paste_settings(self, text: str) -> None:
        """Take the settings from a string that `copy_settings` made; like `change`."""
        self.change(**from_text(self.lab, self.settings, text))

    def _assign(self, values: dict[str, Any]) -> None:
        checked = {
            name: find("setting", name, self.settings).check(name, value) for name, value in values.items()
        }
        checked, self.notice = self.nearest_possible(checked)
        for name, value in checked.items():
            setattr(self, name, value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.copy_settings()!r})"
