//! Names in expressions: what they stand for, and whether they can be read there.

use proc_macro2::Ident;

use super::constant::Constant;
use super::equations::Equations;
use super::expression::{Matrix, Operand, number};
use super::length::{Expr, ExprKind, Shape};
use super::names::Kind;
use crate::check::message::names as name_message;
use crate::check::message::shapes as message;
use crate::check::message::states;
use crate::check::message::values;
use crate::error::place::Place;
use crate::functions;
use crate::syntax::message::expression as expression_message;
use crate::syntax::message::foreign::base_of_step;
use crate::syntax::{self, Timed};

impl<'a> Equations<'a> {
    pub(super) fn name(&mut self, ident: &Ident) -> Option<Operand> {
        let text = ident.to_string();
        if let Some(argument) = self.argument(&text) {
            return Some(argument);
        }
        let Some(entry) = self.names.read(&text) else {
            self.unknown(ident);
            return None;
        };
        match entry.kind {
            Kind::Input(index, _) => {
                let shape = Shape::Vector(self.sizes.named(&text)?);
                Some(Operand::Value(Expr { kind: ExprKind::Input(index), shape }))
            }
            Kind::State(..) if self.in_output => {
                self.report(states::bare_state_in_output(ident));
                None
            }
            Kind::State(..) if let Some(item) = self.assigned(&text) => {
                self.report(states::bare_state_after_assignment(ident, item));
                None
            }
            Kind::State(index, _) => {
                let shape = Shape::Vector(self.sizes.named(&text)?);
                Some(Operand::Value(Expr { kind: ExprKind::Prev(index), shape }))
            }
            Kind::Dim(_) => {
                let value = Constant::of_length(&self.sizes.named(&text)?);
                Some(Operand::Value(number(value.number())))
            }
            Kind::Const => match self.constants.get(&text) {
                Some(value) => value.map(|v| Operand::Value(number(v))),
                None => {
                    self.report(values::late_constant(ident, entry.item));
                    None
                }
            },
            Kind::Param => self.param(&text),
            Kind::Gate | Kind::Let => self.earlier(ident, &text).map(Operand::Value),
            Kind::Function(_) => {
                self.report(name_message::function_as_value(ident));
                None
            }
        }
    }

    /// Reports a name that is not declared, unless a statement that could not be read may declare
    /// it, or it is said where it is assigned as a state.
    pub(super) fn unknown(&mut self, ident: &Ident) {
        let text = ident.to_string();
        if self.names.is_unread(&text) || self.names.is_assigned(&text) {
            return;
        }
        if functions::is_builtin(&text) {
            self.report(name_message::function_as_value(ident));
            return;
        }
        if let Some((base, kind)) = self.step_in_name(&text) {
            self.names.read(&base);
            self.errors.push_once(text, name_message::step_in_name(ident, &base, kind));
            return;
        }
        if self.errors.again(&text) {
            return;
        }
        let wanted = self.wanted(ident);
        let (near, known) = self.fitting(&text, &wanted);
        let error = name_message::unknown(ident, near.as_deref(), &known, &wanted);
        self.errors.push_once(text, error);
        // What was probably meant is not unused as well.
        near.and_then(|near| self.names.read(&near));
    }

    /// The input or state that `h_t`, `x_t` or `h_prev` was probably meant to read.
    fn step_in_name(&self, name: &str) -> Option<(String, Kind<'a>)> {
        let steps = |kind| matches!(kind, Kind::Input(..) | Kind::State(..));
        let ports: Vec<(String, Kind)> = self
            .names
            .iter()
            .filter(|entry| steps(entry.kind))
            .map(|entry| (entry.ident.to_string(), entry.kind))
            .collect();
        let base = base_of_step(name, ports.iter().map(|(port, _)| port.as_str()))?.to_owned();
        ports.into_iter().find(|(port, _)| *port == base)
    }

    /// The parameter called `name`, declared or of a gate.
    fn param(&mut self, name: &str) -> Option<Operand> {
        let param = self.params.position(name)?;
        Some(match self.params.slots[param].shape.clone()? {
            Shape::Matrix(rows, columns) => {
                Operand::Matrix(Matrix { param, transposed: false, rows, columns })
            }
            shape => Operand::Value(Expr { kind: ExprKind::Param(param), shape }),
        })
    }

    /// Whether the declaration has the name, or a function it as an argument.
    fn is_declared(&self, written: &syntax::Expr) -> bool {
        let name = written.to_string();
        self.argument(&name).is_some() || self.names.iter().any(|entry| *entry.ident == name)
    }

    /// `W.T`, or `i.x` for a matrix that a gate has made.
    pub(super) fn member(
        &mut self,
        owner: &syntax::Expr,
        member: &Ident,
        written: &syntax::Expr,
    ) -> Option<Operand> {
        if member != "T" && expression_message::is_module(owner) && !self.is_declared(owner) {
            self.report(expression_message::module(owner, member, false));
            // What was meant is not unused as well.
            self.names.read(&member.to_string());
            return None;
        }
        if member == "T" {
            return match self.operand(owner)? {
                Operand::Matrix(m) => Some(Operand::Matrix(Matrix {
                    param: m.param,
                    transposed: !m.transposed,
                    rows: m.columns,
                    columns: m.rows,
                })),
                Operand::Value(value) => {
                    let shape = self.sizes.shape(&value.shape);
                    self.report(message::transposed_value(written, owner, &shape));
                    None
                }
            };
        }
        let gate = match owner {
            syntax::Expr::Name(name) => self.names.read(&name.to_string()),
            _ => None,
        };
        match (owner, gate) {
            (syntax::Expr::Name(name), Some(entry)) if matches!(entry.kind, Kind::Gate) => {
                self.earlier(name, &name.to_string())?;
                let full = format!("{name}.{member}");
                if self.params.position(&full).is_none() {
                    self.report(name_message::unknown_member(written, entry.item));
                    return None;
                }
                self.param(&full)
            }
            (syntax::Expr::Name(name), None) => {
                self.unknown(name);
                None
            }
            _ => {
                let matrix = self.is_matrix(owner);
                written.names(&mut |name| {
                    self.names.read(&name.to_string());
                });
                self.names.read(&member.to_string());
                self.report(name_message::not_a_member(written, owner, member, matrix));
                None
            }
        }
    }

    /// `x[t]`, `h[t-1]`, `h[t]`
    pub(super) fn timed(&mut self, timed: &Timed) -> Option<Expr> {
        let ident = &timed.name;
        let text = ident.to_string();
        let place = Place::between(ident, timed.close);
        if self.argument(&text).is_some() {
            self.report(states::time_of_argument(place, ident));
            return None;
        }
        let Some(entry) = self.names.read(&text) else {
            self.unknown(ident);
            return None;
        };
        match (entry.kind, timed.offset) {
            (Kind::Input(index, _), 0) => {
                let shape = Shape::Vector(self.sizes.named(&text)?);
                Some(Expr { kind: ExprKind::Input(index), shape })
            }
            (Kind::State(index, _), -1) => {
                let shape = Shape::Vector(self.sizes.named(&text)?);
                Some(Expr { kind: ExprKind::Prev(index), shape })
            }
            (Kind::State(..), 0) => self.earlier(ident, &format!("{text}[t]")),
            (Kind::Input(..) | Kind::State(..), offset) if offset > 0 => {
                self.report(states::future(place, timed));
                None
            }
            (kind @ (Kind::Input(..) | Kind::State(..)), _) => {
                self.report(states::lag(place, timed, kind));
                None
            }
            _ if self.names.is_assigned(&text) => None,
            (kind, _) => {
                self.report(states::time_of_constant(place, timed, kind));
                None
            }
        }
    }
}
