//! The value of an expression of numbers, in doubles.

use super::cell::{Expr, ExprKind};
use super::shared::Shared;
use crate::ops::{Binary, Unary};

/// `None` if the expression reads anything but numbers, or calls a function that nobody needs for a
/// constant.
pub(crate) fn fold(expr: &Expr, shared: &Shared) -> Option<f64> {
    match &expr.kind {
        ExprKind::Number(value) => Some(value.0),
        ExprKind::Shared(row) => shared.constant(*row),
        ExprKind::Unary(function, operand) => unary(*function, fold(operand, shared)?),
        ExprKind::Binary(operator, left, right) => {
            Some(binary(*operator, fold(left, shared)?, fold(right, shared)?))
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

fn unary(function: Unary, u: f64) -> Option<f64> {
    Some(match function {
        Unary::Neg => -u,
        Unary::Exp => u.exp(),
        Unary::Log => u.ln(),
        Unary::Sqrt => u.sqrt(),
        Unary::Rsqrt => u.sqrt().recip(),
        Unary::Square => u * u,
        Unary::Abs => u.abs(),
        Unary::Sin => u.sin(),
        Unary::Cos => u.cos(),
        Unary::Tanh => u.tanh(),
        Unary::Sigmoid => (1.0 + (-u).exp()).recip(),
        Unary::Recip => u.recip(),
        Unary::Pow(power) => u.powf(power.0),
        _ => return None,
    })
}

fn binary(operator: Binary, a: f64, b: f64) -> f64 {
    match operator {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        Binary::Min => a.min(b),
        Binary::Max => a.max(b),
    }
}
