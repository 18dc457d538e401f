"""Measure how many frames a second the labs redraw.

    python tools/benchmark_labs.py

A frame is what Play does for each step: the step itself, all numbers, all pictures drawn and encoded as PNG.
Wall time is what a reader waits for; processor time is what a machine that has nothing else to do needs.
"""

import os
import statistics
import time

# One thread: those of the linear algebra that wait for each other would count as work.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from dlcore.labs import Neuron, Playground

FRAMES = 60


def measure(name: str, frame) -> None:
    """Print one row: the median frame's times, and frames a second."""
    for _ in range(5):
        frame()
    wall, processor = [], []
    for _ in range(FRAMES):
        started = time.perf_counter(), time.process_time()
        frame()
        wall.append(time.perf_counter() - started[0])
        processor.append(time.process_time() - started[1])
    milliseconds = 1000 * statistics.median(wall), 1000 * statistics.median(processor)
    print(
        f"{name:42} {milliseconds[0]:8.1f} {milliseconds[1]:10.1f} "
        f"{1000 / milliseconds[0]:8.1f} {1000 / milliseconds[1]:10.1f}"
    )


def main() -> None:
    """Print the table."""
    print(f"{'lab':42} {'wall ms':>8} {'process ms':>10} {'per s':>8} {'process/s':>10}")
    for granularity in ("operation", "batch", "epoch"):
        lab = Playground(batches=0)
        lab.transport.granularity_control.value = granularity
        measure(f"playground, default, {granularity} by {granularity}", lab.transport.step)
    largest = Playground(data="spiral", hidden=(32, 32, 32, 32), samples=1000, batches=0)
    measure("playground, 4 × 32, 1,000 samples, epoch", largest.transport.step)
    digits = Playground(data="digits", hidden=(32,), samples=1000, batches=0)
    digits.transport.granularity_control.value = "batch"
    measure("playground, digits, batch by batch", digits.transport.step)
    neuron = Neuron()
    weights = iter(range(10_000))
    measure("neuron, one slider", lambda: neuron.change(w1=next(weights) % 80 / 20 - 2))


if __name__ == "__main__":
    main()
