//! The functions of the notation: their names, their arguments, and what a call of one is.

use super::equations::Equations;
use super::length::{Expr, ExprKind, Length, Shape};
use crate::check::message::shapes as message;
use crate::check::message::values;
use crate::error::place::Place;
use crate::functions::{OTHERS, Unary, Zip};
use crate::ops::{Number, Reduce};
use crate::syntax;

/// Added to the variance in `layer_norm` if the call gives no other number.
const EPSILON: f64 = 1e-5;

/// The names that can stand as a gate's activation.
pub(crate) fn activations<'a>() -> impl Iterator<Item = &'a str> {
    let elementwise = Unary::elementwise().map(|function| -> &'a str { function.name() });
    elementwise.chain(["linear", "softmax", "layer_norm"])
}

pub(crate) fn elementwise(name: &str) -> Option<Unary> {
    Unary::elementwise().find(|function| function.name() == name)
}

/// A function of two operands that is called by name.
fn of_two(name: &str) -> Option<Zip> {
    Zip::NAMED.iter().copied().find(|function| function.facts().name == name)
}

/// How many arguments a function needs that has a form of its own.
pub(crate) fn arguments(name: &str) -> Option<usize> {
    let other = OTHERS.iter().find(|(n, ..)| *n == name).map(|(_, _, counts)| *counts.start());
    other.or(of_two(name).map(|_| 2))
}

/// `softmax` or `layer_norm` of one vector, as a gate's activation.
pub(crate) fn normalisation(name: &str) -> Option<Reduce> {
    match name {
        "softmax" => Some(Reduce::Softmax),
        "layer_norm" => Some(Reduce::LayerNorm { epsilon: Number(EPSILON) }),
        _ => None,
    }
}

pub(crate) fn apply(function: impl Into<Unary>, operand: Expr) -> Expr {
    let shape = operand.shape.clone();
    Expr { kind: ExprKind::Unary(function.into(), Box::new(operand)), shape }
}

/// A call whose arguments are checked values.
struct Call<'c> {
    name: &'c str,
    written: &'c [syntax::Expr],
    place: Place,
}

impl Equations<'_> {
    /// A call of a function of the notation.
    pub(super) fn builtin_call(
        &mut self,
        name: &str,
        written: &[syntax::Expr],
        place: Place,
    ) -> Option<Expr> {
        let values: Vec<Option<Expr>> = written.iter().map(|a| self.value(a)).collect();
        let other = OTHERS.iter().find(|(n, ..)| *n == name);
        let of_two = of_two(name);
        let (usage, counts) = match other {
            Some((_, usage, counts)) => ((*usage).to_owned(), counts.clone()),
            None if of_two.is_some() => (format!("{name}(a, b)"), 2..=2),
            None => (format!("{name}(v)"), 1..=1),
        };
        if !counts.contains(&written.len()) {
            let weighted = activations().any(|activation| activation == name)
                && written.len() > 1
                && written.iter().all(|argument| {
                    matches!(argument, syntax::Expr::Name(_) | syntax::Expr::Timed(_))
                });
            let operands =
                || written.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let weighted = weighted.then(operands);
            self.report(message::argument_count(place, name, written.len(), &usage, weighted));
            return None;
        }
        let mut values = values.into_iter().collect::<Option<Vec<Expr>>>()?;
        let call = Call { name, written, place };
        if let Some(function) = of_two {
            let right = values.pop()?;
            let sides = || (written[0].clone(), written[1].clone());
            return self.broadcast(function, place, sides, values.pop()?, right);
        }
        match name {
            "leaky_relu" | "elu" | "pow" | "clamp" => self.with_constants(&call, values),
            "layer_norm" => self.layer_norm(&call, values),
            "sum" | "mean" | "norm" | "dot" | "softmax" => self.reduction(&call, values),
            _ => Some(apply(elementwise(name)?, values.pop()?)),
        }
    }

    /// A function whose arguments after the first are numbers known now.
    fn with_constants(&mut self, call: &Call<'_>, values: Vec<Expr>) -> Option<Expr> {
        let mut values = values.into_iter();
        let operand = values.next()?;
        if call.name == "pow" && call.written.len() == 2 {
            let exponent = values.next()?;
            let Some(power) = self.fold(&exponent) else {
                let (base, exponent) = (&call.written[0], &call.written[1]);
                self.report(values::pow_of_two_values(base, exponent));
                return None;
            };
            let power = self.finite(power, &call.written[1])?;
            return Some(apply(Unary::Pow(Number(power)), operand));
        }
        let what = format!("this argument of `{}`", call.name);
        let mut numbers = Vec::new();
        for (value, written) in values.zip(&call.written[1..]) {
            numbers.push(self.constant(&value, written, &what));
        }
        let numbers = numbers.into_iter().collect::<Option<Vec<f64>>>()?;
        let function = match (call.name, numbers.as_slice()) {
            ("leaky_relu", &[slope]) => Unary::LeakyRelu(Number(slope)),
            ("elu", &[scale]) => Unary::Elu(Number(scale)),
            ("clamp", &[low, high]) if low > high => {
                self.report(values::clamp_order(call.place, low, high));
                return None;
            }
            ("clamp", &[low, high]) => Unary::Clamp(Number(low), Number(high)),
            (name, _) => elementwise(name)?,
        };
        Some(apply(function, operand))
    }

    fn reduction(&mut self, call: &Call<'_>, values: Vec<Expr>) -> Option<Expr> {
        let lengths = self.lengths(call, &values)?;
        let (reduce, shape) = match call.name {
            "sum" => (Reduce::Sum, Shape::Scalar),
            "mean" => (Reduce::Mean, Shape::Scalar),
            "norm" => (Reduce::Norm, Shape::Scalar),
            "dot" => (Reduce::Dot, Shape::Scalar),
            _ => (Reduce::Softmax, values[0].shape.clone()),
        };
        if let [left, right] = lengths.as_slice()
            && left != right
        {
            self.lengths_differ(call, &values);
            return None;
        }
        Some(Expr { kind: ExprKind::Reduce(reduce, values), shape })
    }

    /// `layer_norm(v)`, `(v, gain, bias)`, and each with the constant added to the variance at the
    /// end.
    fn layer_norm(&mut self, call: &Call<'_>, mut values: Vec<Expr>) -> Option<Expr> {
        let mut epsilon = EPSILON;
        if values.len().is_multiple_of(2) {
            let written = call.written.last()?;
            epsilon =
                self.constant(&values.pop()?, written, "the last argument of `layer_norm`")?;
            if epsilon < self.least() {
                self.report(values::epsilon_too_small(written, epsilon, self.least()));
                return None;
            }
        }
        let lengths = self.lengths(call, &values)?;
        if lengths.iter().any(|l| *l != lengths[0]) {
            self.lengths_differ(call, &values);
            return None;
        }
        let shape = values[0].shape.clone();
        let epsilon = Number(epsilon);
        Some(Expr { kind: ExprKind::Reduce(Reduce::LayerNorm { epsilon }, values), shape })
    }

    /// The lengths of the arguments, which must be vectors; the first that is none is reported.
    fn lengths(&mut self, call: &Call<'_>, values: &[Expr]) -> Option<Vec<Length>> {
        let what = format!("`{}`", call.name);
        let arguments = values.iter().zip(call.written);
        arguments.map(|(value, written)| self.length(value, written, &what)).collect()
    }

    fn lengths_differ(&mut self, call: &Call<'_>, values: &[Expr]) {
        let operands: Vec<(String, String)> = call
            .written
            .iter()
            .zip(values)
            .map(|(written, value)| (written.to_string(), self.side(written, &value.shape)))
            .collect();
        self.report(message::unequal_arguments(call.place, call.name, &operands));
    }
}
