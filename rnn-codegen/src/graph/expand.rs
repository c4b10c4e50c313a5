//! From the source dialect to the primitive one: each function of the notation in lane functions.
//!
//! The approximations of `activations fast;` take the place of sigmoid and tanh themselves, and of
//! nothing that multiplies them by its operand, with which their error would grow.

use super::build::Build;
use super::{Graph, Map, NodeId, Op, Renumbering};
use crate::check::cell::Cell;
use crate::functions::{Unary, at_least};
use crate::ops::{Reduce, Shape, smallest_normal};

/// The same values in the primitive dialect.
pub(crate) fn expand(source: &Graph, cell: &Cell) -> Graph {
    let mut graph = Graph::default();
    let range = Range::of(cell.double);
    let mut places = Renumbering::of(source);
    for id in source.ids() {
        let node = source.node(id);
        let args = places.args(node);
        let new = match node.op {
            Op::Unary(Unary::Map(Map::Sigmoid)) if cell.fast => {
                graph.map(Map::SigmoidFast, args[0])
            }
            Op::Unary(Unary::Map(Map::Tanh)) if cell.fast => graph.map(Map::TanhFast, args[0]),
            Op::Unary(function) => function.written(&mut graph, args[0]),
            Op::Reduce(function) => reduce(&mut graph, function, &args, range),
            Op::Concat => join(&mut graph, &args),
            Op::Input(_)
            | Op::Prev(_)
            | Op::Param(_)
            | Op::Const(_)
            | Op::AdjNext(_)
            | Op::AdjOutput
            | Op::AdjCall(_)
            | Op::Product(_)
            | Op::Slice { .. }
            | Op::Map(_)
            | Op::Zip(_)
            | Op::Select
            | Op::Sum
            | Op::Residue
            | Op::Largest => places.copy(node, &mut graph),
        };
        places.set(id, new);
    }
    graph.adopt(source, &places);
    graph
}

/// Scalars among the operands become vectors of length 1.
fn join(g: &mut Graph, args: &[NodeId]) -> NodeId {
    let vector = |g: &mut Graph, x| match g.shape(x) {
        Shape::Scalar => g.spread(x, Shape::Vector(1)),
        Shape::Vector(_) | Shape::Matrix(..) => x,
    };
    let parts = args.iter().map(|&x| vector(g, x)).collect();
    g.concat(parts)
}

fn reduce(g: &mut Graph, function: Reduce, args: &[NodeId], range: Range) -> NodeId {
    let u = args[0];
    match function {
        Reduce::Sum => g.sum(u),
        Reduce::Mean => mean(g, u),
        Reduce::Dot => {
            let products = g.times(u, args[1]);
            g.sum(products)
        }
        Reduce::Norm => norm(g, u, range),
        Reduce::Softmax => softmax(g, u),
        Reduce::LayerNorm { epsilon } => layer_norm(g, args, epsilon.0, range),
    }
}

fn mean(g: &mut Graph, u: NodeId) -> NodeId {
    let len = g.shape(u).len();
    let sum = g.sum(u);
    g.times_number(sum, 1.0 / len as f64)
}

/// The root of the sum of squares, of values scaled so that none leaves the range. At the zero
/// vector, where the slope of the root would be infinite, the smallest number takes the place of
/// the sum: divided by the scale, its root vanishes.
fn norm(g: &mut Graph, u: NodeId, range: Range) -> NodeId {
    let size = g.map(Map::Abs, u);
    let largest = g.largest(size);
    let scale = range.scale(g, largest);
    let scaled = g.times(u, scale);
    let squares = g.square(scaled);
    let sum = g.sum(squares);
    let least = g.number(range.least);
    let lifted = g.select([sum, least], least, sum);
    let root = g.map(Map::Sqrt, lifted);
    g.over(root, scale)
}

/// Shifted by the largest entry, so that no exponential overflows; the result does not depend on
/// the shift.
fn softmax(g: &mut Graph, u: NodeId) -> NodeId {
    let largest = g.largest(u);
    let shifted = g.minus(u, largest);
    let powers = g.map(Map::Exp, shifted);
    let sum = g.sum(powers);
    let scale = g.reciprocal(sum);
    g.times(powers, scale)
}

/// With `c` the deviations from the mean as it was rounded and `r` the sum that rounding left them,
/// which must not count as a deviation:
///
/// ```text
/// c = t u - t sum(u) / n        t is 1, or a power of two that keeps squares in range
/// d = r / n
/// (c - d) / sqrt(max(sum(c * c) / n - d * d, 0) + epsilon)
/// ```
fn layer_norm(g: &mut Graph, args: &[NodeId], epsilon: f64, range: Range) -> NodeId {
    let size = g.map(Map::Abs, args[0]);
    let largest = g.largest(size);
    let [one, small] = [1.0, range.small].map(|number| g.number(number));
    let [epsilon, least] = [epsilon, range.least].map(|number| g.number(number));
    let high = g.number(range.high);
    let scale = g.select([high, largest], small, one);
    let epsilon = g.select([high, largest], least, epsilon);

    let (scaled, mean_value) = (g.times(args[0], scale), g.mean_of_shares(args[0]));
    let mean_value = g.times(mean_value, scale);
    let centred = g.minus(scaled, mean_value);
    let share = 1.0 / g.shape(args[0]).len() as f64;
    let residue = g.residue(centred);
    let residue = g.times_number(residue, share);
    let (squares, lost) = (g.square(centred), g.square(residue));
    let variance = mean(g, squares);
    let variance = g.minus(variance, lost);
    let variance = at_least(g, variance, 0.0);
    let lifted = g.plus(variance, epsilon);
    let deviation = g.map(Map::Sqrt, lifted);
    let factor = g.reciprocal(deviation);
    let centred = g.minus(centred, residue);
    let normal = g.times(centred, factor);
    match args[1..] {
        [gain, bias] => {
            let scaled = g.times(normal, gain);
            g.plus(scaled, bias)
        }
        _ => normal,
    }
}

/// Between which sizes squares neither overflow nor vanish, and the powers of two that bring larger
/// and smaller numbers there.
#[derive(Debug, Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
    /// For numbers above `high`.
    small: f64,
    /// For numbers below `low`.
    large: f64,
    /// The smallest normal number.
    least: f64,
}

impl Range {
    fn of(double: bool) -> Range {
        let exponents = if double { [-450, 450, -700, 700] } else { [-50, 50, -90, 90] };
        let [low, high, small, large] = exponents.map(|exponent| 2_f64.powi(exponent));
        Range { low, high, small, large, least: smallest_normal(double) }
    }

    /// What vectors with this largest entry are multiplied by: 1 if they are in range.
    fn scale(self, g: &mut Graph, largest: NodeId) -> NodeId {
        let [low, high, one] = [self.low, self.high, 1.0].map(|number| g.number(number));
        let [small, large] = [self.small, self.large].map(|number| g.number(number));
        let scale = g.select([largest, low], large, one);
        g.select([high, largest], small, scale)
    }
}
