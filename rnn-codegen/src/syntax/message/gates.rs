//! What is said about gates that cannot be read.

use proc_macro2::{Delimiter, Ident, Span};
use syn::Error;
use syn::parse::ParseStream;

use super::foreign;
use super::unexpected::found;
use crate::error::error;
use crate::error::place::Place;

pub(crate) fn second_gate(span: Span) -> Error {
    error(span, "a `gate` statement makes one gate", "a `;` ends it: write a statement for each")
}

/// `gate z[t] = ..`
pub(crate) fn gate_with_step(name: &Ident, span: Span) -> Error {
    error(span, "only states are assigned with a step", format!("write `gate {name} = ..;`"))
}

/// `gate n: tanh(x, h)`
pub(crate) fn gate_with_colon(name: &Ident, span: Span) -> Error {
    error(
        span,
        "a length stands after the colon of a gate, and this is a call",
        format!("write `gate {name} = tanh(x, h);`, with a length `gate {name}: 16 = ..`"),
    )
}

/// `gate z = 2 * sigmoid(..)` or `gate z = sigmoid(..) + 1`
pub(crate) fn gate_in_expression(name: &Ident, input: ParseStream) -> Error {
    error(
        input.span(),
        format!("a gate is an activation over a sum and nothing else, here is {}", found(input)),
        format!("give the rest an equation of its own: `v = 2 * {name} + 1;`"),
    )
}

pub(crate) fn gate_without_call(activation: &Ident) -> Error {
    error(
        activation,
        "a gate is an activation over a sum",
        format!("write `sigmoid(x, h)`, or leave out `gate` if `{activation}` is the whole value"),
    )
}

/// `gate z = jax.nn.sigmoid(x, h)`: `module` is `jax`.
pub(crate) fn activation_of_module(module: &Ident, input: ParseStream) -> Option<Error> {
    let (name, path, _) = foreign::path(module, input.cursor())?;
    let what = format!("names stand alone, without the `{path}` they belong to elsewhere");
    let help =
        foreign::function(&name.to_string()).unwrap_or_else(|| format!("write `{name}(..)`"));
    Some(error(Place::between(module, &name), what, help))
}

pub(crate) fn sign_of_bias(span: Span) -> Error {
    error(span, "`bias` takes its initial value without a sign", "write `bias 1.0`")
}

pub(crate) fn truth_of_bias(span: Span) -> Error {
    error(span, "a bias is no question of true or false", "write `no bias`, or nothing")
}

pub(crate) fn empty_bias(span: Span) -> Error {
    error(
        span,
        "`bias` is not followed by a number",
        "write `bias 1.0` for its initial value, `no bias` for none; a bias that starts at zero \
         needs no word",
    )
}

pub(crate) fn no_what(word: &Ident) -> Error {
    error(word, format!("`no {word}` means nothing here"), "write `no bias`")
}

pub(crate) fn second_bias(span: Span) -> Error {
    error(span, "the bias of this gate is given twice", "keep one of the two")
}

/// `gate r = (x, h)`
pub(crate) fn gate_without_activation(name: &Ident, input: ParseStream) -> Error {
    let operands = input.cursor().group(Delimiter::Parenthesis).map(|(inside, ..)| inside);
    let operands = operands.map(|inside| inside.token_stream().to_string()).unwrap_or_default();
    if !operands.chars().all(|c| c.is_alphanumeric() || "_, ".contains(c)) {
        return gate_in_expression(name, input);
    }
    let operands = operands.replace(" ,", ",");
    error(
        input.span(),
        "a gate is an activation over a sum, and here is no activation",
        format!("write `gate {name} = linear({operands});`, or another one, such as `sigmoid`"),
    )
}

/// `gate z = sigmoid(x, h) with bias`
pub(crate) fn with_bias(span: Span) -> Error {
    error(
        span,
        "a gate takes no `with`",
        "leave it out: a gate has a bias; `bias 1.0` sets its start, `no bias` removes it",
    )
}
