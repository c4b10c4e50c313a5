//! How much of a cell is computed: less of a large one, so that a test takes seconds where nothing
//! is optimised.

use alloc::vec::Vec;

use super::options::Options;
use super::problem::Start;
use super::tensors::tensors;
use crate::declaration::graph::{CellGraph, Op};
use crate::error::Error;
use crate::room::room;

/// A value of a function takes about as long as this many multiply-adds.
const FUNCTION: u64 = 32;

/// The shortest sequences: a first step, one in the middle, and a last one.
const LEAST_STEPS: usize = 3;

/// The fewest coordinates of a tensor.
const LEAST_COORDINATES: usize = 2;

/// Batch rows of the problem for differences: gradients of parameters are sums over both.
const DIFFERENCE_BATCH: usize = 2;

/// Forward passes of a difference quotient.
const STENCIL: u64 = 4;

/// How many times the inexact values are drawn, at most.
const DRAWS: u64 = 4;

/// A backward pass takes as long as so many forward passes.
const BACKWARD: u64 = 2;

/// Sizes and numbers of what is computed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Size {
    /// Steps of the sequences that kernels and interpreter are compared on.
    pub(super) steps: usize,
    /// Batch rows of these, ascending, and where they start.
    pub(super) problems: Vec<(usize, Start)>,
    /// How many times inexact values are drawn.
    pub(super) draws: u64,
    /// Whether the gradients of two losses are compared apart.
    pub(super) apart: bool,
    /// Steps and batch rows of the sequence for differences.
    pub(super) differences: (usize, usize),
    /// Coordinates of a tensor that differences are taken along.
    pub(super) coordinates: usize,
}

impl Size {
    /// What the options ask for, reduced to the work they allow.
    pub(super) fn new(graph: &CellGraph, options: &Options) -> Result<Size, Error> {
        let asked = graph.steps.unwrap_or(options.steps);
        possible(graph, asked, options.batch)?;
        let few = asked.min(Options::DIFFERENCE_STEPS);
        let mut size = Size {
            steps: asked,
            problems: problems(graph, options),
            draws: DRAWS,
            apart: true,
            differences: (graph.steps.unwrap_or(few), DIFFERENCE_BATCH),
            coordinates: options.coordinates,
        };
        let row = cost(graph);
        let shorten = |steps: usize, needed: u64| {
            let part = (steps as f64 * options.work as f64 / needed.max(1) as f64) as usize;
            if graph.steps.is_some() { steps } else { part.clamp(LEAST_STEPS.min(steps), steps) }
        };
        while size.compared(row) > options.work && size.draws > 1 {
            size.draws -= 1;
        }
        size.apart = size.compared(row) <= options.work;
        size.steps = shorten(asked, size.compared(row));
        while size.differed(row, graph) > options.work && size.coordinates > LEAST_COORDINATES {
            size.coordinates = (size.coordinates / 2).max(LEAST_COORDINATES);
        }
        size.differences.0 = shorten(size.differences.0, size.differed(row, graph));
        Ok(size)
    }

    /// Multiply-adds of the interpreter's runs: one in `f64`, and for each draw one in either type.
    fn compared(&self, row: u64) -> u64 {
        let rows: u64 = self.problems.iter().map(|&(batch, _)| batch as u64).sum();
        let ways = 1 + BACKWARD * (1 + u64::from(self.apart));
        let runs = ways * (1 + 2 * self.draws);
        runs.saturating_mul(row).saturating_mul(rows).saturating_mul(self.steps as u64)
    }

    /// Multiply-adds of the difference quotients, along coordinates and whole tensors.
    fn differed(&self, row: u64, graph: &CellGraph) -> u64 {
        let (steps, batch) = self.differences;
        let tensors = tensors(graph, steps, batch);
        let directions = tensors.iter().map(|t| 1 + t.range.len().min(self.coordinates) as u64);
        let passes = STENCIL * (1 + directions.sum::<u64>());
        passes.saturating_mul(row).saturating_mul((steps * batch) as u64)
    }
}

/// That there is a run of that size.
fn possible(graph: &CellGraph, steps: usize, batch: usize) -> Result<(), Error> {
    for (what, found) in [("the number of steps", steps), ("the batch", batch)] {
        if found == 0 {
            let (expected, found) = ("at least 1".into(), "0".into());
            return Err(Error::Value { what: what.into(), expected, found });
        }
    }
    room::<f64>((steps, batch), graph.step_len())
}

/// The batches, and where they start: that of half the rows at rest, unless a state is never zero.
fn problems(graph: &CellGraph, options: &Options) -> Vec<(usize, Start)> {
    let never = |range: (f64, f64)| range.0 > 0.0 || range.1 < 0.0;
    let defined = !graph.states.iter().any(|p| options.range(p.name).is_some_and(never));
    let rest = if defined { Start::Rest } else { Start::Random };
    let (half, whole) = (options.batch.div_ceil(2), options.batch);
    let mut problems = Vec::from([(1, Start::Random), (half, rest)]);
    problems.extend((whole > 1).then_some((whole, Start::Random)));
    problems
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
