//! The compiler behind `rnn_runtime::cell!`.

mod check;
mod emit;
mod error;
mod ops;
mod syntax;

use proc_macro2::TokenStream;

/// Declares a recurrent cell in its equations.
#[proc_macro]
pub fn cell(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    compile(input.into()).into()
}

fn compile(input: TokenStream) -> TokenStream {
    let spec = match syntax::parse(input) {
        Ok(spec) => spec,
        Err(errors) => return errors.into_compile_errors(),
    };
    let checked =
        if spec.is_family() { check::check_family(&spec) } else { check::check(&spec).map(|_| ()) };
    match checked {
        Ok(()) => TokenStream::new(),
        Err(errors) => {
            let mut tokens = errors.into_compile_errors();
            tokens.extend(emit::stub(&spec.name, &spec.vis));
            tokens
        }
    }
}
