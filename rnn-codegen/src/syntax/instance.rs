//! A member of a family: `pub struct Small { x: 8, h: 24, steps: 16, scalar: f64 }`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, LitInt, Result, Token, Visibility, token};

use super::expression::identifier;
use super::parse::{refused, whole};
use crate::check::names::is_word_of_rust;
use crate::error::Errors;
use crate::syntax::message::declaration;
use crate::syntax::message::lengths;

/// What a family is to be made of.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    /// Doc comments and other outer attributes.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    pub(crate) settings: Vec<(Ident, Setting)>,
}

/// The value of an entry.
#[derive(Debug, Clone)]
pub(crate) enum Setting {
    /// A size, or the number of steps.
    Number(usize, Span),
    /// `f32` or `f64`
    Word(Ident),
}

impl Instance {
    pub(crate) fn parse(tokens: TokenStream) -> std::result::Result<Instance, Errors> {
        Ok(whole(tokens, instance)?)
    }
}

fn instance(input: ParseStream) -> Result<Instance> {
    let attrs = super::item::attributes(input)?;
    if let Some(attr) = refused(&attrs).next() {
        return Err(declaration::attribute_of_cell(attr));
    }
    let vis = input.parse()?;
    if !input.peek(Token![struct]) {
        return Err(declaration::no_struct(input));
    }
    input.parse::<Token![struct]>()?;
    if !input.peek(Ident::peek_any) {
        return Err(declaration::no_struct(input));
    }
    let name = input.call(Ident::parse_any)?;
    if is_word_of_rust(&name.to_string()) {
        return Err(declaration::keyword_as_type(&name));
    }
    if !input.peek(token::Brace) {
        return Err(declaration::no_settings(input, &name));
    }
    let content;
    syn::braced!(content in input);
    let mut settings = Vec::new();
    while !content.is_empty() {
        settings.push(setting(&content)?);
        if !content.peek(Token![,]) {
            break;
        }
        content.parse::<Token![,]>()?;
    }
    if !content.is_empty() {
        return Err(declaration::bad_setting(&content));
    }
    if !input.is_empty() {
        return Err(declaration::second_declaration(input.span()));
    }
    Ok(Instance { attrs, vis, name, settings })
}

fn setting(input: ParseStream) -> Result<(Ident, Setting)> {
    let name = identifier(input, "the name of a size")?;
    if !input.peek(Token![:]) {
        return Err(declaration::bad_setting(input));
    }
    input.parse::<Token![:]>()?;
    if input.peek(LitInt) {
        let literal: LitInt = input.parse()?;
        let value = literal.base10_parse().map_err(|_| lengths::bad_length(literal.span()))?;
        return Ok((name, Setting::Number(value, literal.span())));
    }
    Ok((name, Setting::Word(identifier(input, "a whole number")?)))
}
