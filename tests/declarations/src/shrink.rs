//! The least of a failing declaration that still fails: leave something out, look whether it fails,
//! go on.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::declaration::Declaration;

/// The runs of tokens that are left out at once are no longer.
const LONGEST_RUN: usize = 12;

/// Then what there is must do.
const MOST_TRIES: usize = 5000;

/// Leaves out items and parts of expressions as long as `fails` says yes. What nothing reads any
/// more goes with them.
pub fn shrink(start: &Declaration, mut fails: impl FnMut(&Declaration) -> bool) -> Declaration {
    least(start.clone(), smaller_declarations, &mut fails)
}

/// The same for a text without meaning: leaves out tokens.
pub fn shrink_text(start: &str, mut fails: impl FnMut(&str) -> bool) -> String {
    least(start.to_owned(), |text| smaller_texts(text), &mut |text: &String| fails(text))
}

/// Goes from failure to smaller failure until there is none. Where one was found the search goes
/// on.
fn least<T>(mut now: T, smaller: impl Fn(&T) -> Vec<T>, fails: &mut impl FnMut(&T) -> bool) -> T {
    let (mut at, mut since, mut tries) = (0, 0, 0);
    let mut candidates = smaller(&now);
    while since < candidates.len() && tries < MOST_TRIES {
        tries += 1;
        at %= candidates.len();
        if fails(&candidates[at]) {
            now = candidates.swap_remove(at);
            candidates = smaller(&now);
            since = 0;
        } else {
            (at, since) = (at + 1, since + 1);
        }
    }
    now
}

fn smaller_declarations(declaration: &Declaration) -> Vec<Declaration> {
    let mut found = Vec::new();
    let mut texts = BTreeSet::from([declaration.to_string()]);
    let mut add = |candidate: Declaration| {
        if texts.insert(candidate.to_string()) {
            found.push(candidate);
        }
    };
    for index in 0..declaration.items.len() {
        let mut without = declaration.clone();
        without.items.remove(index);
        add(without);
    }
    for (index, item) in declaration.items.iter().enumerate() {
        for body in smaller_texts(&item.body) {
            let mut with = declaration.clone();
            with.items[index].body = body;
            add(with);
        }
    }
    found
}

/// `text` with one thing left out.
fn smaller_texts(text: &str) -> Vec<String> {
    let Ok(tokens) = text.parse::<TokenStream>() else { return Vec::new() };
    smaller(tokens).iter().map(ToString::to_string).collect()
}

/// All streams with a run of trees less, or with a group or a call replaced by what is in it.
fn smaller(tokens: TokenStream) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let with = |from: usize, to: usize, between: TokenStream| -> TokenStream {
        let before = trees[..from].iter().cloned();
        before.chain(between).chain(trees[to..].iter().cloned()).collect()
    };
    let mut found = Vec::new();
    for length in (1..=trees.len().min(LONGEST_RUN)).rev() {
        found.extend((0..=trees.len() - length).map(|i| with(i, i + length, TokenStream::new())));
    }
    for (index, tree) in trees.iter().enumerate() {
        let TokenTree::Group(group) = tree else { continue };
        for inner in smaller(group.stream()) {
            let mut less = Group::new(group.delimiter(), inner);
            less.set_span(group.span());
            found.push(with(index, index + 1, TokenTree::Group(less).into()));
        }
        if group.delimiter() == Delimiter::Parenthesis {
            found.push(with(index, index + 1, group.stream()));
            let called = index > 0 && matches!(trees[index - 1], TokenTree::Ident(_));
            if called {
                found.push(with(index - 1, index + 1, group.stream()));
            }
        }
    }
    found
}
