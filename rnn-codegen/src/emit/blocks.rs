//! Long lists of `let`: each opens a scope that lasts to the end of the list, and the debug
//! information of scopes in scopes is written by recursion, which thousands of them overflow. So
//! they are written in blocks.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// Lists up to this length are written as they are.
const SHORT: usize = 256;

/// How many statements a block has.
const BLOCK: usize = 64;

/// `let name = value;`, or a statement that binds nothing.
pub(super) struct Statement {
    pub(super) name: Option<Ident>,
    pub(super) reads: Vec<Ident>,
    pub(super) value: TokenStream,
}

impl Statement {
    /// A value that is made of no other.
    pub(super) fn leaf(name: Ident, value: TokenStream) -> Statement {
        Statement { name: Some(name), reads: Vec::new(), value }
    }
}

/// `statements` in their order. `read` says whether a name is read after the last of them.
pub(super) fn write(statements: &[Statement], read: impl Fn(&Ident) -> bool) -> TokenStream {
    if statements.len() <= SHORT {
        return statements.iter().map(plain).collect();
    }
    let mut later: BTreeSet<&Ident> = BTreeSet::new();
    let mut blocks = Vec::new();
    for block in statements.chunks(BLOCK).rev() {
        let names = block.iter().filter_map(|statement| statement.name.as_ref());
        let kept: Vec<&Ident> = names.filter(|name| later.contains(name) || read(name)).collect();
        let inside: TokenStream = block.iter().map(plain).collect();
        blocks.push(match kept.as_slice() {
            [] => quote!({ #inside }),
            [name] => quote!(let #name = { #inside #name };),
            names => quote!(let (#(#names),*) = { #inside (#(#names),*) };),
        });
        later.extend(block.iter().flat_map(|statement| &statement.reads));
    }
    blocks.into_iter().rev().collect()
}

fn plain(Statement { name, value, .. }: &Statement) -> TokenStream {
    match name {
        Some(name) => quote!(let #name = #value;),
        None => value.clone(),
    }
}
