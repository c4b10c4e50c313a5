//! The passes in order, each followed by `verify` in debug builds.
//!
//! ```text
//! Cell -> lower -> Graph (source: what the interpreter reads)
//!      -> expand -> split -> simplify -> differentiate -> simplify
//!      -> Graph (primitive: what is scheduled)
//! ```

use super::verify::{Dialect, verify};
use super::{Graph, expand, lower, simplify, split};
use crate::check::cell::Cell;
use crate::grad;

/// The cell as it was declared, in the source dialect.
pub(crate) fn source(cell: &Cell) -> Graph {
    checked(lower::lower(cell), cell, Dialect::Source)
}

/// The forward graph in the primitive dialect, tidy.
pub(crate) fn forward(source: &Graph, cell: &Cell) -> Graph {
    let graph = checked(expand::expand(source, cell), cell, Dialect::Primitive);
    let graph = checked(split::split(&graph), cell, Dialect::Primitive);
    checked(simplify::simplify(graph, cell.double), cell, Dialect::Primitive)
}

/// The same graph with its adjoint, tidy.
pub(crate) fn backward(forward: Graph, cell: &Cell) -> Graph {
    let graph = checked(grad::differentiate(forward, cell), cell, Dialect::Primitive);
    checked(simplify::simplify(graph, cell.double), cell, Dialect::Primitive)
}

fn checked(graph: Graph, cell: &Cell, dialect: Dialect) -> Graph {
    if cfg!(debug_assertions) {
        verify(&graph, cell, dialect);
    }
    graph
}
