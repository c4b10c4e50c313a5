//! How much of a cell is computed: less of a large one, so that a test takes seconds where nothing is
//! optimised.

use alloc::vec::Vec;

use super::options::Options;
use super::problem::Start;
use super::tensors::tensors;
use crate::error::Error;
use crate::graph::{CellGraph, Op};
use crate::memory;

/// A value of a function takes about as long as this many multiply-adds.
const FUNCTION: u64 = 32;

/// The shortest sequences: a first step, one in the middle, and a last one.
const LEAST_STEPS: usize = 3;

/// Batch rows of the problem for differences: gradients of parameters are sums over both.
const DIFFERENCE_BATCH: usize = 2;

/// Forward passes of a difference quotient.
const STENCIL: u64 = 4;

/// How many times the inexact values are drawn, at most.
const DRAWS: u64 = 4;

/// A way there and back takes as long as three forward passes.
const BOTH_WAYS: u64 = 3;

/// Sizes and numbers of what is computed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Size {
    /// Steps of the sequences that kernels and interpreter are compared on.
    pub(super) steps: usize,
    /// Batch rows of these, ascending, and where they start.
    pub(super) problems: Vec<(usize, Start)>,
    /// How many times inexact values are drawn.
    pub(super) draws: u64,
    /// Steps and batch rows of the sequence for differences.
    pub(super) differences: (usize, usize),
    /// Coordinates of a tensor that differences are taken along.
    pub(super) coordinates: usize,
}

impl Size {
    /// What the options ask for, reduced to the work they allow.
    pub(super) fn new(graph: &CellGraph, options: &Options) -> Result<Size, Error> {
        let asked = graph.steps.unwrap_or(options.steps);
        for (what, found) in [("the number of steps", asked), ("the batch", options.batch)] {
            if found == 0 {
                return Err(Error::Value {
                    what: what.into(),
                    expected: "at least 1".into(),
                    found: "0".into(),
                });
            }
        }
        let values: usize = graph.nodes.iter().map(|node| node.shape.len()).sum();
        memory::room::<f64>((asked, options.batch), values + graph.output_len)?;

        let without_rest =
            |name| options.range(name).is_some_and(|(low, high)| low > 0.0 || high < 0.0);
        let rest = match graph.states.iter().any(|port| without_rest(port.name)) {
            true => Start::Random,
            false => Start::Rest,
        };
        let (half, whole) = (options.batch.div_ceil(2), options.batch);
        let mut problems = Vec::from([(1, Start::Random), (half, rest), (whole, Start::Random)]);
        if whole == 1 {
            problems.pop();
        }
        let row = cost(graph);
        let few = asked.min(Options::DIFFERENCE_STEPS);
        let rows: u64 = problems.iter().map(|&(batch, _)| batch as u64).sum();
        let mut size = Size {
            steps: asked,
            problems,
            draws: DRAWS,
            differences: (graph.steps.unwrap_or(few), DIFFERENCE_BATCH),
            coordinates: options.coordinates,
        };
        // One run in `f64`, and for each draw one in either type.
        let compared = |size: &Size| {
            let runs = BOTH_WAYS * (1 + 2 * size.draws);
            runs.saturating_mul(row.saturating_mul(rows)).saturating_mul(size.steps as u64)
        };
        while compared(&size) > options.work && size.draws > 1 {
            size.draws -= 1;
        }
        let shorten = |steps: usize, needed: u64| {
            let part = (steps as f64 * options.work as f64 / needed.max(1) as f64) as usize;
            if graph.steps.is_some() { steps } else { part.clamp(LEAST_STEPS.min(steps), steps) }
        };
        size.steps = shorten(asked, compared(&size));

        let differed = |size: &Size| {
            let directions: usize = tensors(graph, size.differences.0, size.differences.1)
                .iter()
                .map(|tensor| 1 + tensor.range.len().min(size.coordinates))
                .sum();
            let passes = STENCIL
                * (1 + directions as u64)
                * (size.differences.0 * size.differences.1) as u64;
            passes.saturating_mul(row)
        };
        while differed(&size) > options.work && size.coordinates > 2 {
            size.coordinates -= 1;
        }
        size.differences.0 = shorten(size.differences.0, differed(&size));
        Ok(size)
    }
}

/// Multiply-adds of a step of one batch row, functions counted as such.
fn cost(graph: &CellGraph) -> u64 {
    let of = |op: Op, len: usize| match op {
        Op::Product { param, .. } => {
            graph.params.get(param).map_or(0, |info| info.shape.len() as u64)
        }
        _ => FUNCTION * len as u64,
    };
    graph.nodes.iter().map(|node| of(node.op, node.shape.len())).sum::<u64>().max(1)
}
