//! What a name that is not declared was probably meant to be, judged by where it stands.

use proc_macro2::Ident;

use super::equations::Equations;
use super::length::{Length, Shape};
use super::names::Kind;
use crate::error::nearest::nearest;
use crate::syntax::expression::{Chain, Operator};
use crate::syntax::{Expr, ItemKind};

/// What a name stands for. Lengths are text, `h` where a state or an input has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// It stands on the left of `@`.
    Matrix { rows: Option<String>, columns: Option<String> },
    /// It is read at a step.
    State { length: Option<String> },
    /// A summand, a factor or an argument.
    Vector { length: Option<String> },
    /// An operand of a gate.
    Operand,
    /// Among numbers only.
    Number,
}

/// What is known of an expression without its mistakes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Hint {
    Number,
    Vector(String),
    Matrix(String, String),
}

impl Hint {
    fn length(self) -> Option<String> {
        match self {
            Hint::Vector(length) => Some(length),
            Hint::Number | Hint::Matrix(..) => None,
        }
    }
}

/// What `ident` is in the body of a function, of whose values nothing is known.
pub(super) fn in_body(body: &Expr, ident: &Ident) -> Option<Wanted> {
    let hint = |_: &Expr| None;
    Search { ident, hint: &hint }.expression(body, None)
}

impl Equations<'_> {
    /// What `ident` is in the equation that is being checked.
    pub(super) fn wanted(&self, ident: &Ident) -> Wanted {
        let hint = |written: &Expr| self.hint(written);
        let search = Search { ident, hint: &hint };
        let found = self.current().and_then(|item| match &item.kind {
            ItemKind::Gate(gate) => {
                let length = gate.size.as_ref().map(ToString::to_string);
                let length = length.or_else(|| Some(self.first_state_name()?.to_string()));
                let mut terms = gate.terms.iter();
                let term = terms.find_map(|term| search.expression(term, length.as_deref()));
                let operand = || gate.operands.iter().find_map(|o| search.operand_of_gate(o));
                term.or_else(operand)
            }
            ItemKind::Next(equation) => {
                search.expression(&equation.value, Some(&equation.name.to_string()))
            }
            ItemKind::Let(equation) => search.expression(&equation.value, None),
            ItemKind::Output(written) => search.expression(written, None),
            _ => None,
        });
        found.unwrap_or(Wanted::Number)
    }

    /// The declared name that is near to `name` and fits where it stands, and the names that can be
    /// read there.
    pub(super) fn fitting(&self, name: &str, wanted: &Wanted) -> (Option<String>, Vec<String>) {
        let fits = |candidate: &Ident| match (self.hint(&Expr::Name(candidate.clone())), wanted) {
            (Some(Hint::Matrix(_, has)), Wanted::Matrix { columns, .. }) => {
                columns.as_ref().is_none_or(|columns| *columns == has)
            }
            (hint, Wanted::Matrix { .. }) => hint.is_none(),
            (hint, _) => !matches!(hint, Some(Hint::Matrix(..))),
        };
        let value = |kind| !matches!(kind, Kind::Function(_));
        let names = self.names.iter().filter(|n| value(n.kind) && !self.is_current(n.ident));
        let fitting: Vec<String> =
            names.filter(|n| fits(n.ident)).map(|n| n.ident.to_string()).collect();
        let near = nearest(name, fitting.iter().map(String::as_str)).map(str::to_owned);
        let known = fitting.into_iter().filter(|name| !self.is_later(name)).collect();
        (near, known)
    }

    /// The shape of `written` as far as it is known.
    fn hint(&self, written: &Expr) -> Option<Hint> {
        match written {
            Expr::Number { .. } => Some(Hint::Number),
            Expr::Name(name) => self.hint_of_name(name),
            Expr::Timed(timed) => self.hint_of_name(&timed.name),
            Expr::Member { owner, member } if member == "T" => match self.hint(owner)? {
                Hint::Matrix(rows, columns) => Some(Hint::Matrix(columns, rows)),
                other => Some(other),
            },
            Expr::Member { .. } => self.hint_of_param(&written.to_string()),
            Expr::Call { function, arguments, .. } => match function.to_string().as_str() {
                "sum" | "mean" | "norm" | "dot" => Some(Hint::Number),
                _ => arguments.iter().find_map(|argument| self.hint(argument)),
            },
            Expr::Neg { operand, .. } => self.hint(operand),
            Expr::Paren { inner, .. } => self.hint(inner),
            Expr::Chain(chain) => {
                let hint = |written: &Expr| self.hint(written);
                chain_hint(chain, &hint)
            }
            Expr::Concat { .. } | Expr::Slice { .. } => None,
        }
    }

    fn hint_of_name(&self, name: &Ident) -> Option<Hint> {
        let text = name.to_string();
        match self.names.get(&text)?.kind {
            Kind::Input(..) | Kind::State(..) => Some(Hint::Vector(text)),
            Kind::Dim(_) | Kind::Const => Some(Hint::Number),
            Kind::Param => self.hint_of_param(&text),
            Kind::Gate | Kind::Let => Some(self.hint_of_shape(self.shape_of_slot(&text)?)),
            Kind::Function(_) => None,
        }
    }

    fn hint_of_param(&self, name: &str) -> Option<Hint> {
        let slot = &self.params.slots[self.params.position(name)?];
        Some(self.hint_of_shape(slot.shape.as_ref()?))
    }

    fn hint_of_shape(&self, shape: &Shape) -> Hint {
        match shape {
            Shape::Scalar => Hint::Number,
            Shape::Vector(length) => Hint::Vector(self.name_of_length(length)),
            Shape::Matrix(rows, columns) => {
                Hint::Matrix(self.name_of_length(rows), self.name_of_length(columns))
            }
        }
    }

    /// The state or else the input that is as long, or the number.
    pub(super) fn name_of_length(&self, length: &Length) -> String {
        let named = |state: bool| {
            self.names.iter().find(|name| {
                matches!(name.kind, Kind::State(..)) == state
                    && matches!(name.kind, Kind::State(..) | Kind::Input(..))
                    && self.sizes.named(&name.ident.to_string()).as_ref() == Some(length)
            })
        };
        let port = named(true).or_else(|| named(false));
        port.map_or_else(|| self.sizes.text(length), |port| port.ident.to_string())
    }
}

/// What the operands of a chain make, as far as it is known.
fn chain_hint(chain: &Chain, hint: &dyn Fn(&Expr) -> Option<Hint>) -> Option<Hint> {
    let mut numbers = true;
    for (position, operand) in chain.operands().enumerate() {
        let known = match (position.checked_sub(1).map(|p| chain.rest[p].0), operand) {
            // The vector of a product stands after its matrix, which counts.
            (Some(Operator::Product), _) => continue,
            (_, operand) => hint(operand),
        };
        numbers &= known == Some(Hint::Number);
        match known {
            Some(Hint::Matrix(rows, _)) => return Some(Hint::Vector(rows)),
            Some(Hint::Vector(length)) => return Some(Hint::Vector(length)),
            Some(Hint::Number) | None => {}
        }
    }
    numbers.then_some(Hint::Number)
}

/// The search for a name in an equation.
struct Search<'s> {
    ident: &'s Ident,
    hint: &'s dyn Fn(&Expr) -> Option<Hint>,
}

impl Search<'_> {
    fn operand_of_gate(&self, operand: &Expr) -> Option<Wanted> {
        match self.expression(operand, None)? {
            Wanted::Vector { .. } if matches!(operand, Expr::Name(_)) => Some(Wanted::Operand),
            other => Some(other),
        }
    }

    /// `length` is that of the whole expression if it is known.
    fn expression(&self, written: &Expr, length: Option<&str>) -> Option<Wanted> {
        let length_or_none = || length.map(str::to_owned);
        match written {
            Expr::Name(name) if name == self.ident => {
                Some(Wanted::Vector { length: length_or_none() })
            }
            Expr::Timed(timed) if timed.name == *self.ident => {
                Some(Wanted::State { length: length_or_none() })
            }
            Expr::Number { .. } | Expr::Name(_) | Expr::Timed(_) => None,
            Expr::Member { owner, .. } => self.expression(owner, None),
            Expr::Call { function, arguments, .. } => self.call(function, arguments, length),
            Expr::Concat { parts, .. } => parts.iter().find_map(|p| self.expression(p, None)),
            Expr::Slice { operand, .. } => self.expression(operand, None),
            Expr::Neg { operand, .. } => self.expression(operand, length),
            Expr::Paren { inner, .. } => self.expression(inner, length),
            Expr::Chain(chain) => self.chain(chain, length),
        }
    }

    fn call(&self, function: &Ident, arguments: &[Expr], length: Option<&str>) -> Option<Wanted> {
        let others = || arguments.iter().find_map(|a| (self.hint)(a).and_then(Hint::length));
        let numbers = match function.to_string().as_str() {
            "sum" | "mean" | "norm" => {
                return arguments.iter().find_map(|a| self.expression(a, None));
            }
            "dot" => {
                let length = others();
                return arguments.iter().find_map(|a| self.expression(a, length.as_deref()));
            }
            "leaky_relu" | "elu" | "pow" | "clamp" => 1,
            _ => arguments.len(),
        };
        let length = length.map(str::to_owned).or_else(others);
        arguments.iter().enumerate().find_map(|(position, argument)| {
            let found = self.expression(argument, length.as_deref())?;
            Some(if position < numbers { found } else { Wanted::Number })
        })
    }

    fn chain(&self, chain: &Chain, length: Option<&str>) -> Option<Wanted> {
        let whole = chain_hint(chain, self.hint);
        let operands: Vec<&Expr> = chain.operands().collect();
        let given = length.map(str::to_owned);
        let length = given.clone().or_else(|| whole.and_then(Hint::length));
        operands.iter().enumerate().find_map(|(position, operand)| {
            let before = position.checked_sub(1).map(|p| chain.rest[p].0);
            if let Some((Operator::Product, vector)) = chain.rest.get(position)
                && let Some(transposed) = self.is_matrix(operand)
            {
                let columns = (self.hint)(vector).and_then(Hint::length);
                return Some(match transposed {
                    false => Wanted::Matrix { rows: length.clone(), columns },
                    true => Wanted::Matrix { rows: columns, columns: length.clone() },
                });
            }
            // Other libraries write `x @ W`.
            if before == Some(Operator::Product)
                && let Some(Hint::Vector(columns)) = (self.hint)(operands[position - 1])
                && self.is_matrix(operand).is_some()
            {
                return Some(Wanted::Matrix { rows: given.clone(), columns: Some(columns) });
            }
            let length = match before {
                Some(Operator::Product) => match (self.hint)(operands[position - 1]) {
                    Some(Hint::Matrix(_, columns)) => Some(columns),
                    _ => None,
                },
                _ => length.clone(),
            };
            self.expression(operand, length.as_deref())
        })
    }

    /// Whether `operand` is the name, or its transpose.
    fn is_matrix(&self, operand: &Expr) -> Option<bool> {
        match operand {
            Expr::Name(name) if name == self.ident => Some(false),
            Expr::Paren { inner, .. } => self.is_matrix(inner),
            Expr::Member { owner, member } if member == "T" => Some(!self.is_matrix(owner)?),
            _ => None,
        }
    }
}
