//! Names of local variables in generated code: those of the declaration where there is one.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span};

use crate::check::cell::Cell;
use crate::check::names::is_word_of_rust;
use crate::graph::{Graph, NodeId, Op};

/// Names that the frame of a generated function takes.
const TAKEN: [&str; 4] = ["simd", "frame", "row", "at"];

/// Endings of the names that the frame makes: rows of buffers, and accumulators of reductions.
const ENDINGS: [&str; 2] = ["_row", "_total"];

/// A name for every node.
#[derive(Debug)]
pub(crate) struct Names(BTreeMap<NodeId, String>);

impl Names {
    pub(crate) fn new(cell: &Cell, graph: &Graph) -> Self {
        let mut used: BTreeSet<String> = TAKEN.iter().map(|s| s.to_string()).collect();
        let mut names = BTreeMap::new();
        for id in graph.ids() {
            let wish = wish(cell, graph, id).map_or_else(|| number(id), |wish| sanitize(&wish));
            let taken = used.contains(&wish) || ENDINGS.iter().any(|end| wish.ends_with(end));
            let name = if taken { format!("{wish}_{}", id.0) } else { wish };
            used.insert(name.clone());
            names.insert(id, name);
        }
        Names(names)
    }

    pub(crate) fn ident(&self, id: NodeId) -> Ident {
        Ident::new(&self.0[&id], Span::mixed_site())
    }

    pub(crate) fn text(&self, id: NodeId) -> &str {
        &self.0[&id]
    }
}

/// The name from the declaration, if there is one.
fn wish(cell: &Cell, graph: &Graph, id: NodeId) -> Option<String> {
    match graph.node(id).op {
        Op::Input(i) => Some(cell.inputs[i].name.to_string()),
        Op::Prev(i) => Some(cell.states[i].name.to_string()),
        Op::Param(i) => Some(cell.params[i].name.clone()),
        Op::AdjNext(i) => Some(format!("d_{}", cell.states[i].name)),
        Op::AdjOutput => Some("d_output".to_owned()),
        Op::AdjCall(of) => {
            Some(format!("d_{}", wish(cell, graph, of).unwrap_or_else(|| number(of))))
        }
        _ => graph.names.get(&id).cloned(),
    }
}

fn number(id: NodeId) -> String {
    format!("v{}", id.0)
}

/// `h[t]` becomes `h_next`; everything else that is no part of a snake-case name becomes `_`.
fn sanitize(name: &str) -> String {
    let name = name.replace("[t]", "_next").replace("r#", "");
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let name: String = name.chars().map(letter).collect();
    let word = !is_word_of_rust(&name) && name != "_";
    if word { name } else { format!("v_{name}") }
}
