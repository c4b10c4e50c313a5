//! Declarations with slips of the hand.

use std::str::FromStr;

use proc_macro2::TokenStream;
use rnn_declarations::{generate, mutate, shrink_text};

use crate::compiler::{Outcome, declare};
use crate::seeds;

/// As many as take 20 s.
const COUNT: u64 = 10_000;

#[test]
fn mutations_are_accepted_or_refused_at_a_token_of_the_user() {
    seeds::each(COUNT, |seed| {
        let text = mutate(&generate(seed).text(), seed);
        // Delimiters that do not match are found before a macro is called.
        if TokenStream::from_str(&text).is_err() {
            return Ok(());
        }
        match fault(&text) {
            None => Ok(()),
            Some(fault) => {
                let same = |text: &str| {
                    TokenStream::from_str(text).is_ok()
                        && self::fault(text).as_ref() == Some(&fault)
                };
                let least = shrink_text(&text, same);
                Err(format!("{fault}:\n{least}\nof\n{text}"))
            }
        }
    });
}

/// What the compiler does to the text that it should not.
fn fault(text: &str) -> Option<String> {
    match declare(text) {
        Outcome::Accepted(_) => None,
        Outcome::Panicked(message) => Some(message.lines().next().unwrap_or_default().to_owned()),
        Outcome::Refused(messages) => messages.into_iter().find_map(|(message, place)| {
            if place.is_none() {
                return Some(format!("a message at no token, {}", start(&message)));
            }
            (!message.contains("help: ")).then(|| format!("no remedy, {}", start(&message)))
        }),
    }
}

/// Enough of a message to know it again.
fn start(message: &str) -> String {
    message.chars().take_while(|c| *c != '`').take(40).collect()
}
