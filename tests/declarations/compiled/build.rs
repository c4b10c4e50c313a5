//! Writes a module with a test for each declaration of the sample: `RNN_COMPILED_DECLARATIONS` of them from
//! `RNN_FIRST_DECLARATION` on.

use std::fmt::Write as _;
use std::path::Path;

use rnn_declarations::generate;

/// As many as are compiled and run in two minutes on two cores.
const COUNT: u64 = 40;

fn main() {
    let asked = |name: &str| {
        println!("cargo::rerun-if-env-changed={name}");
        std::env::var(name).ok().map(|text| text.parse().expect("a number"))
    };
    let count = asked("RNN_COMPILED_DECLARATIONS").unwrap_or(COUNT);
    let first = asked("RNN_FIRST_DECLARATION").unwrap_or(0);
    println!("cargo::rerun-if-changed=build.rs");
    let code: String = (first..first + count).map(module).collect();
    let folder = std::env::var("OUT_DIR").expect("cargo says where");
    std::fs::write(Path::new(&folder).join("sample.rs"), code).expect("the folder is there");
}

/// A declaration in a module of its own, and its test.
fn module(seed: u64) -> String {
    let declaration = generate(seed);
    let text = declaration.text();
    let mut code = String::new();
    let name = declaration.name();
    writeln!(code, "mod declaration_{seed} {{\nrnn_runtime::cell! {{\n{text}\n}}").expect("memory");
    let cell = match declaration.member() {
        Some(member) => {
            writeln!(code, "{name}! {{ {member} }}").expect("memory");
            "Member"
        }
        None => name,
    };
    let shown = declaration.to_string();
    writeln!(
        code,
        "#[test]\nfn agrees() {{\ncrate::checks::agrees::<{cell}>({seed}, {shown:?});\n}}\n}}"
    )
    .expect("memory");
    code
}
