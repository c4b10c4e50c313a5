"""All contenders on a row, in turn, and what is kept of it."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .process import Failed, measured
from .rows import Row

# Of a sum against its expectation, relative to the norm of what was summed. Single precision is
# within 1e-4 on all rows; another formula, gate order or a missing gradient is off by about 1.
TOLERANCE = 1e-3


@dataclass
class Contender:
    """Ours or a peer, ready to run."""

    name: str
    commands: list[list]
    declines: Callable[[Row], str | None] = lambda _: None
    env: dict = field(default_factory=dict)
    ours: bool = False


@dataclass
class Result:
    """The best of a contender on a row."""

    median_us: float = math.inf
    min_us: float = math.inf
    reps: int = 0
    variant: str = ""
    version: str = ""
    peak_kib: float = math.inf
    """The least of what its processes had in memory at once: the fewest ways tried before."""
    rounds: list[float] = field(default_factory=list)
    """The best median of each round."""
    error: float | None = None
    """The largest error of a check; ours is checked by the project's tests."""
    extra: dict = field(default_factory=dict)
    """What else the driver said."""
    failure: str | None = None
    declined: bool = False
    """Whether the failure is that the peer has nothing for the row."""


@dataclass(frozen=True)
class Setting:
    """How to measure."""

    core: int | None
    repeats: int
    quick: bool
    limit: float
    data: Path


def measure_row(row: Row, contenders: list[Contender], setting: Setting,
                say: Callable[[str], None]) -> dict[str, Result]:
    """Rounds of one row, each contender once a round."""
    results = {}
    for one in contenders:
        reason = one.declines(row)
        results[one.name] = Result(failure=reason, declined=reason is not None)
    for turn in range(setting.repeats):
        for one in contenders:
            result = results[one.name]
            if result.failure is not None:
                continue
            try:
                _once(row, one, setting, result)
                say(f"{row.name}, round {turn + 1}: {one.name} {result.rounds[-1]:.3f} us")
            except Failed as failure:
                result.failure = str(failure)
                say(f"{row.name}: {one.name}: {failure}")
    return results


def _once(row: Row, one: Contender, setting: Setting, result: Result) -> None:
    best = math.inf
    for command in one.commands:
        arguments = _arguments(row, one, setting)
        for line in _lines(measured([*command, *arguments], setting.core, setting.limit, one.env)):
            if line.get("workload") == "fma-peak":
                result.extra["peak_gflops"] = max(line["gflops"],
                                                  result.extra.get("peak_gflops", 0))
                result.extra["tier"] = line["tier"]
                continue
            if line.get("workload") == "read-peak":
                continue
            if not one.ours:
                error = check(setting.data / row.name, line.get("check", {}))
                result.error = max(error, result.error or 0)
            best = min(best, line["median_us"])
            result.peak_kib = min(result.peak_kib, line.get("peak_kib") or math.inf)
            _keep(result, line)
    if math.isinf(best):
        raise Failed("it printed no figure")
    result.rounds.append(best)


def _arguments(row: Row, one: Contender, setting: Setting) -> list:
    if one.ours:
        return ["--bench", row.name]
    return [setting.data / row.name] + (["--quick"] if setting.quick else [])


def _lines(output: str) -> list[dict]:
    try:
        return [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    except ValueError as error:
        raise Failed(f"a line that is not JSON: {error}") from error


def _keep(result: Result, line: dict) -> None:
    if line["median_us"] >= result.median_us:
        return
    result.median_us, result.min_us = line["median_us"], line["min_us"]
    result.reps = line["reps"]
    result.variant, result.version = line.get("variant", ""), line.get("version", "")
    for name in ("layout_us", "gflops", "peak_share"):
        if name in line:
            result.extra[name] = line[name]


def check(folder: Path, sums: dict) -> float:
    """The largest error of a driver's sums; fails where one is missing or beyond the tolerance."""
    worst = 0.0
    for name, wanted in json.loads((folder / "expected.json").read_text()).items():
        if name not in sums:
            raise Failed(f"no result for {name}")
        total, norm = sums[name]
        error = abs(total - wanted) / max(norm, 1e-30)
        if not error <= TOLERANCE or math.isinf(norm):
            raise Failed(f"wrong result for {name}: {total:.6g} where {wanted:.6g} is expected")
        worst = max(worst, error)
    return worst
