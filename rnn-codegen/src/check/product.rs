//! The matrix product: a parameter or its transpose on the left, a vector on the right.

use super::cell::Expr;
use super::equations::Equations;
use super::expression::{Matrix, Operand};
use crate::error::shapes as message;
use crate::ops::Shape;
use crate::syntax;
use crate::syntax::expression::Operator;

impl Equations<'_> {
    pub(super) fn product(
        &mut self,
        left: &syntax::Expr,
        right: &syntax::Expr,
        written: &syntax::Expr,
    ) -> Option<Expr> {
        if let syntax::Expr::Binary { operator, left: factor, right: matrix, .. } = left
            && self.ends_in_matrix(*operator, factor, matrix, right)
        {
            return None;
        }
        let a = self.operand(left);
        let b = self.operand(right);
        match (a?, b?) {
            (Operand::Matrix(matrix), Operand::Value(vector)) => {
                self.matrix_times_vector(matrix, vector, left, right, written)
            }
            (Operand::Value(value), b) => {
                let (transposed, right_shape) = match &b {
                    Operand::Matrix(m) => (value.shape == Shape::Vector(m.rows), m.shape()),
                    Operand::Value(v) => (false, v.shape),
                };
                let vectors = value.shape == right_shape && value.shape != Shape::Scalar;
                let shapes = (self.side(left, value.shape), self.side(right, right_shape));
                self.report(message::product_without_matrix(
                    written,
                    (left, &shapes.0),
                    (right, &shapes.1),
                    transposed,
                    vectors,
                ));
                None
            }
            (Operand::Matrix(_), Operand::Matrix(_)) => {
                self.report(message::product_of_matrices(written, left, right));
                None
            }
        }
    }

    /// The shape of an operand, and if it is a name what fixes it.
    pub(super) fn side(&self, written: &syntax::Expr, shape: Shape) -> String {
        match written {
            syntax::Expr::Name(name) => self.described(name, shape),
            syntax::Expr::Timed(timed) => self.described(&timed.name, shape),
            syntax::Expr::Paren { inner, .. } => self.side(inner, shape),
            _ => self.sizes.shape(shape),
        }
    }

    fn matrix_times_vector(
        &mut self,
        matrix: Matrix,
        vector: Expr,
        left: &syntax::Expr,
        right: &syntax::Expr,
        written: &syntax::Expr,
    ) -> Option<Expr> {
        let length = self.length(&vector, right, "`@`")?;
        if length == matrix.columns {
            return Some(matrix.times(vector));
        }
        let shapes = (self.side(left, matrix.shape()), self.side(right, vector.shape));
        let fits = length == matrix.rows;
        self.report(message::product_lengths(written, (left, &shapes.0), (right, &shapes.1), fits));
        None
    }

    /// `r * U @ h` is `(r * U) @ h`, and `A @ B @ v` is `(A @ B) @ v`: operators bind left to
    /// right. Reports what was meant.
    fn ends_in_matrix(
        &mut self,
        operator: Operator,
        factor: &syntax::Expr,
        matrix: &syntax::Expr,
        vector: &syntax::Expr,
    ) -> bool {
        if !self.is_matrix(matrix) || matches!(operator, Operator::Add | Operator::Sub) {
            return false;
        }
        // What they read counts as read, and their own mistakes come first.
        matrix.names(&mut |name| {
            self.names.read(&name.to_string());
        });
        let known = (self.operand(factor), self.value(vector));
        if let (Some(_), Some(_)) = known {
            self.report(message::left_to_right(factor, operator, matrix, vector));
        }
        true
    }

    /// Whether `written` is a matrix parameter or its transpose; reports nothing.
    pub(super) fn is_matrix(&self, written: &syntax::Expr) -> bool {
        let name = match written {
            syntax::Expr::Paren { inner, .. } => return self.is_matrix(inner),
            syntax::Expr::Member { owner, member } if member == "T" => {
                return self.is_matrix(owner);
            }
            syntax::Expr::Name(_) | syntax::Expr::Member { .. } => written.to_string(),
            _ => return false,
        };
        if let Some(argument) = self.argument(&name) {
            return matches!(argument, Some(Operand::Matrix(_)));
        }
        let slot = self.params.position(&name).map(|param| &self.params.slots[param]);
        slot.is_some_and(|slot| matches!(slot.shape, Some(Shape::Matrix(..))))
    }
}
