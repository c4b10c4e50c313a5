//! Tests of whole plans: as printed text, and by value over thousands of random graphs.

mod printed;
mod random;

use super::{Plan, schedule};
use crate::check::cell::Cell;
use crate::graph::{Graph, passes};

/// The graph of a cell and its plan.
fn planned(cell: &Cell) -> (Graph, Plan) {
    let source = passes::source(cell);
    let graph = passes::backward(passes::forward(&source, cell), cell);
    let plan = schedule(cell, &graph);
    (graph, plan)
}
