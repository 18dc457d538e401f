"""Reset, Back, Play / Pause and Step."""

import asyncio

import pytest

from dlcore.labs.transport import Transport


class Counter:
    """Counts up to a limit."""

    def __init__(self, limit=10**9):
        self.count, self.limit = 0, limit

    def step(self):
        if self.count == self.limit:
            return False
        self.count += 1
        return True

    def reset(self):
        self.count = 0

    def back(self):
        self.count -= 1

    def transport(self, **settings):
        return Transport(self.step, self.reset, back=self.back, frames_per_second=1000, **settings)


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


def other_tasks():
    return asyncio.all_tasks() - {asyncio.current_task()}


def test_each_button_does_what_its_method_does():
    counter = Counter()
    transport = counter.transport()
    for button, expected in (("step", 1), ("step", 2), ("back", 1), ("reset", 0)):
        getattr(transport, f"{button}_button").click()
        assert counter.count == expected


def test_without_an_event_loop_play_says_what_to_do():
    transport = Counter().transport()
    with pytest.raises(RuntimeError, match=r"Call step\(\) instead"):
        transport.play()
    assert not transport.playing


def test_play_goes_on_until_pause_and_leaves_no_task():
    async def scenario():
        counter = Counter()
        transport = counter.transport()
        transport.play_button.click()
        assert transport.play_button.description == "Pause"
        await until(lambda: counter.count > 3)
        transport.play_button.click()
        paused_at = counter.count
        await until(lambda: not other_tasks())
        assert counter.count == paused_at
        assert transport.play_button.description == "Play"

    asyncio.run(scenario())


def test_play_pause_play_runs_one_task_only():
    async def scenario():
        transport = Counter().transport()
        transport.play()
        await asyncio.sleep(0.005)
        transport.pause()
        transport.play()
        assert len(other_tasks()) == 1
        transport.pause()
        await until(lambda: not other_tasks())

    asyncio.run(scenario())


def test_play_ends_at_the_last_step():
    async def scenario():
        counter = Counter(limit=5)
        transport = counter.transport()
        transport.play()
        await until(lambda: not transport.playing)
        await until(lambda: not other_tasks())
        assert counter.count == 5

    asyncio.run(scenario())


@pytest.mark.parametrize("act", ["step", "reset", "back", "close"])
def test_every_other_button_pauses(act):
    async def scenario():
        transport = Counter().transport()
        transport.play()
        await asyncio.sleep(0.005)
        getattr(transport, act)()
        assert not transport.playing
        await until(lambda: not other_tasks())

    asyncio.run(scenario())


def test_a_new_lab_stops_the_one_that_plays():
    async def scenario():
        old = Counter().transport()
        old.play()
        Counter().transport()  # as when a cell is run again
        assert not old.playing
        await until(lambda: not other_tasks())

    asyncio.run(scenario())


def test_an_error_while_playing_ends_it():
    def fail():
        raise ArithmeticError("on purpose")

    async def scenario():
        transport = Transport(fail, lambda: None)
        transport.play()
        (task,) = other_tasks()
        with pytest.raises(ArithmeticError):
            await task
        assert not transport.playing

    asyncio.run(scenario())


def test_granularity_starts_at_the_coarsest():
    assert Counter().transport(granularities=("sample", "epoch")).granularity == "epoch"
