//! Functions of the notation that are written in lane functions.
//!
//! Where a function has a kink, the constant's place decides which slope it has there: `min` and
//! `max` hand the derivative of a tie to their second operand. Bounds stand directly around the
//! operand, where no rounding moves a kink.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::{Map, Zip};
use crate::graph::build::Build;
use crate::graph::{Graph, NodeId};
use crate::ops::Number;

/// Klambauer et al. 2017.
pub(super) const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
/// Klambauer et al. 2017.
pub(super) const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
/// The cubic term inside the tanh form of GELU (Hendrycks and Gimpel 2016).
pub(super) const GELU_CUBIC: f64 = 0.044_715;

/// `max(u, low)`; slope 0 at `low`.
pub(crate) fn at_least(g: &mut Graph, u: NodeId, low: f64) -> NodeId {
    let low = g.number(low);
    g.zip(Zip::Max, u, low)
}

/// `min(max(u, low), high)`; slope 0 at both ends.
pub(super) fn clamp(g: &mut Graph, u: NodeId, low: f64, high: f64) -> NodeId {
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
pub(super) fn leaky_relu(g: &mut Graph, u: NodeId, slope: f64) -> NodeId {
    let above = at_least(g, u, 0.0);
    let below = negative_part(g, u);
    let below = g.times_number(below, slope);
    g.plus(above, below)
}

/// `max(u, 0) + scale * (exp(min(0, u)) - 1)`; the slope at 0 is `scale`.
pub(super) fn elu(g: &mut Graph, u: NodeId, scale: f64) -> NodeId {
    let above = at_least(g, u, 0.0);
    let below = negative_part(g, u);
    let below = g.map(Map::ExpM1, below);
    let below = g.times_number(below, scale);
    g.plus(above, below)
}

pub(super) fn selu(g: &mut Graph, u: NodeId, _: &[f64]) -> NodeId {
    let y = elu(g, u, SELU_ALPHA);
    g.times_number(y, SELU_SCALE)
}

pub(super) fn silu(g: &mut Graph, u: NodeId, _: &[f64]) -> NodeId {
    let gate = g.map(Map::Sigmoid, u);
    g.times(u, gate)
}

pub(super) fn mish(g: &mut Graph, u: NodeId, _: &[f64]) -> NodeId {
    let soft = g.map(Map::Softplus, u);
    let gate = g.map(Map::Tanh, soft);
    g.times(u, gate)
}

pub(super) fn log_sigmoid(g: &mut Graph, u: NodeId, _: &[f64]) -> NodeId {
    let opposite = g.negative(u);
    let soft = g.map(Map::Softplus, opposite);
    g.negative(soft)
}

pub(super) fn hard_sigmoid(g: &mut Graph, u: NodeId, _: &[f64]) -> NodeId {
    let bounded = clamp(g, u, -3.0, 3.0);
    let raised = g.plus_number(bounded, 3.0);
    g.times_number(raised, 1.0 / 6.0)
}

pub(super) fn rsqrt(g: &mut Graph, u: NodeId, _: &[f64]) -> NodeId {
    let root = g.map(Map::Sqrt, u);
    g.reciprocal(root)
}

/// `u/2 * erfc(-u / sqrt(2))`, which keeps the digits of the lower tail.
pub(super) fn gelu(g: &mut Graph, u: NodeId, _: &[f64]) -> NodeId {
    let inside = g.times_number(u, -FRAC_1_SQRT_2);
    let gate = g.map(Map::Erfc, inside);
    let half = g.times_number(u, 0.5);
    g.times(half, gate)
}

/// `u/2 * (1 + tanh(z))` is `u * sigmoid(2 z)`, here with `z = sqrt(2/pi) * (u + 0.044715 u^3)`, in
/// which `u` is clamped to -30 and 30: beyond, the gate is 0 or 1, and the cube overflows.
pub(super) fn gelu_tanh(g: &mut Graph, u: NodeId, _: &[f64]) -> NodeId {
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
pub(super) fn power(g: &mut Graph, u: NodeId, exponent: f64) -> NodeId {
    if exponent == 0.0 {
        let shape = g.shape(u);
        return g.fill(1.0, shape);
    }
    if exponent == 1.0 {
        return u;
    }
    g.map(Map::Pow(Number(exponent)), u)
}
