//! The equations in their order: what each reads must be there before it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::iter;

use proc_macro2::Ident;

use super::cell;
use super::closed;
use super::expression::{Operand, vector_of_one};
use super::length::{Expr, ExprKind, Length, Shape};
use super::names::{Kind, Names};
use super::params::Params;
use super::shared::Shared;
use super::sizes::Sizes;
use super::user_functions::Frame;
use crate::check::message::names;
use crate::check::message::shapes as message;
use crate::check::message::states;
use crate::check::message::values;
use crate::error::Errors;
use crate::syntax::message::foreign::base_of_step;
use crate::syntax::{self, Item, ItemKind, Let, Spec};

/// A named value on its way into [`cell::Let`].
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    /// `i`, `rh` or `h[t]`.
    name: String,
    item: &'a Item,
    /// `None` if it is not known because of an error. A state's is known even then.
    shape: Option<Shape>,
    value: Option<Expr>,
}

/// The state of the walk over the equations.
#[derive(Debug)]
pub(crate) struct Equations<'a> {
    pub(super) names: &'a Names<'a>,
    pub(super) sizes: Sizes<'a>,
    pub(super) params: Params,
    /// NaN for those that depend on open sizes, `None` for those with an error; those further down
    /// are missing.
    pub(super) constants: BTreeMap<String, Option<f64>>,
    /// Functions that cannot be written out.
    pub(super) faulty: BTreeSet<String>,
    /// Whether values are kept in `f32`; not where a family leaves that open.
    pub(super) single: bool,
    /// Values that are read more than once.
    pub(super) shared: Shared,
    /// What calls of the declaration's functions came to.
    pub(super) results: HashMap<(String, Vec<Operand>), Option<Operand>>,
    /// How deep the expression is that is being checked.
    pub(super) depth: usize,
    /// Calls of the declaration's functions that are being written out, the outermost first.
    pub(super) frames: Vec<Frame>,
    pub(super) in_output: bool,
    pub(super) errors: &'a mut Errors,
    slots: Vec<Slot<'a>>,
    /// How many of the slots have been computed.
    computed: usize,
    /// Whether the equations have begun; constants and initialisers come before.
    begun: bool,
    /// For each state the slot of its next value.
    next: Vec<Option<usize>>,
    output: Option<(Option<Expr>, &'a Item)>,
    /// The output that is being checked.
    output_item: Option<&'a Item>,
}

impl<'a> Equations<'a> {
    pub(super) fn new(
        spec: &'a Spec,
        names: &'a Names<'a>,
        sizes: Sizes<'a>,
        params: Params,
        faulty: BTreeSet<String>,
        single: bool,
        errors: &'a mut Errors,
    ) -> Equations<'a> {
        let slots = spec.items.iter().filter_map(|item| {
            let name = match &item.kind {
                ItemKind::Gate(gate) => gate.name.to_string(),
                ItemKind::Let(equation) => equation.name.to_string(),
                ItemKind::Next(equation) => format!("{}[t]", equation.name),
                _ => return None,
            };
            Some(Slot { name, item, shape: None, value: None })
        });
        let states = spec.items.iter().map(|item| match &item.kind {
            ItemKind::State(ports) => ports.len(),
            _ => 0,
        });
        Equations {
            names,
            sizes,
            params,
            constants: BTreeMap::new(),
            faulty,
            single,
            shared: Shared::default(),
            results: HashMap::new(),
            depth: 0,
            frames: Vec::new(),
            in_output: false,
            errors,
            slots: slots.collect(),
            computed: 0,
            begun: false,
            next: vec![None; states.sum()],
            output: None,
            output_item: None,
        }
    }

    /// Checks everything that has a value, in the order in which it may be read.
    pub(super) fn walk(&mut self, spec: &'a Spec) {
        for item in &spec.items {
            if let ItemKind::Const(list) = &item.kind {
                list.iter().for_each(|constant| self.define(constant));
            }
        }
        for item in &spec.items {
            if let ItemKind::Param { list, .. } = &item.kind {
                list.iter().for_each(|param| self.initialise(param));
            }
        }
        self.begun = true;
        for item in &spec.items {
            let (shape, value) = match &item.kind {
                ItemKind::Gate(gate) => self.gate(gate),
                ItemKind::Let(equation) => self.named_expression(equation),
                ItemKind::Next(equation) => self.next_value(equation, item),
                _ => continue,
            };
            let slot = &mut self.slots[self.computed];
            (slot.shape, slot.value) = (shape, value);
            self.computed += 1;
        }
        self.in_output = true;
        for item in &spec.items {
            if let ItemKind::Output(written) = &item.kind {
                self.set_output(written, item);
            }
        }
        self.never_assigned();
    }

    fn define(&mut self, constant: &syntax::Const) {
        let what = format!("the value of `{}`", constant.name);
        let value = self.value(&constant.value);
        let number = value.and_then(|value| self.constant(&value, &constant.value, &what));
        self.constants.insert(constant.name.to_string(), number);
    }

    fn initialise(&mut self, param: &syntax::Param) {
        let name = param.name.to_string();
        if self.names.is_refused(&name) {
            return;
        }
        let Some(index) = self.params.position(&name) else { return };
        let shape = self.params.slots[index].shape.clone();
        let init = match &param.init {
            None => Some(self.default_init()),
            Some(written) => self.initialiser(written, &name, shape.as_ref()),
        };
        match init {
            Some(init) => self.params.slots[index].init = init,
            // `param W = glorot;` was meant to have a shape.
            None if shape == Some(Shape::Scalar) => self.params.slots[index].shape = None,
            None => {}
        }
    }

    fn named_expression(&mut self, equation: &Let) -> (Option<Shape>, Option<Expr>) {
        match self.operand(&equation.value) {
            None => (None, None),
            Some(Operand::Value(value)) => (Some(value.shape.clone()), Some(value)),
            Some(Operand::Matrix(matrix)) => {
                let shape = self.sizes.shape(&matrix.shape());
                self.report(message::named_matrix(equation, &shape));
                (None, None)
            }
        }
    }

    fn next_value(&mut self, equation: &Let, item: &Item) -> (Option<Shape>, Option<Expr>) {
        let value = self.value(&equation.value);
        let name = &equation.name;
        let Some(Kind::State(index, _)) = self.kind(name) else {
            match self.kind(name) {
                Some(Kind::Input(..)) => self.report(states::assigned_input(equation)),
                Some(kind) => self.report(states::assigned_value(equation, kind)),
                None => {
                    let length = value.map(|value| self.name_of_length(&value.length()));
                    self.unknown_state(name, length);
                }
            }
            return (None, None);
        };
        if let Some(first) = self.next[index] {
            let first = self.slots[first].item;
            self.report(states::assigned_twice(equation, first));
            return (None, None);
        }
        self.next[index] = Some(self.computed);
        let length = self.sizes.named(&name.to_string());
        let shape = length.map(Shape::Vector);
        let value = match (value, &shape) {
            (Some(value), Some(shape)) if value.shape == *shape => Some(value),
            (Some(value), Some(Shape::Vector(length)))
                if value.shape == Shape::Scalar && length.is(1) =>
            {
                Some(vector_of_one(value))
            }
            (Some(value), Some(shape)) => {
                let shapes = [self.sizes.shape(&value.shape), self.described(name, shape)];
                self.report(message::next_value_shape(equation, item, &shapes));
                None
            }
            _ => None,
        };
        (shape, value)
    }

    fn set_output(&mut self, written: &'a syntax::Expr, item: &'a Item) {
        self.output_item = Some(item);
        let value = self.value(written);
        let vector = value.filter(|value| self.length(value, written, "`output`").is_some());
        match &self.output {
            Some((_, first)) => {
                let error = names::second_statement(item.place, "output", first);
                self.report(error);
            }
            None => self.output = Some((vector, item)),
        }
    }

    fn never_assigned(&mut self) {
        for name in self.names.iter() {
            let Kind::State(index, _) = name.kind else { continue };
            let assigned = self.next.get(index).is_some_and(Option::is_some);
            // What could not be read may have been meant to assign it.
            if assigned || self.names.any_unread() {
                continue;
            }
            let state = name.ident.to_string();
            let other = self.slots.iter().find_map(|slot| match &slot.item.kind {
                ItemKind::Let(equation) => {
                    base_of_step(&slot.name, iter::once(state.as_str())).and(Some(equation))
                }
                _ => None,
            });
            match other {
                Some(equation) => {
                    self.names.read(&equation.name.to_string());
                    self.report(states::assigned_under_another_name(equation, name.ident));
                }
                None => self.report(states::never_assigned(name.ident)),
            }
        }
    }

    fn kind(&self, name: &Ident) -> Option<Kind<'a>> {
        self.names.get(&name.to_string()).map(|entry| entry.kind)
    }

    fn unknown_state(&mut self, name: &Ident, length: Option<String>) {
        let text = name.to_string();
        if self.names.is_unread(&text) {
            return;
        }
        let states = self.names.iter().filter(|n| matches!(n.kind, Kind::State(..)));
        let states: Vec<String> = states.map(|n| n.ident.to_string()).collect();
        let known: Vec<&str> = states.iter().map(String::as_str).collect();
        let near = crate::error::nearest::nearest(&text, known.iter().copied());
        self.errors.push_once(&text, states::unknown_state(name, near, &known, length));
        if let Some(Kind::State(index, _)) = near.and_then(|n| self.names.get(n)).map(|n| n.kind) {
            // Probably this one: so it is not missing as well.
            self.next[index].get_or_insert(self.computed);
        }
    }

    /// The equation that is being checked, or the output.
    pub(super) fn current(&self) -> Option<&'a Item> {
        match self.in_output {
            true => self.output_item,
            false => self.slots.get(self.computed).filter(|_| self.begun).map(|slot| slot.item),
        }
    }

    /// Whether the equation that is being checked defines `name`.
    pub(super) fn is_current(&self, name: &Ident) -> bool {
        self.slots.get(self.computed).is_some_and(|slot| *name == slot.name)
    }

    /// Whether `name` is computed further down.
    pub(super) fn is_later(&self, name: &str) -> bool {
        self.slots[self.computed..].iter().any(|slot| slot.name == name)
    }

    /// The shape of the gate or named expression `name` if it has been computed.
    pub(super) fn shape_of_slot(&self, name: &str) -> Option<&Shape> {
        self.slots.iter().find(|slot| slot.name == name)?.shape.as_ref()
    }

    pub(super) fn first_state_name(&self) -> Option<&'a Ident> {
        let first = self.names.iter().find(|n| matches!(n.kind, Kind::State(0, _)))?;
        Some(first.ident)
    }

    /// Length of the first state.
    pub(super) fn first_state(&self) -> Option<Length> {
        self.sizes.named(&self.first_state_name()?.to_string())
    }

    /// Length of the output, or of the first state where there is none without a mistake.
    pub(super) fn output_length(&self) -> Option<Length> {
        match &self.output {
            Some((Some(Expr { shape: Shape::Vector(length), .. }), _)) => Some(length.clone()),
            _ => self.first_state(),
        }
    }

    /// The named value `slot`, which must have been computed; `ident` reads it.
    pub(super) fn earlier(&mut self, ident: &Ident, slot: &str) -> Option<Expr> {
        // A state that is never assigned is reported once, at its declaration.
        let index = self.slots.iter().position(|s| s.name == slot)?;
        let Slot { item, ref shape, .. } = self.slots[index];
        let shape = shape.clone();
        if !self.begun {
            self.report(values::reads_step(ident, slot));
            return None;
        }
        if index == self.computed {
            self.report(states::reads_itself(ident, slot, item));
            return None;
        }
        if index > self.computed {
            self.errors.push_once(slot, states::further_down(ident, slot, item));
            return None;
        }
        Some(Expr { kind: ExprKind::Let(index), shape: shape? })
    }

    /// The equation that has assigned the next value of `state`, if it stands further up and this
    /// one does not do so again.
    pub(super) fn assigned(&self, state: &str) -> Option<&'a Item> {
        let next = format!("{state}[t]");
        let again = self.slots.get(self.computed).is_some_and(|slot| slot.name == next);
        let earlier = self.slots[..self.computed].iter().find(|slot| slot.name == next);
        earlier.filter(|_| !again).map(|slot| slot.item)
    }

    /// What the cell is made of; to be called when there are no errors and no open sizes.
    pub(super) fn finish(self) -> Checked {
        let complete = "bug in rnn-codegen: a value is missing and there is no error";
        let lets: Vec<cell::Let> = self
            .slots
            .into_iter()
            .map(|slot| {
                let value = closed::expr(slot.value.expect(complete));
                cell::Let { name: slot.name, value }
            })
            .collect();
        let next: Vec<usize> = self.next.into_iter().map(|n| n.expect(complete)).collect();
        let output = match self.output {
            Some((value, _)) => closed::expr(value.expect(complete)),
            None => {
                let shape = lets[next[0]].value.shape;
                cell::Expr { kind: cell::ExprKind::Let(next[0]), shape }
            }
        };
        let shared = self.shared.finish().into_iter().map(closed::expr).collect();
        Checked { params: self.params.finish(), shared, lets, next, output }
    }
}

/// The parts of a [`cell::Cell`] that come from equations.
pub(super) struct Checked {
    pub(super) params: Vec<cell::Param>,
    pub(super) shared: Vec<cell::Expr>,
    pub(super) lets: Vec<cell::Let>,
    pub(super) next: Vec<usize>,
    pub(super) output: cell::Expr,
}
