"""The timer, the same in all languages (see `benches/workloads/timing.rs`), and the JSON line."""

import gc
import json
import math
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from problem import Problem, load

GROUP = 200e-6
SLOW = 2.0


@dataclass
class Effort:
    """Seconds of warm-up and of timing, and the least number of repetitions."""

    warm_up: float
    total: float
    least: int


FULL = Effort(0.2, 1.0, 20)
QUICK = Effort(0.02, 0.1, 3)


@dataclass
class Variant:
    """One way to drive the peer."""

    name: str
    run: Callable[[], object]
    check: dict[str, tuple[float, float]]
    parts: int = 1
    """Steps that a run consists of, where figures are those of a step."""


def measure(variant: Variant, effort: Effort) -> dict:
    """Median and minimum in microseconds."""
    run = variant.run
    start, runs = time.perf_counter(), 0
    while runs < 3 or time.perf_counter() - start < effort.warm_up:
        run()
        runs += 1
    each = (time.perf_counter() - start) / runs
    group = max(1, math.ceil(GROUP / each))
    least = min(5, effort.least) if each > SLOW else effort.least
    reps = int(min(400, max(least, effort.total / (each * group))))
    times = []
    for _ in range(reps):
        start = time.perf_counter()
        for _ in range(group):
            run()
        times.append((time.perf_counter() - start) * 1e6 / group / variant.parts)
    return {"median_us": statistics.median(times), "min_us": min(times), "reps": reps}


def peak_kib() -> int:
    """Largest resident memory of this process so far."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def drive(peer: str, version: str, variants: Callable[[Problem], Iterable[Variant]]) -> None:
    """The whole of a driver: DRIVER FOLDER [--quick], a line for each variant."""
    folder = next(argument for argument in sys.argv[1:] if not argument.startswith("--"))
    problem = load(Path(folder))
    effort = QUICK if "--quick" in sys.argv else FULL
    for variant in variants(problem):
        gc.collect()
        gc.disable()
        figures = measure(variant, effort)
        gc.enable()
        facts = {"peer": peer, "version": version, "variant": variant.name,
                 "workload": problem.name, "threads": 1, "peak_kib": peak_kib()}
        print(json.dumps(facts | figures | {"check": variant.check}), flush=True)
