//! How deep a declaration is nested: what comes after reads it by recursion, so that there is a
//! limit.

use proc_macro2::{TokenStream, TokenTree, token_stream::IntoIter};
use syn::Error;

use crate::syntax::message::unexpected as message;

/// Brackets in brackets, signs before signs and indices after indices, all counted.
const DEEPEST: usize = 128;

/// An error at the first token that lies too deep.
pub(super) fn check(tokens: TokenStream) -> Result<(), Error> {
    let mut levels: Vec<(IntoIter, usize)> = vec![(tokens.into_iter(), 0)];
    while let Some((rest, run)) = levels.last_mut() {
        let Some(tree) = rest.next() else {
            levels.pop();
            continue;
        };
        // Of equal kind as the token before: `- - x`, `v[..][..]`, `W.T.T`.
        *run = match &tree {
            TokenTree::Punct(punct) if matches!(punct.as_char(), '-' | '.') => *run + 1,
            TokenTree::Group(_) => *run + 1,
            TokenTree::Ident(word) if word == "T" => *run,
            _ => 0,
        };
        let run = *run;
        if levels.len() + run > DEEPEST {
            return Err(message::nested(tree.span(), DEEPEST));
        }
        if let TokenTree::Group(group) = tree {
            levels.push((group.stream().into_iter(), 0));
        }
    }
    Ok(())
}
