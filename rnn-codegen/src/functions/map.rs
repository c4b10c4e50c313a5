//! The table of lane functions of one operand.

use std::f64::consts::{FRAC_2_SQRT_PI, LN_2};

use super::Value;
use crate::graph::build::Build;
use crate::graph::{Graph, NodeId};
use crate::ops::Number;

/// What the compiler knows of a function.
pub(crate) struct Facts {
    /// The method of the runtime's vector type, and the name in print and in the notation.
    pub(crate) name: &'static str,
    pub(crate) value: Value,
    pub(crate) slope: Slope,
    /// Where its slope may be infinite.
    pub(crate) steep: Steep,
    /// Whether it is a chain of many operations, instead of one that takes no longer than a load.
    pub(crate) costly: bool,
    /// Whether no value is below zero.
    pub(crate) never_negative: bool,
}

/// The derivative of a function.
pub(crate) enum Slope {
    /// Zero everywhere.
    Zero,
    /// Minus one.
    Opposite,
    /// Written with the operand `x` and the result `y`: with `y` where both would do, since it is
    /// often kept for other reasons.
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
    /// [`Map::number`].
    pub(crate) number: f64,
}

/// For which operands a slope may be infinite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Steep {
    Never,
    /// For those that may be zero.
    AtZero,
    /// For those that may be below zero.
    BelowZero,
    /// For all that is known of them.
    Anywhere,
}

/// The functions with their rows: first those of the notation, each a variant of the runtime's
/// `graph::Unary` by the same name, then those that the compiler writes others in.
macro_rules! table {
    (
        notation { $($(#[$of:meta])* $function:ident = $row:expr;)* }
        compiler { $($(#[$of_other:meta])* $other:ident = $other_row:expr;)* }
    ) => {
        /// Lane functions of one operand: each is one method of the runtime's vector type.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Map {
            $($(#[$of])* $function,)*
            $($(#[$of_other])* $other,)*
            /// A power with a constant exponent, neither 0 nor 1.
            Pow(Number),
        }

        impl Map {
            /// Those that the notation has by their own names.
            pub(crate) const NOTATION: &[Map] = &[$(Map::$function),*];

            /// Its row of the table.
            pub(crate) fn facts(self) -> Facts {
                match self {
                    $(Map::$function => $row,)*
                    $(Map::$other => $other_row,)*
                    Map::Pow(exponent) => power(exponent.0),
                }
            }
        }
    };
}

table! {
    notation {
        Sigmoid = costly("sigmoid", |x, _| sigmoid(x), SIGMOID).never_negative();
        Tanh = costly("tanh", |x, _| x.tanh(), TANH);
        Softplus = costly("softplus", |x, _| softplus(x), Slope::Of(softplus_slope))
            .never_negative();
        Softsign = costly("softsign", |x, _| x / (1.0 + x.abs()), Slope::Of(softsign_slope));
        Exp = costly("exp", |x, _| x.exp(), Slope::Of(|_, of| of.y))
            .never_negative()
            .steep(Steep::Anywhere);
        Log = costly("log", |x, _| x.ln(), Slope::Inverse).steep(Steep::AtZero);
        Log1p = costly("log1p", |x, _| x.ln_1p(), Slope::Of(log1p_slope)).steep(Steep::BelowZero);
        Sqrt = costly("sqrt", |x, _| x.sqrt(), Slope::HalfInverse).steep(Steep::AtZero);
        Abs = cheap("abs", |x, _| x.abs(), Slope::Of(abs_slope)).never_negative();
        Sign = cheap("sign", |x, _| sign(x), Slope::Zero);
        Sin = costly("sin", |x, _| x.sin(), Slope::Of(|g, of| g.map(Map::Cos, of.x)));
        Cos = costly("cos", |x, _| x.cos(), Slope::Of(cos_slope));
        Atan = costly("atan", |x, _| x.atan(), Slope::Of(atan_slope));
        Floor = cheap("floor", |x, _| x.floor(), Slope::Zero);
        Round = cheap("round", |x, _| x.round_ties_even(), Slope::Zero);
    }
    compiler {
        /// Its sign is a sign in the notation.
        Neg = cheap("neg", |x, _| -x, Slope::Opposite);
        /// The approximations of `activations fast;`.
        SigmoidFast = costly("sigmoid_fast", |x, _| sigmoid(x), SIGMOID).near().never_negative();
        TanhFast = costly("tanh_fast", |x, _| x.tanh(), TANH).near();
        /// Sigmoid and tanh of what their operand is a multiple of: by the factors of
        /// [`Factor`](crate::graph::Factor).
        SigmoidScaled = costly("sigmoid_scaled", |t, _| sigmoid(-t * LN_2), Slope::Of(|g, of| {
            let squared = g.square(of.y);
            let slope = g.minus(squared, of.y);
            g.times_number(slope, LN_2)
        }))
        .never_negative();
        TanhScaled = costly("tanh_scaled", |t, _| (t * LN_2 / 2.0).tanh(), Slope::Of(|g, of| {
            let squared = g.square(of.y);
            let one = g.number(1.0);
            let slope = g.minus(one, squared);
            g.times_number(slope, LN_2 / 2.0)
        }));
        ExpM1 = costly("exp_m1", |x, _| x.exp_m1(), Slope::Of(|g, of| g.plus_number(of.y, 1.0)));
        Erfc = costly("erfc", |x, _| erfc(x), Slope::Of(erfc_slope)).near().never_negative();
    }
}

/// By way of the logarithm, which has no value below zero.
fn power(exponent: f64) -> Facts {
    let value = |x: f64, numbers: &[f64]| {
        let exponent = numbers[0];
        if x < 0.0 && exponent.fract() != 0.0 { f64::NAN } else { x.powf(exponent) }
    };
    let facts = costly("pow", value, Slope::Of(pow_slope)).steep(Steep::Anywhere);
    let even = exponent % 2.0 == 0.0 || exponent.fract() != 0.0;
    if even { facts.never_negative() } else { facts }
}

fn cheap(name: &'static str, value: fn(f64, &[f64]) -> f64, slope: Slope) -> Facts {
    Facts {
        name,
        value: Value::Exact(value),
        slope,
        steep: Steep::Never,
        costly: false,
        never_negative: false,
    }
}

fn costly(name: &'static str, value: fn(f64, &[f64]) -> f64, slope: Slope) -> Facts {
    Facts { costly: true, ..cheap(name, value, slope) }
}

impl Facts {
    fn never_negative(self) -> Facts {
        Facts { never_negative: true, ..self }
    }

    fn steep(self, steep: Steep) -> Facts {
        Facts { steep, ..self }
    }

    /// Its value is no more than near.
    fn near(self) -> Facts {
        Facts { value: self.value.near(), ..self }
    }
}

impl Map {
    /// The function's own number, or 0.
    pub(crate) fn number(self) -> f64 {
        if let Map::Pow(exponent) = self { exponent.0 } else { 0.0 }
    }

    /// Whether its value is precise enough for a constant.
    pub(crate) fn is_exact(self) -> bool {
        self.facts().value.is_exact()
    }

    /// Its value, at least nearly.
    pub(crate) fn value(self, x: f64) -> f64 {
        self.facts().value.at(x, &[self.number()])
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

fn softplus_slope(g: &mut Graph, of: Operand) -> NodeId {
    g.map(Map::Sigmoid, of.x)
}

fn abs_slope(g: &mut Graph, of: Operand) -> NodeId {
    g.map(Map::Sign, of.x)
}

fn log1p_slope(g: &mut Graph, of: Operand) -> NodeId {
    let below = g.plus_number(of.x, 1.0);
    g.reciprocal(below)
}

fn atan_slope(g: &mut Graph, of: Operand) -> NodeId {
    let squared = g.square(of.x);
    let below = g.plus_number(squared, 1.0);
    g.reciprocal(below)
}

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
    let power = match of.number - 1.0 {
        1.0 => of.x,
        lower => g.map(Map::Pow(Number(lower)), of.x),
    };
    g.times_number(power, of.number)
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

/// `1 - erf(x)`; far out by the continued fraction
/// `exp(-x^2) / sqrt(pi) / (x + 1/2 / (x + 1 / (x + 3/2 / ..)))`.
pub(super) fn erfc(x: f64) -> f64 {
    if x < 2.0 {
        return 1.0 - erf(x);
    }
    let fraction = (1..200).rev().fold(x, |below, n| x + f64::from(n) / 2.0 / below);
    (-x * x).exp() / std::f64::consts::PI.sqrt() / fraction
}
