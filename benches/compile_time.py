#!/usr/bin/env python3
"""What a cell adds to the build of a program that uses it, and how long its macro takes.

    python3 benches/compile_time.py [--repetitions N] [CELL ...]

For each of five cells of 128 units, a program that infers, records, backpropagates and streams is
built in a crate of its own under target/compile_time, with cargo's default profiles, and compared
with a program that uses the library's generator and an array without a cell: the difference in user
CPU time, of the least of the repetitions. Everything is kept on one core. The expansion is timed by
a macro around it, inside the compiler, in the dev build, where macros are not optimised and check
their graphs.

The goals: 3 s in release, 1 s in dev, 50 ms for the expansion.
"""

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CRATE = ROOT / "target" / "compile_time"

CELLS = {
    "lstm": """
        gate i = sigmoid(x, h);
        gate f = sigmoid(x, h) bias 1.0;
        gate g = tanh(x, h);
        gate o = sigmoid(x, h);
        c[t] = f * c + i * g;
        h[t] = o * tanh(c[t]);
    """,
    "gru": """
        gate r = sigmoid(x, h);
        gate z = sigmoid(x, h);
        gate q = linear(h);
        gate n = tanh(x; r * q);
        h[t] = (1 - z) * n + z * h;
    """,
    "layer-norm lstm": """
        param W_i, W_f, W_g, W_o: [h, x], U_i, U_f, U_g, U_o: [h, h];
        param v_i, v_f, v_g, v_o, a_i, a_f, a_g, a_o: [h];
        param u_i, u_f, u_g, u_o, e_i, e_f, e_g, e_o: [h];
        param b_i, b_f, b_g, b_o: [h];
        i = sigmoid(layer_norm(W_i @ x, v_i, a_i) + layer_norm(U_i @ h, u_i, e_i) + b_i);
        f = sigmoid(layer_norm(W_f @ x, v_f, a_f) + layer_norm(U_f @ h, u_f, e_f) + b_f);
        g = tanh(layer_norm(W_g @ x, v_g, a_g) + layer_norm(U_g @ h, u_g, e_g) + b_g);
        o = sigmoid(layer_norm(W_o @ x, v_o, a_o) + layer_norm(U_o @ h, u_o, e_o) + b_o);
        c[t] = f * c + i * g;
        h[t] = o * tanh(c[t]);
    """,
    "mingru": """
        gate z = sigmoid(x);
        gate n = linear(x);
        h[t] = (1 - z) * h + z * n;
    """,
    # A peephole cell with an output layer and a normalised mixture of its own.
    "custom": """
        param p_i, p_o: [h], V: [10, h], b: [10], mix: [h];
        gate i = sigmoid(x, h; p_i * c);
        gate g = silu(x, h);
        c[t] = (1 - i) * c + i * g;
        gate o = sigmoid(x, h; p_o * c[t]);
        h[t] = o * tanh(c[t]) + softmax(mix) * norm(c[t]);
        output softmax(V @ h[t] + b);
    """,
}

STATES = {"lstm": "h: 128, c: h", "layer-norm lstm": "h: 128, c: h", "custom": "h: 128, c: h"}

MANIFEST = """\
[package]
name = "compile-time"
version = "0.0.0"
edition = "2024"

[dependencies]
rnn-runtime = {{ path = "{runtime}" }}
timed-macros = {{ path = "timed-macros" }}
ndarray = "0.17"

[workspace]
"""

WITHOUT = """\
use ndarray::Array3;
use rnn_runtime::graph::{Init, ParamInfo, Shape};
use rnn_runtime::init::{fill, seeded};
use rnn_runtime::simd::Tier;

fn main() {
    let shape = Shape::Vector(7 * 3 * 64);
    let info = ParamInfo { name: "x", shape, offset: 0, init: Init::He, trainable: false };
    let mut x = Array3::<f32>::ones((7, 3, 64));
    fill(&info, x.as_slice_mut().unwrap(), &mut seeded(1)).unwrap();
    println!("{} {}", Tier::current(), x.sum());
}
"""

WITH = """\
use ndarray::Array3;
use rnn_runtime::prelude::*;

%s
    pub struct Under {
        input x: 64;
        state %s;
        %s
    }
}

fn main() {
    let (cell, mut gradient) = (Under::init(&mut seeded(1)), Under::zeros());
    let x = Array3::<f32>::ones((7, 3, 64));
    let mut sequence = Sequence::new();
    let inferred = sequence.forward(&cell, &[x.view()], &[]).unwrap();
    let recorded = sequence.record(&cell, &[x.view()], &[]).unwrap();
    let seeds = OutputGradients::outputs(recorded.view());
    let inputs = sequence.backward(&cell, &seeds, &mut gradient).unwrap();
    let mut output = vec![0.0; inferred.dim().2];
    Stream::new(&cell).step(&[&[1.0; 64]], &mut output).unwrap();
    let last = output[0] + gradient.as_slice()[0];
    println!("{} {} {}", Tier::current(), inputs.inputs[0].sum(), last);
}
"""

TIMED_MANIFEST = """\
[package]
name = "timed-macros"
version = "0.0.0"
edition = "2024"

[lib]
proc-macro = true

[dependencies]
rnn-codegen = {{ path = "{codegen}" }}
"""

TIMED_MACRO = """\
//! The compiler, timed.

/// What `cell!` hands a declaration to, with the path of the runtime in front, saying how long it
/// takes.
#[proc_macro]
pub fn timed_cell(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let start = std::time::Instant::now();
    let output = rnn_codegen::declare(input.into()).into();
    eprintln!("expanded in {} us", start.elapsed().as_micros());
    output
}
"""


def program(cell, head):
    states = STATES.get(cell, "h: 128")
    return WITH % (head, states, CELLS[cell].strip())


def prepare():
    """The crate, and that of its timed macro."""
    (CRATE / "src").mkdir(parents=True, exist_ok=True)
    timed = CRATE / "timed-macros"
    (timed / "src").mkdir(parents=True, exist_ok=True)
    (timed / "src" / "lib.rs").write_text(TIMED_MACRO)
    codegen, runtime = ((ROOT / name).as_posix() for name in ("rnn-codegen", "rnn-runtime"))
    (timed / "Cargo.toml").write_text(TIMED_MANIFEST.format(codegen=codegen))
    (CRATE / "Cargo.toml").write_text(MANIFEST.format(runtime=runtime))
    # The same versions as the workspace.
    shutil.copy(ROOT / "Cargo.lock", CRATE / "Cargo.lock")


def cargo(*arguments):
    environment = dict(os.environ, CARGO_TARGET_DIR=str(CRATE / "target"))
    command = ["cargo", *arguments]
    done = subprocess.run(command, cwd=CRATE, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stderr


def build(source, profile):
    """User CPU seconds of a build of the program alone, and what the compiler said."""
    (CRATE / "src" / "main.rs").write_text(source)
    release = ["--release"] if profile == "release" else []
    # Nothing incremental is left of the last build.
    cargo("clean", "-p", "compile-time", *release)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    said = cargo("build", "-j1", *release)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, said


def seconds(source, profile, repetitions):
    return min(build(source, profile)[0] for _ in range(repetitions))


def expansion(cell, repetitions):
    """Milliseconds of the macro, in the dev build."""
    source = program(cell, "timed_macros::timed_cell! { (::rnn_runtime)")
    said = [build(source, "dev")[1] for _ in range(repetitions)]
    return min(int(re.search(r"expanded in (\d+) us", text)[1]) for text in said) / 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repetitions", type=int, default=3, help="builds of each kind (3)")
    named = f"of {', '.join(CELLS)}; all if none is named"
    parser.add_argument("cells", nargs="*", metavar="CELL", help=named)
    options = parser.parse_args()
    cells = options.cells or list(CELLS)
    if unknown := [cell for cell in cells if cell not in CELLS]:
        parser.error(f"there is no cell {unknown[0]!r}; the cells are {', '.join(CELLS)}")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

    prepare()
    without = {}
    for profile in ("dev", "release"):
        build(WITHOUT, profile)  # the libraries
        without[profile] = seconds(WITHOUT, profile, options.repetitions)
    dev, release = without["dev"], without["release"]
    print(f"without a cell: dev {dev:.2f} s, release {release:.2f} s of user CPU time")
    print(f"{'a cell of 128 adds':20} {'dev':>8} {'release':>8} {'expansion':>10}")
    for cell in cells:
        source = program(cell, "rnn_runtime::cell! {")
        dev, release = (
            seconds(source, profile, options.repetitions) - without[profile] for profile in without
        )
        expanded = expansion(cell, options.repetitions)
        print(f"{cell:20} {dev:6.2f} s {release:6.2f} s {expanded:7.1f} ms", flush=True)


if __name__ == "__main__":
    main()
