//! Declarations that are right by construction.

use rnn_declarations::{Declaration, generate, shrink};

use crate::compiler::{Outcome, compile, evaluate};
use crate::seeds;

/// As many as take 20 s.
const COUNT: u64 = 1200;

/// For each of so many the code is read as Rust, and made twice.
const SAMPLE: u64 = 20;

/// The plan of one in so many is run, unless it has open sizes.
const EVALUATED: u64 = 8;

#[test]
fn every_declaration_is_accepted_and_the_plans_of_some_compute_their_graphs() {
    seeds::each(COUNT, |seed| {
        let declaration = generate(seed);
        if declaration != generate(seed) {
            return Err("another declaration from the same seed".to_owned());
        }
        let found = |declaration: &Declaration| fault(declaration, seed);
        let Some(what) = found(&declaration) else { return Ok(()) };
        let same =
            |least: &Declaration| found(least).is_some_and(|other| kind(&other) == kind(&what));
        let least = shrink(&declaration, same);
        Err(format!("{what}:\n{least}\nof\n{declaration}"))
    });
}

/// What the compiler does to the declaration that it should not.
fn fault(declaration: &Declaration, seed: u64) -> Option<String> {
    let tokens = match compile(declaration) {
        Outcome::Accepted(tokens) => tokens,
        Outcome::Refused(messages) => return Some(format!("refused, {}", messages[0].0)),
        Outcome::Panicked(message) => return Some(message),
    };
    if seed.is_multiple_of(SAMPLE) {
        let code = tokens.to_string();
        if let Err(error) = syn::parse_file(&code) {
            return Some(format!("no Rust\n{error}"));
        }
        if !matches!(compile(declaration), Outcome::Accepted(again) if again.to_string() == code) {
            return Some("other code the second time".to_owned());
        }
    }
    if !seed.is_multiple_of(EVALUATED) || declaration.member().is_some() {
        return None;
    }
    // At one point values may lie at a kink or a pole: a fault shows at any.
    let first = evaluate(declaration, seed).err()?;
    evaluate(declaration, seed + 1).err().map(|_| format!("another value\n{first}"))
}

/// What faults of one kind have in common: the line of a panic, the words of a message before the
/// first name in it.
fn kind(fault: &str) -> Option<&str> {
    fault.split(['\n', '`']).next()
}
