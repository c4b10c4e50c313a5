//! The compiler as a function from text to what became of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;
use std::sync::Once;

use proc_macro2::{Span, TokenStream, TokenTree};
use rnn_declarations::Declaration;

/// What the macros of the runtime put in front of a declaration.
const RUNTIME: &str = "(::rnn_runtime)";

/// What the compiler makes of a declaration.
pub(crate) enum Outcome {
    /// The tokens of its kernels.
    Accepted(TokenStream),
    /// Each message with the text at which it stands; `None` for one at none of the declaration's
    /// tokens.
    Refused(Vec<(String, Option<String>)>),
    /// Of the compiler; the message and where it comes from.
    Panicked(String),
}

/// A declaration, or a family and its member.
pub(crate) fn compile(declaration: &Declaration) -> Outcome {
    let text = declaration.text();
    let Some(member) = declaration.member() else { return declare(&text) };
    match declare(&text) {
        Outcome::Accepted(_) => {
            run(&format!("{RUNTIME} {{ {text} }} {member}"), rnn_codegen::instantiate)
        }
        other => other,
    }
}

/// Runs the plan of a declaration without open sizes; what differs from its graph.
pub(crate) fn evaluate(declaration: &Declaration, seed: u64) -> Result<(), String> {
    let input = TokenStream::from_str(&declaration.text()).expect("tokens");
    catch_unwind(AssertUnwindSafe(|| rnn_codegen::evaluate(input, seed)))
        .unwrap_or_else(|_| Err(PANIC.take()))
}

/// What is written in `cell!`.
pub(crate) fn declare(text: &str) -> Outcome {
    run(&format!("{RUNTIME} {text}"), rnn_codegen::declare)
}

fn run(text: &str, function: fn(TokenStream) -> TokenStream) -> Outcome {
    // The text of earlier ones is forgotten; no span of theirs is in use.
    proc_macro2::extra::invalidate_current_thread_spans();
    let input = TokenStream::from_str(text).expect("tokens");
    silence();
    match catch_unwind(AssertUnwindSafe(|| function(input))) {
        Ok(output) => {
            let mut messages = Vec::new();
            collect(output.clone(), text, &mut messages);
            if messages.is_empty() { Outcome::Accepted(output) } else { Outcome::Refused(messages) }
        }
        Err(_) => Outcome::Panicked(PANIC.take()),
    }
}

thread_local! {
    static PANIC: std::cell::Cell<String> = const { std::cell::Cell::new(String::new()) };
}

/// Panics are kept instead of printed; those of the tests themselves are printed as well.
fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if info.location().is_some_and(|place| place.file().contains("in_process")) {
                print(info);
            }
            PANIC.set(info.to_string());
        }));
    });
}

/// Finds `compile_error! { "message" }`.
fn collect(tokens: TokenStream, text: &str, messages: &mut Vec<(String, Option<String>)>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Ident(word) if word == "compile_error" => {
                if let Some(TokenTree::Group(group)) = trees.get(index + 2) {
                    let place = place(word.span(), text).zip(place(group.span(), text));
                    messages.push((group.stream().to_string(), place.map(|(from, _)| from)));
                }
            }
            TokenTree::Group(group) => collect(group.stream(), text, messages),
            _ => {}
        }
    }
}

/// What stands at the span, if it is of this text.
fn place(span: Span, text: &str) -> Option<String> {
    let found = span.source_text().filter(|found| !found.is_empty())?;
    let range = span.byte_range();
    let chars: String = text.chars().skip(range.start).take(range.len()).collect();
    (text.get(range) == Some(&found) || chars == found).then_some(found)
}
