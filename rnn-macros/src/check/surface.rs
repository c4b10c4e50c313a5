//! What other code sees of a cell, as far as a declaration with mistakes tells.

use proc_macro2::Ident;
use quote::format_ident;

use super::names::Names;
use super::params::operand_name;
use crate::error::Errors;
use crate::ops::Shape;
use crate::syntax::{Bias, Instance, ItemKind, ParamShape, Setting, Spec};

/// The scalar type and the fields of the views; lengths are part of neither.
#[derive(Debug, Default)]
pub(crate) struct Surface {
    pub(crate) double: bool,
    /// Each field with its kind; the lengths in it mean nothing.
    pub(crate) fields: Vec<(Ident, Shape)>,
}

/// Reads what can be read; mistakes have been reported elsewhere.
pub(crate) fn surface(spec: &Spec, instance: Option<&Instance>) -> Surface {
    let mut reported = Errors::new();
    let names = Names::collect(spec, &mut reported);
    reported.into_vec();
    let mut surface = Surface::default();
    for item in &spec.items {
        match &item.kind {
            ItemKind::Scalar { double } => surface.double = *double,
            ItemKind::Param { list, .. } => {
                list.iter().for_each(|p| surface.add(p.name.clone(), kind(&p.shape)));
            }
            ItemKind::Gate(gate) => {
                for (ident, suffix) in gate.operands.iter().filter_map(|o| operand_name(o, &names))
                {
                    let field = format_ident!("{}_{}", gate.name, suffix, span = ident.span());
                    surface.add(field, Shape::Matrix(0, 0));
                }
                if !matches!(gate.bias, Bias::None) {
                    surface.add(format_ident!("{}_b", gate.name), Shape::Vector(0));
                }
            }
            _ => {}
        }
    }
    for (name, setting) in instance.iter().flat_map(|i| &i.settings) {
        if let ("scalar", Setting::Word(word)) = (name.to_string().as_str(), setting) {
            surface.double = word == "f64";
        }
    }
    surface
}

impl Surface {
    fn add(&mut self, field: Ident, kind: Shape) {
        let legal = syn::parse_str::<Ident>(&field.to_string()).is_ok();
        if legal && self.fields.iter().all(|(other, _)| *other != field) {
            self.fields.push((field, kind));
        }
    }
}

fn kind(shape: &ParamShape) -> Shape {
    match shape {
        ParamShape::Scalar => Shape::Scalar,
        ParamShape::Vector(_) => Shape::Vector(0),
        ParamShape::Matrix(..) => Shape::Matrix(0, 0),
    }
}
