//! What every pass does: it makes a new graph, whose nodes stand elsewhere; names, roots and
//! backward results follow them there.

use super::build::Build;
use super::{Backward, GradTerm, Graph, Node, NodeId, Op};

/// Where the nodes of a graph are in the one that a pass makes of it.
#[derive(Debug)]
pub(crate) struct Renumbering {
    places: Vec<Option<NodeId>>,
}

impl Renumbering {
    /// No node of `old` has a place yet.
    pub(crate) fn of(old: &Graph) -> Self {
        Renumbering { places: vec![None; old.nodes.len()] }
    }

    pub(crate) fn set(&mut self, old: NodeId, new: NodeId) {
        self.places[old.index()] = Some(new);
    }

    /// The new place of a node that the pass may have left out.
    pub(crate) fn get(&self, old: NodeId) -> Option<NodeId> {
        self.places[old.index()]
    }

    /// The new place of a node that must have one.
    pub(crate) fn at(&self, old: NodeId) -> NodeId {
        self.get(old).unwrap_or_else(|| panic!("bug in rnn-codegen: {old} is gone"))
    }

    /// The operands of an old node.
    pub(crate) fn args(&self, old: &Node) -> Vec<NodeId> {
        old.args.iter().map(|&arg| self.at(arg)).collect()
    }

    /// The same operation of the same operands.
    pub(crate) fn copy(&self, old: &Node, into: &mut impl Build) -> NodeId {
        let op = match old.op {
            Op::AdjCall(of) => Op::AdjCall(self.at(of)),
            ref other => other.clone(),
        };
        into.insert(op, self.args(old), old.shape)
    }

    fn term(&self, old: GradTerm) -> GradTerm {
        match old {
            GradTerm::Outer { matrix, left, right } => {
                GradTerm::Outer { matrix, left: self.at(left), right: self.at(right) }
            }
            GradTerm::Sum { of, value } => GradTerm::Sum { of: self.at(of), value: self.at(value) },
        }
    }

    fn backward(&self, old: &Backward) -> Backward {
        let optional = |ids: &[Option<NodeId>]| {
            ids.iter().map(|id| id.map(|id| self.at(id))).collect::<Vec<_>>()
        };
        Backward {
            prev: optional(&old.prev),
            inputs: optional(&old.inputs),
            terms: old.terms.iter().map(|&term| self.term(term)).collect(),
            call: old.call.iter().map(|&(param, id)| (param, self.at(id))).collect(),
        }
    }
}

impl Graph {
    /// Names a computed node. Leaves have names of their own, and the first name stays.
    pub(crate) fn name(&mut self, id: NodeId, name: &str) {
        if !self.node(id).op.is_leaf() {
            self.names.entry(id).or_insert_with(|| name.to_owned());
        }
    }

    /// Takes over names, roots and backward results of `old`. A node without a new place loses its
    /// name; nothing else may refer to one.
    pub(crate) fn adopt(&mut self, old: &Graph, places: &Renumbering) {
        for (&id, name) in &old.names {
            if let Some(new) = places.get(id) {
                self.name(new, name);
            }
        }
        self.next = old.next.iter().map(|&id| places.at(id)).collect();
        self.output = old.output.map(|id| places.at(id));
        self.backward = old.backward.as_ref().map(|backward| places.backward(backward));
    }

    /// The nodes that results are made of, in the same order; the rest is dropped.
    pub(crate) fn without_dead(self) -> Graph {
        let live = self.live();
        if live.iter().all(|live| *live) {
            return self;
        }
        let mut graph = Graph::like(&self);
        let mut places = Renumbering::of(&self);
        for id in self.ids().filter(|id| live[id.index()]) {
            let new = places.copy(self.node(id), &mut graph);
            places.set(id, new);
        }
        graph.adopt(&self, &places);
        graph
    }
}
