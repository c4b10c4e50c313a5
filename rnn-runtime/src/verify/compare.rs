//! Generated values and gradients against the interpreter in `f64`.
//!
//! How near they can come depends on the cell. One that amplifies small differences from step to
//! step, as chaotic ones do, amplifies rounding too, and one whose gradient is a small rest of larger
//! values (`1 - y^2` where `tanh` saturates, or the gradient of a norm of normalised values) keeps few
//! of its digits: no kernel of its scalar type is then right to the usual tolerance. So the interpreter
//! also runs on values that are off by at most half a unit in the last place of the scalar type: in
//! `f64`, which shows what the cell makes of one rounding at the start, and in the scalar type itself,
//! which shows what is left of its digits. Where these move a result by more than a part of its
//! tolerance, the tolerance is widened in proportion, up to a limit.

use alloc::{format, vec, vec::Vec};

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::candidate::Candidate;
use super::differences::{FLOOR, largest, ratio, worse};
use super::options::Tolerances;
use super::problem::{Loss, LossSeeds, Problem, views2, views3};
use super::tensors::{Tensor, flatten};
use crate::element::Element;
use crate::error::Error;
use crate::reference::{Forward, Gradients, Reference};

/// The losses whose gradients are compared.
const LOSSES: [Loss; 4] = [Loss::EveryStep, Loss::LastStep, Loss::SingleSteps, Loss::FinalStates];

/// How many times the inexact values are drawn.
const DRAWS: u64 = 4;

/// Rounding happens in every operation of every step, the inexact values enter once: errors up to
/// this many times what those cause are allowed.
const ROUNDINGS: f64 = 16.0;

/// The interpreter in the scalar type rounds in every operation, as kernels do, but its functions are
/// off by half an ulp where those of kernels are by 2.3 ([`accuracy`](crate::simd::accuracy)), and luck
/// is another's: errors up to this many times its own are allowed.
const OTHER_ROUNDINGS: f64 = 8.0;

/// A tolerance is widened at most this many times.
const WIDEST: f64 = 100.0;

/// A problem and the interpreter's results for it.
pub(super) struct Case {
    pub(super) problem: Problem,
    exact: Results,
    /// What inexact values change, as errors.
    pub(super) sensitivity: Errors,
    /// What the interpreter loses in the scalar type, as errors.
    pub(super) rounding: Errors,
    /// How far `activations fast;` leads from the exact functions, as errors.
    pub(super) approximation: Errors,
}

/// What a cell computes for a problem.
struct Results {
    /// Outputs, then each final state.
    forward: Vec<Vec<f64>>,
    /// For each of [`LOSSES`] the gradient in the layout of [`Problem::flat`].
    gradients: Vec<Vec<f64>>,
}

/// An error for each tensor.
#[derive(Debug, Clone)]
pub(super) struct Errors {
    /// Of the outputs, then of each final state.
    pub(super) forward: Vec<f64>,
    /// Of the gradient of each of the problem's tensors.
    pub(super) gradients: Vec<f64>,
}

impl Case {
    /// Runs the interpreter for a cell of scalar type `E`.
    pub(super) fn new<E: Element>(problem: Problem) -> Result<Case, Error> {
        let exact = Results::interpreted::<f64>(&problem)?;
        let (mut sensitivity, mut rounding) = (Errors::zero(&problem), Errors::zero(&problem));
        for seed in 0..DRAWS {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut inexact = problem.clone();
            for value in &mut inexact.flat {
                *value *= 1.0 + 0.5 * E::epsilon().as_f64() * rng.random_range(-1.0..=1.0);
            }
            let found = Results::interpreted::<f64>(&inexact)?;
            sensitivity.merge(&exact.errors(&found, &problem.tensors)?);
            let found = Results::interpreted::<E>(&inexact)?;
            rounding.merge(&exact.errors(&found, &problem.tensors)?);
        }
        let mut approximation = Errors::zero(&problem);
        if problem.graph.fast {
            let values = problem.values::<f64>();
            let reference = Reference::<f64>::new(problem.graph, &values.params)?;
            let plain = Results::of(&problem, &reference)?;
            approximation = plain.errors(&exact, &problem.tensors)?;
        }
        Ok(Case { problem, exact, sensitivity, rounding, approximation })
    }

    /// Runs the candidate and returns its errors.
    pub(super) fn compare<E: Element>(
        &self,
        candidate: &mut impl Candidate<E>,
    ) -> Result<Errors, Error> {
        let values = self.problem.values::<E>();
        let forward = candidate.record(&views3(&values.inputs), &views2(&values.initial))?;
        let backward = |seeds: &LossSeeds<E>| candidate.backward(seeds);
        let found = Results::collect(&self.problem, &forward, backward)?;
        self.exact.errors(&found, &self.problem.tensors)
    }
}

impl Results {
    /// Of the interpreter in `E`, with the approximations that the declaration asks for.
    fn interpreted<E: Element>(problem: &Problem) -> Result<Results, Error> {
        let values = problem.values::<E>();
        let reference = Reference::<E>::new(problem.graph, &values.params)?.approximated();
        Results::of(problem, &reference)
    }

    fn of<E: Element>(problem: &Problem, reference: &Reference<'_, E>) -> Result<Results, Error> {
        let values = problem.values::<E>();
        let tape = reference.record(&views3(&values.inputs), &views2(&values.initial))?;
        let forward =
            Forward { outputs: tape.outputs().to_owned(), states: tape.states().to_vec() };
        let backward =
            |seeds: &LossSeeds<E>| seeds.with_adjoints(problem.steps, |a| tape.backward(a));
        Results::collect(problem, &forward, backward)
    }

    fn collect<E: Element>(
        problem: &Problem,
        forward: &Forward<E>,
        mut backward: impl FnMut(&LossSeeds<E>) -> Result<Gradients<E>, Error>,
    ) -> Result<Results, Error> {
        let states = forward.states.iter().map(|s| s.iter().map(|&v| v.as_f64()).collect());
        let outputs = forward.outputs.iter().map(|&v| v.as_f64()).collect();
        let gradients = LOSSES.iter().map(|&loss| {
            let found = backward(&problem.seeds(loss))?;
            Ok(flatten(&found.params, &found.inputs, &found.initial))
        });
        let gradients = gradients.collect::<Result<_, Error>>()?;
        Ok(Results { forward: core::iter::once(outputs).chain(states).collect(), gradients })
    }

    /// Errors of `found`, where `self` is right.
    fn errors(&self, found: &Results, tensors: &[Tensor]) -> Result<Errors, Error> {
        same_count("results", self.forward.len(), found.forward.len())?;
        let forward = self.forward.iter().zip(&found.forward).map(|(exact, found)| {
            same_count("forward values", exact.len(), found.len())?;
            Ok(relative(exact, found, 0.0))
        });
        let forward = forward.collect::<Result<_, Error>>()?;
        let mut gradients = vec![0.0; tensors.len()];
        for (exact, found) in self.gradients.iter().zip(&found.gradients) {
            same_count("gradient values", exact.len(), found.len())?;
            let floor = FLOOR * largest(exact);
            for (error, tensor) in gradients.iter_mut().zip(tensors) {
                let range = tensor.range.clone();
                *error = worse(*error, relative(&exact[range.clone()], &found[range], floor));
            }
        }
        Ok(Errors { forward, gradients })
    }
}

impl Errors {
    /// No error in anything.
    pub(super) fn zero(problem: &Problem) -> Errors {
        Errors {
            forward: vec![0.0; 1 + problem.graph.states.len()],
            gradients: vec![0.0; problem.tensors.len()],
        }
    }

    /// The largest errors allowed where inexact values cause these and the scalar type those of
    /// `rounding`. What is no number widens nothing.
    pub(super) fn allowed(&self, rounding: &Errors, tolerances: Tolerances) -> Errors {
        let widened = |tolerance: f64| {
            move |(inexact, rounded): (&f64, &f64)| {
                let causes = [ROUNDINGS * inexact, OTHER_ROUNDINGS * rounded];
                let finite = causes.into_iter().filter(|cause| cause.is_finite());
                finite.fold(tolerance, f64::max).min(WIDEST * tolerance)
            }
        };
        let forward = self.forward.iter().zip(&rounding.forward);
        let gradients = self.gradients.iter().zip(&rounding.gradients);
        Errors {
            forward: forward.map(widened(tolerances.forward)).collect(),
            gradients: gradients.map(widened(tolerances.gradient)).collect(),
        }
    }

    /// The larger error of each tensor.
    pub(super) fn merge(&mut self, other: &Errors) {
        let forward = self.forward.iter_mut().zip(&other.forward);
        let gradients = self.gradients.iter_mut().zip(&other.gradients);
        forward.chain(gradients).for_each(|(a, b)| *a = worse(*a, *b));
    }
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
