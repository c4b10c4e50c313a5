//! What stands in brackets after a value: a step or a range.

use proc_macro2::{Ident, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Result, Token};

use super::{Expr, Size, Timed};
use crate::error::place::Place;
use crate::syntax::message::expression as message;
use crate::syntax::message::lengths::bad_length;

/// `[t]`, `[t-1]` or `[a..b]` after `operand`.
pub(super) fn index(operand: Expr, input: ParseStream) -> Result<Expr> {
    let content;
    let close = syn::bracketed!(content in input).span.close();
    let word = content.cursor().ident().map(|(word, _)| word);
    if word.is_some_and(|w| w == "t") {
        let place = Place::between(operand.place(), close);
        let Expr::Name(name) = operand else {
            return Err(message::time_of_expression(place, &operand));
        };
        return Ok(Expr::Timed(Timed { name, offset: time(&content, place)?, close }));
    }
    let numpy = content
        .cursor()
        .token_stream()
        .into_iter()
        .find(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':'));
    if let Some(colon) = numpy {
        return Err(message::colon_in_index(colon.span()));
    }
    if content.peek(Token![-]) {
        return Err(message::index_from_end(Place::between(operand.place(), close), &operand));
    }
    if content.is_empty() {
        return Err(message::index(Place::between(operand.place(), close), &operand));
    }
    let start = if content.peek(Token![..]) { None } else { Some(Size::closed(&content)?) };
    if !content.peek(Token![..]) || content.peek(Token![..=]) {
        return Err(message::index(Place::between(operand.place(), close), &operand));
    }
    content.parse::<Token![..]>()?;
    let end = if content.is_empty() { None } else { Some(Size::closed(&content)?) };
    if !content.is_empty() {
        return Err(bad_length(content.span()));
    }
    Ok(Expr::Slice { operand: Box::new(operand), start, end, close })
}

/// The steps between now and what `[t]`, `[t-1]`, `[t+2]` mean.
fn time(input: ParseStream, place: Place) -> Result<i64> {
    input.call(Ident::parse_any)?;
    if input.is_empty() {
        return Ok(0);
    }
    let negative = if input.peek(Token![-]) {
        input.parse::<Token![-]>()?;
        true
    } else if input.peek(Token![+]) {
        input.parse::<Token![+]>()?;
        false
    } else {
        return Err(message::bad_time(place));
    };
    let literal: syn::LitInt = input.parse().map_err(|_| message::bad_time(place))?;
    let steps: i64 = literal.base10_parse().map_err(|_| message::bad_time(place))?;
    if !input.is_empty() || !literal.suffix().is_empty() {
        return Err(message::bad_time(place));
    }
    Ok(if negative { -steps } else { steps })
}
