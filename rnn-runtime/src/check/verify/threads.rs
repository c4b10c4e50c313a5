//! The same bits from one thread and from two.

use alloc::{format, string::String};

use super::candidate::Candidate;
use super::options::Options;
use super::problem::{Problem, Start};
use super::results::Results;
use crate::declaration::graph::CellGraph;
use crate::error::Error;
use crate::kernels::element::Element;

/// Longest sequence, and largest batch of a cell that fixes its length.
const LONGEST: usize = 2048;

/// The first difference between runs on one thread and on two, of the fewest rows that two threads
/// share.
pub(super) fn violation<E: Element>(
    graph: &'static CellGraph,
    options: &Options,
    candidate: &mut dyn Candidate<E>,
) -> Result<Option<String>, Error> {
    let Some((batch, rows)) = candidate.shared() else { return Ok(None) };
    // One more, so that the threads have different shares.
    let batch = batch + 1;
    let (steps, batch) = match graph.steps {
        Some(steps) => (steps, rows.div_ceil(steps).clamp(batch, LONGEST)),
        None => (rows.div_ceil(batch).clamp(2, LONGEST), batch),
    };
    let problem = Problem::draw::<E>(graph, (steps, batch), Start::Random, options)?;
    let given = problem.given::<E>();
    let one = on(1, || Results::of(candidate, &given))?;
    let two = on(2, || Results::of(candidate, &given))?;
    let found = one.difference(&two, graph);
    Ok(found.map(|found| format!("{steps} steps of {batch} rows: {found}")))
}

/// What `run` gives in a pool of so many threads.
#[cfg(feature = "rayon")]
fn on<R: Send>(threads: usize, run: impl FnOnce() -> Result<R, Error> + Send) -> Result<R, Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Error::Value {
        what: format!("a pool of {threads} threads"),
        expected: String::from("there"),
        found: format!("{error}"),
    })?;
    pool.install(run)
}

/// What `run` gives: there are no threads.
#[cfg(not(feature = "rayon"))]
fn on<R>(_threads: usize, run: impl FnOnce() -> Result<R, Error>) -> Result<R, Error> {
    run()
}
