//! Statements: each begins with a word of the notation, or is an equation.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Result, Token, token};

use super::expression::{self, identifier};
use super::list::{list, separated};
use super::param::params;
use super::{Bias, Const, Dim, Expr, Function, Gate, Item, ItemKind, Let, Port, Size, Unread};
use crate::error::place::Place;
use crate::ops::Weights;
use crate::syntax::message::gates;
use crate::syntax::message::lengths;
use crate::syntax::message::unexpected as message;

/// The words that begin a statement.
pub(crate) const KEYWORDS: [&str; 13] = [
    "input",
    "state",
    "param",
    "fixed",
    "dim",
    "const",
    "fn",
    "gate",
    "output",
    "steps",
    "scalar",
    "weights",
    "activations",
];

/// Words kept for statements that are not there yet.
pub(crate) const LATER: [&str; 2] = ["derived", "repeat"];

/// Whether a statement begins here, judged by its first tokens.
pub(super) fn begins(input: ParseStream) -> bool {
    let Some((word, rest)) = input.cursor().ident() else {
        return input.peek(Token![#]) && input.peek2(token::Bracket);
    };
    if KEYWORDS.iter().any(|k| word == k) {
        return true;
    }
    let after_index = rest.group(Delimiter::Bracket).map(|(_, _, after)| after);
    let sign = after_index.unwrap_or(rest).punct();
    sign.is_some_and(|(punct, _)| punct.as_char() == '=')
}

/// Whether this is a declaration that has lost its name: `gate = tanh(x)`.
pub(super) fn is_nameless(statement: &TokenStream) -> bool {
    let mut trees = statement.clone().into_iter();
    let declares = |word: &Ident| KEYWORDS.iter().any(|k| word == k);
    let begins = matches!(trees.next(), Some(TokenTree::Ident(word)) if declares(&word));
    begins && !matches!(trees.next(), Some(TokenTree::Ident(_)))
}

impl Item {
    /// One statement up to its semicolon, which is left in `input`.
    pub(super) fn parse(input: ParseStream, unread: &mut Unread) -> Result<Item> {
        let doc = documentation(input)?;
        let Some((word, _)) = input.cursor().ident() else {
            return Err(message::no_statement(input));
        };
        let name = word.to_string();
        if KEYWORDS.contains(&name.as_str()) {
            input.call(Ident::parse_any)?;
        }
        let kind = match name.as_str() {
            "input" => ItemKind::Input(ports(input, doc, unread)?),
            "state" => ItemKind::State(ports(input, doc, unread)?),
            "param" | "fixed" => {
                let list = params(input, &word, doc, unread)?;
                ItemKind::Param { trainable: name == "param", list }
            }
            "dim" => ItemKind::Dim(list(input, unread, dim)?.into_iter().flatten().collect()),
            "const" => {
                ItemKind::Const(list(input, unread, constant)?.into_iter().flatten().collect())
            }
            "fn" => ItemKind::Function(function(input)?),
            "gate" => ItemKind::Gate(gate(input, doc)?),
            "output" | "steps" | "scalar" | "weights" | "activations"
                if input.peek(Token![=]) || input.peek(Token![:]) =>
            {
                return Err(message::no_sign(&word, input.span()));
            }
            "output" if is_named(input) => return Err(message::named_output(input)),
            "output" => ItemKind::Output(Expr::parse(input)?),
            "steps" => ItemKind::Steps(Size::closed(input)?),
            "scalar" => scalar(input)?,
            "weights" => ItemKind::Weights(weights(input)?),
            "activations" => activations(input)?,
            _ => equation(input)?,
        };
        Ok(Item { kind, place: (&word).into() })
    }
}

impl Item {
    /// Whether a comma after it may have been meant for the point of a number: `a = 0,5`.
    pub(super) fn ends_in_number(&self) -> bool {
        let (ItemKind::Let(Let { value, .. }) | ItemKind::Next(Let { value, .. })) = &self.kind
        else {
            return false;
        };
        value.ends_in_number()
    }
}

/// Whether `name =`, `name[t] =` or `name :` stands here.
fn is_named(input: ParseStream) -> bool {
    let Some((_, rest)) = input.cursor().ident() else { return false };
    let sign = rest.group(Delimiter::Bracket).map_or(rest, |(_, _, after)| after).punct();
    sign.is_some_and(|(punct, _)| matches!(punct.as_char(), '=' | ':'))
}

/// The attributes here; a `#` alone is what other languages begin comments with.
pub(super) fn attributes(input: ParseStream) -> Result<Vec<Attribute>> {
    let mut attributes = Vec::new();
    while input.peek(Token![#]) {
        let pound_token: Token![#] = input.parse()?;
        if !input.peek(token::Bracket) {
            return Err(message::hash(pound_token.span));
        }
        let content;
        let bracket_token = syn::bracketed!(content in input);
        let meta = syn::parse2(content.parse()?);
        let meta = meta.map_err(|_| message::bad_attribute(pound_token.span))?;
        let style = syn::AttrStyle::Outer;
        attributes.push(Attribute { pound_token, style, bracket_token, meta });
    }
    Ok(attributes)
}

/// The text of the doc comments here; no other attribute may stand on a statement.
pub(super) fn documentation(input: ParseStream) -> Result<Option<String>> {
    let mut lines = Vec::new();
    for attribute in attributes(input)? {
        let line = attribute.meta.require_name_value().ok().filter(|v| v.path.is_ident("doc"));
        let text = line.and_then(|line| match &line.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        });
        let text = text.ok_or_else(|| message::attribute(&attribute))?;
        lines.push(text.strip_prefix(' ').unwrap_or(&text).to_owned());
    }
    Ok((!lines.is_empty()).then(|| lines.join("\n")))
}

/// `example` shows the whole statement.
fn equals(input: ParseStream, example: &str) -> Result<()> {
    if input.peek(Token![=]) && !input.peek(Token![==]) {
        input.parse::<Token![=]>()?;
        Ok(())
    } else {
        Err(message::no_equals(input, example))
    }
}

/// `P = 32`
fn dim(input: ParseStream) -> Result<Dim> {
    let name = identifier(input, "the name of the dimension")?;
    equals(input, "dim P = 32;")?;
    Ok(Dim { name, size: Size::parse(input)? })
}

/// `DT = 0.1`
fn constant(input: ParseStream) -> Result<Const> {
    let name = identifier(input, "the name of the constant")?;
    if input.peek(Token![:]) {
        return Err(message::typed_constant(&name, input));
    }
    equals(input, "const DT = 0.1;")?;
    Ok(Const { name, value: Expr::parse(input)? })
}

/// `x: 32, dt: 1`; the statement's `doc` stands for those without their own.
fn ports(input: ParseStream, doc: Option<String>, unread: &mut Unread) -> Result<Vec<Port>> {
    let mut first = true;
    let ports = list(input, unread, |input| {
        let own = documentation(input)?;
        let name = identifier(input, "a name")?;
        if !input.peek(Token![:]) {
            return Err(lengths::no_length(&name, input, first));
        }
        first = false;
        input.parse::<Token![:]>()?;
        if input.peek(token::Bracket) {
            return Err(lengths::port_in_brackets(&name, input));
        }
        let size = Size::parse(input)?;
        if input.peek(Token![<]) {
            return Err(lengths::type_for_length(&size, &name));
        }
        if input.peek(Token![=]) {
            return Err(message::initial_state(input.span()));
        }
        Ok(Port { doc: own.or_else(|| doc.clone()), name, size })
    })?;
    Ok(ports.into_iter().flatten().collect())
}

/// `f(u, v) = body`
fn function(input: ParseStream) -> Result<Function> {
    let name = identifier(input, "the function's name")?;
    if !input.peek(token::Paren) {
        return Err(message::no_arguments(&name));
    }
    let content;
    syn::parenthesized!(content in input);
    if content.is_empty() {
        return Err(message::no_arguments(&name));
    }
    let arguments = separated(&content, |content| identifier(content, "an argument's name"))?;
    if content.peek(Token![:]) {
        return Err(message::typed_argument(content.span()));
    }
    expression::end(&content)?;
    if input.peek(token::Brace) || input.peek(Token![->]) {
        return Err(message::function_body(input.span()));
    }
    equals(input, "fn mish(u) = u * tanh(softplus(u));")?;
    Ok(Function { name, arguments, body: Expr::parse(input)? })
}

/// `i: 16 = sigmoid(x, h; p * c) bias 1.0`
fn gate(input: ParseStream, doc: Option<String>) -> Result<Gate> {
    let name = identifier(input, "the gate's name")?;
    let mut size = None;
    if input.peek(Token![:]) {
        input.parse::<Token![:]>()?;
        size = Some(Size::closed(input)?);
    }
    if input.peek(Token![,]) {
        return Err(gates::second_gate(input.span()));
    }
    if input.peek(token::Bracket) {
        return Err(gates::gate_with_step(&name, input.span()));
    }
    if size.is_some() && input.peek(token::Paren) {
        return Err(gates::gate_with_colon(&name, input.span()));
    }
    equals(input, "gate i = sigmoid(x, h);")?;
    if input.peek(token::Paren) {
        return Err(gates::gate_without_activation(&name, input));
    }
    if input.peek(syn::Lit) || input.peek(Token![-]) {
        return Err(gates::gate_in_expression(&name, input));
    }
    let activation = identifier(input, "an activation")?;
    if input.peek(Token![.])
        && let Some(mistake) = gates::activation_of_module(&activation, input)
    {
        return Err(mistake);
    }
    if !input.peek(token::Paren) {
        return Err(gates::gate_without_call(&activation));
    }
    let content;
    let close = syn::parenthesized!(content in input).span.close();
    let operands = expression::list(&content)?;
    let mut terms = Vec::new();
    if content.peek(Token![;]) {
        content.parse::<Token![;]>()?;
        terms = expression::list(&content)?;
    }
    let last = if terms.is_empty() { &operands } else { &terms };
    expression::end_of_arguments(&content, &activation, last)?;
    let place = Place::between(&activation, close);
    let bias = bias(input)?;
    if input.peek(Token![,]) {
        return Err(gates::second_gate(input.span()));
    }
    let sign = input.cursor().punct().map(|(punct, _)| punct.as_char());
    if matches!(sign, Some('+' | '-' | '*' | '/' | '@')) {
        return Err(gates::gate_in_expression(&name, input));
    }
    Ok(Gate { doc, name, size, activation, operands, terms, bias, place })
}

/// `bias 1.0`, `no bias` or nothing.
fn bias(input: ParseStream) -> Result<Bias> {
    let mut bias = None;
    while let Some((word, _)) = input.cursor().ident() {
        let given = if word == "bias" {
            input.call(Ident::parse_any)?;
            if input.is_empty() || input.peek(Token![;]) {
                return Err(gates::empty_bias(word.span()));
            }
            let signed = input.peek(Token![=]) || input.peek(Token![:]);
            if signed && !input.peek2(syn::LitBool) {
                return Err(gates::sign_of_bias(input.span()));
            }
            if signed || input.peek(syn::LitBool) {
                return Err(gates::truth_of_bias(input.span()));
            }
            Bias::Init(Expr::parse(input)?)
        } else if word == "no" {
            input.call(Ident::parse_any)?;
            let second = identifier(input, "`bias`")?;
            if second != "bias" {
                return Err(gates::no_what(&second));
            }
            Bias::None
        } else if word == "with" {
            return Err(gates::with_bias(word.span()));
        } else {
            break;
        };
        if bias.replace(given).is_some() {
            return Err(gates::second_bias(word.span()));
        }
    }
    Ok(bias.unwrap_or(Bias::Zero))
}

fn scalar(input: ParseStream) -> Result<ItemKind> {
    let word = identifier(input, "`f32` or `f64`")?;
    match word.to_string().as_str() {
        "f32" => Ok(ItemKind::Scalar { double: false }),
        "f64" => Ok(ItemKind::Scalar { double: true }),
        _ => Err(message::bad_scalar(&word)),
    }
}

fn weights(input: ParseStream) -> Result<Weights> {
    let word = identifier(input, "`f32`, `f16` or `bf16`")?;
    Weights::read(&word).ok_or_else(|| message::bad_weights(&word))
}

fn activations(input: ParseStream) -> Result<ItemKind> {
    let word = identifier(input, "`exact` or `fast`")?;
    match word.to_string().as_str() {
        "exact" => Ok(ItemKind::Activations { fast: false }),
        "fast" => Ok(ItemKind::Activations { fast: true }),
        _ => Err(message::bad_activations(&word)),
    }
}

/// `name = value` or `name[t] = value`
fn equation(input: ParseStream) -> Result<ItemKind> {
    let name = input.call(Ident::parse_any)?;
    if input.peek(Token![=]) && !input.peek(Token![==]) {
        input.parse::<Token![=]>()?;
        let place = (&name).into();
        return Ok(ItemKind::Let(Let { name, value: Expr::parse(input)?, place }));
    }
    if !input.peek(token::Bracket) {
        return Err(message::unknown_statement(input, &name));
    }
    let content;
    let close = syn::bracketed!(content in input).span.close();
    let place = Place::between(&name, close);
    let now = content.cursor().ident().is_some_and(|(word, rest)| word == "t" && rest.eof());
    if !now {
        return Err(message::assigned_index(place, &name, &content));
    }
    content.call(Ident::parse_any)?;
    equals(input, &format!("{name}[t] = ..;"))?;
    Ok(ItemKind::Next(Let { name, value: Expr::parse(input)?, place }))
}
