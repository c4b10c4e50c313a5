//! From the source dialect to the primitive one: each function of the notation in lane functions.
//!
//! Where a function has a kink, the constant's place decides which slope it has there: `min` and
//! `max` hand the derivative of a tie to their second operand. Where a slope is defined although an
//! inner one is not (a norm at zero, a power at zero), the formula is written so that the inner one
//! stays finite.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::build::Build;
use super::{Graph, Map, NodeId, Op, Zip};
use crate::ops::{Binary, Reduce, Shape, Unary};

/// Klambauer et al. 2017.
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
/// Klambauer et al. 2017.
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
/// The cubic term inside the tanh form of GELU (Hendrycks and Gimpel 2016).
const GELU_CUBIC: f64 = 0.044_715;
/// Powers up to this one are products; beyond, `exp` and `log` are shorter.
const MAX_PRODUCT_POWER: f64 = 16.0;

/// The same values in the primitive dialect.
pub(crate) fn expand(source: &Graph) -> Graph {
    let mut graph = Graph::default();
    let mut map: Vec<Option<NodeId>> = Vec::new();
    for id in source.ids() {
        let node = source.node(id);
        let args: Vec<NodeId> = node.args.iter().filter_map(|arg| map[arg.index()]).collect();
        let new = match node.op {
            Op::Unary(function) => unary(&mut graph, function, args[0]),
            Op::Binary(function) => graph.zip(zip_of(function), args[0], args[1]),
            Op::Reduce(function) => reduce(&mut graph, function, &args),
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
            | Op::Sum
            | Op::Largest => graph.insert(node.op.renumbered(&map), args, node.shape),
        };
        map.push(Some(new));
    }
    graph.adopt(source, &map);
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
        Unary::Softsign => {
            let size = g.map(Map::Abs, u);
            let below = g.plus_number(size, 1.0);
            g.over(u, below)
        }
        Unary::LogSigmoid => {
            let opposite = g.negative(u);
            let soft = g.map(Map::Softplus, opposite);
            g.negative(soft)
        }
        Unary::HardSigmoid => {
            let slope = g.times_number(u, 1.0 / 6.0);
            let line = g.plus_number(slope, 0.5);
            clamp(g, line, 0.0, 1.0)
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

/// `u/2 * (1 + erf(u / sqrt(2)))`.
fn gelu(g: &mut Graph, u: NodeId) -> NodeId {
    let inside = g.times_number(u, FRAC_1_SQRT_2);
    let erf = g.map(Map::Erf, inside);
    let gate = g.plus_number(erf, 1.0);
    let half = g.times_number(u, 0.5);
    g.times(half, gate)
}

/// `u/2 * (1 + tanh(z))` is `u * sigmoid(2 z)`, here with `z = sqrt(2/pi) * (u + 0.044715 u^3)`.
fn gelu_tanh(g: &mut Graph, u: NodeId) -> NodeId {
    let twice = 2.0 * (2.0 / PI).sqrt();
    let squared = g.square(u);
    let cubic = g.times_number(squared, twice * GELU_CUBIC);
    let slope = g.plus_number(cubic, twice);
    let inside = g.times(u, slope);
    let gate = g.map(Map::Sigmoid, inside);
    g.times(u, gate)
}

/// `u` to a constant power: products for whole exponents, a root for halves, else `exp(exponent *
/// log(u))`.
fn power(g: &mut Graph, u: NodeId, exponent: f64) -> NodeId {
    let small = exponent.abs() <= MAX_PRODUCT_POWER;
    if small && exponent.fract() == 0.0 {
        let positive = whole_power(g, u, exponent.abs() as u32);
        return if exponent < 0.0 { g.reciprocal(positive) } else { positive };
    }
    if small && (2.0 * exponent).fract() == 0.0 {
        let positive = half_power(g, u, exponent.abs());
        return if exponent < 0.0 { g.reciprocal(positive) } else { positive };
    }
    if exponent < 0.0 {
        return exp_log(g, u, exponent);
    }
    // At zero, 1 takes the place of `u` under the logarithm, and the result is 0.
    let one_at_zero = one_at_zero(g, u);
    let lifted = g.plus(u, one_at_zero);
    let result = exp_log(g, lifted, exponent);
    let one = g.number(1.0);
    let zero_at_zero = g.minus(one, one_at_zero);
    g.times(result, zero_at_zero)
}

fn exp_log(g: &mut Graph, u: NodeId, exponent: f64) -> NodeId {
    let log = g.map(Map::Log, u);
    let scaled = g.times_number(log, exponent);
    g.map(Map::Exp, scaled)
}

/// By repeated squaring.
fn whole_power(g: &mut Graph, u: NodeId, exponent: u32) -> NodeId {
    match exponent {
        0 => {
            let shape = g.shape(u);
            g.fill(1.0, shape)
        }
        1 => u,
        _ => {
            let half = whole_power(g, u, exponent / 2);
            let even = g.square(half);
            if exponent.is_multiple_of(2) { even } else { g.times(even, u) }
        }
    }
}

/// `u^(k + 1/2)` as `u^(k+1) / sqrt(u)`, with 1 in place of the root at zero: there the slope of
/// the root is infinite, that of the power is 0. The square root itself (`k = 0`) has an infinite
/// slope indeed.
fn half_power(g: &mut Graph, u: NodeId, exponent: f64) -> NodeId {
    if exponent == 0.5 {
        return g.map(Map::Sqrt, u);
    }
    let above = whole_power(g, u, exponent.ceil() as u32);
    let one_at_zero = one_at_zero(g, u);
    let lifted = g.plus(u, one_at_zero);
    let root = g.map(Map::Sqrt, lifted);
    g.over(above, root)
}

/// 1 where `u` is 0, else 0: `1 - |sign(u)|`; without a derivative.
fn one_at_zero(g: &mut Graph, u: NodeId) -> NodeId {
    let sign = g.map(Map::Sign, u);
    let size = g.map(Map::Abs, sign);
    let one = g.number(1.0);
    g.minus(one, size)
}

fn reduce(g: &mut Graph, function: Reduce, args: &[NodeId]) -> NodeId {
    let u = args[0];
    match function {
        Reduce::Sum => g.sum(u),
        Reduce::Mean => mean(g, u),
        Reduce::Dot => {
            let products = g.times(u, args[1]);
            g.sum(products)
        }
        Reduce::Norm => norm(g, u),
        Reduce::Softmax => softmax(g, u),
        Reduce::LayerNorm { epsilon } => layer_norm(g, args, epsilon.0),
    }
}

fn mean(g: &mut Graph, u: NodeId) -> NodeId {
    let len = g.shape(u).len();
    let sum = g.sum(u);
    g.times_number(sum, 1.0 / len as f64)
}

/// `sqrt(s + e) - e` of the sum `s` of squares, where `e` is 1 if `s` is 0 and else 0: the slope of
/// the root stays finite at the zero vector, and the one of the norm is 0.
fn norm(g: &mut Graph, u: NodeId) -> NodeId {
    let squares = g.square(u);
    let sum = g.sum(squares);
    let zero = g.number(0.0);
    let positive = g.zip(Zip::Less, zero, sum);
    let one = g.number(1.0);
    let lift = g.minus(one, positive);
    let lifted = g.plus(sum, lift);
    let root = g.map(Map::Sqrt, lifted);
    g.minus(root, lift)
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

fn layer_norm(g: &mut Graph, args: &[NodeId], epsilon: f64) -> NodeId {
    let mean_value = mean(g, args[0]);
    let centred = g.minus(args[0], mean_value);
    let squares = g.square(centred);
    let variance = mean(g, squares);
    let lifted = g.plus_number(variance, epsilon);
    let deviation = g.map(Map::Sqrt, lifted);
    let scale = g.reciprocal(deviation);
    let normal = g.times(centred, scale);
    match args[1..] {
        [gain, bias] => {
            let scaled = g.times(normal, gain);
            g.plus(scaled, bias)
        }
        _ => normal,
    }
}
