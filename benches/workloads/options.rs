//! The command line.

use std::ffi::OsString;

use lexopt::Arg::{Long, Value};

use crate::rows::{ROWS, Row};
use crate::timing::Effort;

/// What is printed for `--help`.
pub(crate) const USAGE: &str = "\
cargo bench --bench workloads -- [--threads N] [--reference] [ROW ...]

  --threads N   how many threads share a run (1)
  --reference   time the interpreter as well
  ROW           the rows to run; all of them if none is named";

/// What to run.
#[derive(Debug)]
pub(crate) struct Options {
    /// Number of threads.
    pub(crate) threads: usize,
    /// Whether to time the interpreter as well.
    pub(crate) reference: bool,
    /// One short repetition under `cargo test`, a measurement under `cargo bench`.
    pub(crate) effort: Effort,
    /// Whether to print the usage and nothing else.
    pub(crate) help: bool,
    /// The rows, in the order in which they run.
    pub(crate) rows: Vec<&'static Row>,
}

impl Options {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    /// One line that says what is wrong and what there is instead.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut options = Options {
            threads: 1,
            reference: false,
            effort: Effort::Once,
            help: false,
            rows: Vec::new(),
        };
        let mut tested = false;
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
            match argument {
                Long("threads") => options.threads = threads(&mut parser)?,
                Long("reference") => options.reference = true,
                Long("help") => options.help = true,
                // `cargo bench` says so; without it the program runs as a test.
                Long("bench") => options.effort = Effort::Measure,
                Long("test") => tested = true,
                Value(name) => options.rows.push(row(&name.to_string_lossy())?),
                other => return Err(unknown_option(&other)),
            }
        }
        if tested {
            options.effort = Effort::Once;
        }
        if options.rows.is_empty() {
            options.rows = ROWS.iter().collect();
        }
        Ok(options)
    }
}

fn threads(parser: &mut lexopt::Parser) -> Result<usize, String> {
    let value = parser.value().map_err(|error| error.to_string())?;
    match value.to_string_lossy().parse() {
        Ok(1) => Ok(1),
        Ok(0) | Err(_) => Err(format!("--threads {value:?}: a number of at least 1 is needed")),
        Ok(count) if cfg!(feature = "rayon") => Ok(count),
        Ok(count) => Err(format!("--threads {count}: needs `cargo bench --features rayon`")),
    }
}

fn row(name: &str) -> Result<&'static Row, String> {
    ROWS.iter().find(|row| row.name == name).ok_or_else(|| {
        let names: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
        format!("there is no row `{name}`; the rows are {}", names.join(", "))
    })
}

fn unknown_option(argument: &lexopt::Arg<'_>) -> String {
    let name = match argument {
        Long(name) => format!("--{name}"),
        lexopt::Arg::Short(letter) => format!("-{letter}"),
        Value(name) => name.to_string_lossy().into_owned(),
    };
    format!("there is no option `{name}`; the options are --threads N, --reference, --help")
}
