//! What is said about the head of a declaration, and about the members of a family.

use proc_macro2::{Ident, Span};
use syn::parse::ParseStream;
use syn::{Attribute, Error};

use super::unexpected::found;
use crate::error::error;

pub(crate) fn no_struct(input: ParseStream) -> Error {
    error(
        input.span(),
        format!("a cell begins with `struct` and its name, here is {}", found(input)),
        "write `pub struct MyCell { .. }`",
    )
}

pub(crate) fn keyword_as_type(name: &Ident) -> Error {
    error(name, format!("`{name}` is a word of Rust"), "give the cell another name")
}

pub(crate) fn attribute_of_cell(attribute: &Attribute) -> Error {
    let help = if attribute.path().is_ident("derive") {
        "a cell has `Clone` and `Debug`; implement other traits beside the macro call"
    } else {
        "remove it; `cfg` can stand on the macro call or on a module around it"
    };
    let what = "only doc comments and lint levels can stand on a cell";
    Error::new_spanned(attribute, format!("{what}\nhelp: {help}"))
}

pub(crate) fn no_body(input: ParseStream, name: &Ident) -> Error {
    error(
        input.span(),
        format!("after `struct {name}` the equations follow in braces, here is {}", found(input)),
        format!("write `struct {name} {{ input ..; state ..; .. }}`; a cell has no generics"),
    )
}

pub(crate) fn second_declaration(span: Span) -> Error {
    error(
        span,
        "one macro call declares one cell, and this one is complete before here",
        "remove what follows the closing brace, or give it a macro call of its own",
    )
}

pub(crate) fn no_settings(input: ParseStream, name: &Ident) -> Error {
    error(
        input.span(),
        format!("after `struct {name}` the sizes follow in braces, here is {}", found(input)),
        format!("write `struct {name} {{ x: 8, h: 24 }}`"),
    )
}

pub(crate) fn bad_setting(input: ParseStream) -> Error {
    error(
        input.span(),
        format!("expected `name: number`, found {}", found(input)),
        "write sizes as `x: 8, h: 24`, then if wanted `steps: 16` and `scalar: f64`",
    )
}
