//! Slips of the hand: what they make of a declaration.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use crate::draw::Draw;

/// What is put where it does not belong.
const STRAY: [&str; 58] = [
    "_",
    "t",
    "T",
    "@",
    ";",
    ",",
    "0",
    "1",
    "2.5",
    "1e999",
    "1e39",
    "0x10",
    "1_0",
    "3f32",
    ".",
    "..",
    "..=",
    "-",
    "+",
    "*",
    "/",
    "=",
    "==",
    ":=",
    "::",
    ":",
    "->",
    "!",
    "#",
    "$",
    "&",
    "^",
    "%",
    "'a",
    "''",
    "'c'",
    "\"s\"",
    "b\"s\"",
    "( )",
    "[ ]",
    "{ }",
    "[t]",
    "[t-1]",
    "[t+1]",
    "[0..1]",
    "gate",
    "bias",
    "no",
    "no bias",
    "input",
    "state",
    "fn",
    "output",
    "steps",
    "self",
    "r#x",
    "linear",
    "18446744073709551616",
];

/// Statements that do not belong.
const STATEMENTS: [&str; 14] = [
    "steps 5",
    "steps 0",
    "scalar f64",
    "weights f16",
    "activations fast",
    "output h",
    "output h[t]",
    "let y = 1",
    "repeat 3",
    "state h: 3, h: 3",
    "input x: _",
    "const t = 1",
    "fn f(u) = f(u)",
    "dim P = P + 1",
];

/// `text` with one to three slips, which the seed chooses. It may be legal still, and its
/// delimiters may not match.
pub fn mutate(text: &str, seed: u64) -> String {
    let mut draw = Draw::new(seed);
    let Ok(tokens) = text.parse::<TokenStream>() else { return text.to_owned() };
    let mut words = Vec::new();
    flatten(tokens, &mut words);
    for _ in 0..draw.weighted(&[(6, 1), (3, 2), (1, 3)]) {
        if words.len() > 1 {
            slip(&mut words, &mut draw);
        }
    }
    words.concat()
}

/// Each token with the space after it.
fn flatten(tokens: TokenStream, words: &mut Vec<String>) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                words.push(format!("{open} "));
                flatten(group.stream(), words);
                words.push(format!("{close} "));
            }
            TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint => {
                words.push(punct.to_string());
            }
            other => words.push(format!("{other} ")),
        }
    }
}

fn slip(words: &mut Vec<String>, draw: &mut Draw) {
    let at = draw.below(words.len());
    let other = draw.below(words.len());
    match draw.below(12) {
        0 | 1 => {
            words.remove(at);
        }
        2 => words.insert(at, words[at].clone()),
        3 => words.swap(at, other),
        4 => words[at] = words[other].clone(),
        5 => words[at] = misspelt(&words[at], draw),
        6 => words[at] = format!("{} ", draw.pick(&STRAY)),
        7 => words.insert(at, format!("{} ", draw.pick(&STRAY))),
        8 => group(words, at, draw),
        9 | 10 => statement(words, at, other, draw),
        _ => {
            let end = words.len().min(at + 1 + draw.below(6));
            words.drain(at..end);
        }
    }
}

/// A letter missing, twice, exchanged or in the other case.
fn misspelt(word: &str, draw: &mut Draw) -> String {
    let mut letters: Vec<char> = word.trim_end().chars().collect();
    let at = draw.below(letters.len().max(1));
    if letters.is_empty() {
        return word.to_owned();
    }
    match draw.below(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 => letters.swap(at, 0),
        _ if letters[at].is_uppercase() => letters[at] = letters[at].to_ascii_lowercase(),
        _ => letters[at] = letters[at].to_ascii_uppercase(),
    }
    letters.into_iter().collect::<String>() + " "
}

/// The first group from `at` on: without its delimiters, with others, empty, cut short, or gone.
fn group(words: &mut Vec<String>, at: usize, draw: &mut Draw) {
    let opens = |word: &String| matches!(word.trim_end(), "(" | "[" | "{");
    let Some(open) = (at..words.len()).find(|&i| opens(&words[i])) else { return };
    let mut depth = 0;
    let close = (open..words.len()).find(|&i| {
        match words[i].trim_end() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    let Some(close) = close else { return };
    match draw.below(5) {
        0 => {
            words.remove(close);
            words.remove(open);
        }
        1 => {
            let (from, to) = draw.pick(&[("( ", ") "), ("[ ", "] "), ("{ ", "} ")]);
            words[open] = from.to_owned();
            words[close] = to.to_owned();
        }
        2 => {
            words.drain(open + 1..close);
        }
        3 => {
            let from = draw.between(open + 1, close);
            words.drain(from..close);
        }
        _ => {
            words.drain(open..=close);
        }
    }
}

/// A whole statement gone, twice, moved, or one that does not belong.
fn statement(words: &mut Vec<String>, at: usize, other: usize, draw: &mut Draw) {
    let ends =
        |words: &[String], from: usize| (from..words.len()).find(|&i| words[i].trim_end() == ";");
    let Some(before) = ends(words, at) else { return };
    let Some(end) = ends(words, before + 1) else { return };
    let found: Vec<String> = words[before + 1..=end].to_vec();
    match draw.below(4) {
        0 => {
            words.drain(before + 1..=end);
        }
        1 => {
            words.splice(end + 1..end + 1, found);
        }
        2 => {
            words.drain(before + 1..=end);
            let place = ends(words, other.min(words.len() - 1)).unwrap_or(before);
            words.splice(place + 1..place + 1, found);
        }
        _ => words.insert(end + 1, format!("{}; ", draw.pick(&STATEMENTS))),
    }
}
