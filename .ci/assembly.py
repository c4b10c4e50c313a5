#!/usr/bin/env python3
"""Checks the machine code of x86-64: the register tiles, and kernels compiled for a few cells.

Usage: .ci/assembly.py FOLDER, the target directory of

    RUSTFLAGS='--emit asm -C symbol-mangling-version=v0' cargo build -p rnn-runtime \\
        --example kernels --release --no-default-features --features avx2,avx512 \\
        --target-dir FOLDER

Of every register tile the hot loop, which is the one with most multiply-adds, must have as many of
them as its shape demands, no call, and nothing that reads or writes the stack.

Of the kernels over sequences of the cells in `rnn-runtime/examples/kernels.rs` no innermost loop
with a multiply-add may have a call.

And no code may have a masked `vpternlog`, which rustc 1.95 (LLVM 22.1) gets wrong
(llvm-project #157929).
"""

import re
import sys
from pathlib import Path

TILE = re.compile(
    r"6matrix7kernels.*4simd\d+\w*?(?P<tier>Avx2|Avx512)INt.*6Shapes(?P<type>[fd])E"
    r"(?P<table>5TILES|6PASSES|7UPDATES)3run(?P<rest>.*)$"
)
KERNEL = re.compile(
    r"4simd\d+\w*?(?P<tier>Avx2|Avx512)5enterfI"
    r".*8sequence\d+\w*?\d(?P<kernel>Untaped|Taped|Steps)Nt"
    r"\w*7kernels\d+(?P<cell>[A-Z][a-z]+)(?P<units>\d+)E"
)
SIZE = re.compile(r"K(?:j(?P<number>[0-9a-f]+)|B\w+?)_")
LABEL = re.compile(r"^(\.\w+):")
JUMP = re.compile(r"^\s+j\w+\s+(\.\w+)")
FUSED = re.compile(r"^\s+vfn?m(?:add|sub)\d+p[sd]\s")
STACK = re.compile(r"\(%rsp")
CALL = re.compile(r"^\s+call")
FAULTY = re.compile(r"^\s+vpternlog\w\s.*\{%k[1-7]\}")

def functions(path):
    """Yields name and lines of each function."""
    name, lines = None, []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("_R"):
                name, lines = line.rstrip(":\n"), []
            elif line.startswith(".Lfunc_end"):
                if name is not None:
                    yield name, lines
                name = None
            elif name is not None:
                lines.append(line)


def innermost(lines):
    """The loops without a loop inside, as first and last line.

    Each is from a label to the jump back to it.
    """
    places, loops = {}, []
    for i, line in enumerate(lines):
        if label := LABEL.match(line):
            places[label[1]] = i
        elif (jump := JUMP.match(line)) and jump[1] in places:
            start = places[jump[1]]
            if not any(start <= first for first, _ in loops):
                loops.append((start, i))
    return loops


def count(pattern, lines):
    return sum(1 for line in lines if pattern.search(line))


def sizes(rest):
    """The two numbers of a shape; the second may be written as a reference to the first."""
    numbers = [match["number"] for match in SIZE.finditer(rest)]
    first = int(numbers[0], 16) if numbers[0] else 0
    second = int(numbers[1], 16) if numbers[1] else first
    return first, second


def tile_faults(tile, lines):
    """What is wrong with a tile."""
    loops = [lines[first + 1 : last + 1] for first, last in innermost(lines)]
    loop = max(loops, key=lambda loop: count(FUSED, loop), default=[])
    found = count(FUSED, loop)
    if found == 0 and count(FUSED, lines) > 0:
        yield "no loop of multiply-adds found"
    if calls := count(CALL, loop):
        yield f"{calls} calls in the loop"
    if stack := count(STACK, loop):
        yield f"{stack} accesses to the stack in the loop"
    if tile["table"] != "6PASSES":
        rows, vectors = sizes(tile["rest"])
        # A turn of the loop takes one, two or four steps of the sum.
        if found not in (turn * rows * vectors for turn in (1, 2, 4)):
            yield f"{found} multiply-adds in the loop, {rows} x {vectors} a step expected"


def kernel_faults(_kernel, lines):
    """What is wrong with a kernel of a cell."""
    for first, last in innermost(lines):
        loop = lines[first + 1 : last + 1]
        if count(FUSED, loop) and (calls := count(CALL, loop)):
            yield f"{calls} calls in a loop"


def check(path, pattern, faults):
    """Names of what matches with the number of functions, and what is wrong in the file."""
    checked, wrong = {}, []
    for name, lines in functions(path):
        if masked := count(FAULTY, lines):
            wrong.append(f"{name}: {masked} masked vpternlog")
        if match := pattern.search(name):
            kind = " ".join(part for key, part in match.groupdict().items() if key != "rest")
            checked[kind] = checked.get(kind, 0) + 1
            wrong.extend(f"{kind} {name}: {fault}" for fault in faults(match, lines))
    return checked, wrong


def newest(folder, pattern):
    return max(folder.glob(pattern), key=lambda path: path.stat().st_mtime)


def main(folder):
    release = Path(folder) / "release"
    tiles = check(newest(release, "deps/rnn_runtime-*.s"), TILE, tile_faults)
    kernels = check(newest(release, "examples/kernels-*.s"), KERNEL, kernel_faults)
    # Two tiers, two types, three kinds of tile; two tiers, three kernels, four cells.
    for what, (checked, wrong), expected in (("tiles", tiles, 12), ("kernels", kernels, 24)):
        print(f"{sum(checked.values())} {what} of {len(checked)} kinds checked")
        if len(checked) != expected:
            wrong.append(f"{expected} kinds of {what} expected")
        for line in wrong:
            print("wrong:", line)
    sys.exit(1 if tiles[1] or kernels[1] else 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: .ci/assembly.py FOLDER")
    main(sys.argv[1])
