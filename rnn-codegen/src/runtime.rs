//! Where generated code finds the runtime.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// The runtime's module for generated code, named by version: cells that another version of the
/// compiler has made do not compile against it.
const GENERATED: &str = "__v0_1";

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

    /// The path of the module that generated code calls.
    pub(crate) fn generated(&self) -> TokenStream {
        let module = Ident::new(GENERATED, Span::call_site());
        quote!(#self::#module)
    }
}

impl ToTokens for Runtime {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_code_calls_the_runtime_of_its_own_version() {
        let (major, minor) = (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));
        assert_eq!(GENERATED, format!("__v{major}_{minor}"));
    }
}
