//! Operators: sums and products from left to right.

use super::constant::Constant;
use super::equations::Equations;
use super::expression::{Matrix, Operand};
use super::length::{Expr, ExprKind, Shape};
use crate::check::message::shapes::{self as message, Meant};
use crate::check::message::values;
use crate::error::place::Place;
use crate::functions::Zip;
use crate::syntax::expression::{Chain, Operator};
use crate::syntax::{self, ItemKind};

/// One operator of a chain. Its sides as text are made when a message needs them.
#[derive(Clone, Copy)]
pub(super) struct Step<'c> {
    chain: &'c Chain,
    position: usize,
}

impl<'c> Step<'c> {
    fn operator(self) -> Operator {
        self.chain.rest[self.position].0
    }

    pub(super) fn left(self) -> syntax::Expr {
        self.chain.head(self.position)
    }

    pub(super) fn right(self) -> &'c syntax::Expr {
        &self.chain.rest[self.position].1
    }

    pub(super) fn written(self) -> syntax::Expr {
        self.chain.head(self.position + 1)
    }

    fn place(self) -> Place {
        Place::between(self.chain.first.place(), self.right().place())
    }

    /// Whether `@` follows: `r * U` in `r * U @ h`.
    fn before_product(self) -> bool {
        let next = self.chain.rest.get(self.position + 1);
        matches!(next, Some((Operator::Product, _)))
    }
}

impl Equations<'_> {
    pub(super) fn chain(&mut self, chain: &Chain) -> Option<Expr> {
        let mut left = self.operand(&chain.first);
        // Numbers alone so far, which have to stay in range as they are taken together.
        let mut number = self.number_of(left.as_ref());
        // An operator whose right side is the matrix of a product that follows.
        let mut torn: Option<Step> = None;
        for position in 0..chain.rest.len() {
            let step = Step { chain, position };
            let right = self.operand(step.right());
            left = match (torn.take(), left, right) {
                (Some(before), Some(_), Some(_)) => {
                    self.torn(before, step);
                    None
                }
                (None, Some(left), Some(Operand::Matrix(_)))
                    if step.operator().binds() && step.before_product() =>
                {
                    torn = Some(step);
                    Some(left)
                }
                (None, Some(left), Some(right)) => self.operation(step, left, right),
                _ => None,
            };
            if number.is_some() {
                number = self.number_of(left.as_ref());
                // What comes after is read all the same.
                left = left.filter(|_| {
                    number.is_none_or(|number| self.finite(number, &step.written()).is_some())
                });
            }
            if let Some(Operand::Value(value)) = left {
                left = Some(Operand::Value(self.shared.share(value)));
            }
        }
        match left? {
            Operand::Value(value) => Some(value),
            Operand::Matrix(_) => {
                unreachable!("bug in rnn-codegen: an operator that made a matrix")
            }
        }
    }

    fn number_of(&self, operand: Option<&Operand>) -> Option<Constant> {
        match operand {
            Some(Operand::Value(value)) => self.fold(value),
            _ => None,
        }
    }

    /// `r * U @ h` is `(r * U) @ h`, and `A @ B @ v` is `(A @ B) @ v`: operators bind left to
    /// right. Says what was meant.
    fn torn(&mut self, before: Step, product: Step) {
        self.report(message::left_to_right(
            &before.left(),
            before.operator(),
            before.right(),
            product.right(),
        ));
    }

    fn operation(&mut self, step: Step, left: Operand, right: Operand) -> Option<Operand> {
        let operator = match step.operator() {
            Operator::Product => return self.product(step, left, right).map(Operand::Value),
            Operator::Add => Zip::Add,
            Operator::Sub => Zip::Sub,
            Operator::Mul => Zip::Mul,
            Operator::Div => Zip::Div,
        };
        let (left, right) = match (left, right) {
            (Operand::Value(left), Operand::Value(right)) => (left, right),
            (Operand::Matrix(matrix), other) => {
                self.matrix_operand(step, &step.left(), matrix, step.right(), &other);
                return None;
            }
            (other, Operand::Matrix(matrix)) => {
                self.matrix_operand(step, step.right(), matrix, &step.left(), &other);
                return None;
            }
        };
        if operator == Zip::Div
            && let Some(Constant::Known(divisor)) = self.fold(&right)
            && self.rounded(divisor) == 0.0
        {
            self.report(values::zero_divisor(step.right(), divisor));
            return None;
        }
        let sides = || (step.left(), step.right().clone());
        self.broadcast(operator, step.place(), sides, left, right).map(Operand::Value)
    }

    /// A matrix as operand of something else than `@`.
    fn matrix_operand(
        &mut self,
        step: Step,
        written: &syntax::Expr,
        matrix: Matrix,
        other: &syntax::Expr,
        value: &Operand,
    ) {
        let shape = self.sizes.shape(&matrix.shape());
        let fits = Shape::Vector(matrix.columns);
        let with = matches!(value, Operand::Value(v) if v.shape == fits).then_some(other);
        self.report(message::matrix_in_arithmetic(written, &shape, step.operator(), with));
    }

    /// Two operands of equal length, or one of them a number; `sides` is their text.
    pub(super) fn broadcast(
        &mut self,
        operator: Zip,
        place: Place,
        sides: impl FnOnce() -> (syntax::Expr, syntax::Expr),
        left: Expr,
        right: Expr,
    ) -> Option<Expr> {
        let shape = match (&left.shape, &right.shape) {
            (Shape::Scalar, shape) | (shape, Shape::Scalar) => shape.clone(),
            (one, other) if one == other => one.clone(),
            _ => {
                let written = sides();
                self.lengths_of_two(place, &written, [&left, &right]);
                return None;
            }
        };
        Some(Expr { kind: ExprKind::Binary(operator, Box::new(left), Box::new(right)), shape })
    }

    /// Says that two lengths differ, and what was probably meant.
    fn lengths_of_two(
        &mut self,
        place: Place,
        (left, right): &(syntax::Expr, syntax::Expr),
        values: [&Expr; 2],
    ) {
        let meant = match values.map(|value| value.length().is(1)) {
            [true, _] => Meant::Number(left),
            [_, true] => Meant::Number(right),
            _ if self.is_gate_of_default_length(left) => {
                Meant::Gate { gate: left, length: self.length_of(right, values[1]) }
            }
            _ if self.is_gate_of_default_length(right) => {
                Meant::Gate { gate: right, length: self.length_of(left, values[0]) }
            }
            _ => Meant::Unknown,
        };
        let text = (self.side(left, &values[0].shape), self.side(right, &values[1].shape));
        self.report(message::unequal_lengths(place, (left, &text.0), (right, &text.1), &meant));
    }

    fn is_gate_of_default_length(&self, written: &syntax::Expr) -> bool {
        let syntax::Expr::Name(name) = written else { return false };
        let item = self.names.get(&name.to_string()).map(|entry| &entry.item.kind);
        matches!(item, Some(ItemKind::Gate(gate)) if gate.size.is_none() && gate.name == *name)
    }

    /// `c` for a state or an input, else the number.
    fn length_of(&self, written: &syntax::Expr, value: &Expr) -> String {
        let name = match written {
            syntax::Expr::Name(name) => name,
            syntax::Expr::Timed(timed) => &timed.name,
            _ => return self.sizes.text(&value.length()),
        };
        let known = self.sizes.named(&name.to_string()).is_some();
        if known { name.to_string() } else { self.sizes.text(&value.length()) }
    }
}
