//! Every declared name, what it stands for, and whether something reads it.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;

use crate::check::message::names as message;
use crate::error::Errors;
use crate::functions;
use crate::syntax::item::{KEYWORDS, LATER};
use crate::syntax::{Function, Item, ItemKind, Size, Spec, Unread};

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind<'a> {
    /// Index among the inputs.
    Input(usize, &'a Size),
    /// Index among the states.
    State(usize, &'a Size),
    Dim(&'a Size),
    Const,
    Param,
    Gate,
    /// A named expression.
    Let,
    Function(&'a Function),
}

impl Kind<'_> {
    /// The word for a sentence.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Kind::Input(..) => "input",
            Kind::State(..) => "state",
            Kind::Dim(_) => "dimension",
            Kind::Const => "constant",
            Kind::Param => "parameter",
            Kind::Gate => "gate",
            Kind::Let => "expression",
            Kind::Function(_) => "function",
        }
    }
}

/// A declared name.
#[derive(Debug)]
pub(crate) struct Name<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) kind: Kind<'a>,
    /// The statement that declares it.
    pub(crate) item: &'a Item,
    used: Cell<bool>,
}

impl Name<'_> {
    /// `state c: 16`: what fixes the shape of an input, a state or a parameter.
    pub(crate) fn declaration(&self) -> Option<String> {
        match &self.item.kind {
            ItemKind::Input(ports) | ItemKind::State(ports) => {
                let port = ports.iter().find(|port| port.name == *self.ident)?;
                Some(format!("{} {port}", self.kind.noun()))
            }
            ItemKind::Param { trainable, list } => {
                let param = list.iter().find(|param| param.name == *self.ident)?;
                let word = if *trainable { "param" } else { "fixed" };
                Some(format!("{word} {}: {}", param.name, param.shape))
            }
            _ => None,
        }
    }
}

/// All names of a declaration, in its order.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    entries: Vec<Name<'a>>,
    index: BTreeMap<String, usize>,
    /// What is assigned as `[t]`.
    assigned: BTreeSet<String>,
    /// Names that cannot be declared, or that mean two things: nothing is known about them.
    refused: BTreeSet<String>,
    /// What could not be read may declare, assign or use anything.
    unread: &'a Unread,
}

impl<'a> Names<'a> {
    /// Finds names that are reserved or declared twice on the way.
    pub(crate) fn collect(spec: &'a Spec, errors: &mut Errors) -> Names<'a> {
        let mut names = Names {
            entries: Vec::new(),
            index: BTreeMap::new(),
            assigned: BTreeSet::new(),
            refused: BTreeSet::new(),
            unread: &spec.unread,
        };
        let (mut inputs, mut states) = (0, 0);
        for item in &spec.items {
            match &item.kind {
                ItemKind::Input(ports) => {
                    for port in ports {
                        names.declare(&port.name, Kind::Input(inputs, &port.size), item, errors);
                        inputs += 1;
                    }
                }
                ItemKind::State(ports) => {
                    for port in ports {
                        names.declare(&port.name, Kind::State(states, &port.size), item, errors);
                        states += 1;
                    }
                }
                ItemKind::Param { list, .. } => {
                    list.iter().for_each(|p| names.declare(&p.name, Kind::Param, item, errors));
                }
                ItemKind::Dim(dims) => {
                    for dim in dims {
                        names.declare(&dim.name, Kind::Dim(&dim.size), item, errors);
                    }
                }
                ItemKind::Const(list) => {
                    list.iter().for_each(|c| names.declare(&c.name, Kind::Const, item, errors));
                }
                ItemKind::Function(function) => {
                    names.declare(&function.name, Kind::Function(function), item, errors);
                }
                ItemKind::Gate(gate) => names.declare(&gate.name, Kind::Gate, item, errors),
                ItemKind::Let(equation) => names.declare(&equation.name, Kind::Let, item, errors),
                ItemKind::Next(equation) => {
                    names.assigned.insert(equation.name.to_string());
                }
                ItemKind::Output(_)
                | ItemKind::Steps(_)
                | ItemKind::Scalar { .. }
                | ItemKind::Weights(_)
                | ItemKind::Activations { .. } => {}
            }
        }
        names.forget();
        names
    }

    /// Takes out the first of two equal names: which of them an equation means is not known.
    fn forget(&mut self) {
        self.entries.retain(|name| !self.refused.contains(&name.ident.to_string()));
        let entries = self.entries.iter().enumerate();
        self.index = entries.map(|(at, name)| (name.ident.to_string(), at)).collect();
    }

    fn declare(&mut self, ident: &'a Ident, kind: Kind<'a>, item: &'a Item, errors: &mut Errors) {
        let text = ident.to_string();
        if let Some(reason) = reserved(&text) {
            errors.push(message::reserved(ident, reason));
            self.refused.insert(text);
            return;
        }
        if let Some(&first) = self.index.get(&text) {
            errors.push(message::repeated(ident, kind, &self.entries[first]));
            self.refused.insert(text);
            return;
        }
        let used = Cell::new(self.unread.words.contains(&text));
        self.index.insert(text, self.entries.len());
        self.entries.push(Name { ident, kind, item, used });
    }

    /// What `name` stands for, without counting as a use.
    pub(crate) fn get(&self, name: &str) -> Option<&Name<'a>> {
        self.index.get(name).map(|&i| &self.entries[i])
    }

    /// What `name` stands for, now in use.
    pub(crate) fn read(&self, name: &str) -> Option<&Name<'a>> {
        let entry = self.get(name)?;
        entry.used.set(true);
        Some(entry)
    }

    /// Whether nothing is known about `name`: its declaration has been refused, or it stands in a
    /// statement that could not be read.
    pub(crate) fn is_unread(&self, name: &str) -> bool {
        self.is_refused(name) || self.unread.nameless || self.unread.words.contains(name)
    }

    /// Whether a declaration of `name` has been refused.
    pub(crate) fn is_refused(&self, name: &str) -> bool {
        self.refused.contains(name)
    }

    /// Whether an equation assigns `name[t]`.
    pub(crate) fn is_assigned(&self, name: &str) -> bool {
        self.assigned.contains(name)
    }

    /// Whether any equation assigns a next value.
    pub(crate) fn any_assigned(&self) -> bool {
        !self.assigned.is_empty()
    }

    /// Whether anything could not be read, or has been refused.
    pub(crate) fn any_unread(&self) -> bool {
        !self.refused.is_empty() || self.unread.nameless || !self.unread.words.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Name<'a>> {
        self.entries.iter()
    }

    /// Reports what is declared and read nowhere. States are exempt: their last value is a result.
    /// What could not be read, and what is not declared, may have been meant to be any of them.
    pub(crate) fn unused(&self, errors: &mut Errors) {
        if self.any_unread() || errors.any_once() {
            return;
        }
        for name in &self.entries {
            if !name.used.get() && !matches!(name.kind, Kind::State(..)) {
                errors.push(message::unused(name));
            }
        }
    }
}

/// Why no declaration can have this name.
pub(super) fn reserved(name: &str) -> Option<String> {
    if name == "t" {
        Some("it is the step, as in `h[t]`".to_owned())
    } else if name == "T" {
        Some("it is the transpose, as in `W.T`".to_owned())
    } else if functions::is_builtin(name) || name == "linear" {
        Some("it is a function of the notation".to_owned())
    } else if is_word_of_rust(name) {
        Some("it is a word of Rust".to_owned())
    } else if name.starts_with("r#") {
        Some("raw names cannot be part of the generated names".to_owned())
    } else if KEYWORDS.contains(&name) || LATER.contains(&name) {
        Some("it is a word of the notation".to_owned())
    } else {
        None
    }
}

/// Whether an edition of Rust keeps `name` for itself; `syn` knows all such words but the last one.
pub(crate) fn is_word_of_rust(name: &str) -> bool {
    syn::parse_str::<Ident>(name).is_err() || name == "gen"
}
