//! What every pass does at its end: names, roots and backward results follow the nodes to their new
//! places.

use super::{Backward, GradTerm, Graph, NodeId, Op};

impl Graph {
    /// Names a computed node. Leaves have names of their own, and the first name stays.
    pub(crate) fn name(&mut self, id: NodeId, name: &str) {
        if !self.node(id).op.is_leaf() {
            self.names.entry(id).or_insert_with(|| name.to_owned());
        }
    }

    /// Takes over names, roots and backward results of `old`, whose nodes `map` renumbers. A node
    /// without a new place loses its name; nothing else may refer to one.
    pub(crate) fn adopt(&mut self, old: &Graph, map: &[Option<NodeId>]) {
        let at = |id: NodeId| {
            map[id.index()].unwrap_or_else(|| panic!("bug in rnn-codegen: {id} is gone"))
        };
        for (&id, name) in &old.names {
            if let Some(new) = map[id.index()] {
                self.name(new, name);
            }
        }
        self.next = old.next.iter().map(|&id| at(id)).collect();
        self.output = old.output.map(at);
        self.backward = old.backward.as_ref().map(|backward| Backward {
            prev: backward.prev.iter().map(|id| id.map(at)).collect(),
            inputs: backward.inputs.iter().map(|id| id.map(at)).collect(),
            terms: backward.terms.iter().map(|term| term.renumbered(at)).collect(),
            call: backward.call.iter().map(|&(param, id)| (param, at(id))).collect(),
        });
    }

    /// The nodes that results are made of, in the same order; the rest is dropped.
    pub(crate) fn without_dead(self) -> Graph {
        let live = self.live();
        if live.iter().all(|live| *live) {
            return self;
        }
        let mut graph = Graph::like(&self);
        let mut map: Vec<Option<NodeId>> = Vec::new();
        for id in self.ids() {
            let new = live[id.index()].then(|| {
                let node = self.node(id);
                let args = node.args.iter().filter_map(|arg| map[arg.index()]).collect();
                graph.add(node.op.renumbered(&map), args, node.shape)
            });
            map.push(new);
        }
        graph.adopt(&self, &map);
        graph
    }

    /// For each node whether a result depends on it.
    pub(crate) fn live(&self) -> Vec<bool> {
        let mut live = vec![false; self.ids().count()];
        for id in self.roots() {
            live[id.index()] = true;
        }
        for id in self.ids().rev() {
            if !live[id.index()] {
                continue;
            }
            let node = self.node(id);
            for arg in &node.args {
                live[arg.index()] = true;
            }
            if let Op::AdjCall(of) = node.op {
                live[of.index()] = true;
            }
        }
        live
    }

    /// All nodes that results name, forward ones first.
    pub(crate) fn roots(&self) -> Vec<NodeId> {
        let mut roots: Vec<NodeId> = self.next.iter().copied().chain(self.output).collect();
        if let Some(backward) = &self.backward {
            roots.extend(backward.prev.iter().chain(&backward.inputs).flatten());
            for term in &backward.terms {
                roots.extend(term.operands());
            }
            roots.extend(backward.call.iter().map(|&(_, id)| id));
        }
        roots
    }
}

impl Op {
    /// The operation with the node it mentions renumbered.
    pub(crate) fn renumbered(&self, map: &[Option<NodeId>]) -> Op {
        match self {
            Op::AdjCall(of) => Op::AdjCall(
                map[of.index()].unwrap_or_else(|| panic!("bug in rnn-codegen: {of} is gone")),
            ),
            other => other.clone(),
        }
    }
}

impl GradTerm {
    /// The nodes the term mentions.
    pub(crate) fn operands(self) -> [NodeId; 2] {
        match self {
            GradTerm::Outer { left, right, .. } => [left, right],
            GradTerm::Sum { of, value } => [of, value],
        }
    }

    fn renumbered(self, at: impl Fn(NodeId) -> NodeId) -> GradTerm {
        match self {
            GradTerm::Outer { matrix, left, right } => {
                GradTerm::Outer { matrix, left: at(left), right: at(right) }
            }
            GradTerm::Sum { of, value } => GradTerm::Sum { of: at(of), value: at(value) },
        }
    }
}
