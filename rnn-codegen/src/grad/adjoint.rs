//! Adjoints while they are collected: what the users of each value contribute, in a fixed order.

use crate::graph::build::Build;
use crate::graph::{Graph, NodeId};
use crate::ops::Shape;

/// Contributions to all values. Those to values without a target below them are dropped.
#[derive(Debug)]
pub(super) struct Adjoints {
    active: Vec<bool>,
    sums: Vec<Sum>,
}

/// The contributions to one value.
#[derive(Debug, Clone, Default)]
struct Sum {
    /// To all entries.
    whole: Vec<NodeId>,
    /// To some entries, each with the first one's index.
    parts: Vec<(usize, NodeId)>,
}

impl Adjoints {
    pub(super) fn new(active: Vec<bool>) -> Adjoints {
        let sums = vec![Sum::default(); active.len()];
        Adjoints { active, sums }
    }

    /// Whether a derivative by the value is wanted.
    pub(super) fn active(&self, id: NodeId) -> bool {
        self.active[id.index()]
    }

    /// Adds a contribution of the value's shape.
    pub(super) fn add(&mut self, id: NodeId, contribution: NodeId) {
        if self.active(id) {
            self.sums[id.index()].whole.push(contribution);
        }
    }

    /// Adds a contribution to the entries from `start` on.
    pub(super) fn add_part(&mut self, id: NodeId, start: usize, contribution: NodeId) {
        if self.active(id) {
            self.sums[id.index()].parts.push((start, contribution));
        }
    }

    /// The adjoint of a value, once all its users have contributed.
    pub(super) fn take(&mut self, graph: &mut Graph, id: NodeId) -> Option<NodeId> {
        let Sum { mut whole, mut parts } = std::mem::take(&mut self.sums[id.index()]);
        parts.sort_by_key(|&(start, _)| start);
        while !parts.is_empty() {
            whole.push(layer(graph, &mut parts, graph.shape(id).len()));
        }
        whole.into_iter().reduce(|sum, contribution| graph.plus(sum, contribution))
    }
}

/// Takes parts that do not overlap, as many as fit, and joins them, with zeros between, to a vector
/// of length `len`.
fn layer(graph: &mut Graph, parts: &mut Vec<(usize, NodeId)>, len: usize) -> NodeId {
    let mut joined = Vec::new();
    let mut rest = Vec::new();
    let mut end = 0;
    for (start, part) in parts.drain(..) {
        if start < end {
            rest.push((start, part));
            continue;
        }
        if end < start {
            joined.push(graph.fill(0.0, Shape::Vector(start - end)));
        }
        joined.push(part);
        end = start + graph.shape(part).len();
    }
    if end < len {
        joined.push(graph.fill(0.0, Shape::Vector(len - end)));
    }
    *parts = rest;
    graph.concat(joined)
}
