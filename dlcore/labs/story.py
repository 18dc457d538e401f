"""The state of a lab that is followed step by step: what there is to follow, and how far one has come."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from dlcore.labs.state import LabState


class StoryState(LabState):
    """A `LabState` with a story: steps in a fixed order.

    The setting ``position`` says how many of them have been done.

    Attributes
    ----------
    story : the steps; made by `rebuild`.
    """

    story: Sequence[Any]

    def part(self, step: Any) -> Hashable:
        """What a step belongs to; steps of one part follow each other."""
        raise NotImplementedError

    @property
    def step(self) -> Any:
        """The step that has just been done; None at the start."""
        return self.story[self.position - 1] if self.position else None

    def forwards(self, by_part: bool = False) -> bool:
        """Do the next step, or all up to the end of a part; False when there is none left."""
        return self._go(1, by_part)

    def backwards(self, by_part: bool = False) -> bool:
        """Undo the last step, or all of a part; False at the start."""
        return self._go(-1, by_part)

    def _go(self, direction: int, by_part: bool) -> bool:
        start = self.position
        while 0 <= self.position + direction <= len(self.story):
            self.position += direction
            if not by_part or self._part_ends_here():
                break
        return self.position != start

    def _part_ends_here(self) -> bool:
        if self.position in (0, len(self.story)):
            return True
        done, coming = self.story[self.position - 1 : self.position + 1]
        return self.part(done) != self.part(coming)
