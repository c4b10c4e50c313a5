//! What is scheduled as one: a lane operation, or a whole affine sum with all its products.

use std::collections::BTreeMap;

use super::affine::{Affine, Affines};
use crate::graph::{Graph, Node, NodeId};
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

    /// The affine sum that a unit is known to be.
    pub(crate) fn sum(&self, id: NodeId) -> &'g Affine {
        self.affine(id).unwrap_or_else(|| panic!("bug in rnn-codegen: {id} is no sum of products"))
    }

    /// Number of values.
    pub(crate) fn len(&self, id: NodeId) -> usize {
        self.graph.shape(id).len()
    }

    /// What the unit reads.
    pub(crate) fn args(&self, id: NodeId) -> Vec<NodeId> {
        match self.affine(id) {
            Some(sum) => sum.terms.iter().map(|t| t.operand).chain(sum.init).collect(),
            None => self.node(id).args.clone(),
        }
    }

    /// What the unit reads, where a part is read where the whole is: parts need not be members of a
    /// pass.
    pub(crate) fn reads(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.args(id).into_iter().map(|arg| self.base(arg).0)
    }

    /// Who reads each value, and whether all of it or a part.
    pub(crate) fn users(&self, members: &[NodeId]) -> BTreeMap<NodeId, Vec<(NodeId, bool)>> {
        let mut users: BTreeMap<NodeId, Vec<(NodeId, bool)>> = BTreeMap::new();
        for &user in members {
            for arg in self.args(user) {
                let (base, _) = self.base(arg);
                users.entry(base).or_default().push((user, base == arg));
            }
        }
        users
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
        self.graph.base(id)
    }

    /// The shape over which the unit's loop runs: that of its operand for reductions.
    pub(crate) fn domain(&self, id: NodeId) -> Shape {
        let node = self.node(id);
        if node.op.is_reduction() { self.graph.shape(node.args[0]) } else { node.shape }
    }

    /// True if lanes of the value can be used by later operations of the same loop.
    pub(crate) fn is_lanes(&self, id: NodeId) -> bool {
        self.affine(id).is_none() && self.node(id).op.is_lanes()
    }

    /// True if the value is a scalar made of a whole vector.
    pub(crate) fn is_reduction(&self, id: NodeId) -> bool {
        self.node(id).op.is_reduction()
    }

    /// True if loops over lanes compute the value.
    pub(crate) fn in_loops(&self, id: NodeId) -> bool {
        self.is_lanes(id) || self.is_reduction(id)
    }
}
