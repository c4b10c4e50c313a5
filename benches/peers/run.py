#!/usr/bin/env python3
"""Measures the rows of the workload table against other libraries; README.md says how.

    python3 benches/peers/run.py [--rows ROW ...] [--peers NAME ...] [--repeats N] [--core N]
                                 [--quick] [--limit SECONDS] [--out DIR]
"""

import shlex
import sys
from datetime import date
from pathlib import Path

sys.dont_write_bytecode = True

from harness import machine, report  # noqa: E402
from harness.install import COMPILER, Workshop  # noqa: E402
from harness.measure import Contender, Setting, measure_row  # noqa: E402
from harness.options import Options, parse  # noqa: E402
from harness.process import Failed, build  # noqa: E402


def say(text: str) -> None:
    """Progress; the results go to files."""
    print(text, file=sys.stderr, flush=True)


def contenders(options: Options, shop: Workshop) -> tuple[list[Contender], dict[str, str]]:
    """Ours and the peers that can be had; of the others, why not."""
    say("building ours")
    ready = [Contender(report.OURS, [[shop.ours()]], ours=True)]
    unavailable = {}
    for peer in options.peers:
        if not any(peer.declines(row) is None for row in options.rows):
            continue
        say(f"installing {peer.title}")
        try:
            commands = shop.driver(peer)
            cache = {"TORCHINDUCTOR_CACHE_DIR": str(shop.root / "cache")}
            ready.append(Contender(peer.name, commands, peer.declines, cache))
        except Failed as failure:
            say(f"{peer.title}: {failure}")
            unavailable[peer.title] = str(failure)
    return ready, unavailable


def result_folder(options: Options, shop: Workshop) -> Path:
    """Where the results go; made here, so that a wrong one is noticed before measuring."""
    folder = options.out or shop.root / "results"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "results.json").touch()
    except OSError as error:
        say(f"run.py: --out {folder}: {error.strerror}")
        sys.exit(2)
    return folder


def plot(shop: Workshop, folder: Path) -> None:
    """The plot is drawn where matplotlib is."""
    script = Path(__file__).resolve().parent / "python" / "plot.py"
    command = [shop.python, "-B", script, folder / "results.json", folder / "ratios.svg"]
    build(command, shop.logs / "plot.log")


def run(options: Options, shop: Workshop, folder: Path) -> None:
    """Everything in order: install, measure row by row, write."""
    shop.environment()
    ready, unavailable = contenders(options, shop)
    names = {one.name for one in ready}
    peers = [peer for peer in options.peers if peer.name in names]
    onnx = any(peer.onnx for peer in peers)
    say("writing the data of the rows")
    shop.rows([row.name for row in options.rows], onnx)
    setting = Setting(options.core, options.repeats, options.quick, options.limit, shop.data)
    text = report.Report(
        command=shlex.join(["python3", "benches/peers/run.py", *sys.argv[1:]]),
        date=f"{date.today():%-d %B %Y}",
        machine=machine.facts(options.core, COMPILER),
        quick=options.quick,
        repeats=options.repeats,
        peers=peers,
        unavailable=unavailable,
    )
    for row in options.rows:
        text.results[row.name] = measure_row(row, ready, setting, say)
        # After each row, so that what was measured is there if the run is ended.
        report.write(text, folder)
    plot(shop, folder)
    print((folder / "table.md").read_text())
    say(f"written to {folder}: results.json, table.md, ratios.svg")


def main() -> int:
    """Exit status: 0 done, 1 ours or the harness itself could not be had, 2 wrong options."""
    options = parse(sys.argv[1:])
    try:
        shop = Workshop()
        run(options, shop, result_folder(options, shop))
    except Failed as failure:
        say(f"run.py: {failure}")
        return 1
    except KeyboardInterrupt:
        say("run.py: ended; the rows that were done are written")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
