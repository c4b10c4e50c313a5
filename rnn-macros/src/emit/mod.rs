//! From a checked cell to the tokens of the Rust items that stand for it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Visibility;

/// The declared type alone: what is emitted beside errors, so that code that names it gives no errors of its own.
pub(crate) fn stub(name: &Ident, vis: &Visibility) -> TokenStream {
    quote! {
        #[allow(missing_docs, reason = "the declaration has errors")]
        #vis struct #name;
    }
}
