//! Where generated code finds the runtime.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

/// The path of the crate `rnn-runtime` as generated code writes it: `$crate` of one of its macros,
/// so that it does not matter what the user's crate calls it, or whether it depends on it at all.
#[derive(Debug, Clone)]
pub(crate) struct Runtime(TokenStream);

impl Runtime {
    /// Takes the path, in parentheses, off the front of what a procedural macro is given.
    pub(crate) fn split(input: TokenStream) -> (Runtime, TokenStream) {
        let mut trees = input.into_iter();
        let Some(TokenTree::Group(path)) = trees.next() else {
            unreachable!("bug in rnn-codegen: no path of the runtime")
        };
        (Runtime(path.stream()), trees.collect())
    }
}

impl ToTokens for Runtime {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
