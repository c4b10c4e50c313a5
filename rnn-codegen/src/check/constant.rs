//! The value of an expression of numbers, in doubles.

use super::cell::{Expr, ExprKind};
use super::shared::Shared;

/// `None` if the expression reads anything but numbers, or a function whose value is not known precisely
/// enough.
pub(crate) fn fold(expr: &Expr, shared: &Shared) -> Option<f64> {
    match &expr.kind {
        ExprKind::Number(value) => Some(value.0),
        ExprKind::Shared(row) => shared.constant(*row),
        ExprKind::Unary(function, operand) => function.exact_value(fold(operand, shared)?),
        ExprKind::Binary(operator, left, right) => {
            Some(operator.value(fold(left, shared)?, fold(right, shared)?))
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
