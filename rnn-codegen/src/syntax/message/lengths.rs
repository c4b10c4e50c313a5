//! What is said about lengths and shapes that cannot be read.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::ParseStream;
use syn::{Error, LitInt};

use super::foreign;
use super::params;
use super::unexpected::found;
use crate::error::error;
use crate::syntax::Size;
use crate::syntax::item::KEYWORDS;

/// `first` if the statement declares nothing before `name`.
pub(crate) fn no_length(name: &Ident, input: ParseStream, first: bool) -> Error {
    let declares = KEYWORDS.iter().any(|k| name == k) && input.cursor().ident().is_some();
    if declares || !first && begins_equation(input) {
        return error(
            name,
            format!("a semicolon is missing before `{name}`"),
            "a comma goes on with the list, a `;` ends the statement",
        );
    }
    if input.peek(syn::Token![=]) {
        let value = input.cursor().punct().and_then(|(_, rest)| rest.literal());
        let length = value.map_or_else(|| "32".to_owned(), |(number, _)| number.to_string());
        return error(
            input.span(),
            format!("expected `:` after `{name}`, found `=`"),
            format!("write `{name}: {length}`"),
        );
    }
    if let Some(help) = bracket_for_colon(name, input) {
        return error(
            input.span(),
            format!("expected `:` after `{name}`, found {}", found(input)),
            help,
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
    let help = match shared_length(input) {
        Some(length) => format!("each has its own: write `{name}: {length}`"),
        None => format!("write `{name}: 32`, or `{name}: _` to leave it open"),
    };
    error(name, format!("`{name}` has no length"), help)
}

/// `param W [h, x]`, `param W(h, x)`
pub(crate) fn bracket_for_shape(name: &Ident, input: ParseStream) -> Error {
    let lengths = inside(input, Delimiter::Parenthesis).or(inside(input, Delimiter::Bracket));
    error(
        input.span(),
        format!("expected `:` after `{name}`, found {}", found(input)),
        format!("write `{name}: [{}]`", lengths.unwrap_or_default()),
    )
}

/// The remedy for `x(8)`, `x[8]` and `x[t]`.
fn bracket_for_colon(name: &Ident, input: ParseStream) -> Option<String> {
    let length = inside(input, Delimiter::Parenthesis).or(inside(input, Delimiter::Bracket))?;
    Some(match length.as_str() {
        "" | "t" => format!("a declaration names no step: write `{name}: 32`"),
        length => format!("write `{name}: {length}`"),
    })
}

/// The length after the next names, as in `h, c: 24` at the comma.
fn shared_length(input: ParseStream) -> Option<String> {
    let mut rest = input.cursor();
    while let Some((_, after)) = rest.punct().filter(|(punct, _)| punct.as_char() == ',') {
        rest = after.ident()?.1;
    }
    let (_, after) = rest.punct().filter(|(punct, _)| punct.as_char() == ':')?;
    let ends =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(p) if ",;=".contains(p.as_char()));
    let length: TokenStream = after.token_stream().into_iter().take_while(|t| !ends(t)).collect();
    Some(length.to_string())
}

/// `state h: Vec<f32>`
pub(crate) fn type_for_length(size: &Size, name: &Ident) -> Error {
    error(
        size.place(),
        format!("`{size}` is no length"),
        format!(
            "a length stands here, such as `{name}: 8`; the type of all numbers is `scalar f64;`"
        ),
    )
}

/// Whether `= ..` or `[t] = ..` stands here, and not just a length after the `=`.
fn begins_equation(input: ParseStream) -> bool {
    let cursor = input.cursor();
    let cursor = cursor.group(Delimiter::Bracket).map_or(cursor, |(_, _, rest)| rest);
    let Some((sign, value)) = cursor.punct() else { return false };
    let ends = |rest: Cursor| rest.punct().is_some_and(|(p, _)| matches!(p.as_char(), ',' | ';'));
    sign.as_char() == '=' && !value.literal().is_some_and(|(_, rest)| ends(rest))
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
    let word = found.replace('`', "");
    let help = match params::initialiser_here(&word) {
        Some(_) => format!("an initialiser follows `=`: `= {word}`"),
        None => "a `;` ends the declaration, and an initialiser follows `=`".to_owned(),
    };
    error(input.span(), format!("expected `=`, found {found}"), help)
}

/// What stands in the brackets at the head of `input`, spaced as a person would.
fn inside(input: ParseStream, delimiter: Delimiter) -> Option<String> {
    let (inside, ..) = input.cursor().group(delimiter)?;
    Some(inside.token_stream().to_string().replace(" ,", ","))
}

/// `dim P = [8]`
pub(crate) fn bracketed_length(input: ParseStream) -> Error {
    let length = inside(input, Delimiter::Bracket).unwrap_or_default();
    error(input.span(), "a length stands without brackets", format!("write `{length}`"))
}

/// `state h: [64]`, `state M: [4, 8]`
pub(crate) fn port_in_brackets(name: &Ident, input: ParseStream) -> Error {
    let lengths = inside(input, Delimiter::Bracket).unwrap_or_default();
    if !lengths.contains(',') {
        return error(
            input.span(),
            "the length of an input or state stands without brackets",
            format!("write `{name}: {lengths}`; brackets are for the shapes of parameters"),
        );
    }
    let product: Vec<&str> = lengths.split(',').map(str::trim).filter(|l| !l.is_empty()).collect();
    error(
        input.span(),
        "inputs and states are vectors, and this is a shape",
        format!(
            "write `{name}: {}` for all the values in one vector, whose parts are `{name}[a..b]`, \
             or declare a vector for each row",
            product.join(" * ")
        ),
    )
}

/// `param b: 8`, `param W: (24, 8)`
pub(crate) fn bare_shape(input: ParseStream) -> Error {
    let lone = input.cursor().token_tree().map(|(tree, _)| tree.to_string());
    let lone = lone.filter(|_| is_length(input));
    let help = match inside(input, Delimiter::Parenthesis).or(lone) {
        Some(lengths) => format!("write `[{}]`", by(&lengths).unwrap_or(lengths)),
        None => "write `[length]` for a vector, `[rows, columns]` for a matrix, `scalar` for one \
                 number"
            .to_owned(),
    };
    error(input.span(), "the shape of a parameter stands in brackets", help)
}

/// `24, 8` for `24x8`
fn by(lengths: &str) -> Option<String> {
    let (rows, columns) = lengths.split_once('x')?;
    let number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    (number(rows) && number(columns)).then(|| format!("{rows}, {columns}"))
}

/// `[24x8]`: `literal` is the number with the suffix.
pub(crate) fn times_sign(literal: &LitInt) -> Option<Error> {
    let lengths = by(&literal.to_string())?;
    let what = "the lengths of a shape are separated by commas";
    Some(error(literal.span(), what, format!("write `{lengths}`")))
}

/// `[24][8]`: the second pair of brackets is at the head of `input`.
pub(crate) fn second_brackets(rows: &Size, input: ParseStream) -> Error {
    let columns = inside(input, Delimiter::Bracket).unwrap_or_default();
    error(
        input.span(),
        "a shape stands in one pair of brackets",
        format!("write `[{rows}, {columns}]`"),
    )
}

/// Whether a number or a name stands here, and the shape is then complete.
fn is_length(input: ParseStream) -> bool {
    let rest = input.cursor().token_tree().map(|(_, rest)| rest);
    let ends = rest
        .and_then(|rest| rest.punct())
        .is_some_and(|(punct, _)| matches!(punct.as_char(), ';' | ',' | '='));
    let name = input.cursor().ident().map(|(name, _)| name.to_string());
    ends && (input.peek(syn::LitInt) || name.is_some_and(|name| !foreign::is_type(&name)))
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
