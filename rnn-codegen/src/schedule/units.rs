//! What is scheduled as one: a lane operation, or a whole affine sum with all its products.

use std::collections::BTreeMap;

use super::affine::{Affine, Affines};
use crate::graph::{Graph, Node, NodeId, Op};
use crate::ops::Shape;

/// The graph seen as units: the products inside an affine sum are not looked at one by one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Units<'g> {
    pub(crate) graph: &'g Graph,
    sums: &'g BTreeMap<NodeId, Affine>,
}

impl<'g> Units<'g> {
    pub(crate) fn new(affines: &'g Affines) -> Self {
        Units { graph: &affines.graph, sums: &affines.sums }
    }

    /// All affine sums, by root.
    pub(crate) fn sums(&self) -> &'g BTreeMap<NodeId, Affine> {
        self.sums
    }

    pub(crate) fn node(&self, id: NodeId) -> &'g Node {
        self.graph.node(id)
    }

    pub(crate) fn affine(&self, id: NodeId) -> Option<&'g Affine> {
        self.sums.get(&id)
    }

    /// What the unit reads.
    pub(crate) fn args(&self, id: NodeId) -> Vec<NodeId> {
        match self.affine(id) {
            Some(sum) => sum.terms.iter().map(|t| t.operand).chain(sum.init).collect(),
            None => self.node(id).args.clone(),
        }
    }

    /// All units the given ones depend on, themselves included, except that `stop` ends the walk
    /// (and is left out).
    pub(crate) fn reach(
        &self,
        roots: impl IntoIterator<Item = NodeId>,
        stop: impl Fn(NodeId) -> bool,
    ) -> Vec<NodeId> {
        let mut seen = vec![false; self.graph.ids().count()];
        let mut open: Vec<NodeId> = roots.into_iter().collect();
        while let Some(id) = open.pop() {
            if !stop(id) && !std::mem::replace(&mut seen[id.index()], true) {
                open.extend(self.args(id));
            }
        }
        self.graph.ids().filter(|id| seen[id.index()]).collect()
    }

    /// Follows slices to what they are cut from, with the offset there.
    pub(crate) fn base(&self, id: NodeId) -> (NodeId, usize) {
        match self.node(id).op {
            Op::Slice { start } => {
                let (base, offset) = self.base(self.node(id).args[0]);
                (base, offset + start)
            }
            _ => (id, 0),
        }
    }

    /// The shape over which the unit's loop runs: that of its operand for reductions.
    pub(crate) fn domain(&self, id: NodeId) -> Shape {
        let node = self.node(id);
        match node.op {
            Op::Sum | Op::Residue | Op::Largest => self.graph.shape(node.args[0]),
            _ => node.shape,
        }
    }

    /// True if lanes of the value can be used by later operations of the same loop.
    pub(crate) fn is_lanes(&self, id: NodeId) -> bool {
        self.affine(id).is_none()
            && matches!(self.node(id).op, Op::Map(_) | Op::Zip(_) | Op::Select)
    }

    /// True if the value is a scalar made of a whole vector.
    pub(crate) fn is_reduction(&self, id: NodeId) -> bool {
        matches!(self.node(id).op, Op::Sum | Op::Residue | Op::Largest)
    }
}
