//! The procedural macros of `rnn-runtime`, which documents them: a shell around the compiler, which
//! is an ordinary library, [`rnn_codegen`].

/// Declares a recurrent cell in its equations; `rnn_runtime::cell!` is where it is documented.
#[proc_macro]
pub fn cell(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    rnn_codegen::declare(input.into()).into()
}

/// Makes a cell of a family: what the macro of a declaration with open sizes expands to.
#[doc(hidden)]
#[proc_macro]
pub fn __instance(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    rnn_codegen::instantiate(input.into()).into()
}
