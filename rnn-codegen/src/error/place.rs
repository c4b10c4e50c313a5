//! Where in the declaration something stands: its first and its last token.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;

/// The tokens from `start` to `end`; an error there underlines all of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) start: Span,
    pub(crate) end: Span,
}

impl Place {
    pub(crate) fn between(start: impl Into<Place>, end: impl Into<Place>) -> Place {
        Place { start: start.into().start, end: end.into().end }
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Place { start: span, end: span }
    }
}

impl From<&Ident> for Place {
    fn from(ident: &Ident) -> Self {
        ident.span().into()
    }
}

/// `syn::Error::new_spanned` takes the spans of the first and the last token.
impl ToTokens for Place {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        Ident::new("start", self.start).to_tokens(tokens);
        Ident::new("end", self.end).to_tokens(tokens);
    }
}
