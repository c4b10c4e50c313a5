#!/usr/bin/env python3
"""Checks that no line is longer than 100 columns: in Rust, Python, shell and Markdown, but for
tables, addresses, and what tests expect word by word."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 100
KINDS = ("*.rs", "*.py", "*.md", "*.toml", ".ci/*")
# Declarations as people type them, in one line or many.
EXPECTED = ("tests/ui/",)


def is_exempt(line):
    text = line.lstrip().removeprefix("///").removeprefix("//!").lstrip()
    return text.startswith("|") or "://" in line


def main():
    command = ["git", "ls-files", *KINDS]
    faults = []
    for name in subprocess.check_output(command, cwd=ROOT, text=True).split():
        if name.startswith(EXPECTED):
            continue
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
            if len(line) > LONGEST and not is_exempt(line):
                faults.append(f"{name}:{number}: {len(line)} columns")
    print("\n".join(faults) or f"no line over {LONGEST} columns")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
