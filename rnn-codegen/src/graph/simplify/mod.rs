//! Algebra on the primitive dialect: a table of small rules, applied while the arena is rebuilt,
//! until nothing changes. Equal nodes are one by the arena's nature; dead ones are dropped.
//!
//! Values are what the declaration says in the order in which it is written, to the last bit,
//! infinities and NaN included; so only *exact* rules are for them. An adjoint is a sum of products
//! that nobody has written in an order: there factors may be gathered, and zeros are zeros. Those
//! are the *loose* rules.
//!
//! Rules never look at users, so that what they do to a value does not depend on what else is in
//! the graph: a graph that is simple already stays simple when `grad` appends to it.

mod arithmetic;
mod constants;
mod vectors;

use std::collections::HashSet;

use super::build::Build;
use super::{Backward, GradTerm, Graph, Node, NodeId, Op, Renumbering, Zip};
use crate::ops::Shape;

/// Gives an equal value for the node, if the rule applies.
type Rule = fn(&mut Simple, &Node) -> Option<NodeId>;

/// Rules for all values, that lose no bit and no NaN; the first that applies counts.
const EXACT: &[Rule] = &[
    constants::fold,
    constants::decided,
    constants::of_uniform,
    vectors::uniform_operands,
    constants::neutral,
    constants::opposite,
    constants::exact_division,
    vectors::reduced_uniform,
    vectors::joined,
    vectors::cut,
    arithmetic::negative_of,
    arithmetic::negative_addend,
    arithmetic::negative_subtrahend,
    arithmetic::negative_factor,
    arithmetic::doubled,
];

/// Rules for adjoints besides.
const LOOSE: &[Rule] = &[
    constants::zero,
    constants::gather,
    vectors::scalar_factor_leaves_sum,
    vectors::deviations_leave_sum,
    vectors::scalar_factors_gather,
    vectors::product_of_zero,
    arithmetic::negative_of_difference,
    arithmetic::negative_of_sum,
    arithmetic::complement_twice,
];

/// The graph with all rules applied, to a fixed point.
pub(crate) fn simplify(mut graph: Graph, double: bool) -> Graph {
    loop {
        let simpler = once(&graph, double);
        // An adjoint to which nothing adds any more is zero in the next round.
        if simpler.same_nodes(&graph) && simpler.filled() == graph.filled() {
            return simpler.without_dead();
        }
        graph = simpler;
    }
}

/// Rebuilds what is not dead, operands first.
fn once(old: &Graph, double: bool) -> Graph {
    let mut simple = Simple { graph: Graph::like(old), double, loose: false };
    let forward = old.needed_forward();
    let (live, filled) = (old.live(), old.filled());
    let mut places = Renumbering::of(old);
    for id in old.ids().filter(|id| live[id.index()]) {
        simple.loose = !forward[id.index()];
        let node = old.node(id);
        let new = match node.op {
            // Nothing adds to this adjoint any more.
            Op::AdjCall(of) if !filled.contains(&of) => simple.fill(0.0, node.shape),
            _ => places.copy(node, &mut simple),
        };
        places.set(id, new);
    }
    let mut graph = simple.graph;
    graph.adopt(old, &places);
    graph.drop_zeros();
    graph
}

impl Graph {
    fn same_nodes(&self, other: &Graph) -> bool {
        self.ids().eq(other.ids()) && self.ids().all(|id| self.node(id) == other.node(id))
    }

    /// The call-level values that gradient terms add to.
    fn filled(&self) -> HashSet<NodeId> {
        self.backward.iter().flat_map(Backward::filled).collect()
    }

    /// Backward results that turned out to be zero are left out.
    fn drop_zeros(&mut self) {
        let Some(mut backward) = self.backward.take() else { return };
        let zero = |id: NodeId| matches!(self.node(id).op, Op::Const(value) if value.0 == 0.0);
        let Backward { prev, inputs, terms, call } = &mut backward;
        for slot in prev.iter_mut().chain(inputs) {
            *slot = slot.filter(|&id| !zero(id));
        }
        terms.retain(|term| match *term {
            GradTerm::Outer { left, right, .. } => !zero(left) && !zero(right),
            GradTerm::Sum { value, .. } => !zero(value),
        });
        call.retain(|&(_, id)| !zero(id));
        self.backward = Some(backward);
    }
}

/// An arena that simplifies what it is given.
struct Simple {
    graph: Graph,
    /// Whether the cell's scalar type is `f64`.
    double: bool,
    /// Whether loose rules apply.
    loose: bool,
}

impl Build for Simple {
    fn insert(&mut self, op: Op, args: Vec<NodeId>, shape: Shape) -> NodeId {
        let node = Node { args: self.ordered(&op, args), op, shape };
        if self.is_spread(&node) {
            return self.graph.add(node.op, node.args, node.shape);
        }
        let loose = if self.loose { LOOSE } else { &[] };
        for rule in EXACT.iter().chain(loose) {
            if let Some(id) = rule(self, &node) {
                return id;
            }
        }
        self.graph.add(node.op, node.args, node.shape)
    }

    fn node(&self, id: NodeId) -> &Node {
        self.graph.node(id)
    }
}

/// What rules ask about operands.
impl Simple {
    /// The nearest number of the cell's scalar type.
    fn round(&self, value: f64) -> f64 {
        if self.double { value } else { f64::from(value as f32) }
    }

    /// Whether it is a normal number of the cell's scalar type.
    fn is_normal(&self, value: f64) -> bool {
        if self.double { value.is_normal() } else { (value as f32).is_normal() }
    }

    /// Operands that may be swapped stand in the order of the arena, constants last.
    fn ordered(&self, op: &Op, mut args: Vec<NodeId>) -> Vec<NodeId> {
        if matches!(op, Op::Zip(Zip::Add | Zip::Mul)) {
            args.sort_by_key(|&arg| (self.constant(arg).is_some(), arg));
        }
        args
    }

    /// The number at each position, if it is a constant.
    fn constant(&self, id: NodeId) -> Option<f64> {
        match self.node(id).op {
            Op::Const(value) => Some(value.0),
            _ => None,
        }
    }

    /// The operands, if it is this function of two.
    fn operands(&self, id: NodeId, zip: Zip) -> Option<(NodeId, NodeId)> {
        let node = self.node(id);
        (node.op == Op::Zip(zip)).then(|| (node.args[0], node.args[1]))
    }
}

/// The function and its operands, if the node is a function of two.
fn zipped(node: &Node) -> Option<(Zip, NodeId, NodeId)> {
    match node.op {
        Op::Zip(zip) => Some((zip, node.args[0], node.args[1])),
        _ => None,
    }
}
