//! Writes a module with a test for each declaration of the sample: `RNN_COMPILED_DECLARATIONS` of
//! them from `RNN_FIRST_DECLARATION` on, and what slips of the hand make of them where the compiler
//! accepts it.

use std::fmt::Write as _;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use rnn_declarations::{generate, mutate};

/// As many as are compiled and run in two minutes on two cores.
const COUNT: u64 = 40;

/// How many mutants are made of each declaration. Of a hundred about four are cells still.
const MUTANTS: u64 = 3;

fn main() {
    let asked = |name: &str| {
        println!("cargo::rerun-if-env-changed={name}");
        std::env::var(name).ok().map(|text| text.parse().expect("a number"))
    };
    let count = asked("RNN_COMPILED_DECLARATIONS").unwrap_or(COUNT);
    let first = asked("RNN_FIRST_DECLARATION").unwrap_or(0);
    println!("cargo::rerun-if-changed=build.rs");
    let seeds = first..first + count;
    let mutated = (first * MUTANTS..(first + count) * MUTANTS).filter_map(mutated);
    let code: String = seeds.map(module).chain(mutated).collect();
    let folder = std::env::var("OUT_DIR").expect("cargo says where");
    std::fs::write(Path::new(&folder).join("sample.rs"), code).expect("the folder is there");
}

/// A declaration in a module of its own, and its test.
fn module(seed: u64) -> String {
    let declaration = generate(seed);
    let name = declaration.name();
    let mut code = format!("mod declaration_{seed} {{\n{}", cell(&declaration.text()));
    let cell = match declaration.member() {
        Some(member) => {
            writeln!(code, "{name}! {{ {member} }}").expect("memory");
            "Member"
        }
        None => name,
    };
    code + &test(&format!("agrees::<{cell}>"), seed, &declaration.to_string())
}

/// A mutated declaration that is accepted, and its test.
fn mutated(seed: u64) -> Option<String> {
    let declaration = generate(seed / MUTANTS);
    let text = mutate(&declaration.text(), seed);
    let (before, after) = (head(&declaration.text())?, head(&text)?);
    // Changes of attributes and of the name are not for the compiler of cells to judge.
    if before != after || !is_accepted(&text)? {
        return None;
    }
    let code = format!("mod mutated_{seed} {{\n{}", cell(&text));
    Some(code + &test(&format!("repeats::<{}>", declaration.name()), seed, &text))
}

fn cell(text: &str) -> String {
    format!("rnn_runtime::cell! {{\n{text}\n}}\n")
}

/// A call of `check`, and the end of the module.
fn test(check: &str, seed: u64, shown: &str) -> String {
    format!("#[test]\nfn agrees() {{\ncrate::checks::{check}({seed}, {shown:?});\n}}\n}}\n")
}

/// What stands before the braces of a declaration.
fn head(text: &str) -> Option<String> {
    let mut trees: Vec<TokenTree> = text.parse::<TokenStream>().ok()?.into_iter().collect();
    let body = trees.pop()?;
    matches!(body, TokenTree::Group(_)).then(|| TokenStream::from_iter(trees).to_string())
}

/// Whether the compiler makes a cell of `text`, and neither a family nor messages.
fn is_accepted(text: &str) -> Option<bool> {
    let input = format!("(::rnn_runtime) {text}").parse().ok()?;
    let code = rnn_codegen::declare(input).to_string();
    Some(!code.contains("compile_error") && !code.contains("__family"))
}
