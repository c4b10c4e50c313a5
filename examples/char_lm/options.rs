//! What the user asks for.

use std::path::PathBuf;
use std::str::FromStr;

use lexopt::prelude::*;

use crate::program::Error;

pub(crate) const HELP: &str = "\
Trains a character-level language model whose cell is declared in this example.

Usage: cargo run --release --example char_lm -- [OPTIONS]

Options:
  --text FILE        learn this text (UTF-8) instead of the project's own sources
  --load FILE        start from the weights and vocabulary of an earlier run
  --out DIR          folder of weights and plot [target/char_lm]
  --updates N        parameter updates [3000; quick: 300]
  --temperature T    of the samples: low is cautious, high is wild [0.7]
  --seed N           of weights, batches and samples [1]
  --quick            a small cell, and a check that its loss falls, in under 20 seconds
  --help             this text

Exit status: 0 if the held-out text takes fewer bits a character than by a Markov
model of order 3 (quick: fewer than before training), 1 if not, 2 on errors.
The last line of standard output is a JSON object.
";

/// The command line.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) text: Option<PathBuf>,
    pub(crate) load: Option<PathBuf>,
    pub(crate) out: PathBuf,
    pub(crate) updates: usize,
    pub(crate) temperature: f64,
    pub(crate) seed: u64,
    pub(crate) quick: bool,
}

impl Options {
    /// Reads the command line; nothing if help is all that is wanted.
    pub(crate) fn from_arguments() -> Result<Option<Options>, Error> {
        let mut options = Options {
            text: None,
            load: None,
            out: "target/char_lm".into(),
            updates: 0,
            temperature: 0.7,
            seed: 1,
            quick: false,
        };
        let mut updates = None;
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("text") => options.text = Some(parser.value()?.into()),
                Long("load") => options.load = Some(parser.value()?.into()),
                Long("out") => options.out = parser.value()?.into(),
                Long("updates") => updates = Some(number(&mut parser, "--updates")?),
                Long("temperature") => {
                    options.temperature = number(&mut parser, "--temperature")?;
                }
                Long("seed") => options.seed = number(&mut parser, "--seed")?,
                Long("quick") => options.quick = true,
                Long("help") | Short('h') => return Ok(None),
                _ => return Err(format!("{} (try --help)", argument.unexpected()).into()),
            }
        }
        options.updates = updates.unwrap_or(if options.quick { 300 } else { 3000 });
        options.check()?;
        Ok(Some(options))
    }

    fn check(&self) -> Result<(), Error> {
        if self.updates == 0 {
            return Err("--updates 0: at least one is needed".into());
        }
        if !(self.temperature > 0.0 && self.temperature.is_finite()) {
            return Err(format!("--temperature {}: must be above 0", self.temperature).into());
        }
        Ok(())
    }
}

fn number<N: FromStr>(parser: &mut lexopt::Parser, option: &str) -> Result<N, Error> {
    let value = parser.value()?.string()?;
    value.parse().map_err(|_| format!("{option} {value}: not a number it takes").into())
}
