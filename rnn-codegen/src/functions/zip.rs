//! The table of lane functions of two operands, the operators of the notation among them.

use std::f64::consts::LN_2;

use super::Map;
use super::map::softplus;
use crate::graph::build::Build;
use crate::graph::{Graph, NodeId};

/// Lane functions of two operands: each is a variant of the runtime's `graph::Binary` by the same
/// name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Zip {
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    Logaddexp,
}

/// What the compiler knows of a function.
pub(crate) struct Facts {
    /// In the notation, and in print.
    pub(crate) name: &'static str,
    pub(crate) value: fn(f64, f64) -> f64,
    pub(crate) slopes: Slopes,
    /// Whether it takes longer than a load.
    pub(crate) costly: bool,
    pub(crate) form: Form,
}

/// How generated code spells it.
pub(crate) enum Form {
    /// By its name between the operands.
    Operator,
    /// By a method of the runtime's vector type.
    Method {
        name: &'static str,
        /// One that takes fewer instructions and lets a NaN in its first operand through alone: for
        /// a second one that is a number.
        with_number: Option<&'static str>,
    },
}

/// The derivatives of a function of `a` and `b` with result `y`.
pub(crate) enum Slopes {
    /// 1 and 1.
    Sum,
    /// 1 and -1.
    Difference,
    /// `b` and `a`.
    Product,
    /// `1 / b` and `-y / b`.
    Quotient,
    /// All of the adjoint to `a` where the first of these is smaller than the second, else to `b`.
    Choice(fn([NodeId; 2], NodeId) -> [NodeId; 2]),
    /// Written with `a` and `b`.
    Of(fn(&mut Graph, [NodeId; 2]) -> [NodeId; 2]),
}

impl Zip {
    /// Those that are called by name.
    pub(crate) const NAMED: &[Zip] = &[Zip::Min, Zip::Max, Zip::Logaddexp];

    /// Its row of the table.
    pub(crate) fn facts(self) -> Facts {
        match self {
            Zip::Add => operator("+", |a, b| a + b, Slopes::Sum),
            Zip::Sub => operator("-", |a, b| a - b, Slopes::Difference),
            Zip::Mul => operator("*", |a, b| a * b, Slopes::Product),
            Zip::Div => Facts { costly: true, ..operator("/", |a, b| a / b, Slopes::Quotient) },
            Zip::Min => extreme(
                "min",
                |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) },
                Slopes::Choice(|[_, b], y| [y, b]),
                "minimum",
            ),
            Zip::Max => extreme(
                "max",
                |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) },
                Slopes::Choice(|[_, b], y| [b, y]),
                "maximum",
            ),
            Zip::Logaddexp => Facts {
                name: "logaddexp",
                value: logaddexp,
                slopes: Slopes::Of(shares),
                costly: true,
                form: Form::Method { name: "logaddexp", with_number: None },
            },
        }
    }

    /// What it gives for two numbers.
    pub(crate) fn value(self, a: f64, b: f64) -> f64 {
        (self.facts().value)(a, b)
    }
}

fn operator(name: &'static str, value: fn(f64, f64) -> f64, slopes: Slopes) -> Facts {
    Facts { name, value, slopes, costly: false, form: Form::Operator }
}

/// `method` is the one of IEEE 754; `name` is one instruction.
fn extreme(
    name: &'static str,
    value: fn(f64, f64) -> f64,
    slopes: Slopes,
    method: &'static str,
) -> Facts {
    let form = Form::Method { name: method, with_number: Some(name) };
    Facts { name, value, slopes, costly: false, form }
}

/// Equal infinities have no difference.
fn logaddexp(a: f64, b: f64) -> f64 {
    let larger = Zip::Max.value(a, b);
    if a == b { a + LN_2 } else { larger + softplus(-(a - b).abs()) }
}

/// What each exponential has of their sum: the sigmoid of the difference; half where both operands
/// are equal, infinite ones too.
fn shares(g: &mut Graph, [a, b]: [NodeId; 2]) -> [NodeId; 2] {
    let (difference, zero) = (g.minus(a, b), g.number(0.0));
    let above = g.select([b, a], difference, zero);
    let difference = g.select([a, b], difference, above);
    let opposite = g.negative(difference);
    [difference, opposite].map(|difference| g.map(Map::Sigmoid, difference))
}
