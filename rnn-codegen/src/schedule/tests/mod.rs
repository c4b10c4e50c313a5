//! Tests of whole plans: as printed text, by value over thousands of random graphs, and as
//! explained.

mod printed;
mod random;

use super::{Plan, explain, schedule};
use crate::check::cell::Cell;
use crate::graph::{Graph, passes, samples};
use crate::ops::Weights;

/// The graph of a cell and its plan.
fn planned(cell: &Cell) -> (Graph, Plan) {
    let source = passes::source(cell);
    let graph = passes::backward(passes::forward(&source, cell), cell);
    let plan = schedule(cell, &graph);
    (graph, plan)
}

#[test]
fn a_small_cell_is_told_what_half_width_costs() {
    let mut cell = samples::lstm();
    for (weights, told) in [(Weights::F16, true), (Weights::Bf16, true), (Weights::Full, false)] {
        cell.weights = weights;
        let (_, plan) = planned(&cell);
        assert_eq!(explain(&cell, &plan).contains("half width"), told, "{weights:?}");
    }
}
