//! From the source dialect to the primitive one: each function of the notation in lane functions.
//!
//! Where a function has a kink, the constant's place decides which slope it has there: `min` and
//! `max` hand the derivative of a tie to their second operand. Bounds stand directly around the operand,
//! where no rounding moves a kink. The approximations of `activations fast;` take the place of sigmoid and
//! tanh themselves, and of nothing that multiplies them by its operand, with which their error would grow.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::build::Build;
use super::{Graph, Map, NodeId, Op, Renumbering, Zip};
use crate::check::cell::Cell;
use crate::ops::{Binary, Number, Reduce, Shape, Unary, smallest_normal};

/// Klambauer et al. 2017.
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
/// Klambauer et al. 2017.
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
/// The cubic term inside the tanh form of GELU (Hendrycks and Gimpel 2016).
const GELU_CUBIC: f64 = 0.044_715;

/// The same values in the primitive dialect.
pub(crate) fn expand(source: &Graph, cell: &Cell) -> Graph {
    let mut graph = Graph::default();
    let range = Range::of(cell.double);
    let mut places = Renumbering::of(source);
    for id in source.ids() {
        let node = source.node(id);
        let args = places.args(node);
        let new = match node.op {
            Op::Unary(Unary::Sigmoid) if cell.fast => graph.map(Map::SigmoidFast, args[0]),
            Op::Unary(Unary::Tanh) if cell.fast => graph.map(Map::TanhFast, args[0]),
            Op::Unary(function) => unary(&mut graph, function, args[0]),
            Op::Binary(function) => graph.zip(zip_of(function), args[0], args[1]),
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

fn zip_of(function: Binary) -> Zip {
    match function {
        Binary::Add => Zip::Add,
        Binary::Sub => Zip::Sub,
        Binary::Mul => Zip::Mul,
        Binary::Div => Zip::Div,
        Binary::Min => Zip::Min,
        Binary::Max => Zip::Max,
    }
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

fn unary(g: &mut Graph, function: Unary, u: NodeId) -> NodeId {
    match function {
        Unary::Neg => g.negative(u),
        Unary::Sigmoid => g.map(Map::Sigmoid, u),
        Unary::Tanh => g.map(Map::Tanh, u),
        Unary::Relu => at_least(g, u, 0.0),
        Unary::LeakyRelu(slope) => leaky_relu(g, u, slope.0),
        Unary::Elu(scale) => elu(g, u, scale.0),
        Unary::Selu => {
            let y = elu(g, u, SELU_ALPHA);
            g.times_number(y, SELU_SCALE)
        }
        Unary::Gelu => gelu(g, u),
        Unary::GeluTanh => gelu_tanh(g, u),
        Unary::Silu => {
            let gate = g.map(Map::Sigmoid, u);
            g.times(u, gate)
        }
        Unary::Mish => {
            let soft = g.map(Map::Softplus, u);
            let gate = g.map(Map::Tanh, soft);
            g.times(u, gate)
        }
        Unary::Softplus => g.map(Map::Softplus, u),
        Unary::Softsign => g.map(Map::Softsign, u),
        Unary::LogSigmoid => {
            let opposite = g.negative(u);
            let soft = g.map(Map::Softplus, opposite);
            g.negative(soft)
        }
        Unary::HardSigmoid => {
            let bounded = clamp(g, u, -3.0, 3.0);
            let raised = g.plus_number(bounded, 3.0);
            g.times_number(raised, 1.0 / 6.0)
        }
        Unary::HardTanh => clamp(g, u, -1.0, 1.0),
        Unary::Exp => g.map(Map::Exp, u),
        Unary::Log => g.map(Map::Log, u),
        Unary::Sqrt => g.map(Map::Sqrt, u),
        Unary::Rsqrt => {
            let root = g.map(Map::Sqrt, u);
            g.reciprocal(root)
        }
        Unary::Square => g.square(u),
        Unary::Abs => g.map(Map::Abs, u),
        Unary::Sign => g.map(Map::Sign, u),
        Unary::Sin => g.map(Map::Sin, u),
        Unary::Cos => g.map(Map::Cos, u),
        Unary::Recip => g.reciprocal(u),
        Unary::Pow(exponent) => power(g, u, exponent.0),
        Unary::Clamp(low, high) => clamp(g, u, low.0, high.0),
    }
}

/// `max(u, low)`; slope 0 at `low`.
fn at_least(g: &mut Graph, u: NodeId, low: f64) -> NodeId {
    let low = g.number(low);
    g.zip(Zip::Max, u, low)
}

/// `min(max(u, low), high)`; slope 0 at both ends.
fn clamp(g: &mut Graph, u: NodeId, low: f64, high: f64) -> NodeId {
    let bounded = at_least(g, u, low);
    let high = g.number(high);
    g.zip(Zip::Min, bounded, high)
}

/// `min(0, u)`; slope 1 at 0.
fn negative_part(g: &mut Graph, u: NodeId) -> NodeId {
    let zero = g.number(0.0);
    g.zip(Zip::Min, zero, u)
}

/// `max(u, 0) + slope * min(0, u)`; the slope at 0 is `slope`.
fn leaky_relu(g: &mut Graph, u: NodeId, slope: f64) -> NodeId {
    let above = at_least(g, u, 0.0);
    let below = negative_part(g, u);
    let below = g.times_number(below, slope);
    g.plus(above, below)
}

/// `max(u, 0) + scale * (exp(min(0, u)) - 1)`; the slope at 0 is `scale`.
fn elu(g: &mut Graph, u: NodeId, scale: f64) -> NodeId {
    let above = at_least(g, u, 0.0);
    let below = negative_part(g, u);
    let below = g.map(Map::ExpM1, below);
    let below = g.times_number(below, scale);
    g.plus(above, below)
}

/// `u/2 * erfc(-u / sqrt(2))`, which keeps the digits of the lower tail.
fn gelu(g: &mut Graph, u: NodeId) -> NodeId {
    let inside = g.times_number(u, -FRAC_1_SQRT_2);
    let gate = g.map(Map::Erfc, inside);
    let half = g.times_number(u, 0.5);
    g.times(half, gate)
}

/// `u/2 * (1 + tanh(z))` is `u * sigmoid(2 z)`, here with `z = sqrt(2/pi) * (u + 0.044715 u^3)`, in which `u` is clamped
/// to -30 and 30: beyond, the gate is 0 or 1, and the cube overflows.
fn gelu_tanh(g: &mut Graph, u: NodeId) -> NodeId {
    let twice = 2.0 * (2.0 / PI).sqrt();
    let bounded = clamp(g, u, -30.0, 30.0);
    let squared = g.square(bounded);
    let cubic = g.times_number(squared, twice * GELU_CUBIC);
    let slope = g.plus_number(cubic, twice);
    let inside = g.times(bounded, slope);
    let gate = g.map(Map::Sigmoid, inside);
    g.times(u, gate)
}

/// `u` to a constant power.
fn power(g: &mut Graph, u: NodeId, exponent: f64) -> NodeId {
    if exponent == 0.0 {
        let shape = g.shape(u);
        return g.fill(1.0, shape);
    }
    if exponent == 1.0 {
        return u;
    }
    g.map(Map::Pow(Number(exponent)), u)
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

/// The root of the sum of squares, of values scaled so that none leaves the range. At the zero vector, where
/// the slope of the root would be infinite, the smallest number takes the place of the sum: divided by the
/// scale, its root vanishes.
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

/// With `c` the deviations from the mean as it was rounded and `r` the sum that rounding left them, which
/// must not count as a deviation:
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

/// Between which sizes squares neither overflow nor vanish, and the powers of two that bring larger and smaller
/// numbers there.
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
