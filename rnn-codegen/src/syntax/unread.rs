//! What could not be read: the mistakes in it, and what it may have been meant to declare or to
//! use.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::Error;

/// Notes on the parts of a declaration that could not be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unread {
    /// `check` reports them together with what it finds in the rest.
    pub(crate) mistakes: Vec<Error>,
    /// Every word there. `check` says nothing about these names, so that one mistake gives one
    /// message.
    pub(crate) words: BTreeSet<String>,
    /// Whether a length is left open there.
    pub(crate) open: bool,
    /// Whether a declaration there is without its name.
    pub(crate) nameless: bool,
}

impl Unread {
    /// Notes the words in `tokens`, and whether a length is left open there.
    pub(super) fn note(&mut self, tokens: TokenStream) {
        self.open |= leaves_open(tokens.clone());
        words(tokens, &mut self.words);
    }
}

/// Whether `: _` stands somewhere in `tokens`, which may be nested as deep as one likes.
pub(crate) fn leaves_open(tokens: TokenStream) -> bool {
    let mut waiting = vec![tokens];
    while let Some(tokens) = waiting.pop() {
        let mut colon = false;
        for tree in tokens {
            match &tree {
                TokenTree::Ident(word) if colon && word == "_" => return true,
                TokenTree::Group(group) => waiting.push(group.stream()),
                _ => {}
            }
            colon = matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == ':');
        }
    }
    false
}

/// Adds every word in `tokens`, those in brackets included.
fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for tree in tokens {
        match tree {
            TokenTree::Ident(word) => {
                found.insert(word.to_string());
            }
            TokenTree::Group(group) => words(group.stream(), found),
            // Of `2h` and of `x.T` alike.
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                found.insert(text.trim_start_matches(|c: char| !c.is_alphabetic()).to_owned());
            }
            TokenTree::Punct(_) => {}
        }
    }
}
