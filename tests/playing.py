"""A lab that plays to its end, or until it is closed."""

import asyncio


def played(lab_of, close=False):
    """Play the lab that `lab_of` makes, closing it on the way if asked to; return it, with no task left."""

    async def play():
        lab = lab_of()
        lab.transport.frames_per_second = 1000
        lab.transport.play_button.click()
        for _ in range(500):
            await asyncio.sleep(0.01)
            if close:
                lab.close()
            if not lab.transport.playing and len(asyncio.all_tasks()) == 1:
                break
        assert len(asyncio.all_tasks()) == 1  # this function's own
        return lab

    return asyncio.run(play())
