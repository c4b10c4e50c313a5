#!/usr/bin/env python3
"""What `verify` costs a user: seconds added to a rebuild of the crate, and seconds of a run in
`cargo test`.

    python3 benches/verify_cost.py [--repetitions N]

A crate of its own under target/verify_cost, with cargo's default profiles, declares an LSTM of 64
inputs and 128 units. Its test target is built after a change of the source, once with a test that
infers, records, backpropagates and streams, and once with a second test that calls `verify`: the
difference in user CPU time, of the least of the repetitions, is what `verify` adds. The run is that
of the second test alone, its kernels and this library not optimised, as in any dev profile.

The goals: 1 s a rebuild, 5 s a run.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CRATE = ROOT / "target" / "verify_cost"

MANIFEST = """\
[package]
name = "verify-cost"
version = "0.0.0"
edition = "2024"

[dependencies]
rnn-runtime = {{ path = "{runtime}" }}
ndarray = "0.17"

[workspace]
"""

SOURCE = """\
rnn_runtime::cells::Lstm! { pub struct Mine { x: 64, h: 128 } }

#[test]
fn runs() {
    use ndarray::Array3;
    use rnn_runtime::prelude::*;

    let (cell, mut gradient) = (Mine::init(&mut seeded(1)), Mine::zeros());
    let x = Array3::<f32>::ones((7, 3, 64));
    let mut sequence = Sequence::new();
    let inferred = sequence.forward(&cell, &[x.view()], &[]).unwrap();
    let recorded = sequence.record(&cell, &[x.view()], &[]).unwrap();
    sequence.backward(&cell, &OutputGradients::outputs(recorded.view()), &mut gradient).unwrap();
    let mut output = vec![0.0; inferred.dim().2];
    Stream::new(&cell).step(&[&[1.0; 64]], &mut output).unwrap();
}
"""

VERIFIED = """
#[test]
fn verified() {
    rnn_runtime::verify::verify::<Mine>().assert();
}
"""


def prepare():
    (CRATE / "src").mkdir(parents=True, exist_ok=True)
    (CRATE / "Cargo.toml").write_text(MANIFEST.format(runtime=(ROOT / "rnn-runtime").as_posix()))
    # The same versions as the workspace.
    shutil.copy(ROOT / "Cargo.lock", CRATE / "Cargo.lock")


def cargo(*arguments):
    """User CPU seconds of a command of cargo."""
    environment = dict(os.environ, CARGO_TARGET_DIR=str(CRATE / "target"), CARGO_INCREMENTAL="0")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    command = ["cargo", *arguments]
    done = subprocess.run(command, cwd=CRATE, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def rebuild(source):
    """Seconds of a build after a change of the source."""
    (CRATE / "src" / "lib.rs").write_text(source)
    return cargo("test", "--lib", "--no-run", "-j1")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    counted = "builds and runs of each kind (3)"
    parser.add_argument("--repetitions", type=int, default=3, help=counted)
    repetitions = range(parser.parse_args().repetitions)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

    prepare()
    rebuild(SOURCE)  # the libraries
    without = min(rebuild(SOURCE) for _ in repetitions)
    verified = min(rebuild(SOURCE + VERIFIED) for _ in repetitions)
    run = min(cargo("test", "--lib", "verified") for _ in repetitions)
    print(
        f"rebuild without verify: {without:.2f} s of user CPU time, "
        f"with it {verified - without:.2f} s more"
    )
    print(f"run of verify in the dev profile: {run:.2f} s")


if __name__ == "__main__":
    main()
