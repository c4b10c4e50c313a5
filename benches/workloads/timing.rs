//! Median and minimum of repeated runs.

use std::time::{Duration, Instant};

use rnn_runtime::Error;

/// How long one repetition may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Warm-up, then at least 20 repetitions.
    Measure,
    /// A single one, to see that it works.
    Once,
}

/// Figures over the repetitions of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Median, in microseconds.
    pub(crate) median_us: f64,
    /// Minimum, in microseconds.
    pub(crate) min_us: f64,
    /// Number of repetitions.
    pub(crate) reps: usize,
}

const WARM_UP: Duration = Duration::from_millis(200);
/// Shorter runs are timed in groups of this length: the clock costs some 30 ns a look.
const GROUP_US: f64 = 200.0;
const TOTAL_US: f64 = 1_000_000.0;
/// Above this, five repetitions will do.
const SLOW_US: f64 = 2_000_000.0;

/// Times `run`; the figures are those of one of its `parts`.
pub(crate) fn measure(
    effort: Effort,
    parts: usize,
    mut run: impl FnMut() -> Result<(), Error>,
) -> Result<Sample, Error> {
    if effort == Effort::Once {
        let start = Instant::now();
        run()?;
        return Ok(summary(vec![micros(start)], parts));
    }
    let (start, mut runs) = (Instant::now(), 0);
    while runs < 3 || start.elapsed() < WARM_UP {
        run()?;
        runs += 1;
    }
    let each = micros(start) / f64::from(runs);
    let group = (GROUP_US / each).ceil().max(1.0);
    let least = if each > SLOW_US { 5.0 } else { 20.0 };
    let reps = (TOTAL_US / (each * group)).clamp(least, 400.0) as usize;
    let mut times = Vec::with_capacity(reps);
    for _ in 0..reps {
        let start = Instant::now();
        for _ in 0..group as usize {
            run()?;
        }
        times.push(micros(start) / group);
    }
    Ok(summary(times, parts))
}

fn micros(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e6
}

/// Median and minimum of at least one time, divided by `parts`.
fn summary(mut times: Vec<f64>, parts: usize) -> Sample {
    times.sort_by(f64::total_cmp);
    let (reps, parts) = (times.len(), parts as f64);
    let median = (times[(reps - 1) / 2] + times[reps / 2]) / 2.0;
    Sample { median_us: median / parts, min_us: times[0] / parts, reps }
}
