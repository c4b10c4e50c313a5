//! What stands in for a cell whose declaration has errors, so that the rest of the user's file has
//! none.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::{Visibility, parse_quote};

use super::{scalar, views};
use crate::check::{Fixed, Surface};

/// The declared type with the surface of a cell; nothing of it can run, because compilation has
/// failed.
pub(crate) fn stub(vis: &Visibility, name: &Ident, surface: &Surface) -> TokenStream {
    let elem = scalar(surface.double);
    let views = stub_views(vis, name, surface, &elem);
    let steps = surface.fixed.as_ref().map(|fixed| stub_steps(vis, name, fixed, &elem));
    let taped = ["before", "step", "after"].map(|n| Ident::new(n, name.span()));
    let frames = ["RowsFrame", "StepFrame", "RowsFrame"].map(|n| Ident::new(n, name.span()));
    let plain = ["call", "back_before", "back_step", "back_after", "back_sums", "back_call"];
    let plain = plain.map(|n| Ident::new(n, name.span()));
    let plain_frames =
        ["CallFrame", "BackRows", "BackStep", "BackRows", "BackSums", "BackCallFrame"];
    let plain_frames = plain_frames.map(|n| Ident::new(n, name.span()));
    quote! {
        #[allow(missing_docs, reason = "the declaration has errors")]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #vis struct #name {
            flat: ::rnn_runtime::__private::Flat<#elem>,
        }

        #views

        const _: () = {
            use ::rnn_runtime::__private as p;

            impl p::Cell for #name {
                const GRAPH: &'static p::CellGraph = &p::CellGraph::EMPTY;
                fn from_flat(flat: p::Flat<#elem>) -> Self { Self { flat } }
                fn flat(&self) -> &p::Flat<#elem> { &self.flat }
                fn flat_mut(&mut self) -> &mut p::Flat<#elem> { &mut self.flat }
            }

            impl p::Program for #name {
                type Scalar = #elem;
                const LAYOUT: p::Layout = p::Layout::EMPTY;
                #(fn #taped<S: p::Kernels<#elem>, const TAPE: ::core::primitive::bool>(
                    _simd: S, _frame: &mut p::#frames<'_, #elem>,
                ) {})*
                #(fn #plain<S: p::Kernels<#elem>>(
                    _simd: S, _frame: &mut p::#plain_frames<'_, #elem>,
                ) {})*
            }

            #steps
        };
    }
}

/// For a declaration whose head cannot be read: a cell for every name that follows a `struct`.
pub(crate) fn stubs(declaration: &TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = declaration.clone().into_iter().collect();
    let names = trees.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Ident(name)] if word == "struct" => Some(name),
        _ => None,
    });
    let legal = names.filter(|name| syn::parse_str::<Ident>(&name.to_string()).is_ok());
    legal.map(|name| stub(&parse_quote!(pub), name, &Surface::default())).collect()
}

/// The views, with every field that is known.
fn stub_views(
    vis: &Visibility,
    name: &Ident,
    surface: &Surface,
    elem: &TokenStream,
) -> TokenStream {
    if surface.fields.is_empty() {
        return TokenStream::new();
    }
    let (shared, exclusive) = (format_ident!("{name}Views"), format_ident!("{name}ViewsMut"));
    let (fields, kinds): (Vec<_>, Vec<_>) = surface.fields.iter().cloned().unzip();
    let types = |exclusive| kinds.iter().map(move |kind| views::ty(*kind, elem, exclusive));
    let (shared_types, exclusive_types) = (types(false), types(true));
    quote! {
        #[allow(dead_code, missing_docs, non_snake_case, reason = "the declaration has errors")]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #vis struct #shared<'a> { #(pub #fields: #shared_types,)* }

        #[allow(dead_code, missing_docs, non_snake_case, reason = "the declaration has errors")]
        #[derive(::core::fmt::Debug)]
        #vis struct #exclusive<'a> { #(pub #fields: #exclusive_types,)* }

        #[allow(dead_code, missing_docs, reason = "the declaration has errors")]
        impl #name {
            #vis fn views(&self) -> #shared<'_> { ::core::unimplemented!() }
            #vis fn views_mut(&mut self) -> #exclusive<'_> { ::core::unimplemented!() }
        }
    }
}

/// The method of a cell of fixed length; a length that is not known is taken from the call.
fn stub_steps(vis: &Visibility, name: &Ident, fixed: &Fixed, elem: &TokenStream) -> TokenStream {
    let mut open = Vec::new();
    let mut length = |known: Option<usize>| match known {
        Some(length) => quote!(#length),
        None => {
            let parameter = format_ident!("N{}", open.len());
            open.push(parameter.clone());
            quote!(#parameter)
        }
    };
    let steps = length(fixed.steps);
    let inputs: Vec<_> = fixed.inputs.iter().map(|known| length(*known)).collect();
    let output = fixed.output;
    quote! {
        #[allow(dead_code, missing_docs, reason = "the declaration has errors")]
        impl #name {
            #vis fn forward_steps<#(const #open: ::core::primitive::usize),*>(
                &self,
                _: &mut p::Sequence<Self>,
                #(_: &[[#elem; #inputs]; #steps],)*
            ) -> ::core::result::Result<[[#elem; #output]; #steps], p::Error> {
                ::core::unimplemented!()
            }
        }
    }
}
