//! Checks the kernels of the ready cells: against the interpreter, which reads the same equations,
//! and the interpreter's gradients against finite differences.
//!
//! Every cell is checked in both scalar types on every instruction set of this machine. The sizes
//! are odd, so that every vector and every tile of the kernels has a rest.

use std::process::ExitCode;
use std::time::Instant;

use lexopt::prelude::*;
use rnn_runtime::simd::Tier;
use rnn_runtime::verify::{Options, Report, TierSummary, verify_with};
use serde_json::{Map, json};

#[path = "support/program.rs"]
mod program;

use program::{Error, Outcome};

const HELP: &str = "\
Checks the kernels of the ready cells against the interpreter and finite differences.

Usage: cargo run --release --example verify -- [OPTIONS] [CELL ...]

Without names all cells are checked, on every instruction set of this machine. Their names
are those of the families in `rnn_runtime::cells`.

Options:
  --json     one JSON object a cell, scalar type and instruction set, instead of the table
  --quick    shorter sequences, fewer differences, the best instruction set only
  --help     this text

Exit status: 0 if all errors are within their bounds, 1 if not, 2 on errors of use.
The last line of standard output is a JSON object.
";

/// Makes `CELLS`: the cells of each family, in both scalar types.
macro_rules! ready_cells {
    ($($family:ident { $($size:ident: $value:literal),* })*) => {
        mod single {
            $(rnn_runtime::cells::$family! { pub(crate) struct $family { $($size: $value),* } })*
        }

        mod double {
            $(rnn_runtime::cells::$family! {
                pub(crate) struct $family { $($size: $value,)* scalar: f64 }
            })*
        }

        /// Name and checks of every ready cell.
        const CELLS: &[(&str, [Check; 2])] = &[
            $((
                stringify!($family),
                [verify_with::<single::$family>, verify_with::<double::$family>],
            ),)*
        ];
    };
}

type Check = fn(&Options) -> Report;

ready_cells! {
    Elman { x: 9, h: 21 }
    ElmanRelu { x: 9, h: 21 }
    Irnn { x: 9, h: 21 }
    IndRnn { x: 9, h: 21 }
    Lstm { x: 9, h: 21 }
    LstmWithoutForget { x: 9, h: 21 }
    CoupledLstm { x: 9, h: 21 }
    SigmoidLstm { x: 9, h: 21 }
    PeepholeLstm { x: 9, h: 21 }
    ProjectedLstm { x: 9, h: 13, c: 21 }
    MultiplicativeLstm { x: 9, h: 21 }
    LayerNormLstm { x: 9, h: 21 }
    Gru { x: 9, h: 21 }
    GruResetBefore { x: 9, h: 21 }
    SimplifiedGru { x: 9, c: 21 }
    Mgu { x: 9, h: 21 }
    Ugrnn { x: 9, h: 21 }
    Janet { x: 9, h: 21 }
    MinGru { x: 9, h: 21 }
    MinLstm { x: 9, h: 21 }
    Lem { x: 9, y: 21 }
    FastGrnn { x: 9, h: 21 }
    Highway { x: 9, h: 21 }
    Nas { x: 9, h: 21 }
}

/// The command line.
#[derive(Debug, Default)]
struct Arguments {
    help: bool,
    json: bool,
    quick: bool,
    cells: Vec<String>,
}

fn main() -> ExitCode {
    program::run("verify", HELP, || {
        let arguments = Arguments::parse()?;
        if arguments.help { Ok(None) } else { check(&arguments).map(Some) }
    })
}

impl Arguments {
    fn parse() -> Result<Arguments, Error> {
        let mut arguments = Arguments::default();
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("json") => arguments.json = true,
                Long("quick") => arguments.quick = true,
                Long("help") | Short('h') => arguments.help = true,
                Value(name) => arguments.cells.push(name.string()?),
                _ => return Err(format!("{} (try --help)", argument.unexpected()).into()),
            }
        }
        let unknown = |name: &&String| CELLS.iter().all(|(known, _)| known != name);
        match arguments.cells.iter().find(unknown) {
            Some(name) => {
                let known: Vec<_> = CELLS.iter().map(|(known, _)| *known).collect();
                Err(format!("there is no cell `{name}`; the cells are {}", known.join(", ")).into())
            }
            None => Ok(arguments),
        }
    }

    fn wants(&self, name: &str) -> bool {
        self.cells.is_empty() || self.cells.iter().any(|cell| cell == name)
    }
}

/// Checks the cells that are asked for, and prints a line for each instruction set.
fn check(arguments: &Arguments) -> Result<Outcome, Error> {
    let started = Instant::now();
    let mut options = Options::default();
    if arguments.quick {
        let tiers = Some(vec![Tier::current()]);
        options = Options { steps: 16, coordinates: 3, tiers, ..options };
    }
    if !arguments.json {
        println!("{HEADER}");
    }
    let (mut checked, mut failed) = (0, Vec::new());
    for (name, checks) in CELLS.iter().filter(|(name, _)| arguments.wants(name)) {
        for check in checks {
            let report = check(&options);
            for tier in report.tiers() {
                println!("{}", line(&report, &tier, arguments.json));
            }
            checked += 1;
            if !report.passed() {
                eprintln!("{report}");
                failed.push(format!("{name} ({})", report.scalar));
            }
        }
    }
    let verdict = match failed.len() {
        0 => format!("{checked} cells within their bounds"),
        count => format!("{count} of {checked} cells: {}", failed.join(", ")),
    };
    let passed = failed.is_empty();
    let mut figures = Map::new();
    figures.insert("checked".into(), json!(checked));
    figures.insert("failed".into(), json!(failed));
    figures.insert("seconds".into(), json!(started.elapsed().as_secs_f64()));
    Ok(Outcome { passed, verdict, figures })
}

const HEADER: &str = "\
cell               tier    scalar  forward  gradient  difference  worst gradient";

/// The largest errors of a cell on one instruction set, as JSON or as a row of the table.
fn line(report: &Report, tier: &TierSummary, as_json: bool) -> String {
    let TierSummary { tier, forward, gradient, difference, passed } = tier;
    let (cell, scalar) = (&report.cell, report.scalar);
    let pass = *passed && report.direction.passed() && report.failures.is_empty();
    if as_json {
        return json!({
            "cell": cell,
            "tier": tier.name(),
            "scalar": scalar,
            "forward_err": forward.0,
            "gradient_err": gradient.0,
            "difference_err": difference.0,
            "pass": pass,
        })
        .to_string();
    }
    let mark = if pass { "" } else { "  FAILED" };
    let errors = format!("{:8.1e} {:9.1e} {:11.1e}", forward.0, gradient.0, difference.0);
    format!("{cell:<18} {tier:<7} {scalar:<6} {errors}  {}{mark}", gradient.1)
}
