//! Where infinity may come into adjoints of finite values: below roots, logarithms, exponentials,
//! powers and quotients.
//!
//! A slope of zero hands on zero, even if the adjoint is infinite, and an adjoint of zero stays
//! zero, even if the slope is infinite: `sqrt(relu(x))` has slope 0 below zero, and so has the root
//! of a value that is zero because it is too small for the scalar type. A product of floating point
//! says NaN. So rules test for zeros, but only where this analysis finds that infinity may come;
//! elsewhere a product is all there is.

use crate::check::cell::Cell;
use crate::functions::Steep;
use crate::graph::build::Build;
use crate::graph::{Graph, Map, NodeId, Op, Zip};
use crate::ops::{largest_number, smallest_normal};

/// What the derivatives of one value must be guarded against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guard {
    /// Its slope by an operand may be infinite.
    slope: bool,
    /// Its adjoint may be infinite.
    adjoint: bool,
    /// The smallest normal number: what is below counts as zero.
    least: f64,
    /// The largest number.
    most: f64,
}

impl Guard {
    /// `g * slope`, where zero times infinity is zero.
    pub(super) fn times(self, graph: &mut Graph, g: NodeId, slope: NodeId) -> NodeId {
        let product = graph.times(g, slope);
        let product = if self.adjoint { self.unless_zero(graph, slope, product) } else { product };
        if self.slope { self.unless_zero(graph, g, product) } else { product }
    }

    /// `g / b`, where zero over zero and infinity over infinity are zero.
    pub(super) fn over(self, graph: &mut Graph, g: NodeId, b: NodeId) -> NodeId {
        let quotient = graph.over(g, b);
        let quotient = if self.adjoint { self.if_finite(graph, b, quotient) } else { quotient };
        if self.slope { self.unless_zero(graph, g, quotient) } else { quotient }
    }

    /// The same where the adjoint may be infinite.
    pub(super) fn of_infinite(self) -> Guard {
        Guard { adjoint: true, ..self }
    }

    /// `x / norm`, which is zero for the zero vector.
    pub(super) fn direction(self, graph: &mut Graph, x: NodeId, norm: NodeId) -> NodeId {
        let least = graph.number(self.least);
        let norm = graph.zip(Zip::Max, norm, least);
        graph.over(x, norm)
    }

    /// Whether a plain product will do.
    pub(super) fn is_plain(self) -> bool {
        !self.slope && !self.adjoint
    }

    fn unless_zero(self, graph: &mut Graph, factor: NodeId, product: NodeId) -> NodeId {
        let size = graph.map(Map::Abs, factor);
        let [least, zero] = [self.least, 0.0].map(|number| graph.number(number));
        graph.select([size, least], zero, product)
    }

    fn if_finite(self, graph: &mut Graph, divisor: NodeId, quotient: NodeId) -> NodeId {
        let size = graph.map(Map::Abs, divisor);
        let [most, zero] = [self.most, 0.0].map(|number| graph.number(number));
        graph.select([most, size], zero, quotient)
    }
}

/// The guards of all values of a forward graph.
pub(super) fn guards(graph: &Graph, cell: &Cell) -> Vec<Guard> {
    let (least, most) = (smallest_normal(cell.double), largest_number(cell.double));
    let bounds = lower_bounds(graph, least);
    let slope = |id: NodeId| {
        let node = graph.node(id);
        let low = |operand: usize| bounds[node.args[operand].index()];
        match node.op {
            Op::Map(map) => match map.facts().steep {
                Steep::Never => false,
                Steep::AtZero => low(0) < least,
                Steep::BelowZero => low(0) < 0.0,
                Steep::Anywhere => !is_softmax_power(graph, id),
            },
            Op::Zip(Zip::Div) => low(1) < least,
            _ => false,
        }
    };
    let slope: Vec<bool> = graph.ids().map(slope).collect();
    let adjoint = infinite_adjoints(graph, &slope);
    let guard = |(&slope, adjoint)| Guard { slope, adjoint, least, most };
    slope.iter().zip(adjoint).map(guard).collect()
}

/// For each value whether its adjoint may be infinite, given the values whose slopes may be.
fn infinite_adjoints(graph: &Graph, slope: &[bool]) -> Vec<bool> {
    let mut infinite = vec![false; slope.len()];
    loop {
        let before = infinite.clone();
        for id in graph.ids().rev() {
            if !infinite[id.index()] && !slope[id.index()] {
                continue;
            }
            let node = graph.node(id);
            match node.op {
                // Of the adjoint of the next value at the step before.
                Op::Prev(state) => infinite[graph.next[state].index()] = true,
                // Sums of many infinities are no number anyway.
                Op::Product(_) => {}
                _ => node.args.iter().for_each(|arg| infinite[arg.index()] = true),
            }
        }
        if infinite == before {
            return infinite;
        }
    }
}

/// What no entry of a value is below, unless it is NaN: 0, or a number that does not count as zero.
/// Minus infinity where nothing is known.
fn lower_bounds(graph: &Graph, least: f64) -> Vec<f64> {
    let flushed = |bound: f64| if bound >= least { bound } else { 0.0 };
    let mut bounds: Vec<f64> = Vec::new();
    for id in graph.ids() {
        let node = graph.node(id);
        let of: Vec<f64> = node.args.iter().map(|arg| bounds[arg.index()]).collect();
        let low = of.iter().copied().reduce(f64::min).unwrap_or(f64::NEG_INFINITY);
        let high = of.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        bounds.push(match node.op {
            Op::Const(value) if value.0 >= 0.0 => flushed(value.0),
            Op::Map(Map::Sqrt) if low >= 0.0 => low.sqrt(),
            Op::Map(map) if map.facts().never_negative => 0.0,
            Op::Zip(Zip::Mul) if node.args[0] == node.args[1] => flushed(low.max(0.0) * low),
            Op::Zip(Zip::Add) if low >= 0.0 => high,
            Op::Zip(Zip::Mul | Zip::Div) if low >= 0.0 => 0.0,
            Op::Zip(Zip::Min) | Op::Concat | Op::Slice { .. } => low,
            Op::Zip(Zip::Max) => high,
            Op::Select => selected(graph, id, &of),
            Op::Sum if is_softmax_sum(graph, id) => 1.0,
            Op::Sum | Op::Largest if low >= 0.0 => low,
            _ => f64::NEG_INFINITY,
        });
    }
    bounds
}

/// `if x < a then b else x` is not below the smaller of `a` and `b`.
fn selected(graph: &Graph, id: NodeId, of: &[f64]) -> f64 {
    let args = &graph.node(id).args;
    let no = if args[3] == args[0] { of[1].max(of[3]) } else { of[3] };
    of[2].min(no)
}

/// One of the exponentials of `x - largest(x)` is 1.
fn is_softmax_sum(graph: &Graph, id: NodeId) -> bool {
    is_softmax_power(graph, graph.node(id).args[0])
}

/// Whether the value is `exp(x - largest(x))`, which is at most 1.
fn is_softmax_power(graph: &Graph, id: NodeId) -> bool {
    let operands = |id: NodeId, op: Op| graph.operands(id, &op);
    let shifted =
        operands(id, Op::Map(Map::Exp)).and_then(|args| operands(args[0], Op::Zip(Zip::Sub)));
    shifted.is_some_and(|args| operands(args[1], Op::Largest).is_some_and(|of| of[0] == args[0]))
}
