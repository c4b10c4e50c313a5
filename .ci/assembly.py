#!/usr/bin/env python3
"""Checks the machine code of the matrix kernels of x86-64.

Usage: .ci/assembly.py FILE.s, where the file comes from

    cargo rustc -p rnn-runtime --lib --release --no-default-features --features avx2,avx512 -- \\
        --emit asm -C symbol-mangling-version=v0

Of every register tile the hot loop, which is the one with most multiply-adds, must have as many of them as
its shape demands, no call, and nothing that reads or writes the stack. And no code of the file may have a
masked `vpternlog`, which rustc 1.95 (LLVM 22.1) gets wrong (llvm-project #157929).
"""

import re
import sys

TILE = re.compile(
    r"6matrix7kernels.*4simd\d+\w*?(?P<tier>Avx2|Avx512)INt.*6Shapes(?P<type>[fd])E"
    r"(?P<table>5TILES|6PASSES|7UPDATES)3run(?P<rest>.*)$"
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


def hot_loop(lines):
    """The loop with most multiply-adds: from a label to the jump back to it, the shortest such."""
    places, best = {}, []
    for i, line in enumerate(lines):
        if label := LABEL.match(line):
            places[label[1]] = i
        elif (jump := JUMP.match(line)) and jump[1] in places:
            loop = lines[places[jump[1]] + 1 : i + 1]
            inner = any((j := JUMP.match(line)) and j[1] != jump[1] for line in loop)
            if not inner and count(FUSED, loop) > count(FUSED, best):
                best = loop
    return best


def count(pattern, lines):
    return sum(1 for line in lines if pattern.search(line))


def sizes(rest):
    """The two numbers of a shape; the second may be written as a reference to the first."""
    numbers = [match["number"] for match in SIZE.finditer(rest)]
    first = int(numbers[0], 16) if numbers[0] else 0
    second = int(numbers[1], 16) if numbers[1] else first
    return first, second


def faults(tile, lines):
    """What is wrong with a tile."""
    loop = hot_loop(lines)
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


def main(path):
    checked, wrong = {}, []
    for name, lines in functions(path):
        if masked := count(FAULTY, lines):
            wrong.append(f"{name}: {masked} masked vpternlog")
        if tile := TILE.search(name):
            kind = (tile["tier"], "f32" if tile["type"] == "f" else "f64", tile["table"][1:].lower())
            checked[kind] = checked.get(kind, 0) + 1
            wrong.extend(f"{' '.join(kind)} {name}: {fault}" for fault in faults(tile, lines))
    for kind, number in sorted(checked.items()):
        print(*kind, f"{number} checked")
    for line in wrong:
        print("wrong:", line)
    # Two tiers, two types, three kinds of tile.
    if len(checked) != 12:
        sys.exit(f"tiles of {len(checked)} kinds found, 12 expected")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: .ci/assembly.py FILE.s")
    main(sys.argv[1])
