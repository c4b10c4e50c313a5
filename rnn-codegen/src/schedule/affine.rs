//! Sums of products brought into one form: `init + M1 @ v1 + M2 @ v2 + .. + rest`.
//!
//! The part in front of `rest` is an [`Affine`]: the product kernel computes it in its
//! accumulators, starting from `init` (a bias). Products that do not wait for a state come first,
//! so that they can be taken for many steps at once and the sum is the same chain of additions
//! either way.

use std::collections::BTreeMap;

use super::phase::Direction;
use crate::graph::{Graph, MatrixRef, NodeId, Op, Renumbering, Zip};
use crate::ops::Shape;

/// A sum of products, computed as one.
#[derive(Debug, Clone)]
pub(crate) struct Affine {
    /// Call-level vector the sum starts from.
    pub(crate) init: Option<NodeId>,
    pub(crate) terms: Vec<Term>,
}

/// One product of an [`Affine`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term {
    pub(crate) matrix: MatrixRef,
    pub(crate) operand: NodeId,
    /// Whether the operand waits for a state, or, backwards, for a state's adjoint.
    pub(crate) carried: bool,
}

/// A graph in which every product belongs to an affine sum.
#[derive(Debug)]
pub(crate) struct Affines {
    pub(crate) graph: Graph,
    /// By root, in order.
    pub(crate) sums: BTreeMap<NodeId, Affine>,
}

/// For each node whether it waits for the previous step of its own pass. `forward` says which nodes
/// the forward pass needs.
fn carried(graph: &Graph, forward: &[bool]) -> Vec<bool> {
    let mut carried = vec![false; forward.len()];
    for id in graph.ids() {
        let node = graph.node(id);
        let direction = Direction::of(forward[id.index()]);
        let waits =
            |arg: &NodeId| carried[arg.index()] && forward[arg.index()] == forward[id.index()];
        carried[id.index()] = direction.carries(&node.op) || node.args.iter().any(waits);
    }
    carried
}

/// Rebuilds `graph` with all sums of products in the form above.
pub(crate) fn collect(graph: &Graph) -> Affines {
    let mut collector = Collector::new(graph);
    for id in graph.ids() {
        collector.visit(id);
    }
    let Collector { places, mut out, sums, .. } = collector;
    out.adopt(graph, &places);
    Affines { graph: out, sums }
}

struct Collector<'g> {
    graph: &'g Graph,
    /// Number of uses, roots included.
    uses: Vec<usize>,
    /// Inside a sum that a later node collects.
    interior: Vec<bool>,
    call: Vec<bool>,
    forward: Vec<bool>,
    carried: Vec<bool>,
    places: Renumbering,
    out: Graph,
    sums: BTreeMap<NodeId, Affine>,
}

impl<'g> Collector<'g> {
    fn new(graph: &'g Graph) -> Self {
        let uses = graph.uses();
        let mut interior = vec![false; uses.len()];
        let call = graph.call_level();
        for id in graph.ids().rev() {
            let node = graph.node(id);
            if is_sum(graph, id) {
                for &arg in &node.args {
                    let same = graph.shape(arg) == node.shape;
                    // A sum of parameters is one value, computed once a call, with an adjoint of
                    // its own.
                    let sum = is_sum(graph, arg) && !call[arg.index()];
                    let joins = sum || matches!(graph.node(arg).op, Op::Product(_));
                    interior[arg.index()] = same && joins && uses[arg.index()] == 1;
                }
            }
        }
        let forward = graph.needed_forward();
        let carried = carried(graph, &forward);
        let (out, sums) = (Graph::default(), BTreeMap::new());
        let places = Renumbering::of(graph);
        Collector { graph, uses, interior, call, forward, carried, places, out, sums }
    }

    fn visit(&mut self, id: NodeId) {
        if self.interior[id.index()] && self.uses[id.index()] == 1 {
            return;
        }
        let node = self.graph.node(id);
        let new = match node.op {
            Op::Product(_) => self.sum(id),
            Op::Zip(Zip::Add) if is_sum(self.graph, id) => self.sum(id),
            _ => self.places.copy(node, &mut self.out),
        };
        self.places.set(id, new);
    }

    /// Whether a value waits for the previous step of the pass that adds up the sum at `id`.
    fn waits(&self, value: NodeId, id: NodeId) -> bool {
        self.carried[value.index()] && self.forward[value.index()] == self.forward[id.index()]
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
                    let carried = self.waits(operand, id);
                    terms.push(Term { matrix, operand: self.places.at(operand), carried });
                }
                _ if self.call[leaf.index()] && node.shape == shape => {
                    inits.push(self.places.at(leaf))
                }
                _ => rest.push(self.places.at(leaf)),
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
