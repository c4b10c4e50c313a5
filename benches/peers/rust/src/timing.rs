//! The timer, the same in all languages: see `benches/workloads/timing.rs`.

use std::time::Instant;

use crate::Failure;

/// How thoroughly to measure.
#[derive(Clone, Copy)]
pub struct Effort {
    warm_up_us: f64,
    total_us: f64,
    least: f64,
}

/// A measurement.
pub const FULL: Effort = Effort { warm_up_us: 2e5, total_us: 1e6, least: 20.0 };
/// A glance.
pub const QUICK: Effort = Effort { warm_up_us: 2e4, total_us: 1e5, least: 3.0 };

const GROUP_US: f64 = 200.0;
const SLOW_US: f64 = 2e6;

/// Figures over the repetitions.
pub struct Sample {
    /// Median, in microseconds.
    pub median_us: f64,
    /// Minimum, in microseconds.
    pub min_us: f64,
    /// Number of repetitions.
    pub reps: usize,
}

/// Times `run`; the figures are those of one of its `parts`.
///
/// # Errors
/// Those of `run`.
pub fn measure(
    effort: Effort,
    parts: usize,
    mut run: impl FnMut() -> Result<(), Failure>,
) -> Result<Sample, Failure> {
    let (start, mut runs) = (Instant::now(), 0);
    while runs < 3 || micros(start) < effort.warm_up_us {
        run()?;
        runs += 1;
    }
    let each = micros(start) / f64::from(runs);
    let group = (GROUP_US / each).ceil().max(1.0);
    let least = if each > SLOW_US { effort.least.min(5.0) } else { effort.least };
    let reps = (effort.total_us / (each * group)).clamp(least, 400.0) as usize;
    let mut times = Vec::with_capacity(reps);
    for _ in 0..reps {
        let start = Instant::now();
        for _ in 0..group as usize {
            run()?;
        }
        times.push(micros(start) / group / parts as f64);
    }
    times.sort_by(f64::total_cmp);
    let median_us = (times[(reps - 1) / 2] + times[reps / 2]) / 2.0;
    Ok(Sample { median_us, min_us: times[0], reps })
}

fn micros(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e6
}
