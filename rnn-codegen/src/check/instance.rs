//! A member of a family: its sizes put in for the open ones.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::Attribute;

use super::cell::Cell;
use super::sizes::LONGEST;
use super::{Given, run};
use crate::check::message::values as message;
use crate::error::Errors;
use crate::error::nearest::nearest;
use crate::error::place::Place;
use crate::ops::Weights;
use crate::syntax::{Instance, ItemKind, Setting, Size, Spec};

/// The cell that `instance` makes of the family `spec`. What the instance says about steps and
/// scalar goes before what the family says.
pub(crate) fn instantiate(spec: &Spec, instance: &Instance) -> Result<Cell, Errors> {
    let given = read(spec, instance)?;
    let listed: Vec<String> = given.sizes.iter().map(|(k, v)| format!("{k} = {v}")).collect();
    let cell = run(spec, Some(&given)).map_err(|errors| {
        // The family has been checked, so what remains comes from these sizes: it belongs to the
        // instance.
        let mut moved = Errors::new();
        for error in errors.into_vec() {
            let sizes = listed.join(", ");
            moved.push(message::unfit_sizes(&instance.name, &spec.name, &sizes, &error));
        }
        moved
    })?;
    Ok(cell.expect("bug in rnn-codegen: a member with an open size"))
}

fn read(spec: &Spec, instance: &Instance) -> Result<Given, Errors> {
    let mut errors = Errors::new();
    let open: Vec<String> = spec.open_sizes().iter().map(ToString::to_string).collect();
    if open.is_empty() {
        return Err(message::not_a_family(&instance.name, &spec.name).into());
    }
    let (mut steps, mut double) = (None, None);
    let (mut weights, mut fast) = (None, None);
    let mut sizes = BTreeMap::new();
    let mut seen = Vec::new();
    for (name, setting) in &instance.settings {
        let text = name.to_string();
        if seen.contains(&text) {
            errors.push(message::second_setting(name));
            continue;
        }
        match (text.as_str(), setting) {
            ("scalar", Setting::Word(word)) if word == "f32" || word == "f64" => {
                double = Some(word == "f64");
            }
            ("weights", Setting::Word(word)) if Weights::read(word).is_some() => {
                weights = Weights::read(word).map(|weights| (name.into(), weights));
            }
            ("activations", Setting::Word(word)) if word == "fast" || word == "exact" => {
                fast = Some(word == "fast");
            }
            ("steps", Setting::Number(count, _)) if *count > 0 => steps = Some(*count),
            ("scalar" | "steps" | "weights" | "activations", other) => {
                errors.push(message::setting_value(name, setting_place(other)));
            }
            (_, Setting::Number(value, _)) if open.contains(&text) => {
                if *value == 0 || *value > LONGEST {
                    errors.push(message::setting_range(name, *value, LONGEST));
                }
                sizes.insert(text.clone(), *value);
            }
            (_, other) if open.contains(&text) => {
                errors.push(message::setting_value(name, setting_place(other)));
            }
            _ => errors.push(unknown(spec, name, &open)),
        }
        seen.push(text);
    }
    for missing in open.iter().filter(|name| !seen.contains(name)) {
        errors.push(message::missing_setting(&instance.name, &spec.name, missing));
    }
    errors.finish(|| Given {
        attrs: attributes(spec, instance),
        vis: instance.vis.clone(),
        name: instance.name.clone(),
        sizes,
        steps,
        double,
        weights,
        fast,
    })
}

/// A setting that is neither an open size nor one of every family.
fn unknown(spec: &Spec, name: &Ident, open: &[String]) -> syn::Error {
    if let Some(size) = declared_size(spec, &name.to_string()) {
        return message::closed_setting(name, &spec.name, size);
    }
    let sizes: Vec<&str> = open.iter().map(String::as_str).collect();
    let settings = ["steps", "scalar", "weights", "activations"];
    let near = nearest(&name.to_string(), sizes.iter().copied().chain(settings));
    message::unknown_setting(name, &spec.name, &sizes, near)
}

fn setting_place(setting: &Setting) -> Place {
    match setting {
        Setting::Number(_, span) => (*span).into(),
        Setting::Word(word) => word.into(),
    }
}

/// The size that the family fixes for `name`.
fn declared_size<'a>(spec: &'a Spec, name: &str) -> Option<&'a Size> {
    spec.items.iter().find_map(|item| match &item.kind {
        ItemKind::Input(ports) | ItemKind::State(ports) => {
            ports.iter().find(|port| port.name == name).map(|port| &port.size)
        }
        ItemKind::Dim(dims) => dims.iter().find(|dim| dim.name == name).map(|dim| &dim.size),
        _ => None,
    })
}

/// The instance's attributes; the family's doc comment if the instance has none.
fn attributes(spec: &Spec, instance: &Instance) -> Vec<Attribute> {
    let is_doc = |attribute: &&Attribute| attribute.path().is_ident("doc");
    let mut attributes: Vec<Attribute> = Vec::new();
    if !instance.attrs.iter().any(|a| is_doc(&a)) {
        attributes.extend(spec.attrs.iter().filter(is_doc).cloned());
    }
    attributes.extend(spec.attrs.iter().filter(|a| !is_doc(a)).cloned());
    attributes.extend(instance.attrs.iter().cloned());
    attributes
}
