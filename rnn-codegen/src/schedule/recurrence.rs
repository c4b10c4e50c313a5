//! What stands between one step and the next, and what that means for speed.

use std::collections::BTreeMap;

use super::{Over, Pack, Stage, Sweep};
use crate::check::cell::Cell;
use crate::graph::{Graph, Map, NodeId, Op, Zip};
use crate::ops::Weights;

/// How a step depends on the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recurrence {
    /// Without products, and every next state is linear in the states, with coefficients that do
    /// not read them: a scan.
    Linear,
    /// Without products.
    Elementwise,
    /// Through products with these packed matrices.
    Products(Vec<usize>),
}

/// Multiply-adds of products per step and row, and what they wait for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    pub(crate) forward: usize,
    pub(crate) backward: usize,
    /// What bounds the speed of a single row.
    pub(crate) one_row: Bound,
    /// The same if its weights were kept at full width.
    pub(crate) full_width: Bound,
}

/// What a step of one row waits for: short chains of dependent operations, weights from memory, or
/// arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Memory traffic: the loop has no weights.
    Traffic,
    /// Latency: the loop's weights fit a first-level cache.
    Latency,
    SecondLevel,
    BeyondSecondLevel,
}

impl Recurrence {
    /// That of a cell with these forward passes.
    pub(super) fn of(graph: &Graph, forward: &Sweep) -> Self {
        let pack = |stage: &Stage| match stage {
            Stage::Product(product) => Some(product.source.pack),
            _ => None,
        };
        let packs: Vec<usize> = forward.stages_over(Over::Steps).filter_map(pack).collect();
        match (packs.is_empty(), is_linear(graph)) {
            (false, _) => Recurrence::Products(packs),
            (true, true) => Recurrence::Linear,
            (true, false) => Recurrence::Elementwise,
        }
    }

    /// Weights that each step reads.
    fn weights(&self, packs: &[Pack]) -> usize {
        match self {
            Recurrence::Products(own) => own.iter().map(|&pack| packs[pack].weights()).sum(),
            Recurrence::Linear | Recurrence::Elementwise => 0,
        }
    }
}

impl Work {
    /// Of the stages of both passes.
    pub(super) fn of<'s>(
        cell: &Cell,
        packs: &[Pack],
        recurrence: &Recurrence,
        forward: impl Iterator<Item = &'s Stage>,
        backward: impl Iterator<Item = &'s Stage>,
    ) -> Self {
        let work = |stage: &Stage| match stage {
            Stage::Product(product) => packs[product.source.pack].weights(),
            Stage::Outer(outer) => outer.matrices.iter().map(|matrix| matrix.len()).sum(),
            Stage::Lanes(_) | Stage::ColumnSum(_) | Stage::Scatter(_) => 0,
        };
        let full = if cell.double { 8 } else { 4 };
        let width = if cell.weights == Weights::Full { full } else { 2 };
        let weights = recurrence.weights(packs);
        Work {
            forward: forward.map(work).sum(),
            backward: backward.map(work).sum(),
            one_row: Bound::of(weights * width),
            full_width: Bound::of(weights * full),
        }
    }
}

impl Bound {
    /// Of a loop with so many bytes of weights.
    fn of(bytes: usize) -> Self {
        match bytes {
            0 => Bound::Traffic,
            1..=32_768 => Bound::Latency,
            32_769..=1_048_576 => Bound::SecondLevel,
            _ => Bound::BeyondSecondLevel,
        }
    }
}

/// How a value depends on the states of the step before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Degree {
    Constant,
    Linear,
    Other,
}

fn is_linear(graph: &Graph) -> bool {
    let mut degrees: BTreeMap<NodeId, Degree> = BTreeMap::new();
    for id in graph.ids() {
        let node = graph.node(id);
        let args: Vec<Degree> = node.args.iter().map(|arg| degrees[arg]).collect();
        // Leaves but the states depend on none.
        let most = args.iter().copied().max().unwrap_or(Degree::Constant);
        let degree = match (&node.op, most) {
            (Op::Prev(_), _) => Degree::Linear,
            (_, Degree::Constant) => Degree::Constant,
            (
                Op::Zip(Zip::Add | Zip::Sub) | Op::Map(Map::Neg) | Op::Concat | Op::Slice { .. },
                degree,
            ) => degree,
            (Op::Zip(Zip::Mul), degree) if args.contains(&Degree::Constant) => degree,
            (Op::Zip(Zip::Div), degree) if args[1] == Degree::Constant => degree,
            _ => Degree::Other,
        };
        degrees.insert(id, degree);
    }
    graph.next.iter().all(|id| degrees[id] <= Degree::Linear)
}
