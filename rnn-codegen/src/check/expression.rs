//! Expressions: the shape of every value. What names stand for is in `read`, operators are in
//! `chain`.
//!
//! A method here returns `None` when it has reported an error, or met something that has been
//! reported, so that one mistake gives one message.

use super::constant::{self, Constant};
use super::equations::Equations;
use super::functions;
use super::length::{Expr, ExprKind, Length, Shape};
use crate::check::message::names;
use crate::check::message::shapes as message;
use crate::check::message::values;
use crate::error::place::Place;
use crate::functions::{Map, Zip};
use crate::ops::{Number, smallest_normal};
use crate::syntax;

/// How deep expressions and the functions that they call may be nested.
const DEEPEST: usize = 256;

/// What stands on one side of an operator: a matrix has no value of its own, only products.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Operand {
    Value(Expr),
    Matrix(Matrix),
}

/// A matrix parameter or its transpose.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Matrix {
    pub(crate) param: usize,
    pub(crate) transposed: bool,
    /// Of what is multiplied: swapped if transposed.
    pub(crate) rows: Length,
    pub(crate) columns: Length,
}

impl Matrix {
    pub(crate) fn shape(&self) -> Shape {
        Shape::Matrix(self.rows.clone(), self.columns.clone())
    }

    pub(crate) fn times(self, operand: Expr) -> Expr {
        let kind = ExprKind::Product {
            param: self.param,
            transposed: self.transposed,
            operand: Box::new(operand),
        };
        Expr { kind, shape: Shape::Vector(self.rows) }
    }
}

pub(crate) fn number(value: f64) -> Expr {
    Expr { kind: ExprKind::Number(Number(value)), shape: Shape::Scalar }
}

/// A number as a vector of length 1.
pub(crate) fn vector_of_one(value: Expr) -> Expr {
    let shape = Shape::Vector(Length::number(1));
    let one = Expr { kind: ExprKind::Number(Number(1.0)), shape: shape.clone() };
    Expr { kind: ExprKind::Binary(Zip::Mul, Box::new(one), Box::new(value)), shape }
}

impl Equations<'_> {
    /// A number or a vector; a matrix without a product is an error.
    pub(super) fn value(&mut self, written: &syntax::Expr) -> Option<Expr> {
        match self.operand(written)? {
            Operand::Value(value) => Some(value),
            Operand::Matrix(matrix) => {
                let shape = self.sizes.shape(&matrix.shape());
                self.report(message::matrix_as_value(written, &shape));
                None
            }
        }
    }

    /// The length of `value`, which must be a vector; `what` names the function or operator that
    /// needs it.
    pub(super) fn length(
        &mut self,
        value: &Expr,
        written: &syntax::Expr,
        what: &str,
    ) -> Option<Length> {
        if let Shape::Vector(length) = &value.shape {
            return Some(length.clone());
        }
        self.report(message::number_for_vector(written, what));
        None
    }

    /// The value of an expression that must be known now; NaN if only open sizes are missing.
    pub(super) fn constant(
        &mut self,
        value: &Expr,
        written: &syntax::Expr,
        what: &str,
    ) -> Option<f64> {
        match self.fold(value) {
            Some(constant) => self.finite(constant, written),
            None => {
                self.report(values::not_constant(written, what));
                None
            }
        }
    }

    /// What `value` comes to if it is made of numbers.
    pub(super) fn fold(&self, value: &Expr) -> Option<Constant> {
        constant::fold(value, &self.shared)
    }

    /// The number to which `written` comes if the cell's scalar type holds it, as far as it is
    /// known.
    pub(super) fn finite(&mut self, constant: Constant, written: &syntax::Expr) -> Option<f64> {
        if let Constant::Known(number) = constant
            && !self.rounded(number).is_finite()
        {
            self.report(values::not_finite(written.place(), number));
            return None;
        }
        Some(constant.number())
    }

    /// `number` as the cell's scalar type holds it.
    pub(super) fn rounded(&self, number: f64) -> f64 {
        if self.single { f64::from(number as f32) } else { number }
    }

    /// The smallest number above zero in the kernels of the cell.
    pub(super) fn least(&self) -> f64 {
        smallest_normal(!self.single)
    }

    pub(super) fn operand(&mut self, written: &syntax::Expr) -> Option<Operand> {
        if self.depth == DEEPEST {
            self.report(names::nested(written.place(), DEEPEST));
            return None;
        }
        self.depth += 1;
        let operand = self.shallow(written);
        self.depth -= 1;
        if let Some(Operand::Value(value)) = &operand
            && let Some(constant) = self.fold(value)
        {
            self.finite(constant, written)?;
        }
        operand
    }

    fn shallow(&mut self, written: &syntax::Expr) -> Option<Operand> {
        match written {
            syntax::Expr::Number { value, .. } => Some(Operand::Value(number(*value))),
            syntax::Expr::Name(name) => self.name(name),
            syntax::Expr::Timed(timed) => self.timed(timed).map(Operand::Value),
            syntax::Expr::Member { owner, member } => self.member(owner, member, written),
            syntax::Expr::Call { function, arguments, .. } => {
                self.call(function, arguments, written)
            }
            syntax::Expr::Concat { parts, place } => self.concat(parts, *place).map(Operand::Value),
            syntax::Expr::Slice { operand, start, end, .. } => {
                self.slice(operand, start.as_ref(), end.as_ref(), written).map(Operand::Value)
            }
            syntax::Expr::Neg { operand, .. } => {
                let value = self.value(operand)?;
                Some(Operand::Value(functions::apply(Map::Neg, value)))
            }
            syntax::Expr::Chain(chain) => self.chain(chain).map(Operand::Value),
            syntax::Expr::Paren { inner, .. } => self.operand(inner),
        }
    }

    fn concat(&mut self, parts: &[syntax::Expr], place: Place) -> Option<Expr> {
        if parts.is_empty() {
            self.report(message::empty_concat(place));
            return None;
        }
        let values: Vec<Option<Expr>> = parts.iter().map(|p| self.value(p)).collect();
        let mut values = values.into_iter().collect::<Option<Vec<Expr>>>()?;
        let mut total = Length::number(0);
        for (value, part) in values.iter().zip(parts) {
            let length = self.length(value, part, "a concatenation")?;
            let sum = total.plus(&length);
            total = self.counted(sum, part)?;
        }
        if values.len() == 1 {
            return values.pop();
        }
        Some(Expr { kind: ExprKind::Concat(values), shape: Shape::Vector(total) })
    }

    /// A length that `written` makes, unless it is too large.
    fn counted(&mut self, length: Option<Length>, written: &syntax::Expr) -> Option<Length> {
        if length.is_none() {
            self.report(values::overflowing_length(written.place(), &written.to_string()));
        }
        length
    }

    fn slice(
        &mut self,
        operand: &syntax::Expr,
        start: Option<&syntax::Size>,
        end: Option<&syntax::Size>,
        written: &syntax::Expr,
    ) -> Option<Expr> {
        let value = self.value(operand);
        let length = value.as_ref().and_then(|v| self.length(v, operand, "a range"));
        let from = match start {
            Some(size) => self.sizes.evaluate(size, self.errors),
            None => Some(Length::number(0)),
        };
        let to = match end {
            Some(size) => self.sizes.evaluate(size, self.errors),
            None => length.clone(),
        };
        let (value, length, from, to) = (value?, length?, from?, to?);
        let (part, rest) = (to.minus(&from), length.minus(&to));
        let (part, rest) = (self.counted(part, written)?, self.counted(rest, written)?);
        if part.is_below(1) || rest.is_below(0) {
            let bounds = [&from, &to, &length].map(|n| self.sizes.text(n));
            self.report(if part.is_below(1) {
                message::reversed_slice(written, &bounds, from == to)
            } else {
                message::slice_out_of_range(written, operand, &bounds)
            });
            return None;
        }
        if part == length {
            return Some(value);
        }
        let kind = ExprKind::Slice { operand: Box::new(value), start: from };
        Some(Expr { kind, shape: Shape::Vector(part) })
    }
}
