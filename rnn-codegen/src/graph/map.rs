//! The table of lane functions of one operand: all that the compiler knows of one stands in one place. What it
//! means is written once more, apart, in the runtime's vector type and its interpreter.

use std::f64::consts::FRAC_2_SQRT_PI;

use super::build::Build;
use super::{Graph, NodeId};
use crate::ops::Number;

/// Lane functions of one operand: each is one method of the runtime's vector type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Map {
    Neg,
    Sigmoid,
    Tanh,
    /// The approximations of `activations fast;`.
    SigmoidFast,
    TanhFast,
    Softplus,
    Exp,
    ExpM1,
    Log,
    Sqrt,
    Abs,
    Sign,
    Sin,
    Cos,
    Erfc,
    Softsign,
    /// A power with a constant exponent, neither 0 nor 1.
    Pow(Number),
}

/// What the compiler knows of a function.
pub(crate) struct Facts {
    /// The method of the runtime's vector type, and the name in print.
    pub(crate) name: &'static str,
    pub(crate) value: Value,
    pub(crate) slope: Slope,
    /// Whether it is a chain of many operations, instead of one that takes no longer than a load.
    pub(crate) costly: bool,
    /// Whether no value is below zero.
    pub(crate) never_negative: bool,
}

/// How to compute a function of a number.
pub(crate) enum Value {
    /// As precisely as `f64` is, so that a function of a constant is a constant.
    Exact(fn(f64) -> f64),
    /// The same with [`Map::constant`] as second operand.
    With(fn(f64, f64) -> f64),
    /// Less precisely, or not as kernels do: good for comparisons, not for constants.
    Near(fn(f64) -> f64),
}

/// The derivative of a function.
pub(crate) enum Slope {
    /// Zero everywhere.
    Zero,
    /// Minus one.
    Opposite,
    /// Written with the operand `x` and the result `y`: with `y` where both would do, since it is often kept for
    /// other reasons.
    Of(fn(&mut Graph, Operand) -> NodeId),
    /// The inverse of the operand.
    Inverse,
    /// Half the inverse of the result.
    HalfInverse,
}

/// What a derivative is written with.
pub(crate) struct Operand {
    pub(crate) x: NodeId,
    pub(crate) y: NodeId,
    /// [`Map::constant`].
    pub(crate) constant: f64,
}

impl Map {
    /// Its row of the table.
    pub(crate) fn facts(self) -> Facts {
        let cheap = |name, value, slope| Facts {
            name,
            value: Value::Exact(value),
            slope,
            costly: false,
            never_negative: false,
        };
        let costly = |name, value, slope| Facts { costly: true, ..cheap(name, value, slope) };
        let positive = |facts| Facts { never_negative: true, ..facts };
        let near =
            |name, value, slope| Facts { value: Value::Near(value), ..costly(name, value, slope) };
        match self {
            Map::Neg => cheap("neg", |x| -x, Slope::Opposite),
            Map::Abs => positive(cheap("abs", f64::abs, Slope::Of(|g, of| g.map(Map::Sign, of.x)))),
            Map::Sign => cheap("sign", sign, Slope::Zero),
            Map::Sigmoid => positive(costly("sigmoid", sigmoid, SIGMOID)),
            Map::SigmoidFast => positive(near("sigmoid_fast", sigmoid, SIGMOID)),
            Map::Tanh => costly("tanh", f64::tanh, TANH),
            Map::TanhFast => near("tanh_fast", f64::tanh, TANH),
            Map::Softplus => {
                let slope = Slope::Of(|g, of| g.map(Map::Sigmoid, of.x));
                positive(costly("softplus", softplus, slope))
            }
            Map::Exp => positive(costly("exp", f64::exp, Slope::Of(|_, of| of.y))),
            Map::ExpM1 => {
                costly("exp_m1", f64::exp_m1, Slope::Of(|g, of| g.plus_number(of.y, 1.0)))
            }
            Map::Log => costly("log", f64::ln, Slope::Inverse),
            Map::Sqrt => costly("sqrt", f64::sqrt, Slope::HalfInverse),
            Map::Sin => costly("sin", f64::sin, Slope::Of(|g, of| g.map(Map::Cos, of.x))),
            Map::Cos => costly("cos", f64::cos, Slope::Of(cos_slope)),
            Map::Erfc => positive(near("erfc", erfc, Slope::Of(erfc_slope))),
            Map::Softsign => costly("softsign", softsign, Slope::Of(softsign_slope)),
            Map::Pow(exponent) => Facts {
                name: "pow",
                value: Value::With(pow),
                slope: Slope::Of(pow_slope),
                costly: true,
                never_negative: exponent.0 % 2.0 == 0.0 || exponent.0.fract() != 0.0,
            },
        }
    }

    /// The function's own constant, or 0.
    pub(crate) fn constant(self) -> f64 {
        if let Map::Pow(exponent) = self { exponent.0 } else { 0.0 }
    }

    /// Its value, at least nearly.
    pub(crate) fn value(self, x: f64) -> f64 {
        match self.facts().value {
            Value::Exact(function) | Value::Near(function) => function(x),
            Value::With(function) => function(x, self.constant()),
        }
    }

    /// Its value, if it is precise enough for a constant.
    pub(crate) fn exact_value(self, x: f64) -> Option<f64> {
        (!matches!(self.facts().value, Value::Near(_))).then(|| self.value(x))
    }
}

const SIGMOID: Slope = Slope::Of(|g, of| {
    let squared = g.square(of.y);
    g.minus(of.y, squared)
});

const TANH: Slope = Slope::Of(|g, of| {
    let squared = g.square(of.y);
    let one = g.number(1.0);
    g.minus(one, squared)
});

fn cos_slope(g: &mut Graph, of: Operand) -> NodeId {
    let sine = g.map(Map::Sin, of.x);
    g.negative(sine)
}

fn erfc_slope(g: &mut Graph, of: Operand) -> NodeId {
    let squared = g.square(of.x);
    let exponent = g.negative(squared);
    let bell = g.map(Map::Exp, exponent);
    g.times_number(bell, -FRAC_2_SQRT_PI)
}

fn softsign_slope(g: &mut Graph, of: Operand) -> NodeId {
    let size = g.map(Map::Abs, of.x);
    let below = g.plus_number(size, 1.0);
    let reciprocal = g.reciprocal(below);
    g.square(reciprocal)
}

fn pow_slope(g: &mut Graph, of: Operand) -> NodeId {
    let power = match of.constant - 1.0 {
        1.0 => of.x,
        lower => g.map(Map::Pow(Number(lower)), of.x),
    };
    g.times_number(power, of.constant)
}

pub(super) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

pub(super) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

pub(super) fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

fn softsign(x: f64) -> f64 {
    x / (1.0 + x.abs())
}

/// By way of the logarithm, which has no value below zero.
fn pow(x: f64, exponent: f64) -> f64 {
    if x < 0.0 && exponent.fract() != 0.0 { f64::NAN } else { x.powf(exponent) }
}

/// The error function by a series, with 1 beyond 6, where it differs by less than 1e-16.
pub(crate) fn erf(x: f64) -> f64 {
    if x.abs() > 6.0 {
        return x.signum();
    }
    // erf(x) = 2/sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (1 * 3 * .. * (2n+1)): terms of one sign.
    let mut term = x;
    let mut sum = x;
    for n in 1..400 {
        term *= 2.0 * x * x / f64::from(2 * n + 1);
        sum += term;
    }
    FRAC_2_SQRT_PI * (-x * x).exp() * sum
}

/// `1 - erf(x)`; far out by the continued fraction `exp(-x^2) / sqrt(pi) / (x + 1/2 / (x + 1 / (x + 3/2 / ..)))`.
pub(super) fn erfc(x: f64) -> f64 {
    if x < 2.0 {
        return 1.0 - erf(x);
    }
    let fraction = (1..200).rev().fold(x, |below, n| x + f64::from(n) / 2.0 / below);
    (-x * x).exp() / std::f64::consts::PI.sqrt() / fraction
}
