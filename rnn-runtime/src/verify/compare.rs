//! Generated values and gradients against the interpreter in `f64`.

use alloc::{format, vec, vec::Vec};

use super::candidate::Candidate;
use super::differences::{FLOOR, largest, ratio, worse};
use super::problem::{Loss, Problem, views2, views3};
use super::tensors::flatten;
use crate::element::Element;
use crate::error::Error;
use crate::reference::{Forward, Reference};

/// The losses whose gradients are compared.
const LOSSES: [Loss; 4] = [Loss::EveryStep, Loss::LastStep, Loss::SingleSteps, Loss::FinalStates];

/// A problem and the interpreter's results for it.
pub(super) struct Case {
    pub(super) problem: Problem,
    /// Outputs and final states.
    forward: Forward<f64>,
    /// For each of [`LOSSES`] the gradient in the layout of [`Problem::flat`].
    gradients: Vec<Vec<f64>>,
}

/// Largest errors of one case or several.
#[derive(Debug, Clone)]
pub(super) struct Errors {
    /// Of the outputs, then of each final state.
    pub(super) forward: Vec<f64>,
    /// Of the gradient of each of the problem's tensors.
    pub(super) gradients: Vec<f64>,
}

impl Case {
    /// Runs the interpreter.
    pub(super) fn new(problem: Problem) -> Result<Case, Error> {
        let values = problem.values::<f64>();
        let reference = Reference::<f64>::new(problem.graph, &values.params)?;
        let tape = reference.record(&views3(&values.inputs), &views2(&values.initial))?;
        let gradients = LOSSES.iter().map(|&loss| {
            let seeds = problem.seeds::<f64>(loss);
            let found = seeds.with_adjoints(problem.steps, |a| tape.backward(a))?;
            Ok(flatten(&found.params, &found.inputs, &found.initial))
        });
        let gradients = gradients.collect::<Result<_, Error>>()?;
        let forward =
            Forward { outputs: tape.outputs().to_owned(), states: tape.states().to_vec() };
        Ok(Case { problem, forward, gradients })
    }

    /// Runs the candidate and returns its errors.
    pub(super) fn compare<E: Element>(
        &self,
        candidate: &mut impl Candidate<E>,
    ) -> Result<Errors, Error> {
        let problem = &self.problem;
        let values = problem.values::<E>();
        let (inputs, initial) = (views3(&values.inputs), views2(&values.initial));
        let mut gradients = vec![0.0; problem.tensors.len()];
        let forward = self.forward_errors(&candidate.record(&inputs, &initial)?)?;
        for (&loss, exact) in LOSSES.iter().zip(&self.gradients) {
            let found = candidate.backward(&problem.seeds(loss))?;
            let found = flatten(&found.params, &found.inputs, &found.initial);
            same_count("gradient values", exact.len(), found.len())?;
            let floor = FLOOR * largest(exact);
            for (error, tensor) in gradients.iter_mut().zip(&problem.tensors) {
                let range = tensor.range.clone();
                *error = worse(*error, relative(&exact[range.clone()], &found[range], floor));
            }
        }
        Ok(Errors { forward, gradients })
    }

    fn forward_errors<E: Element>(&self, found: &Forward<E>) -> Result<Vec<f64>, Error> {
        let exact = &self.forward;
        same_count("final states", exact.states.len(), found.states.len())?;
        let outputs = pair(exact.outputs.iter(), found.outputs.iter())?;
        let states = exact.states.iter().zip(&found.states);
        let states = states.map(|(e, f)| pair(e.iter(), f.iter()));
        core::iter::once(Ok(outputs)).chain(states).collect()
    }
}

impl Errors {
    /// The larger error of each tensor.
    pub(super) fn merge(&mut self, other: &Errors) {
        let forward = self.forward.iter_mut().zip(&other.forward);
        let gradients = self.gradients.iter_mut().zip(&other.gradients);
        forward.chain(gradients).for_each(|(a, b)| *a = worse(*a, *b));
    }
}

/// Relative error of one array of the forward pass.
fn pair<'a, E: Element>(
    exact: impl Iterator<Item = &'a f64>,
    found: impl Iterator<Item = &'a E>,
) -> Result<f64, Error> {
    let exact: Vec<_> = exact.copied().collect();
    let found: Vec<_> = found.map(|&v| v.to_f64()).collect();
    same_count("forward values", exact.len(), found.len())?;
    Ok(relative(&exact, &found, 0.0))
}

/// The largest difference over the largest exact value, but at least over `floor`.
fn relative(exact: &[f64], found: &[f64], floor: f64) -> f64 {
    let error = exact.iter().zip(found).fold(0.0, |m, (e, f)| worse(m, (e - f).abs()));
    ratio(error, largest(exact).max(floor))
}

fn same_count(what: &str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(Error::Count { what: format!("{what} of the kernels"), expected, found })
}
