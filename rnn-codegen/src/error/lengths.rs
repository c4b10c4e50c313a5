//! What is said about lengths and shapes that cannot be read.

use proc_macro2::{Ident, Span};
use syn::Error;
use syn::parse::ParseStream;

use super::error;
use super::syntax::found;
use crate::syntax::item::KEYWORDS;

pub(crate) fn no_length(name: &Ident, input: ParseStream) -> Error {
    if KEYWORDS.iter().any(|k| name == k) && input.cursor().ident().is_some() {
        return error(
            name,
            format!("a semicolon is missing before `{name}`"),
            "a comma goes on with the list, a `;` ends the statement",
        );
    }
    if input.peek(syn::Token![=]) {
        return error(
            input.span(),
            format!("expected `:` after `{name}`, found `=`"),
            format!("write `{name}: 32`"),
        );
    }
    if input.peek(syn::LitInt) {
        let what = format!("expected `:` after `{name}`, found {}", found(input));
        return error(
            input.span(),
            what,
            format!("write `{name}: {}`", found(input).replace('`', "")),
        );
    }
    error(
        name,
        format!("`{name}` has no length"),
        format!("write `{name}: 32`, or `{name}: _` to leave it open"),
    )
}

pub(crate) fn no_shape(name: &Ident) -> Error {
    error(
        name,
        format!("parameter `{name}` has no shape"),
        format!(
            "write `{name}: [rows, columns]`, `{name}: [length]`, or `{name} = 1.0` for one number"
        ),
    )
}

pub(crate) fn no_sign_of_initialiser(input: ParseStream) -> Error {
    let found = found(input);
    let help = format!("an initialiser follows `=`: `= {}`", found.replace('`', ""));
    error(input.span(), format!("expected `=`, found {found}"), help)
}

pub(crate) fn bracketed_length(span: Span) -> Error {
    error(
        span,
        "the length of an input or state stands without brackets",
        "write `h: 64`; brackets are for the shapes of parameters",
    )
}

pub(crate) fn bare_shape(span: Span) -> Error {
    error(
        span,
        "the shape of a parameter stands in brackets",
        "write `[length]` for a vector, `[rows, columns]` for a matrix, `scalar` for one number",
    )
}

pub(crate) fn bad_length(span: Span) -> Error {
    error(
        span,
        "expected a length",
        "a length is a whole number, the name of an input, state or `dim`, or such with `+ - * /`; \
         those of a shape are separated by commas",
    )
}

pub(crate) fn long_size(span: Span, operators: usize) -> Error {
    error(
        span,
        format!("this length has more than {operators} operators"),
        "give a part of it a name: `dim P = ..;`",
    )
}

pub(crate) fn bad_shape(span: Span, sizes: usize) -> Error {
    error(
        span,
        format!("a shape has one or two lengths, this one has {sizes}"),
        "write `[length]` or `[rows, columns]`; for one number write `name = 1.0`",
    )
}

pub(crate) fn misplaced_open_size(span: Span) -> Error {
    error(
        span,
        "only the whole length of an input, a state or a `dim` can be left open",
        "declare `dim P = _;` and use `P` here",
    )
}
