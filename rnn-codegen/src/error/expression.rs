//! What is said about expressions that cannot be read.

use proc_macro2::{Ident, Span};
use syn::Error;
use syn::parse::ParseStream;

use super::error;
use super::syntax::found;
use crate::syntax::Expr;
use crate::syntax::place::Place;

pub(crate) fn suffix(span: Span, suffix: &str) -> Error {
    error(
        span,
        format!("numbers have no suffix here, this one has `{suffix}`"),
        format!("leave out `{suffix}`; `scalar f64;` makes the whole cell double"),
    )
}

pub(crate) fn not_a_number(span: Span) -> Error {
    error(span, "only numbers can stand here", "write a number such as `0.5`")
}

pub(crate) fn power(span: Span) -> Error {
    error(span, "there is no `**`", "write `pow(v, 3)` or `square(v)`")
}

pub(crate) fn method(owner: &Expr, member: &Ident) -> Error {
    error(
        member,
        "there are no methods",
        format!("write `{member}({owner}, ..)` if it is a function, `{owner}.T` for the transpose"),
    )
}

pub(crate) fn time_of_expression(place: Place, operand: &Expr) -> Error {
    error(
        place,
        format!("`{operand}` is an expression; only inputs and states have a step"),
        "put the index on the name: `h[t]`, `h[t-1]`",
    )
}

pub(crate) fn bad_time(place: Place) -> Error {
    error(
        place,
        "this is no step",
        "write `h[t]` for this step and `h[t-1]` for the one before; ranges are `v[0..8]`",
    )
}

pub(crate) fn index(place: Place, operand: &Expr) -> Error {
    error(
        place,
        "an index is a step or a range",
        format!(
            "write `{operand}[t]`, `{operand}[a..b]`, or `sum({operand}[3..4])` for one entry as \
             a number"
        ),
    )
}

pub(crate) fn gate_form_in_expression(span: Span, function: &Ident) -> Error {
    error(
        span,
        format!("`;` inside `{function}(..)` is the form of a gate"),
        format!("begin the statement with `gate`: `gate NAME = {function}(..; ..);`"),
    )
}

/// An operand must stand at the head of `input` and does not.
pub(crate) fn no_operand(input: ParseStream) -> Error {
    let what = format!("expected a value, found {}", found(input));
    let help = match input.cursor().punct().map(|(p, _)| p.as_char()) {
        Some('=') => "`==` is not in the notation; an equation has one `=`",
        Some('+') => "leave out the sign `+`",
        Some('!' | '&' | '|' | '<' | '>') => {
            "the notation has no logic and no comparisons; `max`, `min`, `clamp` and `sign` may do"
        }
        _ => "a value is a number, a name, a call, `[a, b]` or an expression in parentheses",
    };
    error(input.span(), what, help)
}

pub(crate) fn choice(span: Span) -> Error {
    error(
        span,
        "the notation has no choices",
        "blend the two values, `z * a + (1 - z) * b` with `z` between 0 and 1, or use `max`, `min`, `clamp` or `relu`",
    )
}

pub(crate) fn no_name(input: ParseStream, what: &str) -> Error {
    error(
        input.span(),
        format!("expected {what}, found {}", found(input)),
        "names are letters, digits and `_`, and begin with a letter",
    )
}

/// An expression ended before `input`, and neither an operator nor the end follows.
pub(crate) fn no_operator(input: ParseStream) -> Error {
    let what = format!("expected an operator or the end of the statement, found {}", found(input));
    let help = match input.cursor().punct().map(|(p, _)| p.as_char()) {
        Some('^') => "powers are written `pow(v, 2)` or `square(v)`",
        Some('=') => "a statement has one `=`; is a `;` missing before it?",
        Some('<' | '>') => {
            "the notation has no comparisons; `max`, `min`, `clamp` and `relu` may do"
        }
        Some('%') => "the notation has no remainder",
        Some(',') => "lists stand in brackets: `[a, b]`",
        Some('.') => "a number needs a digit before and after its point, and `.T` follows a name",
        _ => "operators are `+ - * / @`; a product is always written out, as in `a * b` or `W @ x`",
    };
    error(input.span(), what, help)
}
