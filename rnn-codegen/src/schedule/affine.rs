//! Sums of products brought into one form: `init + M1 @ v1 + M2 @ v2 + .. + rest`.
//!
//! The part in front of `rest` is an [`Affine`]: the product kernel computes it in its
//! accumulators, starting from `init` (a bias). Products that do not wait for a state come first,
//! so that they can be taken for many steps at once and the sum is the same chain of additions
//! either way.

use std::collections::BTreeMap;

use crate::graph::{Backward, GradTerm, Graph, MatrixRef, NodeId, Op, Zip};
use crate::ops::Shape;

/// A sum of products, computed as one.
#[derive(Debug, Clone)]
pub(crate) struct Affine {
    /// Call-level vector the sum starts from.
    pub(crate) init: Option<NodeId>,
    /// Matrix, operand, and whether the operand waits for a state (or, backwards, for a state's
    /// adjoint).
    pub(crate) terms: Vec<Term>,
}

/// One product of an [`Affine`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term {
    pub(crate) matrix: MatrixRef,
    pub(crate) operand: NodeId,
    pub(crate) carried: bool,
}

/// A graph in which every product belongs to an affine sum.
#[derive(Debug)]
pub(crate) struct Affines {
    pub(crate) graph: Graph,
    /// By root, in order.
    pub(crate) sums: BTreeMap<NodeId, Affine>,
}

/// Which nodes the forward pass computes: all that the next states and the output need.
pub(crate) fn forward_nodes(graph: &Graph) -> Vec<bool> {
    reachable(graph, graph.next.iter().copied().chain(graph.output))
}

/// All nodes the given ones depend on, themselves included.
pub(crate) fn reachable(graph: &Graph, roots: impl IntoIterator<Item = NodeId>) -> Vec<bool> {
    let mut seen = vec![false; graph.ids().count()];
    let mut open: Vec<NodeId> = roots.into_iter().collect();
    while let Some(id) = open.pop() {
        if !std::mem::replace(&mut seen[id.index()], true) {
            open.extend(&graph.node(id).args);
        }
    }
    seen
}

/// The roots of the backward pass.
pub(crate) fn backward_roots(backward: &Backward) -> Vec<NodeId> {
    let mut roots: Vec<NodeId> =
        backward.prev.iter().chain(&backward.inputs).flatten().copied().collect();
    for term in &backward.terms {
        match *term {
            GradTerm::Outer { left, right, .. } => roots.extend([left, right]),
            GradTerm::Sum { value, .. } => roots.push(value),
        }
    }
    roots.extend(backward.call.iter().map(|&(_, node)| node));
    roots
}

/// For each node whether it waits for the previous step: for a previous state if it belongs to the
/// forward pass, for the adjoint of a next state otherwise.
pub(crate) fn carried(graph: &Graph, forward: &[bool]) -> Vec<bool> {
    let mut carried = vec![false; forward.len()];
    for id in graph.ids() {
        let node = graph.node(id);
        let same_pass =
            |arg: &NodeId| carried[arg.index()] && forward[arg.index()] == forward[id.index()];
        carried[id.index()] = match node.op {
            Op::Prev(_) | Op::AdjNext(_) => true,
            _ => node.args.iter().any(same_pass),
        };
    }
    carried
}

/// Rebuilds `graph` with all sums of products in the form above.
pub(crate) fn collect(graph: &Graph) -> Affines {
    let mut collector = Collector::new(graph);
    for id in graph.ids() {
        collector.visit(id);
    }
    let Collector { map, mut out, sums, .. } = collector;
    let at = |id: NodeId| map[id.index()].expect("bug in rnn-codegen: a root inside a sum");
    out.names = graph
        .names
        .iter()
        .filter_map(|(&id, name)| map[id.index()].map(|new| (new, name.clone())))
        .collect();
    out.next = graph.next.iter().map(|&id| at(id)).collect();
    out.output = graph.output.map(at);
    out.backward = graph.backward.as_ref().map(|b| Backward {
        prev: b.prev.iter().map(|id| id.map(at)).collect(),
        inputs: b.inputs.iter().map(|id| id.map(at)).collect(),
        terms: b.terms.iter().map(|t| map_term(t, at)).collect(),
        call: b.call.iter().map(|&(param, id)| (param, at(id))).collect(),
    });
    Affines { graph: out, sums }
}

fn map_term(term: &GradTerm, at: impl Fn(NodeId) -> NodeId) -> GradTerm {
    match *term {
        GradTerm::Outer { matrix, left, right } => {
            GradTerm::Outer { matrix, left: at(left), right: at(right) }
        }
        GradTerm::Sum { of, value } => GradTerm::Sum { of: at(of), value: at(value) },
    }
}

struct Collector<'g> {
    graph: &'g Graph,
    /// Number of uses, roots included.
    uses: Vec<usize>,
    /// Inside a sum that a later node collects.
    interior: Vec<bool>,
    call: Vec<bool>,
    carried: Vec<bool>,
    map: Vec<Option<NodeId>>,
    out: Graph,
    sums: BTreeMap<NodeId, Affine>,
}

impl<'g> Collector<'g> {
    fn new(graph: &'g Graph) -> Self {
        let count = graph.ids().count();
        let mut uses = vec![0; count];
        let mut interior = vec![false; count];
        for id in graph.ids() {
            for arg in &graph.node(id).args {
                uses[arg.index()] += 1;
            }
        }
        let roots = graph.next.iter().copied().chain(graph.output);
        for id in roots.chain(graph.backward.iter().flat_map(backward_roots)) {
            uses[id.index()] += 1;
        }
        let call = graph.call_level();
        for id in graph.ids().rev() {
            let node = graph.node(id);
            if is_sum(graph, id) {
                for &arg in &node.args {
                    let same = graph.shape(arg) == node.shape;
                    // A sum of parameters is one value, computed once a call, with an adjoint of its own.
                    let sum = is_sum(graph, arg) && !call[arg.index()];
                    let joins = sum || matches!(graph.node(arg).op, Op::Product(_));
                    interior[arg.index()] = same && joins && uses[arg.index()] == 1;
                }
            }
        }
        let forward = forward_nodes(graph);
        let carried = carried(graph, &forward);
        let map = vec![None; count];
        let (out, sums) = (Graph::default(), BTreeMap::new());
        Collector { graph, uses, interior, call, carried, map, out, sums }
    }

    fn visit(&mut self, id: NodeId) {
        if self.interior[id.index()] && self.uses[id.index()] == 1 {
            return;
        }
        let node = self.graph.node(id);
        let new = match node.op {
            Op::Product(_) => self.sum(id),
            Op::Zip(Zip::Add) if is_sum(self.graph, id) => self.sum(id),
            Op::AdjCall(of) => self.out.add(Op::AdjCall(self.mapped(of)), Vec::new(), node.shape),
            _ => {
                let args = node.args.iter().map(|&a| self.mapped(a)).collect();
                self.out.add(node.op.clone(), args, node.shape)
            }
        };
        self.map[id.index()] = Some(new);
    }

    fn mapped(&self, id: NodeId) -> NodeId {
        self.map[id.index()].expect("bug in rnn-codegen: operand after its user")
    }

    /// The leaves of the sum at `id`, in order.
    fn leaves(&self, id: NodeId, top: bool, into: &mut Vec<NodeId>) {
        if (top || self.interior[id.index()]) && is_sum(self.graph, id) {
            for &arg in &self.graph.node(id).args {
                self.leaves(arg, false, into);
            }
        } else {
            into.push(id);
        }
    }

    fn sum(&mut self, id: NodeId) -> NodeId {
        let shape = self.graph.shape(id);
        let mut leaves = Vec::new();
        self.leaves(id, true, &mut leaves);
        let (mut terms, mut inits, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        for leaf in leaves {
            let node = self.graph.node(leaf);
            match node.op {
                Op::Product(matrix) if leaf == id || self.interior[leaf.index()] => {
                    let operand = node.args[0];
                    let carried = self.carried[operand.index()];
                    terms.push(Term { matrix, operand: self.mapped(operand), carried });
                }
                _ if self.call[leaf.index()] && node.shape == shape => {
                    inits.push(self.mapped(leaf))
                }
                _ => rest.push(self.mapped(leaf)),
            }
        }
        if terms.is_empty() {
            let all: Vec<NodeId> = inits.into_iter().chain(rest).collect();
            return self.add_up(None, &all, shape).expect("bug in rnn-codegen: an empty sum");
        }
        terms.sort_by_key(|t| (t.carried, t.operand, t.matrix));
        let init = self.add_up(None, &inits, shape);
        let root = self.products(init, &terms, shape);
        self.sums.insert(root, Affine { init, terms });
        self.add_up(Some(root), &rest, shape).expect("bug in rnn-codegen: an empty sum")
    }

    fn products(&mut self, init: Option<NodeId>, terms: &[Term], shape: Shape) -> NodeId {
        let mut total = init;
        for term in terms {
            let product = self.out.add(Op::Product(term.matrix), vec![term.operand], shape);
            total = Some(match total {
                Some(sum) => self.out.add(Op::Zip(Zip::Add), vec![sum, product], shape),
                None => product,
            });
        }
        total.expect("bug in rnn-codegen: a sum of no products")
    }

    fn add_up(&mut self, start: Option<NodeId>, terms: &[NodeId], shape: Shape) -> Option<NodeId> {
        let mut total = start;
        for &term in terms {
            total = Some(match total {
                Some(sum) => self.out.add(Op::Zip(Zip::Add), vec![sum, term], shape),
                None => term,
            });
        }
        total
    }
}

/// A sum of two vectors, not of a vector and a broadcast scalar.
fn is_sum(graph: &Graph, id: NodeId) -> bool {
    let node = graph.node(id);
    matches!((&node.op, node.shape), (Op::Zip(Zip::Add), Shape::Vector(_)))
        && node.args.iter().all(|&a| graph.shape(a) == node.shape)
}
