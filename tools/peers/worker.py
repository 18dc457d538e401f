"""A process that holds one library and times its tasks on request.

One JSON line in, one out, so that the libraries can take turns while each keeps its own process:
``{"task": {...}, "what": "step", "seconds": 0.3}`` gives ``{"times": [...], "peak_mb": ...}``, times in
seconds, or ``{"times": null}`` where the library does not have the task.
"""

from __future__ import annotations

import functools
import gc
import importlib
import json
import sys
import time
from collections.abc import Callable

from peers.tasks import NotOfferedError, Task

try:
    import resource
except ImportError:  # neither Pyodide nor Windows has it
    resource = None

WARM_UP_CALLS = {"step": 3, "fit": 1}


def answerer(library: str) -> Callable[[str], str]:
    """A function from a request to its answer, both as lines of JSON."""
    module = importlib.import_module(f"peers.{library}_peer")

    @functools.cache
    def warm(task: Task, what: str) -> Callable[[], None]:
        step, prepare_fit = module.build(task)
        call = step if what == "step" else prepare_fit()
        for _ in range(WARM_UP_CALLS[what]):
            call()
        return call

    def answer(line: str) -> str:
        request = json.loads(line)
        try:
            times = measure(warm(Task(**request["task"]), request["what"]), request["seconds"])
        except NotOfferedError:
            times = None
        peak = resource and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        # Libraries print on their own; the mark tells our lines from theirs.
        return "ANSWER " + json.dumps({"times": times, "peak_mb": peak})

    return answer


def measure(call: Callable[[], None], seconds: float) -> list[float]:
    """Times of one call after the other, until so many seconds have passed; at least one."""
    times = []
    gc.collect()
    end = time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return times


if __name__ == "__main__":
    answer = answerer(sys.argv[1])
    for line in sys.stdin:
        print(answer(line), flush=True)
