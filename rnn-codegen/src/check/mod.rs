//! From a declaration as written to a cell without errors: names, lengths, shapes, the order of
//! equations.
//!
//! ```text
//! Spec -> names -> sizes -> params -> equations (gate, own functions, products, ..) -> Cell
//! ```
//!
//! Families go the same way but for the last arrow: their lengths are sums over open sizes, and
//! those of a cell are such sums without any.

pub(crate) mod cell;
mod chain;
mod closed;
mod constant;
mod equations;
mod expression;
pub(crate) mod functions;
mod gate;
mod init;
mod instance;
mod length;
pub(crate) mod message;
pub(crate) mod names;
mod params;
mod product;
mod read;
mod shared;
mod sizes;
mod surface;
#[cfg(test)]
mod tests;
mod user_functions;
pub(crate) mod wanted;

use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::{Attribute, Visibility};

use cell::{Cell, Port};
use equations::Equations;
pub(crate) use instance::instantiate;
use length::Length;
use names::{Kind, Names};
use params::Params;
use sizes::Sizes;
pub(crate) use surface::{Fixed, Surface, surface};

use crate::check::message::names as name_message;
use crate::check::message::values;
use crate::error::Errors;
use crate::error::place::Place;
use crate::ops::Weights;
use crate::syntax::{Item, ItemKind, Spec};

/// What the members of a family differ in, and its declaration leaves open.
#[derive(Debug, Clone)]
struct Given {
    attrs: Vec<Attribute>,
    vis: Visibility,
    name: Ident,
    sizes: BTreeMap<String, usize>,
    steps: Option<usize>,
    double: Option<bool>,
    weights: Option<(Place, Weights)>,
    fast: Option<bool>,
}

/// Checks a declaration that leaves no size open.
pub(crate) fn check(spec: &Spec) -> Result<Cell, Errors> {
    run(spec, None).map(|cell| cell.expect("bug in rnn-codegen: a family checked as a cell"))
}

/// Checks the declaration of a family for all sizes at once, so that mistakes show where they are
/// made and not where the family is used.
pub(crate) fn check_family(spec: &Spec) -> Result<(), Errors> {
    run(spec, None).map(|_| ())
}

/// `None` for a family whose sizes are open.
fn run(spec: &Spec, given: Option<&Given>) -> Result<Option<Cell>, Errors> {
    let mut errors = Errors::new();
    spec.unread.mistakes.iter().cloned().for_each(|mistake| errors.push(mistake));
    let names = Names::collect(spec, &mut errors);
    let known = given.map(|g| g.sizes.clone()).unwrap_or_default();
    let mut sizes = Sizes::resolve(&names, &known, &mut errors);
    let steps = steps(spec, &mut sizes, &mut errors);
    let double = once(spec, "scalar", &mut errors, |kind| match kind {
        ItemKind::Scalar { double } => Some(*double),
        _ => None,
    });
    let double = given.and_then(|g| g.double).or(double.map(|(_, double)| double)).unwrap_or(false);
    let weights = weights(spec, given, double, &mut errors);
    let fast = once(spec, "activations", &mut errors, |kind| match kind {
        ItemKind::Activations { fast } => Some(*fast),
        _ => None,
    });
    let params = Params::collect(spec, &names, &mut sizes, &mut errors);
    let faulty = user_functions::check(&names, &mut errors);
    let open = given.is_none() && spec.is_family();
    let single = !double && !open;
    let mut equations = Equations::new(spec, &names, sizes, params, faulty, single, &mut errors);
    equations.walk(spec);
    borders(spec, &names, equations.errors);
    names.unused(equations.errors);
    if !equations.errors.is_empty() {
        return Err(errors);
    }
    if open {
        return errors.finish(|| None);
    }
    let sizes = &equations.sizes;
    let (inputs, states) = (ports(spec, sizes, true), ports(spec, sizes, false));
    let checked = equations.finish();
    let cell = Cell {
        attrs: given.map_or(&spec.attrs, |g| &g.attrs).clone(),
        vis: given.map_or(&spec.vis, |g| &g.vis).clone(),
        name: given.map_or(&spec.name, |g| &g.name).clone(),
        double,
        weights,
        fast: given.and_then(|g| g.fast).or(fast.map(|(_, fast)| fast)).unwrap_or(false),
        steps: given.and_then(|g| g.steps).or(steps.as_ref().map(closed::length)),
        inputs,
        states,
        params: checked.params,
        shared: checked.shared,
        lets: checked.lets,
        next: checked.next,
        output: checked.output,
        equations: texts(spec),
    };
    errors.finish(|| Some(cell))
}

/// A cell has an input and a state; statements that could not be read may declare them.
fn borders(spec: &Spec, names: &Names, errors: &mut Errors) {
    if names.any_unread() {
        return;
    }
    // What is not declared may be the input.
    let inputless = !names.iter().any(|name| matches!(name.kind, Kind::Input(..)));
    if inputless && !errors.any_once() {
        errors.push(name_message::missing_input(&spec.name));
    }
    // Where one is assigned that is not declared, it is said there.
    let stateless = !names.iter().any(|name| matches!(name.kind, Kind::State(..)));
    if stateless && !names.any_assigned() {
        errors.push(name_message::missing_state(&spec.name));
    }
}

fn steps(spec: &Spec, sizes: &mut Sizes, errors: &mut Errors) -> Option<Length> {
    let found = once(spec, "steps", errors, |kind| match kind {
        ItemKind::Steps(size) => Some(size),
        _ => None,
    });
    let (_, size) = found?;
    let steps = sizes.evaluate(size, errors);
    if steps.as_ref().is_some_and(|steps| steps.is_below(1)) {
        errors.push(values::zero_steps(size));
    }
    steps
}

/// What a statement that may stand once says, and where.
fn once<'s, T>(
    spec: &'s Spec,
    word: &str,
    errors: &mut Errors,
    read: impl Fn(&'s ItemKind) -> Option<T>,
) -> Option<(Place, T)> {
    let mut found: Option<(&Item, T)> = None;
    for item in &spec.items {
        let Some(value) = read(&item.kind) else { continue };
        match &found {
            Some((first, _)) => {
                errors.push(name_message::second_statement(item.place, word, first))
            }
            None => found = Some((item, value)),
        }
    }
    found.map(|(item, value)| (item.place, value))
}

/// The format of packed weights; halves of `f64` are not made.
fn weights(spec: &Spec, given: Option<&Given>, double: bool, errors: &mut Errors) -> Weights {
    let found = once(spec, "weights", errors, |kind| match kind {
        ItemKind::Weights(weights) => Some(*weights),
        _ => None,
    });
    let found = given.and_then(|g| g.weights).or(found);
    let Some((place, weights)) = found else { return Weights::Full };
    if double && weights != Weights::Full {
        errors.push(values::weights_of_double(place, weights.name()));
    }
    weights
}

/// The inputs, or the states, of a declaration without mistakes.
fn ports(spec: &Spec, sizes: &Sizes, inputs: bool) -> Vec<Port> {
    let lists = spec.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Input(ports) if inputs => Some(ports),
        ItemKind::State(ports) if !inputs => Some(ports),
        _ => None,
    });
    let length = |name: &Ident| {
        sizes.named(&name.to_string()).expect("bug in rnn-codegen: an unknown length")
    };
    let ports = lists.flatten().map(|port| Port {
        name: port.name.clone(),
        len: closed::length(&length(&port.name)),
        doc: port.doc.clone(),
    });
    ports.collect()
}

/// The equations, one a line.
fn texts(spec: &Spec) -> Vec<String> {
    let lines = spec.items.iter().filter(|item| match &item.kind {
        ItemKind::Const(_)
        | ItemKind::Function(_)
        | ItemKind::Gate(_)
        | ItemKind::Let(_)
        | ItemKind::Next(_)
        | ItemKind::Output(_) => true,
        ItemKind::Input(_)
        | ItemKind::State(_)
        | ItemKind::Param { .. }
        | ItemKind::Dim(_)
        | ItemKind::Steps(_)
        | ItemKind::Scalar { .. }
        | ItemKind::Weights(_)
        | ItemKind::Activations { .. } => false,
    });
    lines.map(ToString::to_string).collect()
}
