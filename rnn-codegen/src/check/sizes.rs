//! Lengths: what the names in sizes come to, and how a length is written in a message.
//!
//! The open sizes of a family are checked with stand-ins that are far apart: 2520 (so that they can
//! be halved and so on) times a prime each. Two lengths are then equal only if they are for every
//! choice, and a length can be read back as `h`, `4 * h + x` or `h / 2`.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::names::{Kind, Names};
use crate::check::nearest::nearest;
use crate::error::{Errors, names as name_message, values as message};
use crate::ops::Shape;
use crate::syntax::Size;

/// No vector is longer: 2^20.
pub(crate) const LONGEST: usize = 1 << 20;

/// No matrix has more values: 2^28, a gibibyte of singles.
pub(crate) const LARGEST: usize = 1 << 28;

/// Stand-ins for the open sizes, in the order of the declaration: as many as can be told apart in
/// 64 bits.
const STAND_INS: [usize; 7] = [
    2520 * 101,
    2520 * 10_007,
    2520 * 1_000_003,
    2520 * 100_000_007,
    2520 * 10_000_000_019,
    2520 * 1_000_000_000_039,
    2520 * 100_000_000_000_031,
];

/// Numbers up to this one in a length are written as they are.
const SMALL: usize = STAND_INS[0] / 4;

/// The lengths of inputs, states and dims.
#[derive(Debug)]
pub(crate) struct Sizes<'a> {
    names: &'a Names<'a>,
    /// `None` for those with an error.
    known: BTreeMap<String, Option<usize>>,
    /// On the way to a length: to find circles.
    open: Vec<String>,
    /// The open sizes and their stand-ins, if the declaration is checked as a family.
    stand_ins: Vec<(String, usize)>,
}

impl<'a> Sizes<'a> {
    /// `given` holds the open sizes of an instance. Without it, open ones get stand-ins.
    pub(crate) fn resolve(
        names: &'a Names<'a>,
        given: Option<&BTreeMap<String, usize>>,
        errors: &mut Errors,
    ) -> Sizes<'a> {
        let mut sizes =
            Sizes { names, known: BTreeMap::new(), open: Vec::new(), stand_ins: Vec::new() };
        let declared = || names.iter().filter_map(|n| Some((n.ident, size_of(n.kind)?)));
        for (ident, _) in declared().filter(|(_, size)| size.is_open()) {
            let name = ident.to_string();
            let value = match given {
                Some(given) => given.get(&name).copied(),
                None => sizes.stand_in(&name),
            };
            sizes.known.insert(name, value);
        }
        if given.is_none()
            && let Some((ident, _)) = declared().filter(|(_, s)| s.is_open()).nth(STAND_INS.len())
        {
            errors.push(message::too_many_open_sizes(ident));
        }
        for (ident, _) in declared() {
            sizes.length_of(ident, errors);
        }
        sizes
    }

    /// `None` if there are more open sizes than stand-ins.
    fn stand_in(&mut self, name: &str) -> Option<usize> {
        let value = *STAND_INS.get(self.stand_ins.len())?;
        self.stand_ins.push((name.to_owned(), value));
        Some(value)
    }

    /// The length of a declared name, resolved on first use.
    fn length_of(&mut self, ident: &Ident, errors: &mut Errors) -> Option<usize> {
        let name = ident.to_string();
        if let Some(&known) = self.known.get(&name) {
            return known;
        }
        let Some(entry) = self.names.get(&name) else {
            // Of a state that is not declared it is said where it is assigned.
            if !self.names.is_unread(&name) && !self.names.is_assigned(&name) {
                let declared = self.open.last();
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
        if let Some(start) = self.open.iter().position(|open| *open == name) {
            let mut circle = self.open[start..].to_vec();
            circle.push(name);
            errors.push(message::circular_size(ident, &circle));
            return None;
        }
        self.open.push(name.clone());
        let length = self.length(size, errors);
        self.open.pop();
        self.known.insert(name, length);
        length
    }

    fn sized_names(&self) -> Vec<String> {
        let sized = self.names.iter().filter(|n| size_of(n.kind).is_some());
        sized.map(|n| n.ident.to_string()).collect()
    }

    /// The length of a declared input, state or dim.
    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.known.get(name).copied().flatten()
    }

    /// A length that something has: at least 1 and not absurd.
    pub(crate) fn length(&mut self, size: &Size, errors: &mut Errors) -> Option<usize> {
        let length = self.evaluate(size, errors)?;
        if length == 0 {
            errors.push(message::zero_length(size));
            return None;
        }
        if length > LONGEST && self.stand_ins.is_empty() {
            errors.push(message::long_length(size, length, LONGEST));
            return None;
        }
        Some(length)
    }

    /// The value of a size, possibly zero.
    pub(crate) fn evaluate(&mut self, size: &Size, errors: &mut Errors) -> Option<usize> {
        match size {
            Size::Number(value, _) if *value > LONGEST => {
                errors.push(message::long_length(size, *value, LONGEST));
                None
            }
            Size::Number(value, _) => Some(*value),
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
                self.combine(size, *operator, a?, b?, errors)
            }
        }
    }

    fn combine(
        &self,
        size: &Size,
        operator: char,
        a: usize,
        b: usize,
        errors: &mut Errors,
    ) -> Option<usize> {
        let result = match operator {
            '+' => a.checked_add(b),
            '*' => a.checked_mul(b),
            '-' if b > a => {
                errors.push(message::negative_length(size, &self.text(a), &self.text(b)));
                return None;
            }
            '-' => Some(a - b),
            _ if b == 0 || !a.is_multiple_of(b) => {
                errors.push(message::broken_length(size, &self.text(a), &self.text(b)));
                return None;
            }
            _ => Some(a / b),
        };
        if result.is_none() {
            errors.push(message::overflowing_length(size));
        }
        result
    }

    /// Rows times columns within bounds; families are measured when they get their sizes.
    pub(crate) fn fits(&self, shape: Shape) -> bool {
        let Shape::Matrix(rows, columns) = shape else { return true };
        !self.stand_ins.is_empty() || rows.checked_mul(columns).is_some_and(|n| n <= LARGEST)
    }

    /// `[64]`, `[24, 8]`, `[h, x]` in a family, or `a number`.
    pub(crate) fn shape(&self, shape: Shape) -> String {
        match shape {
            Shape::Scalar => "a number".to_owned(),
            Shape::Vector(length) => format!("[{}]", self.text(length)),
            Shape::Matrix(rows, columns) => {
                format!("[{}, {}]", self.text(rows), self.text(columns))
            }
        }
    }

    /// `64`, or in a family what the length is made of: `h`, `2 * h + x`, `h / 2`.
    pub(crate) fn text(&self, length: usize) -> String {
        for divisor in 1..=8 {
            if let Some(text) = length.checked_mul(divisor).and_then(|l| self.decode(l)) {
                return match divisor {
                    1 => text,
                    _ if text.contains(' ') => format!("({text}) / {divisor}"),
                    _ => format!("{text} / {divisor}"),
                };
            }
        }
        length.to_string()
    }

    /// `length` as a sum of multiples of stand-ins and a small number, if it is one.
    fn decode(&self, length: usize) -> Option<String> {
        let mut rest = length;
        let mut terms = Vec::new();
        for (name, value) in self.stand_ins.iter().rev() {
            let count = rest.checked_add(SMALL)? / value;
            if count > 0 && rest >= count * value {
                rest -= count * value;
                terms.push(if count == 1 { name.clone() } else { format!("{count} * {name}") });
            } else if count > 0 {
                terms.push(if count == 1 { name.clone() } else { format!("{count} * {name}") });
                let missing = count * value - rest;
                return Some(format!("{} - {missing}", terms.join(" + ")));
            }
        }
        if terms.is_empty() || rest > SMALL {
            return None;
        }
        if rest > 0 {
            terms.push(rest.to_string());
        }
        Some(terms.join(" + "))
    }
}

fn size_of(kind: Kind<'_>) -> Option<&Size> {
    match kind {
        Kind::Input(_, size) | Kind::State(_, size) | Kind::Dim(size) => Some(size),
        Kind::Const | Kind::Param | Kind::Gate | Kind::Let | Kind::Function(_) => None,
    }
}
