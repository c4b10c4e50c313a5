//! The matrix product: a parameter or its transpose on the left, a vector on the right.

use proc_macro2::Ident;

use super::chain::Step;
use super::equations::Equations;
use super::expression::{Matrix, Operand};
use super::length::{Expr, Shape};
use crate::check::message::shapes::{self as message, Fits};
use crate::syntax;

impl Equations<'_> {
    pub(super) fn product(&mut self, step: Step, left: Operand, right: Operand) -> Option<Expr> {
        match (left, right) {
            (Operand::Matrix(matrix), Operand::Value(vector)) => {
                self.matrix_times_vector(step, matrix, vector)
            }
            (Operand::Value(value), right) => {
                self.product_without_matrix(step, &value, &right);
                None
            }
            (Operand::Matrix(_), Operand::Matrix(_)) => {
                let (written, left) = (step.written(), step.left());
                self.report(message::product_of_matrices(&written, &left, step.right()));
                None
            }
        }
    }

    fn product_without_matrix(&mut self, step: Step, left: &Expr, right: &Operand) {
        let (fits, shape) = match right {
            Operand::Matrix(m) if left.shape == Shape::Vector(m.columns.clone()) => {
                (Fits::AsIs, m.shape())
            }
            Operand::Matrix(m) if left.shape == Shape::Vector(m.rows.clone()) => {
                (Fits::Transposed, m.shape())
            }
            Operand::Matrix(m) => (Fits::No, m.shape()),
            Operand::Value(v) => (Fits::No, v.shape.clone()),
        };
        let vectors = left.shape == shape && left.shape != Shape::Scalar;
        let (written, text) = (step.written(), step.left());
        let shapes = (self.side(&text, &left.shape), self.side(step.right(), &shape));
        self.report(message::product_without_matrix(
            &written,
            (&text, &shapes.0),
            (step.right(), &shapes.1),
            fits,
            vectors,
        ));
    }

    /// `[16] by `state c: 16``: the shape of the input, state or parameter `name`, and what fixes
    /// it.
    pub(super) fn described(&self, name: &Ident, shape: &Shape) -> String {
        let shape = self.sizes.shape(shape);
        let argument = self.argument(&name.to_string()).is_some();
        let declared = self.names.get(&name.to_string()).and_then(|n| n.declaration());
        match declared.filter(|_| !argument) {
            Some(declared) => format!("{shape} by `{declared}`"),
            None => shape,
        }
    }

    /// The shape of an operand, and if it is a name what fixes it.
    pub(super) fn side(&self, written: &syntax::Expr, shape: &Shape) -> String {
        match written {
            syntax::Expr::Name(name) => self.described(name, shape),
            syntax::Expr::Timed(timed) => self.described(&timed.name, shape),
            syntax::Expr::Paren { inner, .. } => self.side(inner, shape),
            _ => self.sizes.shape(shape),
        }
    }

    fn matrix_times_vector(&mut self, step: Step, matrix: Matrix, vector: Expr) -> Option<Expr> {
        let length = self.length(&vector, step.right(), "`@`")?;
        if length == matrix.columns {
            return Some(matrix.times(vector));
        }
        let (written, left, right) = (step.written(), step.left(), step.right());
        let shapes = (self.side(&left, &matrix.shape()), self.side(right, &vector.shape));
        let fits = length == matrix.rows;
        self.report(message::product_lengths(
            &written,
            (&left, &shapes.0),
            (right, &shapes.1),
            fits,
        ));
        None
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
            return matches!(argument, Operand::Matrix(_));
        }
        let slot = self.params.position(&name).map(|param| &self.params.slots[param]);
        slot.is_some_and(|slot| matches!(slot.shape, Some(Shape::Matrix(..))))
    }
}
