//! Every function of every function, `f(g(x))`, at special values: after all passes still the
//! definition, and its slope the product of both slopes.

use std::f64::consts::{PI, SQRT_2};

use super::values::functions;
use crate::functions::{Map, Unary, erf};
use crate::graph::evaluate::{Point, values};
use crate::graph::passes;
use crate::graph::samples::Sample;

/// Relative error of a few dozen operations in f64, those of tails included.
const TOLERANCE: f64 = 1e-9;

/// Absolute error of differences of numbers near 1.
const ROUNDING: f64 = 1e-15;

/// Kinks, where functions saturate, and where they overflow.
const POSITIVE: [f64; 19] = [
    0.0, 1e-200, 1e-3, 0.3, 0.5, 1.0, 2.0, 3.0, 6.0, 20.0, 37.0, 100.0, 700.0, 745.0, 800.0, 1e10,
    1e155, 1e200, 1e300,
];

fn special() -> Vec<f64> {
    POSITIVE.iter().copied().chain(POSITIVE[1..].iter().map(|x| -x)).collect()
}

/// The derivatives by the textbook; at a kink the one that is documented.
fn derivative(function: Unary, u: f64) -> f64 {
    let sigmoid = |u: f64| Map::Sigmoid.value(u);
    let where_true = |inside: bool, slope: f64| if inside { slope } else { 0.0 };
    let elu = |scale: f64| if u > 0.0 { 1.0 } else { scale * u.exp() };
    match function {
        Unary::Map(Map::Neg) => -1.0,
        Unary::Map(Map::Sigmoid) => sigmoid(u) * sigmoid(-u),
        Unary::Map(Map::Tanh) => u.cosh().powi(-2),
        Unary::Relu => where_true(u > 0.0, 1.0),
        Unary::LeakyRelu(slope) => {
            if u > 0.0 {
                1.0
            } else {
                slope.0
            }
        }
        Unary::Elu(scale) => elu(scale.0),
        Unary::Selu => 1.050_700_987_355_480_5 * elu(1.673_263_242_354_377_2),
        Unary::Gelu => 0.5 + 0.5 * erf(u / SQRT_2) + u * (-u * u / 2.0).exp() / (2.0 * PI).sqrt(),
        Unary::GeluTanh if u.abs() > 30.0 => where_true(u > 0.0, 1.0),
        Unary::GeluTanh => {
            let inside = (8.0 / PI).sqrt() * (u + 0.044715 * u.powi(3));
            let slope = (8.0 / PI).sqrt() * (1.0 + 3.0 * 0.044715 * u * u);
            sigmoid(inside) + u * sigmoid(inside) * sigmoid(-inside) * slope
        }
        Unary::Silu => sigmoid(u) + u * sigmoid(u) * sigmoid(-u),
        Unary::Mish => {
            let soft = Map::Softplus.value(u);
            soft.tanh() + u * soft.cosh().powi(-2) * sigmoid(u)
        }
        Unary::Map(Map::Softplus) => sigmoid(u),
        Unary::Map(Map::Softsign) => (1.0 + u.abs()).powi(-2),
        Unary::LogSigmoid => sigmoid(-u),
        Unary::HardSigmoid => where_true(u.abs() < 3.0, 1.0 / 6.0),
        Unary::HardTanh => where_true(u.abs() < 1.0, 1.0),
        Unary::Map(Map::Exp) => u.exp(),
        Unary::Map(Map::Log) => 1.0 / u,
        Unary::Map(Map::Log1p) => 1.0 / (1.0 + u),
        Unary::Map(Map::Sqrt) => 0.5 / u.sqrt(),
        Unary::Rsqrt => -0.5 / (u * u.sqrt()),
        Unary::Square => 2.0 * u,
        Unary::Map(Map::Abs) => Map::Sign.value(u),
        Unary::Map(Map::Sign | Map::Floor | Map::Round) => 0.0,
        Unary::Map(Map::Atan) => (1.0 + u * u).recip(),
        Unary::Map(Map::Sin) => u.cos(),
        Unary::Map(Map::Cos) => -u.sin(),
        Unary::Recip => -1.0 / (u * u),
        Unary::Pow(exponent) if exponent.0 == 0.0 => 0.0,
        Unary::Pow(exponent) => exponent.0 * u.powf(exponent.0 - 1.0),
        Unary::Clamp(low, high) => where_true(low.0 < u && u < high.0, 1.0),
        Unary::Map(map) => unreachable!("not in the notation: {map:?}"),
    }
}

/// The function, where `1 + tanh` would lose the tail by the sigmoid that it is twice.
fn defined(function: Unary, u: f64) -> f64 {
    match function {
        Unary::GeluTanh => {
            let inside = (8.0 / PI).sqrt() * (u + 0.044715 * u.powi(3));
            u * Map::Sigmoid.value(inside)
        }
        _ => function.value(u),
    }
}

/// What numbers below the smallest normal one count as.
fn flushed(value: f64) -> f64 {
    if value.abs() < f64::MIN_POSITIVE { 0.0 } else { value }
}

/// Values and slopes of `f(g(x))` by the graph after all passes.
fn compiled([f, g]: [Unary; 2], points: &[f64]) -> [Vec<f64>; 2] {
    let mut s = Sample::new("Pair");
    let (x, _) = (s.input("x", points.len()), s.state("h", points.len()));
    s.next(x.apply(g).apply(f));
    let mut cell = s.done();
    cell.double = true;
    let mut point = Point::zero(&cell);
    point.inputs[0] = points.to_vec();
    point.adjoint_next[0] = vec![1.0; points.len()];
    let graph = passes::backward(passes::forward(&passes::source(&cell), &cell), &cell);
    let computed = values(&graph, &point);
    let slope = graph.backward.as_ref().and_then(|backward| backward.inputs[0]);
    let slopes = slope.map_or(vec![0.0; points.len()], |id| computed[id.index()].clone());
    [computed[graph.next[0].index()].clone(), slopes]
}

/// Within a bound, or equal where something is infinite.
fn near(found: f64, expected: f64, bound: f64) -> bool {
    let bounded = expected.is_finite() && bound.is_finite();
    found == expected || (bounded && (found - expected).abs() <= bound + 1e-290)
}

/// The differences of one pair, in words.
fn differences([f, g]: [Unary; 2], points: &[f64], found: &mut Vec<String>) {
    let [values, slopes] = compiled([f, g], points);
    for ((&x, value), slope) in points.iter().zip(values).zip(slopes) {
        let u = defined(g, x);
        let expected = defined(f, u);
        if expected.is_nan() || !u.is_finite() {
            continue;
        }
        let [outer, inner] = [derivative(f, u), derivative(g, x)].map(flushed);
        // The error of an operand is one of the result where the function is steep.
        let steep = if outer.is_finite() { outer.abs() } else { 0.0 };
        let moved = TOLERANCE * expected.abs() + (TOLERANCE * u.abs() + ROUNDING) * steep;
        if !near(value, expected, moved) {
            found.push(format!("{f:?} of {g:?} of {x:e}: {value:e}, not {expected:e}"));
        }
        // Where a value or a slope has overflowed, without being at a pole, a product may come back
        // in range in another order; and the sum of two infinite terms is none.
        let overflown = (u != 0.0 && (outer.is_infinite() || expected.is_infinite()))
            || (x != 0.0 && inner.is_infinite());
        let sum = matches!(g, Unary::Gelu | Unary::GeluTanh | Unary::Silu | Unary::Mish);
        if overflown || (sum && outer.is_infinite()) || u.to_bits() == (-0.0_f64).to_bits() {
            continue;
        }
        let expected = if outer == 0.0 || inner == 0.0 { 0.0 } else { outer * inner };
        let error = |slope: f64| TOLERANCE * slope.abs() + ROUNDING;
        let bound = error(outer) * inner.abs() + error(inner) * outer.abs();
        if !near(slope, expected, bound) {
            found.push(format!(
                "slope of {f:?} of {g:?} at {x:e}: {slope:e}, not {outer:e} * {inner:e}"
            ));
        }
    }
}

#[test]
fn pairs_of_functions_are_their_definitions() {
    let (points, mut found) = (special(), Vec::new());
    for f in functions() {
        for g in functions() {
            differences([f, g], &points, &mut found);
        }
    }
    let count = found.len();
    found.truncate(60);
    assert!(found.is_empty(), "{count} differences, such as\n{}", found.join("\n"));
}
