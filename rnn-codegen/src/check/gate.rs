//! Gates: an activation over a sum of products, bias and terms, with parameters of their own.
//!
//! `gate i = sigmoid(x, h; p * c)` is `i = sigmoid(i.x @ x + i.h @ h + i.b + p * c)`.

use proc_macro2::Ident;

use super::equations::Equations;
use super::expression::{Matrix, Operand};
use super::functions;
use super::length::{Expr, ExprKind, Length, Shape};
use super::names::Kind;
use super::params::operand_name;
use crate::check::message::shapes as message;
use crate::check::message::states;
use crate::check::message::values;
use crate::error::nearest::nearest;
use crate::functions::Zip;
use crate::ops::Init;
use crate::syntax::{self, Bias, Gate, Timed};

impl Equations<'_> {
    /// The shape of a gate, which is known even if its value has a mistake, and its value.
    pub(super) fn gate(&mut self, gate: &Gate) -> (Option<Shape>, Option<Expr>) {
        let length = match &gate.size {
            Some(size) => self.sizes.length(size, self.errors),
            None => self.first_state(),
        };
        let mut sum: Option<Expr> = None;
        let mut complete = true;
        let mut seen: Vec<String> = Vec::new();
        for operand in &gate.operands {
            let product = self.gate_operand(gate, operand, length.as_ref(), &mut seen);
            complete &= product.is_some();
            sum = add(sum, product);
        }
        let bias = self.gate_bias(gate, length.as_ref());
        complete &= bias.is_some();
        sum = add(sum, bias.flatten());
        for term in &gate.terms {
            let value = self.gate_term(gate, term, length.as_ref());
            complete &= value.is_some();
            sum = add(sum, value);
        }
        if gate.operands.is_empty() {
            self.report(states::gate_without_operands(gate));
            complete = false;
        }
        let value = self.activate(gate, sum.filter(|_| complete), length.as_ref());
        (length.map(Shape::Vector), value)
    }

    /// `i.x @ x`
    fn gate_operand(
        &mut self,
        gate: &Gate,
        operand: &syntax::Expr,
        length: Option<&Length>,
        seen: &mut Vec<String>,
    ) -> Option<Expr> {
        if let syntax::Expr::Call { function, arguments, .. } = operand
            && self.is_gate_call(function, arguments)
        {
            self.report(states::gate_in_gate(operand, function, arguments, gate));
            return None;
        }
        let named = matches!(
            operand,
            syntax::Expr::Name(_) | syntax::Expr::Timed(_) | syntax::Expr::Member { .. }
        );
        if !named {
            operand.names(&mut |name| _ = self.names.read(&name.to_string()));
            self.report(states::operand_without_name(operand, gate));
            return None;
        }
        let name = operand_name(operand, self.names);
        let operand_value = self.operand(operand)?;
        let Operand::Value(value) = operand_value else {
            self.report(message::matrix_as_operand(operand));
            return None;
        };
        let Some((_, suffix)) = name else {
            self.report(states::operand_without_name(operand, gate));
            return None;
        };
        let Shape::Vector(columns) = value.shape.clone() else {
            self.report(message::number_as_operand(operand, gate));
            return None;
        };
        if seen.contains(&suffix) {
            self.report(states::repeated_operand(operand, gate));
            return None;
        }
        let param = self.params.position(&format!("{}.{suffix}", gate.name))?;
        seen.push(suffix);
        let rows = length?.clone();
        let shape = Shape::Matrix(rows.clone(), columns.clone());
        if !self.sizes.fits(&shape) {
            let text = self.sizes.shape(&shape);
            self.report(values::large_matrix(operand.place(), &text));
            return None;
        }
        self.params.slots[param].shape = Some(shape);
        self.params.slots[param].init = self.default_init();
        Some(Matrix { param, transposed: false, rows, columns }.times(value))
    }

    /// Whether `function(arguments)` is an activation of several values, and so was meant to be a
    /// sum with weights: `layer_norm(x, h)`.
    fn is_gate_call(&self, function: &Ident, arguments: &[syntax::Expr]) -> bool {
        let activation = functions::activations().any(|name| function == name);
        let has_weights = |argument: &syntax::Expr| {
            let (syntax::Expr::Name(name) | syntax::Expr::Timed(Timed { name, .. })) = argument
            else {
                return false;
            };
            let entry = self.names.read(&name.to_string()).map(|entry| entry.kind);
            matches!(entry, Some(Kind::Input(..) | Kind::State(..) | Kind::Gate | Kind::Let))
        };
        activation
            && (arguments.len() > 1 || function == "linear")
            && arguments.iter().all(has_weights)
    }

    /// The bias if the gate has one; the outer `None` is an error.
    fn gate_bias(&mut self, gate: &Gate, length: Option<&Length>) -> Option<Option<Expr>> {
        let name = format!("{}.b", gate.name);
        let shape = length.cloned().map(Shape::Vector);
        let init = match &gate.bias {
            Bias::None => return Some(None),
            Bias::Zero => Init::Constant(0.0),
            Bias::Init(written) => self.initialiser(written, &name, shape.as_ref())?,
        };
        let shape = shape?;
        let param = self.params.position(&name)?;
        self.params.slots[param].shape = Some(shape.clone());
        self.params.slots[param].init = init;
        Some(Some(Expr { kind: ExprKind::Param(param), shape }))
    }

    /// A term after the `;`: as long as the gate, or a number.
    fn gate_term(
        &mut self,
        gate: &Gate,
        term: &syntax::Expr,
        length: Option<&Length>,
    ) -> Option<Expr> {
        let value = self.value(term)?;
        let shape = Shape::Vector(length?.clone());
        if value.shape != Shape::Scalar && value.shape != shape {
            let shapes = [&value.shape, &shape].map(|s| self.sizes.shape(s));
            self.report(message::term_length(term, gate, &shapes));
            return None;
        }
        Some(value)
    }

    fn activate(
        &mut self,
        gate: &Gate,
        sum: Option<Expr>,
        length: Option<&Length>,
    ) -> Option<Expr> {
        let name = gate.activation.to_string();
        if name == "linear" {
            return sum;
        }
        if let Some(function) = functions::elementwise(&name) {
            return Some(functions::apply(function, sum?));
        }
        if let Some(reduce) = functions::normalisation(&name) {
            let sum = sum?;
            let shape = sum.shape.clone();
            return Some(Expr { kind: ExprKind::Reduce(reduce, vec![sum]), shape });
        }
        let entry = self.names.read(&name).map(|entry| entry.kind);
        let Some(Kind::Function(own)) = entry else {
            self.no_activation(gate, &name);
            return None;
        };
        if own.arguments.len() != 1 {
            self.report(states::activation_arguments(gate, own.arguments.len()));
            return None;
        }
        let text = format!("gate {} = {}(..)", gate.name, name);
        let operand = Some(Operand::Value(sum?));
        match self.inline(own, vec![operand], gate.place, text)? {
            Operand::Value(value) if value.shape == Shape::Vector(length?.clone()) => Some(value),
            _ => {
                self.report(states::activation_shape(gate));
                None
            }
        }
    }

    /// Says why `name` is no activation: a function of the notation of another form, or none at
    /// all.
    fn no_activation(&mut self, gate: &Gate, name: &str) {
        match functions::arguments(name) {
            Some(1) => self.report(states::activation_shape(gate)),
            Some(count) => self.report(states::activation_arguments(gate, count)),
            None if self.names.is_unread(name) => {}
            None => {
                let of_one = |kind| matches!(kind, Kind::Function(f) if f.arguments.len() == 1);
                let own = self.names.iter().filter(|n| of_one(n.kind));
                let own: Vec<String> = own.map(|n| n.ident.to_string()).collect();
                let known = own.iter().map(String::as_str).chain(functions::activations());
                let near = nearest(name, known);
                let error = states::unknown_activation(&gate.activation, near);
                self.errors.push_once(name, error);
            }
        }
    }
}

/// The sum of what there is.
fn add(sum: Option<Expr>, part: Option<Expr>) -> Option<Expr> {
    let (Some(left), Some(right)) = (&sum, &part) else { return sum.or(part) };
    let shape = if left.shape == Shape::Scalar { &right.shape } else { &left.shape }.clone();
    let operands = (Box::new(sum?), Box::new(part?));
    Some(Expr { kind: ExprKind::Binary(Zip::Add, operands.0, operands.1), shape })
}
