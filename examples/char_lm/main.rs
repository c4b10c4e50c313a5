//! A character-level language model, from the equations of its cell to the text it writes.
//!
//! The cell below is declared here and nowhere else. The program checks its gradients, trains it by
//! truncated backpropagation through time on the Rust sources of this project (or any text), and
//! compares it with a Markov model on text that both have not seen.
//!
//! ```text
//! text ─ vocabulary, two parts ─ rows read in parallel ─ updates on two threads ─ bits a character
//!  text.rs                        lane.rs                 trainer.rs               training.rs
//! ```

use std::process::ExitCode;

mod lane;
mod markov;
mod options;
#[path = "../support/plot.rs"]
mod plot;
#[path = "../support/program.rs"]
mod program;
mod progress;
mod text;
mod trainer;
mod training;
#[path = "../support/weights.rs"]
mod weights;
mod writer;

use options::Options;
use program::{Error, Outcome};
use text::Text;
use trainer::Settings;

rnn_runtime::cell! {
    /// A long short-term memory whose input and forget gates are one (Greff et al. 2015), with a
    /// dense layer on top: reads a character as a one-hot vector and gives the logits of the next.
    ///
    /// The dense layer is part of the cell, so that it is computed for all steps at once.
    struct CharCell {
        input x: _;
        state h: _, c: h;
        param W_y: [x, h] = glorot, b_y: [x];

        gate f = sigmoid(x, h) bias 1.0;
        gate g = tanh(x, h);
        gate o = sigmoid(x, h);
        c[t] = f * c + (1 - f) * g;
        h[t] = o * tanh(c[t]);
        output W_y @ h[t] + b_y;
    }
}

CharCell! { struct Large { x: 128, h: 256 } }
CharCell! { struct Small { x: 128, h: 64 } }

fn main() -> ExitCode {
    program::run("char_lm", options::HELP, || match Options::from_arguments()? {
        None => Ok(None),
        Some(options) => learn(&options).map(Some),
    })
}

fn learn(options: &Options) -> Result<Outcome, Error> {
    let text = match &options.text {
        Some(path) => Text::of_file(path)?,
        None => Text::of_project()?,
    };
    let updates = options.updates;
    if options.quick {
        let settings = Settings { rows: 16, steps: 32, updates, learning_rate: 1e-2, clip: 1.0 };
        training::run::<Small>(options, settings, &text)
    } else {
        let settings = Settings { rows: 32, steps: 64, updates, learning_rate: 4e-3, clip: 1.0 };
        training::run::<Large>(options, settings, &text)
    }
}
