//! The graph of one step: an arena of shared nodes, operands before users.
//!
//! `lower` builds it from a checked cell in the *source* dialect, with every function of the
//! notation as one node: this is what the interpreter reads. `expand` rewrites it to the
//! *primitive* dialect, which `split` frees of concatenations around products, `grad`
//! differentiates, `simplify` tidies and `schedule` orders. `passes` names them in order. `verify`
//! says what is legal in each dialect; `print` shows a graph in let-form.

pub(crate) mod build;
mod expand;
mod lower;
pub(crate) mod passes;
mod print;
mod reach;
mod renumber;
mod simplify;
mod split;
pub(crate) mod verify;

#[cfg(any(test, feature = "evaluate"))]
pub(crate) mod evaluate;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

pub(crate) use renumber::Renumbering;

pub(crate) use crate::functions::{Map, Zip};

use crate::functions::Unary;
use crate::ops::{Number, Reduce, Shape};

/// Index of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) u32);

impl NodeId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}

/// One value of a step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) args: Vec<NodeId>,
    pub(crate) shape: Shape,
}

/// How a node is computed. Elementwise operations broadcast scalars.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    /// Input at this step.
    Input(usize),
    /// State at the step before.
    Prev(usize),
    /// Vector or scalar parameter.
    Param(usize),
    /// A number, at each position of the shape.
    Const(Number),
    /// Adjoint of a state's next value, as it comes from later steps.
    AdjNext(usize),
    /// Adjoint of the output, as the loss gives it.
    AdjOutput,
    /// Adjoint of a call-level node (see [`Graph::is_call`]), summed over all rows and steps.
    AdjCall(NodeId),
    /// A rectangle of a matrix times the operand.
    Product(MatrixRef),
    /// The operands one after another.
    Concat,
    /// `shape.len()` values of the operand from `start` on.
    Slice { start: usize },
    /// Source dialect only.
    Unary(Unary),
    /// Source dialect only.
    Reduce(Reduce),
    /// Primitive dialect only: a lane function of one operand.
    Map(Map),
    /// A lane function of two operands, in either dialect.
    Zip(Zip),
    /// Primitive dialect only: of four operands the third where the first is smaller than the
    /// second, else the fourth; so the fourth where one of the first two is NaN.
    Select,
    /// Primitive dialect only: sum of a vector, a scalar.
    Sum,
    /// Primitive dialect only: sum of a vector's deviations from its mean as it was rounded, a
    /// scalar. Without rounding it is 0, and so it counts as a constant for derivatives.
    Residue,
    /// Primitive dialect only: largest entry of a vector, a scalar. Counts as a constant for
    /// derivatives: `expand` uses it only where the result does not depend on it (the shift inside
    /// softmax).
    Largest,
}

/// Where the matrix of a product comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum MatrixSource {
    Param(usize),
}

/// A rectangle of a matrix, possibly transposed: the product has length `rows` (`columns` if
/// transposed), its operand `columns` (`rows`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MatrixRef {
    pub(crate) source: MatrixSource,
    pub(crate) row: usize,
    pub(crate) column: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) transposed: bool,
    pub(crate) factor: Factor,
}

/// What each entry of a matrix is multiplied by where it is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Factor {
    One,
    /// For a sum whose sigmoid is taken.
    Sigmoid,
    /// For a sum whose hyperbolic tangent is taken.
    Tanh,
}

impl Factor {
    pub(crate) fn value(self) -> f64 {
        match self {
            Factor::One => 1.0,
            Factor::Sigmoid => -std::f64::consts::LOG2_E,
            Factor::Tanh => 2.0 * std::f64::consts::LOG2_E,
        }
    }
}

/// One step of a cell, and after `grad` its adjoint.
#[derive(Debug, Clone, Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    index: HashMap<Node, NodeId>,
    /// Names from the declaration, for printing and for generated code.
    pub(crate) names: BTreeMap<NodeId, String>,
    /// Next value of each state.
    pub(crate) next: Vec<NodeId>,
    /// The output.
    pub(crate) output: Option<NodeId>,
    /// What the backward pass computes; `None` before `grad`.
    pub(crate) backward: Option<Backward>,
}

/// The results of the backward pass of one step. `None` stands for zero.
#[derive(Debug, Clone, Default)]
pub(crate) struct Backward {
    /// Adjoint of each state at the step before.
    pub(crate) prev: Vec<Option<NodeId>>,
    /// Adjoint of each input.
    pub(crate) inputs: Vec<Option<NodeId>>,
    /// What each step adds to gradients, per row.
    pub(crate) terms: Vec<GradTerm>,
    /// After all steps: vector or scalar parameter, and the call-level node to add to its gradient.
    /// These nodes depend on `AdjCall` leaves and call-level nodes only.
    pub(crate) call: Vec<(usize, NodeId)>,
}

/// A contribution of one row of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GradTerm {
    /// `gradient[rectangle] += outer(left, right)`; the rectangle is never transposed.
    Outer { matrix: MatrixRef, left: NodeId, right: NodeId },
    /// The adjoint of call-level node `of` (a parameter itself, or computed from parameters) grows
    /// by `value`.
    Sum { of: NodeId, value: NodeId },
}

impl Graph {
    /// The node, shared with an equal one if there is one.
    pub(crate) fn add(&mut self, op: Op, args: Vec<NodeId>, shape: Shape) -> NodeId {
        match self.index.entry(Node { op, args, shape }) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let id = u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes");
                self.nodes.push(entry.key().clone());
                *entry.insert(NodeId(id))
            }
        }
    }

    /// An empty graph with room for as many nodes as `other` has.
    pub(crate) fn like(other: &Graph) -> Self {
        let count = other.nodes.len();
        Graph {
            nodes: Vec::with_capacity(count),
            index: HashMap::with_capacity(count),
            ..Graph::default()
        }
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub(crate) fn shape(&self, id: NodeId) -> Shape {
        self.node(id).shape
    }

    /// All nodes in order, operands first.
    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }
}
