//! What is printed: one JSON object a line.

use std::fmt;

use crate::rows::{Peer, Row};
use crate::timing::{Effort, Sample};

/// The line of a row.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    /// Who computed.
    pub(crate) peer: Peer,
    /// What.
    pub(crate) row: &'a Row,
    /// On how many threads.
    pub(crate) threads: usize,
    /// How thoroughly it was timed.
    pub(crate) effort: Effort,
    /// How long it took.
    pub(crate) sample: Sample,
    /// The core's peak in GFLOP/s.
    pub(crate) peak: f64,
    /// Largest resident memory of the process so far in KiB, if the system tells.
    pub(crate) peak_kib: Option<u64>,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (peer, tier) = match self.peer {
            Peer::Ours => ("ours", format!("\"{}\"", (self.row.tier)())),
            // Its products choose their own instructions.
            Peer::Interpreter => ("interpreter", "null".to_owned()),
        };
        let Sample { median_us, min_us, reps } = self.sample;
        let (name, threads) = (self.row.name, self.threads);
        write!(
            f,
            "{{\"peer\":\"{peer}\",\"workload\":\"{name}\",\"tier\":{tier},\"threads\":{threads},\
             \"median_us\":{median_us:.4},\"min_us\":{min_us:.4},\"reps\":{reps}"
        )?;
        if let Some(flops) = self.row.training_flops(self.effort) {
            let gflops = flops / median_us / 1e3;
            let share = gflops / self.peak;
            write!(f, ",\"gflops\":{gflops:.2},\"peak_share\":{share:.4}")?;
        }
        if let Some(peak_kib) = self.peak_kib {
            write!(f, ",\"peak_kib\":{peak_kib}")?;
        }
        f.write_str("}")
    }
}
