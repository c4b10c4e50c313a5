//! What other code sees of a cell, as far as a declaration with mistakes tells.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use quote::format_ident;

use super::equations::Equations;
use super::names::{Names, is_word_of_rust};
use super::params::{Params, operand_name};
use super::sizes::Sizes;
use super::user_functions;
use crate::error::Errors;
use crate::ops::Shape;
use crate::syntax::{Bias, Instance, ItemKind, ParamShape, Setting, Spec};

/// The scalar type, the fields of the views and the method for sequences of fixed length.
#[derive(Debug, Default)]
pub(crate) struct Surface {
    pub(crate) double: bool,
    /// Each field with its kind; the lengths in it mean nothing.
    pub(crate) fields: Vec<(Ident, Shape)>,
    pub(crate) fixed: Option<Fixed>,
}

/// The lengths in the type of `forward_steps`; `None` for those that are not known.
#[derive(Debug)]
pub(crate) struct Fixed {
    pub(crate) steps: Option<usize>,
    pub(crate) inputs: Vec<Option<usize>>,
    /// That of the first state where a mistake hides it, since a call cannot tell it.
    pub(crate) output: usize,
}

/// Reads what can be read; mistakes have been reported elsewhere.
pub(crate) fn surface(spec: &Spec, instance: Option<&Instance>) -> Surface {
    let mut reported = Errors::new();
    let names = Names::collect(spec, &mut reported);
    let fixed = fixed(spec, instance, &names, &mut reported);
    reported.into_vec();
    let mut surface = Surface { fixed, ..Surface::default() };
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

/// Lengths as the checks find them, if declaration or instance say the number of steps.
fn fixed(
    spec: &Spec,
    instance: Option<&Instance>,
    names: &Names,
    reported: &mut Errors,
) -> Option<Fixed> {
    let settings = || instance.iter().flat_map(|i| &i.settings);
    let numbers = settings().filter_map(|(name, setting)| match setting {
        Setting::Number(value, _) => Some((name.to_string(), *value)),
        Setting::Word(_) => None,
    });
    let given: BTreeMap<String, usize> = numbers.collect();
    let mut sizes = Sizes::resolve(names, &given, reported);
    let declared = super::steps(spec, &mut sizes, reported);
    let said = spec.items.iter().any(|item| matches!(item.kind, ItemKind::Steps(_)));
    if !said && !names.is_unread("steps") && settings().all(|(name, _)| name != "steps") {
        return None;
    }
    let inputs = spec.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Input(ports) => Some(ports),
        _ => None,
    });
    let inputs =
        inputs.flatten().map(|port| sizes.named(&port.name.to_string())?.value()).collect();
    let params = Params::collect(spec, names, &mut sizes, reported);
    let faulty = user_functions::check(names, reported);
    let mut equations = Equations::new(spec, names, sizes, params, faulty, false, reported);
    equations.walk(spec);
    let output = equations.output_length().and_then(|length| length.value()).unwrap_or(1);
    Some(Fixed {
        steps: given.get("steps").copied().or(declared.and_then(|steps| steps.value())),
        inputs,
        output,
    })
}

impl Surface {
    fn add(&mut self, field: Ident, kind: Shape) {
        let legal = !is_word_of_rust(&field.to_string());
        if legal && self.fields.iter().all(|(other, _)| *other != field) {
            self.fields.push((field, kind));
        }
    }
}

fn kind(shape: &ParamShape) -> Shape {
    match shape {
        ParamShape::Number | ParamShape::Scalar => Shape::Scalar,
        ParamShape::Vector(_) => Shape::Vector(0),
        ParamShape::Matrix(..) => Shape::Matrix(0, 0),
    }
}
