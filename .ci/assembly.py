#!/usr/bin/env python3
"""Checks the machine code of x86-64: the register tiles, and the loops compiled for a few cells.

Usage: .ci/assembly.py FOLDER, the target directory of

    RUSTFLAGS='--emit asm -C symbol-mangling-version=v0' cargo build -p rnn-runtime \\
        --example kernels --release --no-default-features --features avx2,avx512 \\
        --target-dir FOLDER

Of every register tile the hot loop, which is the one with most multiply-adds, must have as many of
them as its shape demands, no call, and nothing that reads or writes the stack.

Of the kernels of the cells in `rnn-runtime/examples/kernels.rs` every innermost loop that computes
must have as many multiply-adds as the equations or the shape of a one-row product demand, no call,
and no more accesses to the stack than are known. Where a cell's lanes fit a vector or two there is
no loop over them: then the code around the loops is counted.

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
    r".*8sequence\d+\w*?\d(?P<kernel>One|Untaped|Taped|Steps)Nt"
    r"\w*7kernels\d+(?P<cell>[A-Z][a-z]+)(?P<units>\d+)E"
)
SIZE = re.compile(r"K(?:j(?P<number>[0-9a-f]+)|B\w+?)_")
LABEL = re.compile(r"^(\.\w+):")
JUMP = re.compile(r"^\s+j\w+\s+(\.\w+)")
FUSED = re.compile(r"^\s+vfn?m(?:add|sub)\d+p[sd]\s")
ARITHMETIC = re.compile(r"^\s+v(?:fn?m(?:add|sub)\d+|add|sub|mul|div|min|max)p[sd]\s")
STACK = re.compile(r"\(%rsp")
CALL = re.compile(r"^\s+call")
FAULTY = re.compile(r"^\s+vpternlog\w\s.*\{%k[1-7]\}")

# How often a compiler writes out the body of a loop, unless it does so for all vectors.
TURNS = (1, 2, 4, 8)

# Multiply-adds of a function, one vector: three that reduce the argument, five of a polynomial with
# five coefficients, two that put it together, and for AVX-512 two of a reciprocal, which AVX2
# divides.
SIGMOID = {"Avx2": 10, "Avx512": 12}
# Two that reduce the argument, five of the polynomial, two of dividend and divisor.
TANH = 9

# Values of a vector up to which one loop computes functions of functions.
SHORT = 32


def lanes(cell, kernel, tier, units):
    """Multiply-adds of the equations in each loop over lanes, one vector.

    Loops that have none are left out.
    """
    sigmoid = SIGMOID[tier]
    forward = {
        # A function of a function has a loop of its own, the second one, if vectors are long.
        "Lstm": [2 * sigmoid + TANH + 1, sigmoid + TANH],  # f c + i g
        "Peephole": [2 * sigmoid + TANH + 3, sigmoid + TANH + 1],  # f c + i g, three peepholes
        "Gru": [2 * sigmoid + 1, TANH + 1],  # r q, and the mixture
        # Each gate has two gains, and the normalised c a gain and a bias; each norm takes its
        # scaled mean from scaled values.
        "Norm": [
            2 * sigmoid + TANH + 3 * 2 + 1 + 3 * 2,  # i, f, g; f c + i g
            sigmoid + TANH + 2 + 1 + 3,  # o and h, after the deviation of c
            4,  # scaled deviations of four of the gates' norms, and of the other four
            4,
            1,  # those of c
        ],
    }
    backward = {
        "Lstm": [TANH + 6],  # five slopes and a sum of adjoints
        "Peephole": [TANH + 9],  # the same and three peepholes
        # Three slopes and a sum of adjoints. After a product, the part of the adjoint of the state
        # before that goes past the gates is taken again and added.
        "Gru": [4, 1],
        # Gates and the hidden state are recomputed. After means over adjoints each of nine norms
        # has a sum.
        "Norm": [
            3 * sigmoid + TANH + 3 * 2 + 1 + 2,  # i, f, o and the normalised c; two slopes
            TANH + 2 + 3 + 3 * 2,  # g; three slopes; the norms of c and o
            6 * 2,  # the norms of i, f and g, after the product for o
        ],
    }
    if kernel == "Steps":
        return backward[cell]
    return forward[cell] if units > SHORT else [sum(forward[cell])]


# Multiply-adds on numbers: one for the variance of each of nine norms.
NUMBERS = {"Norm": 9}

# How many gates each one-row product of a cell computes; a small cell has its products compiled in.
GATES = {"Lstm": (4, 4), "Gru": (3, 2, 1)}

# Accesses to the stack in a loop, at most. The constants of the functions alone are more than the
# 16 registers of AVX2; they are read from the stack instead of from where constants are, and some
# values wait there. With AVX-512 it is one loop of a cell that runs on AVX2 unless asked otherwise,
# and the loops of layer norms, whose means and deviations are constants besides.
KNOWN_STACK = {
    ("Avx2", "One", "Lstm128"): 10,
    ("Avx2", "Taped", "Gru16"): 9,
    ("Avx2", "Taped", "Gru128"): 2,
    ("Avx2", "Taped", "Lstm8"): 17,
    ("Avx2", "Taped", "Lstm128"): 9,
    ("Avx2", "Untaped", "Gru16"): 4,
    ("Avx2", "Untaped", "Lstm8"): 10,
    ("Avx2", "Untaped", "Lstm128"): 8,
    ("Avx2", "Steps", "Lstm8"): 1,
    ("Avx2", "Steps", "Lstm128"): 1,
    ("Avx2", "One", "Peephole128"): 9,
    ("Avx2", "Taped", "Peephole128"): 8,
    ("Avx2", "Untaped", "Peephole128"): 8,
    ("Avx2", "Steps", "Peephole128"): 1,
    ("Avx2", "One", "Norm128"): 33,
    ("Avx2", "Taped", "Norm128"): 29,
    ("Avx2", "Untaped", "Norm128"): 31,
    ("Avx2", "Steps", "Norm128"): 59,
    ("Avx512", "Taped", "Lstm8"): 4,
    ("Avx512", "One", "Norm128"): 16,
    ("Avx512", "Taped", "Norm128"): 15,
    ("Avx512", "Untaped", "Norm128"): 14,
    ("Avx512", "Steps", "Norm128"): 30,
}


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


def memory_faults(loop, known_stack):
    if calls := count(CALL, loop):
        yield f"{calls} calls in a loop"
    if (stack := count(STACK, loop)) > known_stack:
        yield f"{stack} accesses to the stack in a loop, {known_stack} known"


def tile_faults(tile, lines):
    """What is wrong with a tile."""
    loops = [lines[first + 1 : last + 1] for first, last in innermost(lines)]
    loop = max(loops, key=lambda loop: count(FUSED, loop), default=[])
    found = count(FUSED, loop)
    if found == 0 and count(FUSED, lines) > 0:
        yield "no loop of multiply-adds found"
    yield from memory_faults(loop, 0)
    if tile["table"] != "6PASSES":
        rows, vectors = sizes(tile["rest"])
        # A turn of the loop takes one, two or four steps of the sum.
        if found not in (turn * rows * vectors for turn in (1, 2, 4)):
            yield f"{found} multiply-adds in the loop, {rows} x {vectors} a step expected"


def turns(own, vectors=0):
    """What a loop may have that takes `own` for each of so many vectors."""
    return [turn * own for turn in (*TURNS, vectors)]


def matched(found, own, vectors):
    """The loops of `own` that are not among the `found` ones, and what is found besides.

    All are given by their multiply-adds.
    """
    rest, missing = list(found), []
    # A small loop may have as many in several turns as a large one in one.
    for expected in sorted(own, reverse=True):
        if match := next((count for count in rest if count in turns(expected, vectors)), None):
            rest.remove(match)
        else:
            missing.append(expected)
    return missing, rest


def kernel_faults(kernel, lines):
    """What is wrong with a kernel of a cell."""
    tier, name, cell, units = kernel["tier"], kernel["kernel"], kernel["cell"], int(kernel["units"])
    width = {"Avx2": 8, "Avx512": 16}[tier]
    own, vectors, small = lanes(cell, name, tier, units), -(-units // width), units <= 16
    products = []
    if small and name in ("One", "Untaped"):
        products = [-(-units * gates // width) for gates in GATES[cell]]
    loops = [lines[first + 1 : last + 1] for first, last in innermost(lines)]
    loops = [loop for loop in loops if count(ARITHMETIC, loop)]
    for loop in loops:
        yield from memory_faults(loop, KNOWN_STACK.get((tier, name, f"{cell}{units}"), 0))
    found = [count(FUSED, loop) for loop in loops]
    outside = count(FUSED, lines) - sum(found)
    if small and name == "One":
        # Written out, and no more than that, but for ends of product loops.
        outside -= sum(own) * vectors
        own = []
    missing, rest = matched(found, own, vectors)
    for expected in missing:
        # A short loop may be written out for all vectors.
        if outside >= expected * vectors:
            outside -= expected * vectors
        else:
            yield f"no loop with {expected} multiply-adds for lanes"
    for number in rest:
        if number not in (0, *(n for product in products for n in turns(product))):
            yield (
                f"{number} multiply-adds in a loop, "
                f"{own} for lanes and {products} for products expected"
            )
    # A product may stand there twice, joined with another and alone.
    most = 2 * sum(products) + NUMBERS.get(cell, 0)
    if not 0 <= outside <= most:
        yield f"{outside} multiply-adds outside of the loops, up to {most} expected"


def call_faults(kernel, lines):
    """Calls in the loops of a kernel of a larger cell. What `kernel_faults` counts has to be
    written again for the functions as they are, and for single steps, which are no loops."""
    loops = [lines[first + 1 : last + 1] for first, last in innermost(lines)]
    for loop in loops:
        if int(kernel["units"]) > 16 and count(FUSED, loop) and (calls := count(CALL, loop)):
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
    kernels = check(newest(release, "examples/kernels-*.s"), KERNEL, call_faults)
    # Two tiers, two types, three kinds of tile; two tiers, three kernels, six cells.
    for what, (checked, wrong), expected in (("tiles", tiles, 12), ("kernels", kernels, 36)):
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
