//! A plan as Rust: the declared type, its graph for the interpreter, and its program for the
//! kernels.
//!
//! The output is safe code that names nothing but `::core` and what the runtime has for it
//! ([`Runtime::generated`]), whatever the user's crate calls `Vec`, `Option` or `f32`. Where the
//! user's names are visible, what it binds ends in `_`: an argument `x` would be a pattern, and a
//! user's `const x` its meaning. It is the same, byte for byte, for the same declaration.

mod blocks;
mod declared;
mod doc;
mod family;
mod frame;
mod lanes;
mod layout;
mod names;
mod power;
mod program;
mod source;
mod steps;
mod stub;
mod views;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};

pub(crate) use self::family::family;
pub(crate) use self::stub::{stub, stubs};

use self::declared::Declared;
use self::names::Names;
use self::program::Writer;
use crate::check::cell::Cell;
use crate::graph::{Graph, MatrixRef, MatrixSource};
use crate::runtime::Runtime;
use crate::schedule::{Plan, explain};

/// Emits a cell. `source` is its graph in the source dialect.
pub(crate) fn emit(runtime: &Runtime, cell: &Cell, source: &Graph, plan: &Plan) -> TokenStream {
    let explanation = explain(cell, plan);
    let elem = &elem(cell);
    let names = Names::new(cell, &plan.graph);
    let (kernels, methods) = Writer { runtime, cell, plan, names: &names, elem }.functions();
    let steps = steps::steps(cell, elem);
    let (attrs, doc) = (&cell.attrs, doc::document(cell, &explanation));
    let declared = Declared {
        runtime,
        attrs: quote!(#(#attrs)* #[doc = #doc]),
        vis: &cell.vis,
        name: &cell.name,
        elem,
        views: views::views(runtime, cell, elem),
        allowed: quote! {
            #[allow(
                clippy::approx_constant,
                clippy::excessive_precision,
                reason = "numbers are those of the equations"
            )]
        },
        graph: source::graph(cell, source, &explanation),
        layout: layout::layout(cell, plan),
        methods,
        beside: quote!(#steps #kernels),
    };
    declared.into_token_stream()
}

/// The cell's name where it may be hidden by `p` or `kernels`.
fn own(name: &Ident) -> Ident {
    format_ident!("{name}_")
}

/// A size as a person would write it, `4` and not `4usize`: each stands where no other type fits.
fn size(size: usize) -> Literal {
    Literal::usize_unsuffixed(size)
}

fn elem(cell: &Cell) -> TokenStream {
    scalar(cell.double)
}

/// The scalar type.
fn scalar(double: bool) -> TokenStream {
    if double { quote!(::core::primitive::f64) } else { quote!(::core::primitive::f32) }
}

/// First index of a parameter in the flat buffer.
fn offset(cell: &Cell, param: usize) -> usize {
    cell.params[..param].iter().map(|p| p.shape.len()).sum()
}

/// First index of a rectangle in the flat buffer, and the distance between its rows.
fn rectangle(cell: &Cell, matrix: MatrixRef) -> (usize, usize) {
    let MatrixSource::Param(param) = matrix.source;
    let (_, columns) = matrix.source.extent(cell);
    (offset(cell, param) + matrix.entry(columns, 0, 0), columns)
}

#[cfg(test)]
mod tests;
