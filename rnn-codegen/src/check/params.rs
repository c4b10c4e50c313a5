//! The parameters in the order of the flat buffer: as declared, and those of a gate where the gate
//! stands.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;

use super::cell;
use super::closed;
use super::length::Shape;
use super::names::{Kind, Names};
use super::sizes::Sizes;
use crate::check::message::names as message;
use crate::check::message::values;
use crate::error::Errors;
use crate::ops::Init;
use crate::syntax::{Bias, Expr, Gate, ItemKind, ParamShape, Spec};

/// A parameter; its shape and initialiser are set when the declaration or the gate is checked.
#[derive(Debug)]
pub(crate) struct Slot {
    /// `W_n`, or `i.x`.
    pub(crate) name: String,
    field: Ident,
    trainable: bool,
    doc: Option<String>,
    pub(crate) shape: Option<Shape>,
    pub(crate) init: Init,
}

/// All parameters.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pub(crate) slots: Vec<Slot>,
    index: BTreeMap<String, usize>,
}

impl Params {
    /// Makes a slot for every parameter of the declaration and resolves the declared shapes.
    pub(crate) fn collect(
        spec: &Spec,
        names: &Names,
        sizes: &mut Sizes,
        errors: &mut Errors,
    ) -> Params {
        let mut params = Params::default();
        for item in &spec.items {
            match &item.kind {
                ItemKind::Param { trainable, list } => {
                    for param in list {
                        let field = param.name.clone();
                        let name = field.to_string();
                        let slot = params.add(name, field, param.doc.clone(), errors);
                        let Some(slot) = slot else { continue };
                        slot.trainable = *trainable;
                        slot.shape = declared_shape(&param.shape, sizes, errors);
                    }
                }
                ItemKind::Gate(gate) => params.add_gate(gate, names, errors),
                _ => {}
            }
        }
        params
    }

    fn add_gate(&mut self, gate: &Gate, names: &Names, errors: &mut Errors) {
        for operand in &gate.operands {
            let Some((ident, suffix)) = operand_name(operand, names) else { continue };
            if suffix == "b" && !matches!(gate.bias, Bias::None) {
                errors.push(message::operand_like_bias(ident, &gate.name));
            }
            let field = format_ident!("{}_{}", gate.name, suffix, span = ident.span());
            self.add(format!("{}.{suffix}", gate.name), field, gate.doc.clone(), errors);
        }
        if !matches!(gate.bias, Bias::None) {
            let field = format_ident!("{}_b", gate.name);
            self.add(format!("{}.b", gate.name), field, gate.doc.clone(), errors);
        }
    }

    /// `None` if the name is taken. Equal names come from equal names in the declaration or in the
    /// list of a gate, which are reported there; different ones that are equal in Rust are reported
    /// here.
    fn add(
        &mut self,
        name: String,
        field: Ident,
        doc: Option<String>,
        errors: &mut Errors,
    ) -> Option<&mut Slot> {
        if let Some(other) = self.slots.iter().find(|slot| slot.field == field) {
            if name != other.name {
                errors.push(message::clash(&field, &field.to_string(), &other.name, &name));
            }
            return None;
        }
        let index = self.slots.len();
        self.index.insert(name.clone(), index);
        self.slots.push(Slot {
            name,
            field,
            trainable: true,
            doc,
            shape: None,
            init: Init::Constant(0.0),
        });
        self.slots.last_mut()
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// The checked parameters; to be called when there are no errors and no open sizes.
    pub(crate) fn finish(self) -> Vec<cell::Param> {
        let checked = self.slots.into_iter().map(|slot| cell::Param {
            shape: closed::shape(
                &slot.shape.expect("bug in rnn-codegen: a parameter without shape and no error"),
            ),
            name: slot.name,
            field: slot.field,
            init: slot.init,
            trainable: slot.trainable,
            doc: slot.doc,
        });
        checked.collect()
    }
}

fn declared_shape(shape: &ParamShape, sizes: &mut Sizes, errors: &mut Errors) -> Option<Shape> {
    match shape {
        ParamShape::Number | ParamShape::Scalar => Some(Shape::Scalar),
        ParamShape::Vector(length) => Some(Shape::Vector(sizes.length(length, errors)?)),
        ParamShape::Matrix(rows, columns) => {
            let row_count = sizes.length(rows, errors);
            let column_count = sizes.length(columns, errors);
            let shape = Shape::Matrix(row_count?, column_count?);
            if !sizes.fits(&shape) {
                let place = crate::error::place::Place::between(rows.place(), columns.place());
                errors.push(values::large_matrix(place, &sizes.shape(&shape)));
                return None;
            }
            Some(shape)
        }
    }
}

/// The name of a gate's operand and what its matrix is called after: `x`, `h`, `c_t` for `c[t]`,
/// `rh`. `None` for an operand that cannot have a matrix.
pub(crate) fn operand_name<'e>(operand: &'e Expr, names: &Names) -> Option<(&'e Ident, String)> {
    match operand {
        Expr::Name(name) => Some((name, name.unraw().to_string())),
        Expr::Timed(timed) => {
            let kind = names.get(&timed.name.to_string())?.kind;
            let suffix = match (kind, timed.offset) {
                (Kind::State(..), 0) => format!("{}_t", timed.name.unraw()),
                (Kind::State(..), -1) | (Kind::Input(..), 0) => timed.name.unraw().to_string(),
                _ => return None,
            };
            Some((&timed.name, suffix))
        }
        _ => None,
    }
}
