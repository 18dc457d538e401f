"""Reset, Back, Play / Pause and Step, with the count beside them.

Playing is one asyncio task and no thread, so that it works in a browser's Python too. It ends by itself when
it is paused, when its lab is closed, and when another lab is played or made: labs share one Python.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from ipywidgets import HTML, Button, Dropdown, HBox


class Transport(HBox):
    """The row of buttons. Each button is also a method.

    Parameters
    ----------
    step : takes one step of the chosen granularity; returns False when there is nothing left to do.
    reset : goes back to the start.
    back : takes one step back; None leaves the button out.
    granularities : names of step sizes, coarsest last; the chosen one is ``transport.granularity``.
    frames_per_second : how often, at most, playing takes a step.

    Attributes
    ----------
    playing : whether steps are taken by themselves just now.
    count : text beside the buttons.

    Examples
    --------
    >>> steps = []
    >>> transport = Transport(step=lambda: steps.append(1), reset=steps.clear)
    >>> transport.step_button.click()
    >>> transport.step()
    >>> len(steps)
    2
    """

    _on_stage: Transport | None = None  # the one that may be playing

    def __init__(
        self,
        step: Callable[[], bool | None],
        reset: Callable[[], None],
        back: Callable[[], None] | None = None,
        granularities: Sequence[str] = (),
        frames_per_second: float = 20,
    ):
        self._step, self._reset, self._back = step, reset, back
        self._task: asyncio.Task | None = None
        self.playing = False
        self.frames_per_second = frames_per_second
        self.reset_button = Button(description="Reset", icon="fast-backward")
        self.back_button = Button(description="Back", icon="step-backward")
        self.play_button = Button(description="Play", icon="play", button_style="primary")
        self.step_button = Button(description="Step", icon="step-forward")
        self.granularity_control = Dropdown(description="One step is", options=list(granularities))
        self.count_label = HTML()
        self.reset_button.on_click(lambda _: self.reset())
        self.back_button.on_click(lambda _: self.back())
        self.play_button.on_click(lambda _: self.pause() if self.playing else self.play())
        self.step_button.on_click(lambda _: self.step())
        shown = [self.reset_button, self.back_button, self.play_button, self.step_button]
        if back is None:
            shown.remove(self.back_button)
        if granularities:
            self.granularity_control.value = granularities[-1]
            shown.append(self.granularity_control)
        super().__init__([*shown, self.count_label])
        self.add_class("dlcore-transport")
        self._take_stage()

    @property
    def granularity(self) -> str:
        return self.granularity_control.value

    @property
    def count(self) -> str:
        return self.count_label.value

    @count.setter
    def count(self, text: str) -> None:
        self.count_label.value = text

    def step(self) -> None:
        """Take one step; a lab that is playing pauses first."""
        self.pause()
        self._step()

    def back(self) -> None:
        """Take one step back."""
        self.pause()
        self._back()

    def reset(self) -> None:
        """Go back to the start."""
        self.pause()
        self._reset()

    def play(self) -> None:
        """Take steps until there are none left, or until `pause`.

        Raises
        ------
        RuntimeError : no event loop is running, as in a plain script; call `step` there.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError("play() needs the event loop of a notebook. Call step() instead.") from None
        self._take_stage()
        if self._task is None or self._task.done():
            self._set_playing(True)
            self._task = loop.create_task(self._run())
        else:
            self._set_playing(True)  # the task of the last Play has not noticed the Pause: it goes on

    def pause(self) -> None:
        """Stop playing; the present step is finished."""
        if self.playing:
            self._set_playing(False)

    def close(self) -> None:
        """Stop playing and take the widget off the page."""
        self.pause()
        super().close()

    def _take_stage(self) -> None:
        if Transport._on_stage not in (None, self):
            Transport._on_stage.pause()
        Transport._on_stage = self

    def _set_playing(self, playing: bool) -> None:
        self.playing = playing
        self.play_button.description = "Pause" if playing else "Play"
        self.play_button.icon = "pause" if playing else "play"

    async def _run(self) -> None:
        # A flag ends the task rather than task.cancel(), which the browser's Python reports as a crash.
        try:
            while self.playing:
                started = time.perf_counter()
                if self._step() is False:
                    break
                spent = time.perf_counter() - started
                await asyncio.sleep(max(0.001, 1 / self.frames_per_second - spent))
        finally:
            self.pause()
