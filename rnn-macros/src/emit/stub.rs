//! What stands in for a cell whose declaration has errors, so that the rest of the user's file has
//! none.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Visibility;

/// The declared type with the surface of a cell; nothing of it can run, because compilation has
/// failed.
pub(crate) fn stub(vis: &Visibility, name: &Ident) -> TokenStream {
    let elem = quote!(::core::primitive::f32);
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
        };
    }
}
