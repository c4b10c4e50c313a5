//! The value of an expression of numbers, in doubles.

use super::length::{Expr, ExprKind, Length};
use super::shared::Shared;

/// What an expression of numbers comes to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Constant {
    Known(f64),
    /// It depends on an open size, so that members alone know it.
    Open,
}

impl Constant {
    /// A number of the declaration, or [`Constant::number`] once more.
    fn new(number: f64) -> Constant {
        if number.is_nan() { Constant::Open } else { Constant::Known(number) }
    }

    pub(crate) fn of_length(length: &Length) -> Constant {
        length.value().map_or(Constant::Open, |value| Constant::Known(value as f64))
    }

    /// NaN if it is open: no comparison with it holds, and no known number of a declaration is NaN.
    pub(crate) fn number(self) -> f64 {
        match self {
            Constant::Known(number) => number,
            Constant::Open => f64::NAN,
        }
    }
}

/// `None` if the expression reads anything but numbers, or a function whose value is not known
/// precisely enough.
pub(crate) fn fold(expr: &Expr, shared: &Shared) -> Option<Constant> {
    match &expr.kind {
        ExprKind::Number(value) => Some(Constant::new(value.0)),
        ExprKind::Shared(row) => shared.constant(*row),
        ExprKind::Unary(function, operand) => {
            let operand = fold(operand, shared)?;
            let open = function.numbers().into_iter().any(f64::is_nan);
            function.is_exact().then(|| match operand {
                Constant::Known(u) if !open => Constant::Known(function.value(u)),
                _ => Constant::Open,
            })
        }
        ExprKind::Binary(operator, left, right) => {
            Some(match (fold(left, shared)?, fold(right, shared)?) {
                (Constant::Known(a), Constant::Known(b)) => Constant::Known(operator.value(a, b)),
                _ => Constant::Open,
            })
        }
        ExprKind::Input(_)
        | ExprKind::Prev(_)
        | ExprKind::Param(_)
        | ExprKind::Let(_)
        | ExprKind::Product { .. }
        | ExprKind::Concat(_)
        | ExprKind::Slice { .. }
        | ExprKind::Reduce(..) => None,
    }
}
