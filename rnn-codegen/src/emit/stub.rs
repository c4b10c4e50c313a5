//! What stands in for a cell whose declaration has errors, so that the rest of the user's file has
//! none.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Visibility, parse_quote};

use super::declared::Declared;
use super::views::{self, Names};
use super::{family, own, scalar};
use crate::check::names::is_word_of_rust;
use crate::check::{Fixed, Surface};
use crate::runtime::Runtime;
use crate::syntax::leaves_open;

/// The declared type with the surface of a cell; nothing of it can run, because compilation has
/// failed.
pub(crate) fn stub(
    runtime: &Runtime,
    vis: &Visibility,
    name: &Ident,
    surface: &Surface,
) -> TokenStream {
    let elem = &scalar(surface.double);
    let own = own(name);
    let declared = Declared {
        runtime,
        attrs: quote!(#[allow(missing_docs, reason = "the declaration has errors")]),
        vis,
        name,
        elem,
        views: stub_views(runtime, vis, name, surface, elem),
        allowed: TokenStream::new(),
        graph: quote!(&p::CellGraph::EMPTY),
        layout: quote!(p::Layout::EMPTY),
        methods: stub_methods(name, elem),
        beside: surface
            .fixed
            .as_ref()
            .map(|fixed| stub_steps(vis, &own, fixed, elem))
            .unwrap_or_default(),
    };
    declared.into_token_stream()
}

/// The functions of `Program`, which do nothing.
fn stub_methods(name: &Ident, elem: &TokenStream) -> TokenStream {
    let once = ["call", "back_sums", "back_call"].map(|n| Ident::new(n, name.span()));
    quote! {
        #(fn #once<S: p::Kernels<#elem>>(_: S, _: &mut p::Frame<'_, #elem>) {})*
        fn forward<
            S: p::Kernels<#elem>,
            const TAPE: ::core::primitive::bool,
            const ONE: ::core::primitive::bool,
            F: p::Frames<#elem>,
        >(
            _: S,
            _: &mut F,
        ) {
        }
        fn backward<S: p::Kernels<#elem>, F: p::Frames<#elem>>(_: S, _: &mut F) {}
    }
}

/// For a declaration whose head cannot be read: a cell, or a family if it leaves a length open, for
/// every name that follows a `struct`.
pub(crate) fn stubs(runtime: &Runtime, declaration: &TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = declaration.clone().into_iter().collect();
    let names = trees.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Ident(name)] if word == "struct" => Some(name),
        _ => None,
    });
    let legal = names.filter(|name| !is_word_of_rust(&name.to_string()));
    let open = leaves_open(declaration.clone());
    legal
        .map(|name| match open {
            true => family(runtime, &[], &parse_quote!(pub(crate)), name, declaration, true),
            false => stub(runtime, &parse_quote!(pub), name, &Surface::default()),
        })
        .collect()
}

/// The views, with every field that is known.
fn stub_views(
    runtime: &Runtime,
    vis: &Visibility,
    name: &Ident,
    surface: &Surface,
    elem: &TokenStream,
) -> TokenStream {
    if surface.fields.is_empty() {
        return TokenStream::new();
    }
    let Names { shared, exclusive, module } = Names::of(name);
    let (fields, kinds): (Vec<_>, Vec<_>) = surface.fields.iter().cloned().unzip();
    let types =
        |exclusive| kinds.iter().map(move |kind| views::ty(runtime, *kind, elem, exclusive));
    let (shared_types, exclusive_types) = (types(false), types(true));
    let structs = quote! {
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        pub struct #shared<'a> { #(pub #fields: #shared_types,)* }

        #[derive(::core::fmt::Debug)]
        pub struct #exclusive<'a> { #(pub #fields: #exclusive_types,)* }
    };
    let structs = views::in_module(vis, &module, &structs);
    quote! {
        #structs

        #[allow(dead_code, missing_docs, reason = "the declaration has errors")]
        impl #name {
            #vis fn views(&self) -> #module::#shared<'_> { ::core::unimplemented!() }
            #vis fn views_mut(&mut self) -> #module::#exclusive<'_> { ::core::unimplemented!() }
        }
    }
}

/// The method of a cell of fixed length; a length that is not known is taken from the call.
fn stub_steps(vis: &Visibility, own: &Ident, fixed: &Fixed, elem: &TokenStream) -> TokenStream {
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
        impl #own {
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
