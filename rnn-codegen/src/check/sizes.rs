//! Sizes as written: what the names in them come to, and how a length is written in a message.
//!
//! A size that is left open stands for itself, so one check serves cells and families. Lengths that
//! have to be equal are equal for all sizes, or a family is refused. Bounds, differences and
//! quotients by a number are refused only if they are right for no sizes, quotients by an open
//! size unless they are for all: members are checked again.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::length::{Length, Shape, in_parentheses};
use super::names::{Kind, Names};
use crate::check::message::names as name_message;
use crate::check::message::values as message;
use crate::error::Errors;
use crate::error::nearest::nearest;
use crate::syntax::Size;

/// No vector is longer: 2^20.
pub(crate) const LONGEST: usize = 1 << 20;

/// No matrix has more values: 2^28, a gibibyte of singles.
pub(crate) const LARGEST: usize = 1 << 28;

/// The lengths of inputs, states and dims.
#[derive(Debug)]
pub(crate) struct Sizes<'a> {
    names: &'a Names<'a>,
    /// `None` for those with an error.
    known: BTreeMap<String, Option<Length>>,
    /// On the way to a length: to find circles.
    pending: Vec<String>,
    /// The names of the open sizes, in the order of the declaration.
    open: Vec<String>,
}

impl<'a> Sizes<'a> {
    /// `given` holds open sizes that are known, those of an instance.
    pub(crate) fn resolve(
        names: &'a Names<'a>,
        given: &BTreeMap<String, usize>,
        errors: &mut Errors,
    ) -> Sizes<'a> {
        let mut sizes =
            Sizes { names, known: BTreeMap::new(), pending: Vec::new(), open: Vec::new() };
        let declared = || names.iter().filter_map(|n| Some((n.ident, size_of(n.kind)?)));
        for (ident, _) in declared().filter(|(_, size)| size.is_open()) {
            let name = ident.to_string();
            let length = match given.get(&name) {
                Some(&value) => Length::number(value),
                None => Length::open(sizes.open.len()),
            };
            sizes.known.insert(name.clone(), Some(length));
            sizes.open.push(name);
        }
        for (ident, _) in declared() {
            sizes.length_of(ident, errors);
        }
        sizes
    }

    /// The length of a declared name, resolved on first use.
    fn length_of(&mut self, ident: &Ident, errors: &mut Errors) -> Option<Length> {
        let name = ident.to_string();
        if let Some(known) = self.known.get(&name) {
            return known.clone();
        }
        let Some(entry) = self.names.get(&name) else {
            // Of a state that is not declared it is said where it is assigned.
            if !self.names.is_unread(&name) && !self.names.is_assigned(&name) {
                let declared = self.pending.last();
                let known: Vec<String> =
                    self.sized_names().into_iter().filter(|n| Some(n) != declared).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let near = nearest(&name, known.iter().copied());
                let error = name_message::unknown_length(ident, near, &known);
                errors.push_once(name, error);
            }
            return None;
        };
        let Some(size) = size_of(entry.kind) else {
            self.names.read(&name);
            let error = name_message::constant_in_size(ident, entry.kind);
            errors.push_once(format!("length {name}"), error);
            return None;
        };
        if let Some(start) = self.pending.iter().position(|pending| *pending == name) {
            let mut circle = self.pending[start..].to_vec();
            circle.push(name);
            errors.push(message::circular_size(ident, &circle));
            return None;
        }
        self.pending.push(name.clone());
        let length = self.length(size, errors);
        self.pending.pop();
        self.known.insert(name, length.clone());
        length
    }

    fn sized_names(&self) -> Vec<String> {
        let sized = self.names.iter().filter(|n| size_of(n.kind).is_some());
        sized.map(|n| n.ident.to_string()).collect()
    }

    /// The length of a declared input, state or dim.
    pub(crate) fn named(&self, name: &str) -> Option<Length> {
        self.known.get(name).cloned().flatten()
    }

    /// A length that something has: at least 1 and not absurd.
    pub(crate) fn length(&mut self, size: &Size, errors: &mut Errors) -> Option<Length> {
        let length = self.evaluate(size, errors)?;
        if length.is_below(1) {
            let open = Some(self.text(&length)).filter(|_| !length.is(0));
            errors.push(message::zero_length(size, open.as_deref()));
            return None;
        }
        if length.least() > LONGEST {
            errors.push(message::long_length(size, &self.text(&length), LONGEST));
            return None;
        }
        Some(length)
    }

    /// The value of a size, possibly zero.
    pub(crate) fn evaluate(&mut self, size: &Size, errors: &mut Errors) -> Option<Length> {
        match size {
            Size::Number(value, _) if *value > LONGEST => {
                errors.push(message::long_length(size, &value.to_string(), LONGEST));
                None
            }
            Size::Number(value, _) => Some(Length::number(*value)),
            Size::Name(name) => {
                if let Some(Kind::Dim(_)) = self.names.get(&name.to_string()).map(|n| n.kind) {
                    self.names.read(&name.to_string());
                }
                self.length_of(name, errors)
            }
            Size::Open(_) => None,
            Size::Paren(inner, _) => self.evaluate(inner, errors),
            Size::Binary { operator, left, right } => {
                let a = self.evaluate(left, errors);
                let b = self.evaluate(right, errors);
                self.combine(size, *operator, &a?, &b?, errors)
            }
        }
    }

    fn combine(
        &self,
        size: &Size,
        operator: char,
        a: &Length,
        b: &Length,
        errors: &mut Errors,
    ) -> Option<Length> {
        let result = match operator {
            '+' => a.plus(b),
            '*' => a.times(b),
            '-' => {
                let rest = a.minus(b);
                if rest.as_ref().is_some_and(|rest| rest.is_below(0)) {
                    let sides = [self.text(a), in_parentheses(self.text(b))];
                    errors.push(message::negative_length(size, &sides));
                    return None;
                }
                rest
            }
            _ => {
                let quotient = a.over(b).filter(Length::may_be_whole);
                if quotient.is_none() {
                    let sides = [a, b].map(|length| in_parentheses(self.text(length)));
                    errors.push(message::broken_length(size, &sides, b.value().is_none()));
                }
                return quotient;
            }
        };
        if result.is_none() {
            errors.push(message::overflowing_length(size.place(), &size.to_string()));
        }
        result
    }

    /// Rows times columns within bounds, for some sizes at least.
    pub(crate) fn fits(&self, shape: &Shape) -> bool {
        let Shape::Matrix(rows, columns) = shape else { return true };
        rows.least().checked_mul(columns.least()).is_some_and(|n| n <= LARGEST)
    }

    /// `[64]`, `[24, 8]`, `[h, x]` in a family, or `a number`.
    pub(crate) fn shape(&self, shape: &Shape) -> String {
        match shape {
            Shape::Scalar => "a number".to_owned(),
            Shape::Vector(length) => format!("[{}]", self.text(length)),
            Shape::Matrix(rows, columns) => {
                format!("[{}, {}]", self.text(rows), self.text(columns))
            }
        }
    }

    /// `64`, or in a family what the length is made of: `h`, `x + 2 * h`, `h / 2`.
    pub(crate) fn text(&self, length: &Length) -> String {
        length.text(&self.open)
    }
}

fn size_of(kind: Kind<'_>) -> Option<&Size> {
    match kind {
        Kind::Input(_, size) | Kind::State(_, size) | Kind::Dim(size) => Some(size),
        Kind::Const | Kind::Param | Kind::Gate | Kind::Let | Kind::Function(_) => None,
    }
}
