//! A plan as Rust: the declared type, its graph for the interpreter, and its program for the
//! kernels.
//!
//! The output is safe code that names nothing but the `__v0_1` of the runtime and `::core`,
//! whatever the user's crate calls `Vec`, `Option` or `f32`. Where the user's names are visible,
//! what it binds ends in `_`: an argument `x` would be a pattern, and a user's `const x` its
//! meaning. It is the same, byte for byte, for the same declaration.

mod blocks;
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
use quote::{format_ident, quote};

pub(crate) use self::family::family;
pub(crate) use self::stub::{stub, stubs};

use self::names::Names;
use self::program::Writer;
use crate::check::cell::Cell;
use crate::graph::{Graph, MatrixRef, MatrixSource};
use crate::runtime::Runtime;
use crate::schedule::{Plan, explain};

/// Emits a cell. `source` is its graph in the source dialect.
pub(crate) fn emit(runtime: &Runtime, cell: &Cell, source: &Graph, plan: &Plan) -> TokenStream {
    let explanation = explain(cell, plan);
    let elem = elem(cell);
    let views = views::views(runtime, cell, &elem);
    let graph = source::graph(cell, source, &explanation);
    let (attrs, vis, name) = (&cell.attrs, &cell.vis, &cell.name);
    let own = own(name);
    let doc = doc::document(cell, &explanation);
    let implementations = implementations(runtime, cell, plan, &graph, &elem);
    quote! {
        #(#attrs)*
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #vis struct #name {
            flat: #runtime::__v0_1::Flat<#elem>,
        }

        #views

        #[allow(
            clippy::approx_constant,
            clippy::excessive_precision,
            reason = "numbers are those of the equations"
        )]
        const _: () = {
            #[allow(non_camel_case_types, reason = "the cell may have such a name")]
            type #own = #name;

            const _: () = {
                use #runtime::__v0_1 as p;

                #implementations
            };
        };
    }
}

/// What the runtime asks of a cell, and its kernels. `graph` is the one for the interpreter.
fn implementations(
    runtime: &Runtime,
    cell: &Cell,
    plan: &Plan,
    graph: &TokenStream,
    elem: &TokenStream,
) -> TokenStream {
    let names = Names::new(cell, &plan.graph);
    let (kernels, methods) = Writer { runtime, cell, plan, names: &names, elem }.functions();
    let layout = layout::layout(cell, plan);
    let steps = steps::steps(cell, elem);
    let own = own(&cell.name);
    quote! {
        impl p::Cell for #own {
            const GRAPH: &'static p::CellGraph = #graph;

            fn from_flat(flat_: p::Flat<#elem>) -> Self {
                Self { flat: flat_ }
            }

            fn flat(&self) -> &p::Flat<#elem> {
                &self.flat
            }

            fn flat_mut(&mut self) -> &mut p::Flat<#elem> {
                &mut self.flat
            }
        }

        impl p::Parameters for #own {
            type Cell = Self;

            fn slice(&self) -> p::ParamSlice<'_, Self> {
                self.flat.slice()
            }
        }

        impl p::ParametersMut for #own {
            fn slice_mut(&mut self) -> p::ParamSliceMut<'_, Self> {
                self.flat.slice_mut()
            }
        }

        impl p::Program for #own {
            type Scalar = #elem;

            const LAYOUT: p::Layout = #layout;

            #methods
        }

        #steps

        #kernels
    }
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
