//! Functions of the declaration: checked once by themselves, written out where they are called.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use super::equations::Equations;
use super::expression::Operand;
use super::functions;
use super::names::{Kind, Names, reserved};
use super::nearest::nearest;
use crate::error::{Errors, names as message, shapes};
use crate::syntax::place::Place;
use crate::syntax::{self, Function};

/// A call that is being written out.
#[derive(Debug)]
pub(crate) struct Frame {
    /// `None` for an argument with an error.
    arguments: Vec<(String, Option<Operand>)>,
    /// Where and how it is called.
    place: Place,
    text: String,
}

/// Checks the names in every function; the names of the functions that cannot be called.
pub(crate) fn check(names: &Names, errors: &mut Errors) -> BTreeSet<String> {
    let mut faulty = BTreeSet::new();
    for name in names.iter() {
        let Kind::Function(function) = name.kind else { continue };
        let mut used = BTreeSet::new();
        let body_is_right = body(function, names, &mut used, errors);
        if !arguments(function, &used, errors) || !body_is_right {
            faulty.insert(function.name.to_string());
        }
    }
    for name in names.iter() {
        let Kind::Function(function) = name.kind else { continue };
        let mut path = vec![function.name.to_string()];
        if circle(function, names, &mut path) {
            // A circle of several functions is reported at the first of them.
            if path.iter().all(|f| !faulty.contains(f)) {
                errors.push(message::recursion(&function.name, &path));
            }
            faulty.extend(path);
        }
    }
    faulty
}

/// Whether the arguments have names of their own, all of them `used`.
fn arguments(function: &Function, used: &BTreeSet<String>, errors: &mut Errors) -> bool {
    let mut right = true;
    for (position, argument) in function.arguments.iter().enumerate() {
        let text = argument.to_string();
        if let Some(reason) = reserved(&text) {
            errors.push(message::reserved(argument, reason));
            right = false;
        } else if function.arguments[..position].iter().any(|other| other == argument) {
            errors.push(message::repeated_argument(argument));
            right = false;
        } else if !used.contains(&text) {
            errors.push(message::unused_argument(argument, &function.name));
            right = false;
        }
    }
    right
}

/// Whether the body reads its arguments and what is the same at every step, and nothing else.
/// `used` gets what it reads, or was probably meant to.
fn body(
    function: &Function,
    names: &Names,
    used: &mut BTreeSet<String>,
    errors: &mut Errors,
) -> bool {
    let mut right = true;
    function.body.names(&mut |name| {
        let text = name.to_string();
        used.insert(text.clone());
        if function.arguments.iter().any(|a| a == name) || functions::is_builtin(&text) {
            return;
        }
        match names.read(&text).map(|entry| entry.kind) {
            Some(Kind::Const | Kind::Dim(_) | Kind::Param | Kind::Function(_)) => {}
            Some(kind) => {
                errors.push(message::captured(name, kind, &function.name));
                right = false;
            }
            None if names.is_unread(&text) => right = false,
            None => {
                let known: Vec<String> = function
                    .arguments
                    .iter()
                    .map(Ident::to_string)
                    .chain(constants(names))
                    .collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let near = nearest(&text, known.iter().copied().chain(functions::names()));
                errors.push(message::unknown(name, near, &known));
                used.extend(near.map(str::to_owned));
                right = false;
            }
        }
    });
    right
}

fn constants(names: &Names) -> Vec<String> {
    let constant = |kind| matches!(kind, Kind::Const | Kind::Dim(_) | Kind::Param);
    names.iter().filter(|n| constant(n.kind)).map(|n| n.ident.to_string()).collect()
}

/// Whether the last function of `path` leads back to the first; `path` is then the whole circle.
fn circle(function: &Function, names: &Names, path: &mut Vec<String>) -> bool {
    let mut called = Vec::new();
    function.body.names(&mut |name| {
        if let Some(Kind::Function(next)) = names.get(&name.to_string()).map(|n| n.kind) {
            called.push(next);
        }
    });
    for next in called {
        let name = next.name.to_string();
        if path.first() == Some(&name) {
            path.push(name);
            return true;
        }
        if !path.contains(&name) {
            path.push(name);
            if circle(next, names, path) {
                return true;
            }
            path.pop();
        }
    }
    false
}

impl<'a> Equations<'a> {
    /// A call of a function, of the notation or of the declaration.
    pub(super) fn call(
        &mut self,
        function: &Ident,
        arguments: &[syntax::Expr],
        written: &syntax::Expr,
    ) -> Option<Operand> {
        let name = function.to_string();
        if functions::is_builtin(&name) {
            return self.builtin_call(&name, arguments, written.place()).map(Operand::Value);
        }
        let operands: Vec<Option<Operand>> = arguments.iter().map(|a| self.operand(a)).collect();
        let Some(entry) = self.names.read(&name) else {
            if !self.names.is_unread(&name) {
                let own = self.names.iter().filter(|n| matches!(n.kind, Kind::Function(_)));
                let own: Vec<String> = own.map(|n| n.ident.to_string()).collect();
                let known = own.iter().map(String::as_str).chain(functions::names());
                self.report(message::unknown_function(function, nearest(&name, known)));
            }
            return None;
        };
        let Kind::Function(own) = entry.kind else {
            let matrix = self.is_matrix(&syntax::Expr::Name(function.clone()));
            let argument = arguments.first().unwrap_or(written);
            self.report(message::call_of(function, entry.kind, matrix, argument));
            return None;
        };
        if own.arguments.len() != arguments.len() {
            let names: Vec<String> = own.arguments.iter().map(Ident::to_string).collect();
            let usage = format!("{name}({})", names.join(", "));
            let given = arguments.len();
            self.report(shapes::argument_count(written.place(), &name, given, &usage));
            return None;
        }
        self.inline(own, operands, written.place(), written.to_string())
    }

    /// The body of `function` with `operands` for its arguments.
    pub(super) fn inline(
        &mut self,
        function: &'a Function,
        operands: Vec<Option<Operand>>,
        place: Place,
        text: String,
    ) -> Option<Operand> {
        if self.faulty.contains(&function.name.to_string()) {
            return None;
        }
        let names = function.arguments.iter().map(Ident::to_string);
        self.frames.push(Frame { arguments: names.zip(operands).collect(), place, text });
        let result = self.operand(&function.body);
        self.frames.pop();
        result
    }

    /// The argument called `name` of the function that is being written out.
    pub(super) fn argument(&self, name: &str) -> Option<Option<Operand>> {
        let frame = self.frames.last()?;
        frame.arguments.iter().find(|(n, _)| n == name).map(|(_, operand)| operand.clone())
    }

    /// Notes an error: at its place, or at the call in whose function it shows.
    pub(super) fn report(&mut self, error: syn::Error) {
        self.errors.push(match self.frames.first() {
            Some(frame) => message::in_call(frame.place, &frame.text, &error),
            None => error,
        });
    }
}
