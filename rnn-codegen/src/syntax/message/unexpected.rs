//! What is said about statements that are not in the notation.

use proc_macro2::{Delimiter, Ident, Span, TokenTree};
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error};

use std::fmt::Display;

use super::factor;
use super::foreign;
use crate::error::error;
use crate::error::list;
use crate::error::nearest::nearest;
use crate::error::place::Place;
use crate::syntax::item::{KEYWORDS, LATER};
use crate::syntax::{Expr, Item, ItemKind};

/// The token at the head of `input`, for a sentence.
pub(crate) fn found(input: ParseStream) -> String {
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

pub(crate) fn nested(span: Span, deepest: usize) -> Error {
    error(
        span,
        format!("this is nested more than {deepest} deep"),
        "give what is inside a name of its own, `part = ..;`, and use that",
    )
}

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

/// `z = sigmoid(v),`
pub(crate) fn comma_after(input: ParseStream, before: &Item) -> Error {
    let help = match &before.kind {
        ItemKind::Output(value) => {
            format!("several values are one vector: `output [{value}, ..];`")
        }
        _ => "a `;` ends an equation".to_owned(),
    };
    error(input.span(), format!("a comma does not end `{before}`"), help)
}

/// `output y = h[t];`, `output y: 4;`
pub(crate) fn named_output(input: ParseStream) -> Error {
    let name = found(input);
    if input.peek2(syn::Token![:]) {
        return error(
            input.span(),
            format!("an output has neither name nor length, and here is {name}"),
            "write its value: `output V @ h[t];`",
        );
    }
    error(
        input.span(),
        format!("an output has no name, this one is called {name}"),
        match value_behind(if input.peek2(syn::token::Bracket) { 3 } else { 2 }, input) {
            Some(value) => format!("write `output {value};`"),
            None => "write `output ..;`".to_owned(),
        },
    )
}

/// What stands after the first `count` tokens of `input`, up to the semicolon.
fn value_behind(count: usize, input: ParseStream) -> Option<Expr> {
    let ends = |tree: &TokenTree| matches!(tree, TokenTree::Punct(p) if p.as_char() == ';');
    let tokens = input.cursor().token_stream().into_iter().skip(count);
    Expr::parse.parse2(tokens.take_while(|tree| !ends(tree)).collect()).ok()
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
    let help = match input.peek(syn::Token![%]) {
        true => "comments begin with `//`".to_owned(),
        false => {
            format!("a statement begins with {}, or is an equation such as `h[t] = ..`", words())
        }
    };
    error(input.span(), format!("expected a statement, found {}", found(input)), help)
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
        let after = input.cursor().token_tree().and_then(|(_, rest)| rest.punct());
        let help = match after.is_some_and(|(punct, _)| punct.as_char() == '=') {
            true => format!("for the next value of a state write `{name}[t] = ..;`"),
            false => "leave it out, or give its value a name: `v = ..;`".to_owned(),
        };
        return error(name, format!("a call of `{name}` alone does nothing"), help);
    }
    if input.peek(syn::token::Brace) {
        return subscript(name, input);
    }
    if let Some(sign) = assignment(input) {
        let help = match reads_old(&sign) {
            true => {
                let new = written_out(&sign, &format!("{name}_1 ="), name, input);
                format!("a name has one value: {new}")
            }
            false => written_out(&sign, &format!("{name} ="), name, input),
        };
        return error(input.span(), sign_of(&sign), help);
    }
    if input.peek(syn::Token![~]) {
        return candidate(input.span());
    }
    if input.peek(syn::Token![:]) {
        return declaration_without_word(input, name);
    }
    if input.peek(syn::Token![,]) {
        return several_names(input);
    }
    if input.cursor().punct().is_some() || input.is_empty() {
        let help = match input.peek(syn::Token![^]) {
            true => format!("a step is written in brackets: `{name}[t] = value;`"),
            false => format!("write `{name} = value;`, or `{name}[t] = value;` if it is a state"),
        };
        let what = format!("expected `=` after `{name}`, found {}", found(input));
        return error(input.span(), what, help);
    }
    let help = match nearest(&text, KEYWORDS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("a statement begins with {}, or is `name = value;`", words()),
    };
    let help = foreign::statement(&text).map_or(help, str::to_owned);
    error(name, format!("`{name}` begins no statement"), help)
}

/// `a, b = ..`, `h[t], c[t] = ..`
fn several_names(input: ParseStream) -> Error {
    error(
        input.span(),
        "an equation gives one name its value",
        "write one for each name; parts of a vector are `v[..8]` and `v[8..]`",
    )
}

/// `x: 8;`, `W: [24, 8];`
fn declaration_without_word(input: ParseStream, name: &Ident) -> Error {
    let what = format!("expected `=` after `{name}`, found `:`");
    let after = input.cursor().punct().and_then(|(_, rest)| rest.token_tree());
    let ends = |rest: Cursor| rest.punct().is_some_and(|(p, _)| matches!(p.as_char(), ';' | ','));
    let help = match after {
        _ if let Some(here) = foreign::statement(&name.to_string()) => here.to_owned(),
        Some((TokenTree::Group(shape), _)) if shape.delimiter() == Delimiter::Bracket => {
            let shape = shape.to_string().replace(" ,", ",");
            format!("a declaration begins with a word: `param {name}: {shape};`")
        }
        Some((length, rest)) if ends(rest) => format!(
            "a declaration begins with `input`, `state` or `param`: `input {name}: {length};`, \
             `state {name}: {length};` or `param {name}: [{length}];`"
        ),
        _ => {
            format!(
                "write `{name} = value;`; a list goes on after a comma: `input x: 4, {name}: 1;`"
            )
        }
    };
    error(input.span(), what, help)
}

/// `h~ = ..`
pub(crate) fn candidate(span: Span) -> Error {
    error(span, "`~` is no part of a name", "a candidate has a name of its own: `n = ..;`")
}

/// `W_{xh}`, `h_{t-1}`: `name` is what stands before the braces.
pub(crate) fn subscript(name: &Ident, input: ParseStream) -> Error {
    let inside = input.cursor().group(Delimiter::Brace).map(|(inside, ..)| inside.token_stream());
    let text = inside.map(|inside| inside.to_string().replace(' ', "")).unwrap_or_default();
    let base = name.to_string();
    let help = match text.strip_prefix('t') {
        Some(rest) if rest.is_empty() || rest.starts_with(['-', '+']) => {
            format!("a step is written in brackets: `{}[{text}]`", base.trim_end_matches('_'))
        }
        _ => {
            let joined: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
            let underscore = if base.ends_with('_') { "" } else { "_" };
            format!("a subscript is part of the name: `{base}{underscore}{joined}`")
        }
    };
    error(input.span(), format!("`{name}` has a subscript in braces"), help)
}

pub(crate) fn attribute(attribute: &Attribute) -> Error {
    Error::new_spanned(
        attribute,
        "only doc comments can stand on a statement\n\
         help: remove it; lint levels can stand on the struct",
    )
}

pub(crate) fn no_equals(input: ParseStream, example: &str) -> Error {
    if let Some(sign) = assignment(input) {
        let equals = example.split_inclusive('=').next().unwrap_or(example);
        return error(input.span(), sign_of(&sign), written_out(&sign, equals, "h[t-1]", input));
    }
    if input.peek(syn::Token![,]) {
        return several_names(input);
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

/// The equation with the one sign `=`: `equals` is it up to there, `old` the value before, and the
/// sign stands at the head of `input`.
fn written_out(sign: &str, equals: &str, old: impl Display, input: ParseStream) -> String {
    let value = value_behind(2, input);
    let text = value.as_ref().map_or_else(|| "..".to_owned(), ToString::to_string);
    let factor = value.as_ref().map_or_else(|| "..".to_owned(), factor);
    match sign {
        "++" | "--" => format!("write `{equals} {old} {} 1;`", &sign[..1]),
        "@=" => format!("write `{equals} W @ {old};`"),
        "+=" => format!("write `{equals} {old} + {text};`"),
        "-=" | "*=" | "/=" => format!("write `{equals} {old} {} {factor};`", &sign[..1]),
        _ => format!("write `{equals} {text};`"),
    }
}

/// Whether `sign` needs the value before, which a name other than a state's does not have.
fn reads_old(sign: &str) -> bool {
    ["++", "--", "+=", "-=", "*=", "/=", "@="].contains(&sign)
}

/// `const alpha: f32 = 0.9;`
pub(crate) fn typed_constant(name: &Ident, input: ParseStream) -> Error {
    let (what, value) = match value_behind(1, input) {
        Some(value @ Expr::Number { .. }) => ("a `=` stands before a value", Some(value)),
        _ => ("constants have no type here", value_behind(3, input)),
    };
    let value = value.map_or_else(|| "0.1".to_owned(), |value| value.to_string());
    error(input.span(), what, format!("write `const {name} = {value};`"))
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

/// `state h: 24 = 0`
pub(crate) fn initial_state(span: Span) -> Error {
    error(
        span,
        "a declaration does not say what states begin with",
        "they begin with zeros, or with what is given to the call that runs the cell",
    )
}

pub(crate) fn function_body(span: Span) -> Error {
    error(
        span,
        "the body of a function is one expression after a `=`",
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
