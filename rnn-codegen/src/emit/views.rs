//! The parameters of a cell as fields with their names, over the flat buffer.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Visibility;
use syn::ext::IdentExt;

use super::size;
use crate::check::cell::{Cell, Param};
use crate::ops::Shape;
use crate::runtime::Runtime;

/// `NameViews`, `NameViewsMut`, and the methods that make them; nothing for a cell without
/// parameters.
pub(crate) fn views(runtime: &Runtime, cell: &Cell, elem: &TokenStream) -> TokenStream {
    if cell.params.is_empty() {
        return TokenStream::new();
    }
    let Names { shared, exclusive, module } = Names::of(&cell.name);
    let (vis, name, p) = (&cell.vis, &cell.name, runtime.generated());
    let doc = format!(" The parameters of `{name}` by name, and a gradient's.");
    let method =
        format!(" The parameters by name: a gate's `i.x` is the field `i_x`, as in [`{shared}`].");
    let fields: Vec<_> = cell.params.iter().map(|p| &p.field).collect();
    let docs: Vec<_> = cell.params.iter().map(describe).collect();
    let types = |exclusive| cell.params.iter().map(move |p| ty(runtime, p.shape, elem, exclusive));
    let (shared_types, exclusive_types) = (types(false), types(true));
    let (takes, takes_mut): (Vec<_>, Vec<_>) = cell.params.iter().map(|p| take(p.shape)).unzip();
    let structs = quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        pub struct #shared<'a> {
            #(#[doc = #docs] pub #fields: #shared_types,)*
        }

        impl<'a> #shared<'a> {
            pub(super) fn of(mut values: &'a [#elem]) -> Self {
                let rest = &mut values;
                Self { #(#fields: #p::#takes,)* }
            }
        }

        #[doc = #doc]
        #[derive(::core::fmt::Debug)]
        pub struct #exclusive<'a> {
            #(#[doc = #docs] pub #fields: #exclusive_types,)*
        }

        impl<'a> #exclusive<'a> {
            pub(super) fn of(mut values: &'a mut [#elem]) -> Self {
                let rest = &mut values;
                Self { #(#fields: #p::#takes_mut,)* }
            }
        }
    };
    let structs = in_module(vis, &module, &structs);
    quote! {
        #structs

        #[allow(dead_code, reason = "generated whole")]
        impl #name {
            #[doc = #method]
            #vis fn views(&self) -> #module::#shared<'_> {
                #module::#shared::of(#p::Cell::as_slice(self))
            }

            #[doc = #method]
            #vis fn views_mut(&mut self) -> #module::#exclusive<'_> {
                #module::#exclusive::of(#p::Cell::as_mut_slice(self))
            }
        }
    }
}

/// What the views of a cell are called.
pub(super) struct Names {
    pub(super) shared: Ident,
    pub(super) exclusive: Ident,
    pub(super) module: Ident,
}

impl Names {
    pub(super) fn of(cell: &Ident) -> Names {
        let cell = cell.unraw();
        Names {
            shared: format_ident!("{cell}Views"),
            exclusive: format_ident!("{cell}ViewsMut"),
            module: format_ident!("__{cell}_views"),
        }
    }
}

/// The types of the views in a module of their own. They come out of it by a glob, so that a type
/// of the user's with one of their names goes before.
pub(super) fn in_module(vis: &Visibility, module: &Ident, structs: &TokenStream) -> TokenStream {
    quote! {
        #[allow(
            dead_code, missing_docs, non_snake_case, unreachable_pub,
            reason = "generated whole, with the names of the equations"
        )]
        mod #module {
            #structs
        }
        #[allow(unused_imports, unreachable_pub, reason = "for those who name the types")]
        #vis use #module::*;
    }
}

fn describe(param: &Param) -> String {
    let shape = match param.shape {
        Shape::Scalar => "a number".to_owned(),
        Shape::Vector(n) => format!("`[{n}]`"),
        Shape::Matrix(rows, columns) => format!("`[{rows}, {columns}]`"),
    };
    let doc = param.doc.as_deref().unwrap_or_default().trim();
    format!(" `{}`, {shape}. {doc}", param.name)
}

/// The type of a field; lengths do not matter.
pub(super) fn ty(
    runtime: &Runtime,
    shape: Shape,
    elem: &TokenStream,
    exclusive: bool,
) -> TokenStream {
    let p = runtime.generated();
    match (shape, exclusive) {
        (Shape::Scalar, false) => quote!(&'a #elem),
        (Shape::Scalar, true) => quote!(&'a mut #elem),
        (Shape::Vector(_), false) => quote!(#p::ArrayView1<'a, #elem>),
        (Shape::Vector(_), true) => quote!(#p::ArrayViewMut1<'a, #elem>),
        (Shape::Matrix(..), false) => quote!(#p::ArrayView2<'a, #elem>),
        (Shape::Matrix(..), true) => quote!(#p::ArrayViewMut2<'a, #elem>),
    }
}

/// Calls that cut a parameter off the front of `rest`.
fn take(shape: Shape) -> (TokenStream, TokenStream) {
    match shape {
        Shape::Scalar => (quote!(take_number(rest)), quote!(take_number_mut(rest))),
        Shape::Vector(n) => {
            let n = size(n);
            (quote!(take_vector(rest, #n)), quote!(take_vector_mut(rest, #n)))
        }
        Shape::Matrix(rows, columns) => {
            let (rows, columns) = (size(rows), size(columns));
            (
                quote!(take_matrix(rest, #rows, #columns)),
                quote!(take_matrix_mut(rest, #rows, #columns)),
            )
        }
    }
}
