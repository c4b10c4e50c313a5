//! What the drivers of the Rust peers share: the data of a row, the timer, the JSON line.
//!
//! A driver is run as `DRIVER FOLDER [--quick]`, with a folder that `python/prepare.py` wrote.

pub mod problem;
pub mod timing;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use problem::{Check, Problem};
use timing::{Effort, FULL, QUICK, Sample};

/// What ends a driver early.
pub type Failure = Box<dyn Error>;

/// One way to drive a peer, measured.
pub struct Outcome {
    /// Which way.
    pub variant: &'static str,
    /// How long it took.
    pub sample: Sample,
    /// What it computed.
    pub check: Check,
}

/// The main function of a driver: reads the row, has it measured, prints the line.
pub fn drive(
    peer: &str,
    version: &str,
    run: impl FnOnce(&Problem, Effort) -> Result<Outcome, Failure>,
) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = arguments.first() else {
        eprintln!("{peer}: FOLDER [--quick]");
        return ExitCode::from(2);
    };
    let effort = if arguments[1..].iter().any(|other| other == "--quick") { QUICK } else { FULL };
    let outcome = Problem::read(Path::new(folder)).and_then(|problem| {
        let outcome = run(&problem, effort)?;
        print_line(peer, version, &problem.name, &outcome);
        Ok(())
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{peer}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Largest resident memory of this process so far, in KiB.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn print_line(peer: &str, version: &str, row: &str, outcome: &Outcome) {
    let Outcome { variant, sample: Sample { median_us, min_us, reps }, check } = outcome;
    let sums =
        check.sums.iter().map(|(name, (sum, norm))| format!("\"{name}\":[{sum:e},{norm:e}]"));
    let sums = sums.collect::<Vec<_>>().join(",");
    let peak_kib = peak_kib().unwrap_or_default();
    println!(
        "{{\"peer\":\"{peer}\",\"version\":\"{version}\",\"variant\":\"{variant}\",\
         \"workload\":\"{row}\",\"threads\":1,\"median_us\":{median_us:.4},\"min_us\":{min_us:.4},\
         \"reps\":{reps},\"peak_kib\":{peak_kib},\"check\":{{{sums}}}}}"
    );
}
