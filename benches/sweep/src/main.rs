//! Cost by size: what a multiply-add takes over the units, the batch and the length.
//!
//! ```text
//! cargo run --release --manifest-path benches/sweep/Cargo.toml [--features all] -- [FOLDER]
//! {"sweep":"units","cell":"Lstm","run":"train","size":64,"ps_per_multiply_add":21.4}
//! {"offender":"units","cell":"Lstm","run":"train","size":33,"ratio":1.62}
//! ```
//!
//! Three sweeps of an LSTM and a GRU: over the units (1 to 130), the batch rows (1 to 70) and the
//! steps (1 to 130). An offender takes more than 1.5 times as long for a multiply-add as the best
//! size within 16 of it. Each time is the least of many short runs, so that a busy machine matters
//! little. FOLDER, where the plots go, is `target/sweep` if none is named.

mod measure;
mod report;
mod sizes;

use std::error::Error;
use std::path::PathBuf;

use crate::report::Series;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(|| "target/sweep".into(), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    for (sweep, series) in [
        ("units", sizes::over_units()?),
        ("batch", sizes::over_batch()?),
        ("steps", sizes::over_steps()?),
    ] {
        for series in &series {
            series.print(sweep);
        }
        for series in &series {
            series.print_offenders(sweep);
        }
        report::plot(sweep, &series, &folder.join(format!("{sweep}.svg")))?;
    }
    Ok(())
}
