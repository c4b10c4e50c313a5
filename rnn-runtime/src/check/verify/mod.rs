//! Checks the kernels of a cell against the interpreter, and the interpreter against differences.
//!
//! ```text
//! generated kernels ── forward, every gradient ── interpreter in f64 ── gradients ── differences
//!        └── bit for bit: again, recorded = forward, stream = sequence, threads,
//!                         rows independent of the batch
//! ```
//!
//! The three ways to a gradient share no code: the compiler differentiates a graph of primitive
//! functions, the [`reference`](crate::reference) has a rule for each function of the notation, and
//! a difference quotient knows no rules. An agreement of all three is evidence for each.
//!
//! One line in a user's test checks a cell: `verify::<MyCell>().assert();`. NaN anywhere fails.
//!
//! Sequences begin at random states, and at the zero states that runs begin at unless they are
//! given others; some inputs are zero, very small or large, for cells that are defined there; the
//! report says whether they were.
//!
//! Kinks (relu, abs, min, clamp and the like) and jumps (sign, floor at whole numbers, round half
//! way between them) are met in two ways. A difference quotient is taken only where no value
//! changes sides between its points. Kernels in `f32` may round a value within 1e-7 of a kink to
//! the other side than `f64` does, where a jump is a difference; with the few ten thousand values
//! of a run that is improbable, and the seed fixes all values, so a run that passes passes again.

pub(crate) mod candidate;
mod compare;
mod compiled;
mod differences;
mod exact;
mod failure;
mod options;
mod problem;
mod report;
mod results;
mod run;
mod size;
mod tensors;
#[cfg(test)]
mod tests;
mod threads;

use alloc::boxed::Box;

use crate::compiled::Compiled as _;
use crate::kernels::element::Element as _;
use crate::params::{Cell, Parameters};

pub use exact::Property;
pub use options::{Options, Tolerances};
pub use report::{DifferenceRow, PropertyRow, Report, Special, TensorRow, TierSummary};
pub(crate) use run::run;
pub use tensors::Kind;

/// Checks the cell `C` with the default [`Options`]: on all instruction sets of this machine, 64
/// steps (fewer of a large cell), batches of 1, 5 and 9 rows, derivatives of a loss by all outputs
/// and final states. Never panics; what goes wrong is in the report.
///
/// ```
/// use rnn_runtime::verify::verify;
///
/// rnn_runtime::cell! {
///     /// A leaky integrator.
///     pub struct Leaky {
///         input x: 3;
///         state h: 5;
///         gate n = tanh(x, h);
///         h[t] = 0.9 * h + 0.1 * n;
///     }
/// }
///
/// verify::<Leaky>().assert();
/// ```
pub fn verify<C: Cell>() -> Report {
    verify_with::<C>(&Options::default())
}

/// Checks the cell `C`; wrong options are a failure in the report.
pub fn verify_with<C: Cell>(options: &Options) -> Report {
    C::Scalar::verify(C::GRAPH, options, &|tier, params| {
        Box::new(compiled::Compiled::<C>::new(tier, params))
    })
}

/// Checks a cell at its own parameters, trained ones for instance, instead of random ones; they go
/// before [`Options::parameters`], and before ranges of parameters.
///
/// ```
/// use rnn_runtime::prelude::*;
/// use rnn_runtime::verify::{Options, verify_at};
///
/// rnn_runtime::cells::Gru! { pub struct Small { x: 3, h: 4 } }
///
/// let trained = Small::init(&mut seeded(1));
/// verify_at(&trained, &Options { steps: 9, ..Options::default() }).assert();
/// ```
pub fn verify_at<P: Parameters + ?Sized>(params: &P, options: &Options) -> Report {
    let values = params.slice().as_slice().iter().map(|value| value.as_f64()).collect();
    verify_with::<P::Cell>(&Options { parameters: Some(values), ..options.clone() })
}

/// The largest error of the interpreter's gradients against differences; an error of the options,
/// or infinity if nothing could be compared.
#[cfg(test)]
pub(crate) fn largest_difference(
    graph: &'static crate::declaration::graph::CellGraph,
    options: &Options,
) -> Result<f64, crate::error::Error> {
    let size = (Options::DIFFERENCE_STEPS, 2);
    let problem = problem::Problem::draw::<f64>(graph, size, problem::Start::Random, options)?;
    let found = differences::differences(&problem, usize::MAX, options.seed, 1e-8)?;
    Ok(found.iter().flatten().fold(0.0, |m, d| {
        differences::worse(m, if d.compared > 0 { d.error } else { f64::INFINITY })
    }))
}
