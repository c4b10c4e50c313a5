//! What is said about expressions that cannot be read.

use proc_macro2::{Ident, Span};
use syn::Error;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::foreign;
use super::unexpected::found;
use crate::error::error;
use crate::error::place::Place;
use crate::functions;
use crate::syntax::Expr;
use crate::syntax::item::KEYWORDS;

pub(crate) fn suffix(span: Span, digits: &str, suffix: &str) -> Error {
    let types = ["f16", "f32", "f64", "usize", "isize"];
    let is_type = types.contains(&suffix)
        || suffix.starts_with(['u', 'i']) && suffix[1..].parse::<u8>().is_ok();
    if !is_type {
        return error(
            span,
            "a number ends here, and a name begins",
            format!("a product is written out: `{digits} * {suffix}`"),
        );
    }
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

/// `owner.member(..)`; `alone` if there is nothing between the parentheses.
pub(crate) fn method(owner: &Expr, member: &Ident, alone: bool) -> Error {
    let name = member.to_string();
    let rest = if alone { "" } else { ", .." };
    let help = match foreign::renamed(&name) {
        _ if name.eq_ignore_ascii_case("t") || name == "transpose" => {
            format!("the transpose of a matrix is `{owner}.T`")
        }
        _ if name == "dot" => {
            format!("a matrix times a vector is `{owner} @ v`, of two vectors it is `dot(a, b)`")
        }
        Some(here) => format!("write `{here}({owner}{rest})`"),
        None => {
            foreign::function(&name).unwrap_or_else(|| format!("write `{name}({owner}{rest})`"))
        }
    };
    error(member, format!("there are no methods, such as `{name}`"), help)
}

/// Whether `owner` is what libraries call themselves, as in `torch.tanh` and `torch.nn.init.eye_`.
pub(crate) fn is_module(owner: &Expr) -> bool {
    match owner {
        Expr::Name(name) => foreign::is_module(&name.to_string()),
        Expr::Member { owner, .. } => is_module(owner),
        _ => false,
    }
}

/// `torch.tanh(..)`, `self.W`
pub(crate) fn module(owner: &Expr, member: &Ident, call: bool) -> Error {
    let name = member.to_string();
    let help = match foreign::function(&name).filter(|_| call) {
        Some(help) => help,
        None if call => format!("write `{name}(..)`"),
        None => format!("write `{name}`"),
    };
    error(
        Place::between(owner.place(), member),
        format!("names stand alone, without the `{owner}` they belong to elsewhere"),
        help,
    )
}

/// `Dense(24)(x)`
pub(crate) fn call_of_call(place: Place, function: &Ident) -> Error {
    let name = function.to_string();
    let help = foreign::function(&name).unwrap_or_else(|| {
        format!("a product is `{name}(..) * (..)`; a function has one list of arguments")
    });
    error(place, format!("`{name}(..)` is a value and cannot be called"), help)
}

/// `f(v, slope = 0.2)`; `arguments` are those before the `=`, the last of them the name.
pub(crate) fn named_argument(input: ParseStream, function: &Ident, arguments: &[Expr]) -> Error {
    const AXES: [&str; 5] = ["dim", "axis", "axes", "keepdim", "keepdims"];
    let names: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let (name, before) = match names.split_last() {
        Some((name, before)) if !before.is_empty() => (name.as_str(), before.join(", ")),
        Some((name, _)) => (name.as_str(), "v".to_owned()),
        None => ("", "v".to_owned()),
    };
    let value = input.cursor().punct().and_then(|(_, rest)| rest.token_tree());
    let help = match value {
        _ if AXES.contains(&name) => {
            format!("a vector has one axis: write `{function}({before})`")
        }
        _ if name.contains("bias") && function != "layer_norm" => {
            "a gate has a bias; `bias 1.0` after it sets its start, `no bias` removes it".to_owned()
        }
        _ if name == "activation" => {
            "a gate is called by its activation: `gate n = tanh(x, h);`".to_owned()
        }
        Some((value, rest)) if rest.eof() && functions::is_builtin(&function.to_string()) => {
            format!("write the value alone: `{function}({before}, {value})`")
        }
        _ => "write the value alone".to_owned(),
    };
    error(input.span(), "arguments have no names", help)
}

/// What separates the entries of a list is no comma.
pub(crate) fn no_comma(input: ParseStream) -> Error {
    let what = format!("expected a comma or the end of the list, found {}", found(input));
    let help = "the parts are separated by commas: `[x, h]`; a number needs no vector, it goes \
                with every one";
    error(input.span(), what, help)
}

/// `v[:8]`, `x[:, 0]`
pub(crate) fn colon_in_index(span: Span) -> Error {
    error(
        span,
        "a range has two points, and a vector one index",
        "write `v[..8]`, `v[8..]` or `v[2..8]`",
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

/// `h[-1]`
pub(crate) fn index_from_end(place: Place, operand: &Expr) -> Error {
    error(
        place,
        "an index is a step or a range, and none is counted from the end",
        format!(
            "a state at the step before is `h[t-1]`, one entry as a number `sum({operand}[3..4])`"
        ),
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
        _ if input.peek(syn::token::Brace) => {
            "a value is one expression and no block; parentheses group: `2 * (a + b)`"
        }
        Some('=') => "an equation has one `=`",
        Some('+') => "leave out the sign `+`",
        Some('|') => {
            "absolute values are `abs(v)`, norms `norm(v)`; a function is declared: `fn f(u) = ..;`"
        }
        Some('&') => "leave out the `&`: values are not borrowed",
        Some('!') => "the opposite of a gate is `1 - z`",
        Some('<' | '>') => {
            "the notation has no logic and no comparisons; `max`, `min`, `clamp` and `sign` may do"
        }
        Some('.') => "a number begins with a digit: `0.5`",
        _ => "a value is a number, a name, a call, `[a, b]` or an expression in parentheses",
    };
    error(input.span(), what, help)
}

/// `lambda u: 2 * u`, `return u`, `gate tanh(x, h)`: a word that stands before no value.
pub(crate) fn word_before_value(word: &Ident) -> Option<Error> {
    let name = word.to_string();
    let help = match name.as_str() {
        "return" => "leave it out".to_owned(),
        "lambda" => "a function is declared with a name: `fn f(u) = ..;`".to_owned(),
        _ if KEYWORDS.contains(&name.as_str()) => format!("it begins a statement: `{name} ..;`"),
        _ => return None,
    };
    Some(error(word, format!("`{name}` does not stand before a value"), help))
}

pub(crate) fn choice(span: Span) -> Error {
    error(
        span,
        "the notation has no choices",
        "blend the two values, `z * a + (1 - z) * b` with `z` between 0 and 1, or use `max`, \
         `min`, `clamp` or `relu`",
    )
}

pub(crate) fn no_name(input: ParseStream, what: &str) -> Error {
    if input.peek(syn::Token![:]) {
        let help = match input.peek2(syn::Ident::peek_any) {
            true => "no colon stands before the name: `state h: 64;`",
            false => "the name stands before the colon, as in `state h: 64;`",
        };
        return error(input.span(), format!("expected {what}, found `:`"), help);
    }
    if input.peek(syn::Lit) {
        return error(
            input.span(),
            format!("expected {what}, found {}", found(input)),
            "names begin with a letter; the digits of a number stand after a point: `0.5`",
        );
    }
    if input.peek(syn::Token![=]) {
        return error(
            input.span(),
            format!("expected {what}, found `=`"),
            "the name stands before the sign, as in `const dt = 0.1;`",
        );
    }
    if input.peek(syn::Token![*]) || input.peek(syn::Token![/]) {
        return error(
            input.span(),
            format!("expected {what}, found {}", found(input)),
            "elementwise operators have no point: `a * b`, `a / b`",
        );
    }
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
        None => return error(input.span(), what, no_operator_before(input)),
        Some('^') => {
            "powers are `pow(v, 2)` or `square(v)`, of e `exp(v)`; the transpose of a matrix is \
             `W.T`"
        }
        Some('=') => "a statement has one `=`; is a `;` missing before it?",
        Some('&' | '|') => {
            "the notation has no logic: `a * b` is 1 where both are, `max(a, b)` where one is"
        }
        Some('?') => {
            "the notation has no choices: blend the two values, `z * a + (1 - z) * b`, or use \
             `max`, `min`, `clamp` or `relu`"
        }
        Some(':') => "names have no path: write `tanh(v)`",
        Some('!') => "there are no macros: a list is `[a, b]`",
        Some('<' | '>') => {
            "the notation has no comparisons; `max`, `min`, `clamp` and `relu` may do"
        }
        Some('~') => "a candidate has a name of its own: `n = ..;`",
        Some('#') => "comments begin with `//`",
        Some('%') => "the notation has no remainder; comments begin with `//`",
        Some(',') => {
            "lists stand in brackets, `[a, b]`; the digits of a number stand after a point: `0.5`"
        }
        Some('.') => "a number needs a digit before and after its point, and `.T` follows a name",
        _ => PRODUCT,
    };
    error(input.span(), what, help)
}

const PRODUCT: &str =
    "operators are `+ - * / @`; a product is always written out, as in `a * b` or `W @ x`";

/// The remedy where a name, a number or a bracket follows a value.
fn no_operator_before(input: ParseStream) -> String {
    if input.peek(syn::token::Brace) {
        return "a step is written in brackets, `h[t-1]`, and a subscript is part of a name, `W_x`"
            .to_owned();
    }
    let Some((word, _)) = input.cursor().ident() else { return PRODUCT.to_owned() };
    match word.to_string().as_str() {
        "as" => "all numbers are of one type: leave it out".to_owned(),
        "nobias" | "no_bias" => "write `no bias`".to_owned(),
        "for" | "if" | "else" | "where" => "the notation has no choices and no loops".to_owned(),
        _ => PRODUCT.to_owned(),
    }
}
