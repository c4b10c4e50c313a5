//! The procedural macros behind those of `rnn-runtime`, which hand them their `$crate` in front of
//! a declaration: a shell around the compiler, which is an ordinary library, [`rnn_codegen`].

/// Declares a recurrent cell in its equations: what `rnn_runtime::cell!` expands to, where it is
/// documented.
#[doc(hidden)]
#[proc_macro]
pub fn __cell(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    rnn_codegen::declare(input.into()).into()
}

/// Makes a cell of a family: what the macro of a declaration with open sizes expands to.
#[doc(hidden)]
#[proc_macro]
pub fn __instance(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    rnn_codegen::instantiate(input.into()).into()
}
