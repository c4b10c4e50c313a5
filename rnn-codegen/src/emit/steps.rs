//! `steps N;`: the sequence length is part of the type, so a sequence is an array of arrays.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::size;
use crate::check::cell::Cell;

/// A method over arrays of the fixed length; nothing if the length is open.
pub(crate) fn steps(cell: &Cell, elem: &TokenStream) -> TokenStream {
    let Some(steps) = cell.steps else { return TokenStream::new() };
    let (vis, own) = (&cell.vis, super::own(&cell.name));
    let inputs: Vec<_> = cell.inputs.iter().map(|port| format_ident!("{}_", port.name)).collect();
    let lens = cell.inputs.iter().map(|port| size(port.len));
    let (steps, len) = (size(steps), size(cell.output.shape.len()));
    // An input may have this name too.
    let sequence = Ident::new("sequence_", Span::mixed_site());
    let output = Ident::new("output_", Span::mixed_site());
    quote! {
        #[allow(non_snake_case, reason = "inputs are called as in the equations")]
        impl #own {
            /// Outputs of one sequence of the declared length, from zero states.
            ///
            /// # Errors
            /// None for arrays, whose shapes are right by their types; an unknown name in
            /// `RNN_TIER`.
            #[allow(clippy::too_many_arguments, reason = "one for each input")]
            #vis fn forward_steps(
                &self,
                #sequence: &mut p::Sequence<Self>,
                #(#inputs: &[[#elem; #lens]; #steps],)*
            ) -> ::core::result::Result<[[#elem; #len]; #steps], p::Error> {
                let mut #output = [[0.0; #len]; #steps];
                #sequence.forward_into(
                    self,
                    &[#(p::steps(#inputs)),*],
                    &[],
                    p::steps_mut(&mut #output),
                )?;
                ::core::result::Result::Ok(#output)
            }
        }
    }
}
