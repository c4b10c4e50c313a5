//! Parameters: their names, shapes and initialisers.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Result, Token, token};

use super::expression::identifier;
use super::item::{begins, documentation};
use super::list::list;
use super::{Expr, Param, ParamShape, Unread};
use crate::syntax::message::lengths;
use crate::syntax::message::params as message;

/// `W: [h, x], b, c: [h] = zeros, a = 1.0`: names take the shape and the initialiser that follow
/// them.
pub(super) fn params(
    input: ParseStream,
    word: &Ident,
    doc: Option<String>,
    unread: &mut Unread,
) -> Result<Vec<Param>> {
    let entries = list(input, unread, |input| {
        let own = documentation(input)?;
        let name = identifier(input, "the parameter's name")?;
        let (shape, init) = shape_and_initialiser(input, word, &name)?;
        Ok((own.or_else(|| doc.clone()), name, shape, init))
    })?;
    let mut waiting: Vec<(Option<String>, Ident)> = Vec::new();
    let mut params = Vec::new();
    for entry in entries {
        let Some((doc, name, shape, init)) = entry else {
            // It may have had their shape.
            unread.words.extend(waiting.drain(..).map(|(_, name)| name.to_string()));
            continue;
        };
        waiting.push((doc, name));
        if shape.is_some() || init.is_some() {
            let shape = shape.unwrap_or(ParamShape::Number);
            params.extend(waiting.drain(..).map(|(doc, name)| Param {
                doc,
                name,
                shape: shape.clone(),
                init: init.clone(),
            }));
        }
    }
    unread.mistakes.extend(waiting.first().map(|(_, name)| lengths::no_shape(name)));
    unread.words.extend(waiting.iter().map(|(_, name)| name.to_string()));
    Ok(params)
}

/// `: [h, x] = glorot`, each part of which may be missing.
fn shape_and_initialiser(
    input: ParseStream,
    word: &Ident,
    name: &Ident,
) -> Result<(Option<ParamShape>, Option<Expr>)> {
    if input.peek(token::Bracket) || input.peek(token::Paren) {
        return Err(lengths::bracket_for_shape(name, input));
    }
    let mut shape = None;
    if input.peek(Token![:]) {
        input.parse::<Token![:]>()?;
        shape = Some(ParamShape::parse(input)?);
    }
    if shape.is_some() && input.peek(Ident::peek_any) && !begins(input) {
        return Err(lengths::no_sign_of_initialiser(input));
    }
    if !input.peek(Token![=]) {
        return Ok((shape, None));
    }
    input.parse::<Token![=]>()?;
    if let Some(mistake) = message::foreign_initialiser(input, word, name, shape.as_ref()) {
        return Err(mistake);
    }
    let init = Expr::parse(input)?;
    if shape.is_none() && input.peek(Token![:]) && input.peek2(token::Bracket) {
        return Err(message::shape_after(input, word, name, &init));
    }
    Ok((shape, Some(init)))
}
