//! The workload table: what a step, a sequence, a training run takes, one JSON object a line.
//!
//! ```text
//! cargo bench --bench workloads -- [--threads N] [--reference] [ROW ...]
//! {"workload":"fma-peak","gflops":143.2,"tier":"avx512"}
//! {"workload":"read-peak","kib":64,"gbytes":153.0,"tier":"avx512"}
//! {"peer":"ours","workload":"train-lstm-128","tier":"avx512","threads":1,"median_us":..,..}
//! ```
//!
//! The first lines are the yardsticks, on the tier in use (`RNN_TIER` names another): multiply-adds
//! in registers, and weights read once a step, from alternating ends, and multiplied by one row.
//! `gflops` of a training row counts its products alone, `peak_share` divides it by the first
//! yardstick. Rows with one step a call give the time of a step. `--reference` adds the
//! interpreter, which evaluates the same equations as tensor operations. With one thread the
//! process keeps to one core on Linux; elsewhere the system's tools can do that.
//!
//! `peak_kib`, on Linux, is the largest resident memory of the process so far, and therefore that
//! of a row only if it is the first to run.

mod cells;
mod line;
mod memory;
mod options;
mod peak;
mod pin;
#[path = "../problem.rs"]
mod problem;
mod rows;
mod steps;
mod stream;
mod timing;

use std::process::ExitCode;

use rnn_runtime::Error;
use rnn_runtime::simd::Tier;

use crate::line::Line;
use crate::options::Options;
use crate::rows::Peer;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("workloads: {message}");
            return ExitCode::from(2);
        }
    };
    if options.help {
        println!("{}", options::USAGE);
        return ExitCode::SUCCESS;
    }
    match shared(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("workloads: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The recurrent weights of the `seq` rows: of a GRU and an LSTM of 64 units, and of an LSTM of 512
/// in half and full width.
const WEIGHTS_KIB: [usize; 4] = [48, 64, 2048, 4096];

/// Runs the rows with as many threads as were asked for.
fn shared(options: &Options) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    #[cfg(feature = "rayon")]
    {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build()?;
        pool.install(|| run(options))?;
    }
    #[cfg(not(feature = "rayon"))]
    run(options)?;
    Ok(())
}

fn run(options: &Options) -> Result<(), Error> {
    let &Options { threads, reference, effort, .. } = options;
    if threads == 1 && !pin::to_one_core() {
        eprintln!("workloads: not kept to one core; the system may move the process");
    }
    let tier = Tier::current();
    let peak = peak::gflops(tier, effort);
    println!("{{\"workload\":\"fma-peak\",\"gflops\":{peak:.2},\"tier\":\"{tier}\"}}");
    let peers: &[Peer] = if reference { &[Peer::Ours, Peer::Interpreter] } else { &[Peer::Ours] };
    for kib in WEIGHTS_KIB {
        let gbytes = peak::read_gbytes(tier, kib, effort);
        println!(
            "{{\"workload\":\"read-peak\",\"kib\":{kib},\"gbytes\":{gbytes:.1},\
             \"tier\":\"{tier}\"}}"
        );
    }
    for &row in &options.rows {
        for &peer in peers {
            let sample = row.run(peer, effort)?;
            let peak_kib = memory::peak_kib();
            println!("{}", Line { peer, row, threads, effort, sample, peak, peak_kib });
        }
    }
    Ok(())
}
