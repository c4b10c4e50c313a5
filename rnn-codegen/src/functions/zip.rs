//! The table of lane functions of two operands, the operators of the notation among them.

use std::f64::consts::LN_2;

use super::Map;
use super::map::softplus;
use crate::graph::build::Build;
use crate::graph::{Graph, NodeId};

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

/// The functions with their rows: operators, and those that are called by name.
macro_rules! table {
    (
        operators { $($operator:ident = $operator_row:expr;)* }
        named { $($function:ident = $row:expr;)* }
    ) => {
        /// Lane functions of two operands: each is a variant of the runtime's `graph::Binary` by
        /// the same name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Zip {
            $($operator,)*
            $($function,)*
        }

        impl Zip {
            /// Those that are called by name.
            pub(crate) const NAMED: &[Zip] = &[$(Zip::$function),*];

            /// Its row of the table.
            pub(crate) fn facts(self) -> Facts {
                match self {
                    $(Zip::$operator => $operator_row,)*
                    $(Zip::$function => $row,)*
                }
            }
        }
    };
}

table! {
    operators {
        Add = operator("+", |a, b| a + b, Slopes::Sum);
        Sub = operator("-", |a, b| a - b, Slopes::Difference);
        Mul = operator("*", |a, b| a * b, Slopes::Product);
        Div = Facts { costly: true, ..operator("/", |a, b| a / b, Slopes::Quotient) };
    }
    named {
        Min = extreme("min", minimum, Slopes::Choice(|[_, b], y| [y, b]), "minimum");
        Max = extreme("max", maximum, Slopes::Choice(|[_, b], y| [b, y]), "maximum");
        Logaddexp = Facts {
            name: "logaddexp",
            value: logaddexp,
            slopes: Slopes::Of(shares),
            costly: true,
            form: Form::Method { name: "logaddexp", with_number: None },
        };
    }
}

impl Zip {
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

/// As IEEE 754-2019 has it: NaN if either operand is, and -0 below 0, which `f64::min` leaves open.
fn minimum(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a < b || (a == b && a.is_sign_negative()) {
        a
    } else {
        b
    }
}

/// As [`minimum`].
fn maximum(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a > b || (a == b && a.is_sign_positive()) {
        a
    } else {
        b
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_order_zeros_and_let_nan_through() {
        let bits = |zip: Zip, a: f64, b: f64| zip.value(a, b).to_bits();
        for (a, b) in [(-0.0, 0.0), (0.0, -0.0), (-0.0, 1.0), (1.0, -0.0)] {
            assert_eq!(bits(Zip::Min, a, b), (-0.0_f64).to_bits(), "min({a:?}, {b:?})");
        }
        for (a, b) in [(-0.0, 0.0), (0.0, -0.0), (0.0, -1.0), (-1.0, 0.0)] {
            assert_eq!(bits(Zip::Max, a, b), 0.0_f64.to_bits(), "max({a:?}, {b:?})");
        }
        for zip in [Zip::Min, Zip::Max] {
            assert_eq!(bits(zip, -0.0, -0.0), (-0.0_f64).to_bits());
            assert_eq!(bits(zip, 0.0, 0.0), 0.0_f64.to_bits());
            assert!(zip.value(f64::NAN, 1.0).is_nan() && zip.value(1.0, f64::NAN).is_nan());
        }
        let infinities = [f64::NEG_INFINITY, f64::INFINITY];
        assert_eq!(
            [Zip::Min, Zip::Max].map(|zip| zip.value(infinities[1], infinities[0])),
            infinities
        );
    }
}
