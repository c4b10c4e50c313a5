//! What results are made of: the nodes they name, what these depend on, and how often each is read.

use super::{Backward, GradTerm, Graph, Node, NodeId, Op};

impl Graph {
    /// What the forward pass gives: the next values and the output.
    pub(crate) fn forward_roots(&self) -> impl Iterator<Item = NodeId> {
        self.next.iter().copied().chain(self.output)
    }

    /// All nodes that results name, forward ones first.
    pub(crate) fn roots(&self) -> impl Iterator<Item = NodeId> {
        self.forward_roots().chain(self.backward.iter().flat_map(Backward::roots))
    }

    /// The results of the backward pass of a graph that `grad` has seen.
    pub(crate) fn differentiated(&self) -> &Backward {
        self.backward.as_ref().expect("bug in rnn-codegen: a graph without gradients")
    }

    /// For each node whether one of the given ones depends on it, or is it.
    fn reach(&self, roots: impl Iterator<Item = NodeId>) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        roots.for_each(|id| reached[id.index()] = true);
        for id in self.ids().rev() {
            if !reached[id.index()] {
                continue;
            }
            let node = self.node(id);
            node.args.iter().for_each(|arg| reached[arg.index()] = true);
            if let Op::AdjCall(of) = node.op {
                reached[of.index()] = true;
            }
        }
        reached
    }

    /// For each node whether a result depends on it.
    pub(crate) fn live(&self) -> Vec<bool> {
        self.reach(self.roots())
    }

    /// For each node whether the forward passes need it.
    pub(crate) fn needed_forward(&self) -> Vec<bool> {
        self.reach(self.forward_roots())
    }

    /// How many operands and results each node is.
    pub(crate) fn uses(&self) -> Vec<usize> {
        self.uses_by(self.nodes.iter(), self.roots())
    }

    /// How many of them the forward passes need.
    pub(crate) fn forward_uses(&self) -> Vec<usize> {
        let needed = self.needed_forward();
        let nodes = self.nodes.iter().zip(needed).filter_map(|(node, used)| used.then_some(node));
        self.uses_by(nodes, self.forward_roots())
    }

    fn uses_by<'g>(
        &self,
        nodes: impl Iterator<Item = &'g Node>,
        roots: impl Iterator<Item = NodeId>,
    ) -> Vec<usize> {
        let mut uses = vec![0; self.nodes.len()];
        let args = nodes.flat_map(|node| &node.args).copied();
        args.chain(roots).for_each(|id| uses[id.index()] += 1);
        uses
    }

    /// For each node whether it depends on parameters and constants only, so that it is computed
    /// once a call. A product never counts: it is computed with the rows.
    pub(crate) fn call_level(&self) -> Vec<bool> {
        let mut level: Vec<bool> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            level.push(match node.op {
                Op::Param(_) | Op::Const(_) => true,
                Op::Product(_) => false,
                ref op => !op.is_leaf() && node.args.iter().all(|arg| level[arg.index()]),
            });
        }
        level
    }

    /// Follows slices to what they are cut from, with the offset there.
    pub(crate) fn base(&self, id: NodeId) -> (NodeId, usize) {
        let node = self.node(id);
        match node.op {
            Op::Slice { start } => {
                let (base, offset) = self.base(node.args[0]);
                (base, offset + start)
            }
            _ => (id, 0),
        }
    }

    /// The leaf with this operation, if anything reads it.
    pub(crate) fn leaf(&self, op: &Op) -> Option<NodeId> {
        self.ids().find(|&id| self.node(id).op == *op)
    }

    /// The operands of a node, if it is this operation.
    pub(crate) fn operands(&self, id: NodeId, op: &Op) -> Option<&[NodeId]> {
        let node = self.node(id);
        (node.op == *op).then_some(&node.args[..])
    }
}

impl Backward {
    /// What each row of each step adds to gradients.
    pub(crate) fn summed(&self) -> impl Iterator<Item = NodeId> {
        let values = self.terms.iter().flat_map(|term| match *term {
            GradTerm::Outer { left, right, .. } => [Some(left), Some(right)],
            GradTerm::Sum { value, .. } => [Some(value), None],
        });
        values.flatten()
    }

    /// What is read of all steps when the loop over time is over: adjoints of inputs, and what is
    /// summed.
    pub(crate) fn after_loop(&self) -> impl Iterator<Item = NodeId> {
        self.inputs.iter().flatten().copied().chain(self.summed())
    }

    /// All that is computed for each row of each step.
    pub(crate) fn row_roots(&self) -> impl Iterator<Item = NodeId> {
        self.prev.iter().flatten().copied().chain(self.after_loop())
    }

    /// What is computed after all steps.
    pub(crate) fn call_roots(&self) -> impl Iterator<Item = NodeId> {
        self.call.iter().map(|&(_, id)| id)
    }

    /// The call-level values that each row of each step adds to the adjoints of.
    pub(crate) fn filled(&self) -> impl Iterator<Item = NodeId> {
        self.terms.iter().filter_map(|term| match *term {
            GradTerm::Sum { of, .. } => Some(of),
            GradTerm::Outer { .. } => None,
        })
    }

    fn roots(&self) -> impl Iterator<Item = NodeId> {
        self.row_roots().chain(self.filled()).chain(self.call_roots())
    }
}
