//! From a graph to an order of work: what runs when, over which rows, and where values live.
//!
//! `affine` brings sums of products into one form, `tape` decides what is kept for the backward
//! pass and `past` where that finds states of the step before, `phase` which units leave the loop
//! over time, `order` which share a loop, `sweep` puts values into buffers (`place`), `product`
//! stacks the weights and `gradient` their gradients, `join` finds the products that one step can
//! take in one, and `recurrence` says what stands between steps. The result is a [`Plan`], which
//! `emit` only spells out.

mod access;
mod affine;
#[cfg(any(test, feature = "evaluate"))]
pub(crate) mod evaluate;
mod explain;
mod factor;
mod gradient;
mod join;
mod order;
mod passes;
mod past;
mod phase;
mod place;
mod planner;
mod print;
mod product;
mod recurrence;
mod stage;
mod sweep;
mod tape;
mod units;
mod verify;

#[cfg(test)]
mod tests;

use self::affine::Affine;
pub(crate) use self::explain::explain;
pub(crate) use self::passes::{Once, Over, Pass, Sweep};
pub(crate) use self::phase::Phase;
pub(crate) use self::place::{Allocator, Buf, Place};
pub(crate) use self::product::{Pack, Part};
pub(crate) use self::recurrence::{Bound, Recurrence, Work};

use std::collections::{BTreeMap, BTreeSet};

use crate::check::cell::Cell;
use crate::graph::{Graph, MatrixRef, NodeId, Op, Zip};
use crate::ops::{Number, Shape};

/// Everything `emit` needs.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) graph: Graph,
    /// The sums of products in it, by root.
    pub(crate) affines: BTreeMap<NodeId, Affine>,
    pub(crate) alloc: Allocator,
    pub(crate) inputs: Vec<Place>,
    pub(crate) states: Vec<usize>,
    /// Where the backward pass has the next values of the states of which it reads the previous
    /// ones.
    pub(crate) pasts: Vec<Option<Place>>,
    pub(crate) output: Place,
    pub(crate) input_gradients: Vec<Option<Place>>,
    /// Parameters copied into the call buffer.
    pub(crate) copies: Vec<Copied>,
    pub(crate) packs: Vec<Pack>,
    pub(crate) forward_packs: usize,
    /// Once a call, over the call buffer.
    pub(crate) call: Once,
    /// The passes over each chunk of time, in order.
    pub(crate) forward: Sweep,
    pub(crate) backward: Sweep,
    /// What each chunk adds up for the gradients, after its backward pass.
    pub(crate) sums: Vec<Stage>,
    /// Once a call, after the last step backwards.
    pub(crate) back_call: Once,
    /// Values kept for the backward pass besides inputs.
    pub(crate) stored: Vec<NodeId>,
    pub(crate) recurrence: Recurrence,
    pub(crate) work: Work,
    /// Whether the forward pass uses product results in their own step only, once they are joined.
    pub(crate) acc_in_step: bool,
}

/// A parameter, or a multiple of it, in the call buffer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Copied {
    /// The value.
    pub(crate) node: NodeId,
    pub(crate) param: usize,
    pub(crate) factor: Number,
    pub(crate) place: Place,
}

impl Copied {
    /// The value `node` at a place, if it is a parameter or a multiple of one.
    fn of(graph: &Graph, node: NodeId, place: Place) -> Option<Copied> {
        let (param, factor) = Copied::multiple(graph, node)?;
        Some(Copied { node, param, factor, place })
    }

    /// Of which parameter a value is which multiple.
    fn multiple(graph: &Graph, node: NodeId) -> Option<(usize, Number)> {
        let op = |id: NodeId| &graph.node(id).op;
        match (op(node), &graph.node(node).args[..]) {
            (&Op::Param(param), _) => Some((param, Number(1.0))),
            (Op::Zip(Zip::Mul), &[a, b]) => match (op(a), op(b)) {
                (&Op::Param(param), &Op::Const(factor)) => Some((param, factor)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// One piece of work over a number of rows.
#[derive(Debug, Clone)]
pub(crate) enum Stage {
    /// Loops over lanes, one after the other for each row.
    Lanes(Vec<Lanes>),
    Product(Product),
    Outer(Outer),
    ColumnSum(ColumnSum),
    Scatter(Scatter),
}

/// A loop over the lanes of vectors of one shape.
#[derive(Debug, Clone)]
pub(crate) struct Lanes {
    pub(crate) shape: Shape,
    /// Values from outside the loop that no register holds yet, in order of first use.
    pub(crate) loads: Vec<Load>,
    /// Lane operations and reductions, operands first.
    pub(crate) nodes: Vec<NodeId>,
    /// Products among them that are contracted with the addition that reads them.
    pub(crate) contracted: BTreeSet<NodeId>,
    pub(crate) stores: Vec<Store>,
}

impl Lanes {
    fn new(shape: Shape) -> Self {
        let (loads, nodes, contracted) = (Vec::new(), Vec::new(), BTreeSet::new());
        Lanes { shape, loads, nodes, contracted, stores: Vec::new() }
    }

    /// True for a reduction of this loop, whose value is there when the loop ends.
    pub(crate) fn reduces(&self, graph: &Graph, id: NodeId) -> bool {
        graph.node(id).op.is_reduction() && self.nodes.contains(&id)
    }

    /// All that it reads, from memory or registers, in order.
    fn used(&self, graph: &Graph) -> impl Iterator<Item = NodeId> {
        let args = self.nodes.iter().flat_map(|&id| graph.node(id).args.iter().copied());
        args.chain(self.stores.iter().map(|store| store.node))
    }
}

/// A value read before or in a loop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) node: NodeId,
    /// `None` for numbers, which are written out.
    pub(crate) from: Option<Place>,
    /// Whether the same place in the next row is prefetched.
    pub(crate) prefetch: bool,
}

/// A value written to memory at the end of its loop body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Store {
    pub(crate) node: NodeId,
    pub(crate) place: Place,
    /// Only for the backward pass: left out of inference.
    pub(crate) tape: bool,
    /// Whether the store ends with the value, instead of with a whole vector.
    pub(crate) masked: bool,
    /// Whether the same place in the next row is prefetched.
    pub(crate) prefetch: bool,
}

impl Store {
    /// Masks and prefetches are for [`access`] to say.
    fn new(node: NodeId, place: Place, tape: bool) -> Self {
        Store { node, place, tape, masked: false, prefetch: false }
    }
}

/// `into[0..n] = start + from[0..k] @ packed`.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub(crate) source: Source,
    pub(crate) into: Place,
    pub(crate) n: usize,
    pub(crate) start: Start,
    pub(crate) joint: Joint,
    /// Whether the form for one row is compiled into the step.
    pub(crate) inline: bool,
}

/// One operand of a product and its packed matrix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(crate) from: Place,
    pub(crate) k: usize,
    pub(crate) pack: usize,
}

/// What a product's accumulators begin with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start {
    Zero,
    Row(Place),
    Keep,
}

/// Whether a step can take a product together with one that is otherwise taken for all steps of a
/// chunk at once; see [`join`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Joint {
    None,
    /// Left to the step.
    Head,
    /// Begins with this source and start.
    Tail(Source, Start),
}

/// Gradients of matrices: outer products summed over the rows, for all matrices between some
/// operands and adjoints that stand side by side. Row `j` of the result belongs to column `j` of
/// the operands.
#[derive(Debug, Clone)]
pub(crate) struct Outer {
    /// Operands and their lengths.
    pub(crate) operands: Vec<(Place, usize)>,
    pub(crate) adjoints: Place,
    pub(crate) n: usize,
    pub(crate) into: Place,
    /// Distance between rows of the result.
    pub(crate) stride: usize,
    /// The matrices, for those who read.
    pub(crate) matrices: Vec<MatrixRef>,
}

/// Adds a rectangle of an [`Outer`]'s result to the gradient of its matrix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scatter {
    pub(crate) matrix: MatrixRef,
    pub(crate) from: Place,
    /// Distance between rows there.
    pub(crate) stride: usize,
    /// Whether rows of the result are columns of the matrix.
    pub(crate) transposed: bool,
}

/// A vector summed over the rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ColumnSum {
    pub(crate) from: Place,
    pub(crate) len: usize,
    pub(crate) into: Sink,
}

/// Where a [`ColumnSum`] goes: the gradient of a parameter, the adjoint of a call-level value, or
/// the sums from which the gradients are taken in the end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sink {
    Param(usize),
    BackCall(Place),
    Sums(Place),
}

/// Plans a differentiated graph in the primitive dialect.
pub(crate) fn schedule(cell: &Cell, graph: &Graph) -> Plan {
    let mut graph = graph.clone();
    spell_out_zeros(cell, &mut graph);
    let graph = factor::fold(cell, graph);
    let affines = affine::collect(&graph);
    if cfg!(debug_assertions) {
        verify::affines(&affines);
    }
    let plan = planner::plan(cell, &affines);
    if cfg!(debug_assertions) {
        verify::plan(cell, &plan);
    }
    plan
}

/// States that nothing reads have a zero adjoint, which is written like any other.
fn spell_out_zeros(cell: &Cell, graph: &mut Graph) {
    let Some(mut backward) = graph.backward.take() else { return };
    for (prev, state) in backward.prev.iter_mut().zip(&cell.states) {
        let zero = || graph.add(Op::Const(Number(0.0)), Vec::new(), Shape::Vector(state.len));
        *prev = Some(prev.unwrap_or_else(zero));
    }
    graph.backward = Some(backward);
}
