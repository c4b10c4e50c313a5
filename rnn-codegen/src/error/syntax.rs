//! What is said about text that is not in the notation.

use proc_macro2::{Ident, Span};
use syn::parse::ParseStream;
use syn::{Attribute, Error};

use std::fmt::Display;

use super::{error, foreign, list};
use crate::check::nearest::nearest;
use crate::syntax::Item;
use crate::syntax::item::{KEYWORDS, LATER};
use crate::syntax::place::Place;

/// The token at the head of `input`, for a sentence.
pub(super) fn found(input: ParseStream) -> String {
    match input.cursor().token_tree() {
        None => "the closing bracket".to_owned(),
        Some((proc_macro2::TokenTree::Group(group), _)) => match group.delimiter() {
            proc_macro2::Delimiter::Parenthesis => "`(`".to_owned(),
            proc_macro2::Delimiter::Brace => "`{`".to_owned(),
            proc_macro2::Delimiter::Bracket => "`[`".to_owned(),
            proc_macro2::Delimiter::None => "a macro's operand".to_owned(),
        },
        Some((tree, _)) => format!("`{tree}`"),
    }
}

// The declaration.

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

pub(crate) fn nested(span: Span, deepest: usize) -> Error {
    error(
        span,
        format!("this is nested more than {deepest} deep"),
        "give what is inside a name of its own, `part = ..;`, and use that",
    )
}

// Statements.

pub(crate) fn no_semicolon_at_end(span: Span) -> Error {
    error(span, "the last statement has no semicolon", "put a `;` after it")
}

pub(crate) fn no_semicolon(span: Span, before: &Item) -> Error {
    error(
        span,
        format!("a semicolon is missing before this, after `{before}`"),
        "put a `;` between the two statements",
    )
}

pub(crate) fn empty_statement(span: Span) -> Error {
    error(span, "there is no statement before this semicolon", "remove the `;`")
}

pub(crate) fn no_statement(input: ParseStream) -> Error {
    if input.peek(syn::token::Paren) || input.peek(syn::Lit) || input.peek(syn::Token![-]) {
        return error(
            input.span(),
            format!("expected a statement, found {}", found(input)),
            "the left side of an equation is one name: `h[t] = ..;`, `v = ..;`",
        );
    }
    error(
        input.span(),
        format!("expected a statement, found {}", found(input)),
        format!("a statement begins with {}, or is an equation such as `h[t] = ..`", words()),
    )
}

fn words() -> String {
    list(&KEYWORDS).replace(" and ", " or ")
}

/// `name` begins a statement, and neither `=` nor an index follows.
pub(crate) fn unknown_statement(input: ParseStream, name: &Ident) -> Error {
    let text = name.to_string();
    if LATER.contains(&text.as_str()) {
        return error(
            name,
            format!("`{name}` is a word kept for a later version of the notation"),
            "write the computation out as equations",
        );
    }
    if text == "let" {
        return error(name, "equations have no `let`", "write `name = value;`");
    }
    if input.peek(syn::token::Paren) {
        return error(
            name,
            format!("a call of `{name}` alone does nothing"),
            format!("for the next value of a state write `{name}[t] = ..;`"),
        );
    }
    if input.peek(syn::token::Brace) {
        return error(
            input.span(),
            format!("`{name}` has a subscript in braces"),
            "a step is written in brackets: `h[t] = ..`, `h[t-1]`",
        );
    }
    if let Some(sign) = assignment(input) {
        let equals = format!("{name} =");
        return error(input.span(), sign_of(&sign), written_out(&sign, &equals, name));
    }
    if input.peek(syn::Token![:]) {
        return error(
            input.span(),
            format!("expected `=` after `{name}`, found `:`"),
            format!(
                "write `{name} = value;`; a list goes on after a comma: `input x: 4, {name}: 1;`"
            ),
        );
    }
    if input.peek(syn::Token![,]) {
        return error(
            input.span(),
            "an equation gives one name its value",
            "write one for each name; parts of a vector are `v[..8]` and `v[8..]`",
        );
    }
    if input.cursor().punct().is_some() || input.is_empty() {
        return error(
            input.span(),
            format!("expected `=` after `{name}`, found {}", found(input)),
            format!("write `{name} = value;`, or `{name}[t] = value;` if it is a state"),
        );
    }
    let help = match nearest(&text, KEYWORDS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("a statement begins with {}, or is `name = value;`", words()),
    };
    let help = foreign::statement(&text).map_or(help, str::to_owned);
    error(name, format!("`{name}` begins no statement"), help)
}

pub(crate) fn attribute(attribute: &Attribute) -> Error {
    Error::new_spanned(
        attribute,
        "only doc comments can stand on a statement\nhelp: remove it; lint levels can stand on the struct",
    )
}

pub(crate) fn no_equals(input: ParseStream, example: &str) -> Error {
    if let Some(sign) = assignment(input) {
        let equals = example.split_inclusive('=').next().unwrap_or(example);
        return error(input.span(), sign_of(&sign), written_out(&sign, equals, "h[t-1]"));
    }
    let help = match input.cursor().ident() {
        Some((word, _)) if word == "bias" || word == "no" => {
            "the bias stands at the end: `gate i = sigmoid(x, h) bias 1.0;`".to_owned()
        }
        _ => format!("the form is `{example}`"),
    };
    error(input.span(), format!("expected `=`, found {}", found(input)), help)
}

/// A sign of several characters that assigns in other languages.
fn assignment(input: ParseStream) -> Option<String> {
    let (first, rest) = input.cursor().punct()?;
    let (second, _) = rest.punct()?;
    let sign = format!("{}{}", first.as_char(), second.as_char());
    let known = ["==", ":=", "<-", "=>", "+=", "-=", "*=", "/=", "@=", "^=", "++", "--", "%="];
    known.contains(&sign.as_str()).then_some(sign)
}

fn sign_of(sign: &str) -> String {
    format!("an equation has one `=`, this is `{sign}`")
}

/// `equals` is the equation up to its sign, `old` the value that it has before.
fn written_out(sign: &str, equals: &str, old: impl Display) -> String {
    match sign {
        "++" | "--" => format!("write `{equals} {old} {} 1;`", &sign[..1]),
        "@=" => format!("write `{equals} W @ {old};`"),
        "+=" | "-=" | "*=" | "/=" => format!("write `{equals} {old} {} ..;`", &sign[..1]),
        _ => format!("write `{equals} ..;`"),
    }
}

/// `word` is a statement that takes its value as it stands.
pub(crate) fn no_sign(word: &Ident, span: Span) -> Error {
    let example = match word.to_string().as_str() {
        "output" => "output V @ h[t];",
        "steps" => "steps 100;",
        "scalar" => "scalar f64;",
        "weights" => "weights f16;",
        _ => "activations fast;",
    };
    error(span, format!("`{word}` takes no sign"), format!("write `{example}`"))
}

pub(crate) fn hash(span: Span) -> Error {
    error(span, "`#` begins no comment", "comments begin with `//`, documentation with `///`")
}

pub(crate) fn bad_attribute(span: Span) -> Error {
    error(span, "this attribute cannot be read", "documentation is written as `/// text`")
}

pub(crate) fn sign_of_bias(span: Span) -> Error {
    error(span, "`bias` takes its initial value without a sign", "write `bias 1.0`")
}

pub(crate) fn truth_of_bias(span: Span) -> Error {
    error(span, "a bias is no question of true or false", "write `no bias`, or nothing")
}

/// `gate z[t] = ..`
pub(crate) fn gate_with_step(name: &Ident, span: Span) -> Error {
    error(span, "only states are assigned with a step", format!("write `gate {name} = ..;`"))
}

/// `gate z = 2 * sigmoid(..)` or `gate z = sigmoid(..) + 1`
pub(crate) fn gate_in_expression(name: &Ident, input: ParseStream) -> Error {
    error(
        input.span(),
        format!("a gate is an activation over a sum and nothing else, here is {}", found(input)),
        format!("give the rest an equation of its own: `v = 2 * {name} + 1;`"),
    )
}

/// `state h: 24 = 0`
pub(crate) fn initial_state(span: Span) -> Error {
    error(
        span,
        "a declaration does not say what states begin with",
        "they begin with zeros, or with what is given to the call that runs the cell",
    )
}

pub(crate) fn second_gate(span: Span) -> Error {
    error(span, "a `gate` statement makes one gate", "write a statement for each")
}

/// `gate n: tanh(x, h)`
pub(crate) fn gate_with_colon(name: &Ident, span: Span) -> Error {
    error(
        span,
        "a length stands behind the colon of a gate, and this is a call",
        format!("write `gate {name} = tanh(x, h);`, with a length `gate {name}: 16 = ..`"),
    )
}

pub(crate) fn function_body(span: Span) -> Error {
    error(
        span,
        "the body of a function is one expression behind a `=`",
        "write `fn f(u) = u * tanh(u);`",
    )
}

pub(crate) fn no_arguments(name: &Ident) -> Error {
    error(
        name,
        format!("function `{name}` has no arguments"),
        format!("write `fn {name}(u) = ..;`, or `{name} = ..;` for a value"),
    )
}

pub(crate) fn typed_argument(span: Span) -> Error {
    error(span, "arguments have no types here", "write the name alone")
}

pub(crate) fn gate_without_call(activation: &Ident) -> Error {
    error(
        activation,
        "a gate is an activation over a sum",
        format!("write `sigmoid(x, h)`, or leave out `gate` if `{activation}` is the whole value"),
    )
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

pub(crate) fn bad_scalar(word: &Ident) -> Error {
    error(word, format!("`{word}` is no scalar type"), "write `scalar f32;` or `scalar f64;`")
}

pub(crate) fn bad_weights(word: &Ident) -> Error {
    let remedy = "write `weights f16;`, `weights bf16;` or, as without it, `weights f32;`";
    error(word, format!("`{word}` is no format of packed weights"), remedy)
}

pub(crate) fn bad_activations(word: &Ident) -> Error {
    let remedy = "write `activations fast;` or, as without it, `activations exact;`";
    error(word, format!("activations are not `{word}`"), remedy)
}

/// `place` is `name[..]` on the left of an equation, `index` what stands in the brackets.
pub(crate) fn assigned_index(place: Place, name: &Ident, index: ParseStream) -> Error {
    let index = index.cursor().token_stream().to_string().replace(' ', "");
    let help = match index.parse::<u64>() {
        Ok(_) => {
            "states begin with zeros, or with what is given to the call that runs the cell".into()
        }
        Err(_) => format!("write `{name}[t] = ..;`"),
    };
    error(
        place,
        format!("`{name}[{index}]` cannot be assigned: a step computes values of step `t` only"),
        help,
    )
}
