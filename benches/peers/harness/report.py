"""The results as JSON and as a table."""

import dataclasses
import json
import math
from dataclasses import dataclass
from pathlib import Path

from .measure import Result
from .peers import Peer
from .rows import BY_NAME, ROWS, Mode

OURS = "ours"
# Rounds of ours that differ by more say that the machine was busy.
RESTLESS = 1.2


@dataclass
class Report:
    """Everything that is written down."""

    command: str
    date: str
    machine: dict[str, str]
    quick: bool
    repeats: int
    peers: list[Peer]
    unavailable: dict[str, str]
    """Peers by title that could not be had, and why."""
    results: dict[str, dict[str, Result]] = dataclasses.field(default_factory=dict)
    """By row, by contender."""

    def best(self, row: str) -> tuple[Peer, Result] | None:
        """The fastest peer of a row."""
        pairs = ((peer, self.results[row].get(peer.name)) for peer in self.peers)
        done = [(peer, result) for peer, result in pairs if result and result.failure is None]
        return min(done, key=lambda pair: pair[1].median_us, default=None)

    def ratio(self, row: str) -> float | None:
        """Time of the best peer by ours; above 1 we are faster."""
        ours, best = self.results[row][OURS], self.best(row)
        return best[1].median_us / ours.median_us if best and ours.failure is None else None

    def peak_share(self, row: str) -> float | None:
        """Ours as a share of the peak of multiply-adds, counting products alone."""
        ours = self.results[row][OURS]
        return ours.extra.get("peak_share") if ours.failure is None else None

    def limit(self, row: str) -> float | None:
        """The ratio if the products ran at the peak and all else took no time."""
        ratio, share = self.ratio(row), self.peak_share(row)
        return ratio / share if ratio and share else None


def write(report: Report, folder: Path) -> None:
    """`results.json` and `table.md`."""
    (folder / "results.json").write_text(json.dumps(_plain(report), indent=1) + "\n")
    (folder / "table.md").write_text(_text(report))


def _plain(report: Report) -> dict:
    rows = []
    for row, results in report.results.items():
        best = report.best(row)
        rows.append({
            "row": row,
            "best": best and best[0].title,
            "ratio": report.ratio(row),
            "limit": report.limit(row),
            "results": {name: _finite(result) for name, result in results.items()},
        })
    head = {name: getattr(report, name) for name in
            ("command", "date", "machine", "quick", "repeats", "unavailable")}
    return head | {"rows": rows}


def _finite(result: Result) -> dict:
    """Infinity stands for what was not measured, and JSON has none."""
    facts = dataclasses.asdict(result)
    return {name: None if value == math.inf else value for name, value in facts.items()}


def time(us: float) -> str:
    """Three digits with the unit that fits."""
    for unit, factor in (("ns", 1e3), ("us", 1.0)):
        if us * factor < 999.5:
            value = us * factor
            break
    else:
        unit, value = "ms", us / 1e3
    whole_digits = math.floor(math.log10(value * 1.0005)) + 1
    return f"{value:.{max(0, 3 - whole_digits)}f} {unit}"


def _text(report: Report) -> str:
    facts = "; ".join(f"{name} {value}" for name, value in report.machine.items())
    parts = [
        f"Measured {report.date}: {facts}.\n\n```text\n{report.command}\n```\n",
        _effort(report),
        _versions(report),
        _table(report),
        _losses(report),
        _memory(report),
        _notes(report),
    ]
    return "\n".join(part for part in parts if part)


def _effort(report: Report) -> str:
    if report.quick:
        return "One short round: these figures say that it works, and little else.\n"
    rounds = "round" if report.repeats == 1 else "rounds"
    return (f"One core, one thread, `f32`. Each figure is the best median of {report.repeats} "
            f"{rounds}, all contenders taking turns. A ratio above 1 says how many times as fast "
            "as the best peer we are; *of peak* is what the products of a training row reach of "
            "the peak of multiply-adds, all time counted, and *limit* the ratio if they ran at the "
            "peak and nothing else took time: no implementation on this core can have a larger "
            "one.\n")


def _versions(report: Report) -> str:
    seen = {}
    for results in report.results.values():
        for peer in report.peers:
            if (result := results.get(peer.name)) and result.version:
                seen[peer.title] = result.version
    peaks = [results[OURS].extra["peak_gflops"] for results in report.results.values()
             if "peak_gflops" in results[OURS].extra]
    lines = "; ".join(f"{title} {version}" for title, version in seen.items())
    peak = f" Our yardstick of multiply-adds: {max(peaks):.1f} GFLOP/s." if peaks else ""
    return f"Peers: {lines or 'none'}.{peak}\n"


def _table(report: Report) -> str:
    peers = [peer for peer in report.peers if peer.title not in report.unavailable]
    heads = ["row", "ours", *(peer.title for peer in peers),
             "best peer", "ratio", "of peak", "limit"]
    lines = ["| " + " | ".join(heads) + " |",
             "|---" + "|---:" * (len(peers) + 1) + "|---|---:|---:|---:|"]
    for row in [row.name for row in ROWS if row.name in report.results]:
        results, best, ratio = report.results[row], report.best(row), report.ratio(row)
        step = ", one step" if BY_NAME[row].mode is Mode.STREAM else ""
        figures = [_cell(results.get(name)) for name in (OURS, *(peer.name for peer in peers))]
        shown = "" if ratio is None else f"{ratio:.2f}" if ratio >= 1 else f"**{ratio:.2f}**"
        share, limit = report.peak_share(row), report.limit(row)
        bound = [f"{share:.0%}" if share else "", f"{limit:.2f}" if limit else ""]
        cells = [row + step, *figures, best[0].title if best else "", shown, *bound]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(result: Result | None) -> str:
    return time(result.median_us) if result and result.failure is None else "-"


def _memory(report: Report) -> str:
    """Peak memory of the training rows: inference needs none that grows with the sequence."""
    rows = [row.name for row in ROWS if row.name in report.results and row.mode is Mode.TRAIN]
    if not rows:
        return ""
    peers = [peer for peer in report.peers if peer.title not in report.unavailable]
    lines = ["Peak resident memory of a contender's process in MiB, "
             "with all its libraries and data:\n",
             "| row | " + " | ".join(["ours", *(peer.title for peer in peers)]) + " |",
             "|---" + "|---:" * (len(peers) + 1) + "|"]
    for row in rows:
        found = (report.results[row].get(name) for name in (OURS, *(peer.name for peer in peers)))
        lines.append(" | ".join([f"| {row}", *map(_mebibytes, found)]) + " |")
    return "\n".join(lines) + "\n"


def _mebibytes(result: Result | None) -> str:
    known = result and result.failure is None and result.peak_kib < math.inf
    return f"{result.peak_kib / 1024:.0f}" if known else "-"


def _losses(report: Report) -> str:
    ratios = {row: report.ratio(row) for row in report.results}
    lost = sorted((ratio, row) for row, ratio in ratios.items() if ratio and ratio < 1)
    if not any(ratios.values()):
        return ""
    if not lost:
        return "We lose on none of these rows.\n"
    named = ", ".join(f"{row} ({ratio:.2f}, to {report.best(row)[0].title})" for ratio, row in lost)
    return f"We lose on: {named}.\n"


def _notes(report: Report) -> str:
    notes = [f"{title}: not measured: {why}." for title, why in report.unavailable.items()]
    titles = {peer.name: peer.title for peer in report.peers} | {OURS: "ours"}
    declined, failed = set(), {}
    for row, results in report.results.items():
        for name, result in results.items():
            if result.declined:
                declined.add(f"{titles[name]}: {result.failure}.")
            elif result.failure is not None:
                failed.setdefault((titles[name], result.failure), []).append(row)
    notes += sorted(declined)
    notes += [f"{title}: {why}: {', '.join(rows)}." for (title, why), rows in failed.items()]
    restless = [row for row, results in report.results.items() if results[OURS].rounds
                and max(results[OURS].rounds) > RESTLESS * min(results[OURS].rounds)]
    if restless:
        notes.append(f"Rounds of ours differ by more than a fifth on {', '.join(restless)}.")
    return "Notes:\n\n" + "".join(f"- {note}\n" for note in notes) if notes else ""
