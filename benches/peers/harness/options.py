"""The command line; a mistake is one line and exit status 2."""

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from .peers import PEERS, Peer
from .rows import ROWS, Row


@dataclass(frozen=True)
class Options:
    """What to run."""

    rows: list[Row]
    peers: list[Peer]
    repeats: int
    core: int | None
    """`None` where the system does not let a process choose."""
    quick: bool
    limit: float
    """Seconds a process may take."""
    out: Path | None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"run.py: {message}", file=sys.stderr)
        sys.exit(2)


def _parser() -> _Parser:
    text = "Measures the rows of the workload table against other libraries, in turn."
    parser = _Parser(prog="run.py", description=text, allow_abbrev=False)
    rows, peers = "; ".join(row.name for row in ROWS), "; ".join(peer.name for peer in PEERS)
    add = parser.add_argument
    add("--rows", nargs="+", metavar="ROW", help=f"of: {rows} (all)")
    add("--peers", nargs="+", metavar="NAME", help=f"of: {peers} (all)")
    add("--repeats", type=int, default=3, metavar="N", help="rounds in turn (3)")
    add("--core", type=int, metavar="N", help="core to measure on (the last one allowed)")
    add("--quick", action="store_true", help="one round, few repetitions: to see that it works")
    add("--limit", type=float, default=300, metavar="SECONDS", help="for one process (300)")
    add("--out", type=Path, metavar="DIR", help="for the results (target/peers/results)")
    return parser


def _named(parser: _Parser, what: str, wanted: list[str] | None, known: tuple) -> list:
    if wanted is None:
        return list(known)
    names = {item.name: item for item in known}
    for name in wanted:
        if name not in names:
            parser.error(f"there is no {what} `{name}`; there are {', '.join(names)}")
    return [item for item in known if item.name in wanted]


def _core(parser: _Parser, wanted: int | None) -> int | None:
    if not hasattr(os, "sched_setaffinity"):
        if wanted is not None:
            parser.error("--core: this system does not let a process choose its core")
        return None
    allowed = os.sched_getaffinity(0)
    if wanted is not None and wanted not in allowed:
        cores = ", ".join(map(str, sorted(allowed)))
        parser.error(f"--core {wanted}: the cores allowed are {cores}")
    # The first core serves most interrupts.
    return max(allowed) if wanted is None else wanted


def parse(arguments: list[str]) -> Options:
    """Reads the arguments after the program's name."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.repeats < 1:
        parser.error(f"--repeats {given.repeats}: a number of at least 1 is needed")
    if not given.limit > 0:
        parser.error(f"--limit {given.limit}: a number of seconds above 0 is needed")
    if given.out is not None and given.out.exists() and not given.out.is_dir():
        parser.error(f"--out {given.out}: not a folder")
    return Options(
        rows=_named(parser, "row", given.rows, ROWS),
        peers=_named(parser, "peer", given.peers, PEERS),
        repeats=1 if given.quick else given.repeats,
        core=_core(parser, given.core),
        quick=given.quick,
        limit=given.limit,
        out=given.out,
    )
