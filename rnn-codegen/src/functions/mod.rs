//! The elementwise functions: all that the compiler knows of one is a row of a table.
//!
//! | table   | of                                                                             |
//! |---------|--------------------------------------------------------------------------------|
//! | `map`   | lane functions of one operand, each a method of the runtime's vector type      |
//! | `zip`   | those of two operands                                                          |
//! | `unary` | functions of the notation of one operand that are written in lane functions    |
//!
//! What a function means is written once more, apart, in the runtime: in its vector type and in its
//! interpreter.

use std::ops::RangeInclusive;

mod map;
mod unary;
mod written;
mod zip;

#[cfg(test)]
pub(crate) use map::erf;
pub(crate) use map::{Map, Operand, Slope, Steep};
pub(crate) use unary::Unary;
pub(crate) use written::at_least;
pub(crate) use zip::{Form, Slopes, Zip};

/// Name, form for a message, number of arguments, of those that are not elementwise functions of
/// plain values. Comes before the elementwise ones.
pub(crate) const OTHERS: [(&str, &str, RangeInclusive<usize>); 10] = [
    ("leaky_relu", "leaky_relu(v)` or `leaky_relu(v, slope)", 1..=2),
    ("elu", "elu(v)` or `elu(v, scale)", 1..=2),
    ("pow", "pow(v, exponent)", 2..=2),
    ("clamp", "clamp(v, low, high)", 3..=3),
    ("sum", "sum(v)", 1..=1),
    ("mean", "mean(v)", 1..=1),
    ("norm", "norm(v)", 1..=1),
    ("dot", "dot(a, b)", 2..=2),
    ("softmax", "softmax(v)", 1..=1),
    ("layer_norm", "layer_norm(v)` or `layer_norm(v, gain, bias)", 1..=4),
];

/// Whether a function of the notation has this name.
pub(crate) fn is_builtin(name: &str) -> bool {
    names().any(|n| n == name)
}

/// The names of all functions.
pub(crate) fn names<'a>() -> impl Iterator<Item = &'a str> {
    let of_two = Zip::NAMED.iter().map(|function| function.facts().name);
    let others = OTHERS.iter().map(|&(name, ..)| name);
    Unary::elementwise().map(|function| -> &'a str { function.name() }).chain(of_two).chain(others)
}

/// How to compute a function of a number, given the numbers that come with it.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    /// As precisely as `f64` is, so that a function of a constant is a constant.
    Exact(fn(f64, &[f64]) -> f64),
    /// Less precisely, or not as kernels do: good for comparisons, not for constants.
    Near(fn(f64, &[f64]) -> f64),
}

impl Value {
    fn near(self) -> Value {
        let (Value::Exact(function) | Value::Near(function)) = self;
        Value::Near(function)
    }

    /// Whether it is precise enough for a constant.
    fn is_exact(self) -> bool {
        matches!(self, Value::Exact(_))
    }

    /// The value, at least nearly.
    fn at(self, x: f64, numbers: &[f64]) -> f64 {
        let (Value::Exact(function) | Value::Near(function)) = self;
        function(x, numbers)
    }
}
