//! Functions of the declaration: checked once by themselves, written out where they are called.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use super::equations::Equations;
use super::expression::Operand;
use super::names::{Kind, Names, reserved};
use super::wanted::{self, Wanted};
use crate::check::message::names as message;
use crate::check::message::shapes;
use crate::error::Errors;
use crate::error::nearest::nearest;
use crate::error::place::Place;
use crate::functions;
use crate::syntax::{self, Function};

/// Calls of functions that are written out in a declaration, those in functions included: ten
/// levels that each call the one below twice, on values that differ, are a thousand.
const MOST_CALLS: usize = 4096;

/// A call that is being written out.
#[derive(Debug)]
pub(crate) struct Frame {
    arguments: Vec<(String, Operand)>,
    /// Where and how it is called.
    place: Place,
    text: String,
    /// Whether something is wrong in it.
    faulty: bool,
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
    circles(names, &mut faulty, errors);
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
                let error = message::captured(name, kind, &function.name);
                errors.push_once(format!("{text} in {}", function.name), error);
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
                let wanted = wanted::in_body(&function.body, name).unwrap_or(Wanted::Number);
                let wanted = match wanted {
                    Wanted::Matrix { .. } => wanted,
                    _ => Wanted::Number,
                };
                let names: Vec<String> = known.iter().map(|&name| name.to_owned()).collect();
                let error = message::unknown(name, near, &names, &wanted);
                errors.push_once(text, error);
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

/// Finds functions that call themselves, directly or through others.
fn circles(names: &Names, faulty: &mut BTreeSet<String>, errors: &mut Errors) {
    let functions = names.iter().filter_map(|name| match name.kind {
        Kind::Function(function) => Some((function.name.to_string(), function)),
        _ => None,
    });
    let mut calls: Vec<(&Ident, Vec<String>)> = functions
        .map(|(_, function)| (&function.name, called(function, names).into_iter().collect()))
        .collect();
    // What calls nothing, or only functions that have been taken out, is on no circle.
    let mut left: BTreeSet<String> = calls.iter().map(|(name, _)| name.to_string()).collect();
    loop {
        let before = left.len();
        calls.retain_mut(|(name, called)| {
            called.retain(|other| left.contains(other));
            !(called.is_empty() && left.remove(&name.to_string()))
        });
        if left.len() == before {
            break;
        }
    }
    // Each that remains leads to a circle, which is met by following any of its calls.
    for (start, _) in &calls {
        let mut path = vec![start.to_string()];
        let circle = loop {
            let last = path.last().expect("the start");
            let next = calls.iter().find(|(name, _)| *name == last).map(|(_, called)| &called[0]);
            let next = next.expect("bug in rnn-codegen: a circle that ends").clone();
            let seen = path.iter().position(|name| *name == next);
            path.push(next);
            if let Some(seen) = seen {
                break path.split_off(seen);
            }
        };
        if circle.iter().all(|name| !faulty.contains(name)) {
            let first = calls.iter().find(|(name, _)| **name == circle[0]);
            let (first, _) = first.expect("bug in rnn-codegen: a circle of no functions");
            errors.push(message::recursion(first, &circle));
        }
        faulty.extend(circle);
    }
}

/// The functions of the declaration that `function` calls or mentions; an argument hides one of its
/// name.
fn called(function: &Function, names: &Names) -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    function.body.names(&mut |name| {
        let hidden = function.arguments.iter().any(|argument| argument == name);
        let name = name.to_string();
        if !hidden && let Some(Kind::Function(_)) = names.get(&name).map(|entry| entry.kind) {
            called.insert(name);
        }
    });
    called
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
        if functions::is_builtin(&name) && !self.names.is_refused(&name) {
            return self.builtin_call(&name, arguments, written.place()).map(Operand::Value);
        }
        if let Some(entry) = self.names.get(&name)
            && self.argument(&name).is_none()
            && !matches!(entry.kind, Kind::Function(_))
        {
            // The arguments are part of the mistake: `h(t-1)`.
            written.names(&mut |name| {
                self.names.read(&name.to_string());
            });
            let matrix = self.is_matrix(&syntax::Expr::Name(function.clone()));
            let argument = arguments.first().unwrap_or(written);
            self.report(message::call_of(function, entry.kind, matrix, argument));
            return None;
        }
        let operands: Vec<Option<Operand>> = arguments.iter().map(|a| self.operand(a)).collect();
        if self.argument(&name).is_some() {
            self.report(message::call_of_argument(function, arguments.first().unwrap_or(written)));
            return None;
        }
        let Some(entry) = self.names.read(&name) else {
            if !self.names.is_unread(&name) {
                let own = self.names.iter().filter(|n| matches!(n.kind, Kind::Function(_)));
                let own: Vec<String> = own.map(|n| n.ident.to_string()).collect();
                let known = own.iter().map(String::as_str).chain(functions::names());
                let error = message::unknown_function(function, nearest(&name, known));
                self.errors.push_once(name, error);
            }
            return None;
        };
        let Kind::Function(own) = entry.kind else {
            unreachable!("bug in rnn-codegen: `{name}` is no function")
        };
        if own.arguments.len() != arguments.len() && !self.faulty.contains(&name) {
            let names: Vec<String> = own.arguments.iter().map(Ident::to_string).collect();
            let usage = format!("{name}({})", names.join(", "));
            let given = arguments.len();
            self.report(shapes::argument_count(written.place(), &name, given, &usage, None));
            return None;
        }
        self.inline(own, operands, written.place(), written.to_string())
    }

    /// The body of `function` with `operands` for its arguments. They are computed once, and so is
    /// the call wherever it stands again.
    pub(super) fn inline(
        &mut self,
        function: &'a Function,
        operands: Vec<Option<Operand>>,
        place: Place,
        text: String,
    ) -> Option<Operand> {
        let name = function.name.to_string();
        if self.faulty.contains(&name) {
            return None;
        }
        let operands: Option<Vec<Operand>> = operands.into_iter().collect();
        let operands: Vec<Operand> = operands?.into_iter().map(|o| self.once(o)).collect();
        let call = (name, operands);
        if let Some(result) = self.results.get(&call) {
            return result.clone();
        }
        // Reported once, and what is beyond it is not looked at.
        if self.results.len() >= MOST_CALLS {
            if self.results.len() == MOST_CALLS {
                let first = self.frames.first().map_or(place, |frame| frame.place);
                self.errors.push(message::too_many_calls(first, MOST_CALLS));
                self.results.insert(call, None);
            }
            return None;
        }
        let names = function.arguments.iter().map(Ident::to_string);
        let arguments = names.zip(call.1.iter().cloned()).collect();
        self.frames.push(Frame { arguments, place, text, faulty: false });
        let result = self.operand(&function.body);
        self.frames.pop();
        let result = result.map(|result| self.once(result));
        self.results.insert(call, result.clone());
        result
    }

    /// An operand that may be read often.
    fn once(&mut self, operand: Operand) -> Operand {
        match operand {
            Operand::Value(value) => Operand::Value(self.shared.share(value)),
            matrix => matrix,
        }
    }

    /// The argument called `name` of the function that is being written out.
    pub(super) fn argument(&self, name: &str) -> Option<Operand> {
        let frame = self.frames.last()?;
        frame.arguments.iter().find(|(n, _)| n == name).map(|(_, operand)| operand.clone())
    }

    /// Notes an error: at its place, or at the call in whose function it shows. There it is the
    /// first one: a wrong argument is wrong wherever the function reads it.
    pub(super) fn report(&mut self, error: syn::Error) {
        match self.frames.first_mut() {
            None => self.errors.push(error),
            Some(frame) if frame.faulty => {}
            Some(frame) => {
                frame.faulty = true;
                self.errors.push(message::in_call(frame.place, &frame.text, &error));
            }
        }
    }
}
