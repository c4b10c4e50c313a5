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
