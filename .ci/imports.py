#!/usr/bin/env python3
"""Checks that no folder of the runtime imports from one above it.

Exempt are tests, what stands at the root as a hub (`lib.rs`, `compiled.rs`, `generated/`), and
links in documentation.
"""

import re
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "rnn-runtime" / "src"
# From the bottom up; what stands at the root below all folders comes first.
ORDER = ("error", "room", "kernels", "declaration", "program", "params", "run", "check", "cells")
# Modules that know what is above them on purpose.
HUBS = ("lib", "compiled", "__v0_1")
# Names under which the root has items of folders.
ALIASES = {
    "Error": "error",
    "element": "kernels",
    "simd": "kernels",
    "graph": "declaration",
    "init": "declaration",
    "Cell": "params",
    "sequence": "run",
    "stream": "run",
    "reference": "check",
    "verify": "check",
}


def is_test(path):
    return "tests" in path.parts or path.name == "tests.rs"


def code_lines(text):
    """The lines with their numbers, without comments, and without what follows an inline module of
    tests, which ends a file."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("mod tests {"):
            return
        yield number, line.split("//")[0]


def imports(line):
    """The names in the crate's root that a line mentions, without macros."""
    if "crate::{" in line:
        raise SystemExit(f"cannot read: {line.strip()}")
    return re.findall(r"\bcrate::(\w+)\b(?!!)", line)


def faults_of(path):
    name = path.relative_to(SOURCE)
    folder = name.parts[0].removesuffix(".rs")
    if folder not in ORDER:
        return [] if folder in (*HUBS, "generated") else [f"{name}: a module without a place"]
    allowed = ORDER[: ORDER.index(folder) + 1]
    faults = []
    for number, line in code_lines(path.read_text()):
        for target in imports(line):
            target = ALIASES.get(target, target)
            if target not in allowed and target not in HUBS:
                faults.append(f"{name}:{number}: {folder} imports {target}")
    return faults


def main():
    files = sorted(path for path in SOURCE.rglob("*.rs") if not is_test(path))
    faults = [fault for path in files for fault in faults_of(path)]
    print("\n".join(faults) or "no folder of the runtime imports from one above it")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
