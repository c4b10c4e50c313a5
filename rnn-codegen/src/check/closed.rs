//! Lengths as the checks find them become numbers: a cell has no open size.

use super::cell;
use super::length::{Expr, ExprKind, Length, Shape};
use crate::ops;

pub(super) fn length(length: &Length) -> usize {
    length.value().expect("bug in rnn-codegen: an open length in a cell")
}

pub(super) fn shape(shape: &Shape) -> ops::Shape {
    match shape {
        Shape::Scalar => ops::Shape::Scalar,
        Shape::Vector(len) => ops::Shape::Vector(length(len)),
        Shape::Matrix(rows, columns) => ops::Shape::Matrix(length(rows), length(columns)),
    }
}

pub(super) fn expr(checked: Expr) -> cell::Expr {
    let boxed = |operand: Box<Expr>| Box::new(expr(*operand));
    let all = |operands: Vec<Expr>| operands.into_iter().map(expr).collect();
    let kind = match checked.kind {
        ExprKind::Number(value) => cell::ExprKind::Number(value),
        ExprKind::Input(index) => cell::ExprKind::Input(index),
        ExprKind::Prev(index) => cell::ExprKind::Prev(index),
        ExprKind::Param(index) => cell::ExprKind::Param(index),
        ExprKind::Let(index) => cell::ExprKind::Let(index),
        ExprKind::Shared(row) => cell::ExprKind::Shared(row),
        ExprKind::Product { param, transposed, operand } => {
            cell::ExprKind::Product { param, transposed, operand: boxed(operand) }
        }
        ExprKind::Concat(parts) => cell::ExprKind::Concat(all(parts)),
        ExprKind::Slice { operand, start } => {
            cell::ExprKind::Slice { operand: boxed(operand), start: length(&start) }
        }
        ExprKind::Unary(function, operand) => cell::ExprKind::Unary(function, boxed(operand)),
        ExprKind::Binary(operator, left, right) => {
            cell::ExprKind::Binary(operator, boxed(left), boxed(right))
        }
        ExprKind::Reduce(reduce, operands) => cell::ExprKind::Reduce(reduce, all(operands)),
    };
    cell::Expr { kind, shape: shape(&checked.shape) }
}
