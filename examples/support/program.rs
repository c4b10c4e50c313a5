//! How every example ends: a verdict on standard error, a last line of JSON on standard output,
//! and an exit status.
//!
//! 0: the example checked its result and it was good. 1: the result missed what was asked of it.
//! 2: it could not run, for the reason in one line on standard error.

use std::process::ExitCode;

use serde_json::{Map, Value, json};

/// Whatever keeps an example from running; its text is one line.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// What an example found out about its own result.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Whether the result is good enough.
    pub(crate) passed: bool,
    /// What was asked and what was found, in one sentence.
    pub(crate) verdict: String,
    /// The figures.
    pub(crate) figures: Map<String, Value>,
}

/// Runs an example to its exit status. `body` returns nothing when it was asked for `help` only.
pub(crate) fn run(
    name: &str,
    help: &str,
    body: impl FnOnce() -> Result<Option<Outcome>, Error>,
) -> ExitCode {
    match body() {
        Ok(None) => {
            print!("{help}");
            ExitCode::SUCCESS
        }
        Ok(Some(Outcome { passed, verdict, figures })) => {
            eprintln!("{name} {}: {verdict}", if passed { "passed" } else { "MISSED" });
            let mut last = Map::new();
            last.insert("example".into(), json!(name));
            last.insert("passed".into(), json!(passed));
            last.extend(figures);
            println!("{}", Value::Object(last));
            if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            let line = error.to_string().replace('\n', "; ");
            eprintln!("{name}: {line}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_status_2() {
        assert_eq!(run("example", "", || Err("two\nlines".into())), ExitCode::from(2));
        assert_eq!(run("example", "", || Ok(None)), ExitCode::SUCCESS);
    }
}
