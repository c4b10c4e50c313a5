//! The parameters of a cell as fields with their names, over the flat buffer.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::size;
use crate::check::cell::{Cell, Param};
use crate::ops::Shape;

/// `NameViews`, `NameViewsMut`, and the methods that make them; nothing for a cell without
/// parameters.
pub(crate) fn views(cell: &Cell, elem: &TokenStream) -> TokenStream {
    if cell.params.is_empty() {
        return TokenStream::new();
    }
    let (vis, name) = (&cell.vis, &cell.name);
    let (shared, exclusive) = (format_ident!("{name}Views"), format_ident!("{name}ViewsMut"));
    let doc = format!(" The parameters of [`{name}`] by name, and a gradient's.");
    let method =
        format!(" The parameters by name: a gate's `i.x` is the field `i_x`, as in [`{shared}`].");
    let fields: Vec<_> = cell.params.iter().map(|p| &p.field).collect();
    let docs: Vec<_> = cell.params.iter().map(describe).collect();
    let types = |exclusive| cell.params.iter().map(move |p| ty(p.shape, elem, exclusive));
    let (shared_types, exclusive_types) = (types(false), types(true));
    let (takes, takes_mut): (Vec<_>, Vec<_>) = cell.params.iter().map(|p| take(p.shape)).unzip();
    quote! {
        #[doc = #doc]
        #[allow(dead_code, non_snake_case, reason = "generated whole, with the names of the equations")]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #vis struct #shared<'a> {
            #(#[doc = #docs] pub #fields: #shared_types,)*
        }

        #[doc = #doc]
        #[allow(dead_code, non_snake_case, reason = "generated whole, with the names of the equations")]
        #[derive(::core::fmt::Debug)]
        #vis struct #exclusive<'a> {
            #(#[doc = #docs] pub #fields: #exclusive_types,)*
        }

        #[allow(dead_code, reason = "generated whole")]
        impl #name {
            #[doc = #method]
            #vis fn views(&self) -> #shared<'_> {
                let rest = &mut ::rnn_runtime::__private::Cell::as_slice(self);
                #shared { #(#fields: ::rnn_runtime::__private::#takes,)* }
            }

            #[doc = #method]
            #vis fn views_mut(&mut self) -> #exclusive<'_> {
                let rest = &mut ::rnn_runtime::__private::Cell::as_mut_slice(self);
                #exclusive { #(#fields: ::rnn_runtime::__private::#takes_mut,)* }
            }
        }
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
pub(super) fn ty(shape: Shape, elem: &TokenStream, exclusive: bool) -> TokenStream {
    let p = quote!(::rnn_runtime::__private);
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
