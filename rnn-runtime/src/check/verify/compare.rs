//! Generated values and gradients against the interpreter in `f64`.
//!
//! How near they can come depends on the cell. One that amplifies small differences from step to
//! step, as chaotic ones do, amplifies rounding too, and one whose gradient is a small rest of
//! larger values (`1 - y^2` where `tanh` saturates, or the gradient of a norm of normalised values)
//! keeps few of its digits: no kernel of its scalar type is then right to the usual tolerance. So
//! the interpreter also runs on values that are off by at most half a unit in the last place of the
//! scalar type: in `f64`, which shows what the cell makes of one rounding at the start, and in the
//! scalar type itself, which shows what is left of its digits. Where these move a result by more
//! than a part of its tolerance, the tolerance is widened in proportion, up to a limit.
//!
//! Rounding is relative to what flows through the cell: a small rest of large values may be off by
//! some units in the last place of those, up to the same limit. Some values are rounding and
//! nothing else: the mean of normalised values is zero, of which `f64` leaves 1e-17 and `f32` 1e-9.
//! For them there is no limit to the relative error, only one in units of the largest value, and
//! the report says that this was all there was to compare.

use alloc::{format, vec, vec::Vec};

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::differences::{FLOOR, exceeds, largest, ratio, worse};
use super::failure::Failure;
use super::options::Tolerances;
use super::problem::{Problem, Start, views2, views3};
use super::results::Results;
use super::tensors::{Tensor, flatten};
use crate::check::reference::Reference;
use crate::error::{Error, same_count};
use crate::kernels::element::Element;

/// Rounding happens in every operation of every step, the inexact values enter once: errors up to
/// this many times what those cause are allowed.
const ROUNDINGS: f64 = 16.0;

/// The interpreter in the scalar type rounds in every operation, as kernels do, but its functions
/// are off by half an ulp where those of kernels are by 2.3 ([`accuracy`](crate::simd::accuracy)),
/// and luck is another's: errors up to this many times its own are allowed.
const OTHER_ROUNDINGS: f64 = 8.0;

/// A tolerance is widened at most this many times, unless no digit is left.
pub(super) const WIDEST: f64 = 100.0;

/// Where the interpreter in the scalar type is off by this part of the largest value or more, no
/// digit is left.
const NO_DIGIT: f64 = 0.1;

/// Rounding is relative to what flows through the cell: a value may be off by this many units in
/// the last place of the largest one, if that is no more than the limit allows; and by four times
/// as many if it is smaller than that and has no digit left.
const NOISE: f64 = 16.0;

/// A problem and the interpreter's results for it.
pub(super) struct Case {
    pub(super) problem: Problem,
    exact: Values,
    /// What inexact values change, as errors.
    sensitivity: Errors,
    /// What the interpreter loses in the scalar type, as errors.
    rounding: Errors,
    /// The size that the errors of each tensor are a part of, and how much rounding may leave of
    /// zero.
    sizes: Errors,
    noise: f64,
    /// How far `activations fast;` leads from the exact functions, as errors.
    pub(super) approximation: Errors,
}

/// What a cell computes for a problem, widened.
struct Values {
    /// Outputs, then each final state.
    forward: Vec<Vec<f64>>,
    /// Of each loss, in the layout of [`Problem::flat`].
    gradients: Vec<Vec<f64>>,
    /// Entries are not told from zero below this.
    floor: f64,
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
    pub(super) fn new<E: Element>(problem: Problem, draws: u64) -> Result<Case, Failure> {
        let exact = Values::interpreted::<f64, E>(&problem, true);
        if exact.is_err() {
            // The scalar type overflows earlier.
            Values::interpreted::<E, E>(&problem, true)?;
        }
        let exact = exact?;
        exact.is_finite(&problem)?;
        let (mut sensitivity, mut rounding) = (Errors::zero(&problem), Errors::zero(&problem));
        for seed in 0..draws {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut inexact = problem.clone();
            for value in &mut inexact.flat {
                *value *= 1.0 + 0.5 * E::epsilon().as_f64() * rng.random_range(-1.0..=1.0);
            }
            let found = Values::interpreted::<f64, E>(&inexact, true)?;
            sensitivity.merge(&exact.errors(&found, &problem.tensors)?);
            rounding.merge(&rounded::<E>(&inexact, &exact)?);
        }
        let mut approximation = Errors::zero(&problem);
        if problem.graph.fast {
            let plain = Values::interpreted::<f64, E>(&problem, false)?;
            approximation = plain.errors(&exact, &problem.tensors)?;
        }
        let sizes = exact.sizes(&problem.tensors);
        let values = exact.forward.iter().map(|values| largest(values));
        let noise = values.fold(largest(&problem.flat), f64::max) * NOISE * E::epsilon().as_f64();
        Ok(Case { problem, exact, sensitivity, rounding, sizes, noise, approximation })
    }

    /// The errors of what the kernels computed, and those allowed.
    pub(super) fn errors<E: Element>(
        &self,
        found: &Results<E>,
        tolerances: Tolerances,
    ) -> Result<Bounded, Error> {
        let errors = self.exact.errors(&Values::of::<E, E>(found), &self.problem.tensors)?;
        let mut allowed = self.sensitivity.allowed(&self.rounding, tolerances);
        let limits = tolerances.limits(&self.problem);
        let causes = self.sensitivity.all().zip(self.rounding.all());
        let sizes = self.sizes.all().zip(limits.all());
        for (allowed, ((inexact, &rounded), (&size, &limit))) in
            allowed.all_mut().zip(causes.zip(sizes))
        {
            let no_digit = rounded.max(*inexact) >= NO_DIGIT || size <= self.exact.floor;
            let noise = self.noise / size;
            // What is no number allows nothing.
            let rounded = if rounded.is_finite() { rounded } else { 0.0 };
            *allowed = match no_digit && size < 4.0 * self.noise {
                true => allowed.max(OTHER_ROUNDINGS * rounded).max(4.0 * noise),
                false => allowed.max(noise.min(limit)),
            };
        }
        Ok(Bounded { errors, allowed })
    }

    /// Whether the outputs and every final state are nothing but rounding in the scalar type.
    pub(super) fn is_rounding(&self) -> bool {
        self.rounding.forward.iter().all(|&error| error >= NO_DIGIT)
    }

    /// Whether even the interpreter in the scalar type is so far off that nothing can be said of
    /// kernels.
    pub(super) fn is_lost(&self, tolerances: Tolerances) -> bool {
        let beyond = |errors: &[f64], tolerance: f64| {
            errors
                .iter()
                .any(|&error| error.is_nan() || OTHER_ROUNDINGS * error > WIDEST * tolerance)
        };
        beyond(&self.rounding.forward, tolerances.forward)
            || beyond(&self.rounding.gradients, tolerances.gradient)
    }
}

impl Values {
    /// Of the interpreter in `R` for a cell of type `E`, with the approximations that the
    /// declaration asks for or without. [`Failure::Cell`] if the cell itself overflows or becomes
    /// NaN.
    fn interpreted<R: Element, E: Element>(
        problem: &Problem,
        fast: bool,
    ) -> Result<Values, Failure> {
        let mut reference = Reference::<R>::new(problem.graph, &problem.params::<R>())?;
        if fast {
            reference = reference.approximated();
        }
        let given = problem.given::<R>();
        let tape = reference.record(&views3(&given.inputs), &views2(&given.initial))?;
        if let Some(what) = tape.overflow() {
            return Err(itself(problem, &what));
        }
        Ok(Values::of::<R, E>(&Results::interpreted(&tape, &given)?))
    }

    /// That the gradient consists of numbers.
    fn is_finite(&self, problem: &Problem) -> Result<(), Failure> {
        let mut lost = self.gradients.iter().filter_map(|gradient| {
            let at = gradient.iter().position(|value| !value.is_finite())?;
            Some((at, gradient[at]))
        });
        let Some((at, value)) = lost.next() else { return Ok(()) };
        let tensor = problem.tensors.iter().find(|tensor| tensor.range.contains(&at));
        let name = tensor.map_or("", |tensor| &tensor.name);
        Err(itself(problem, &format!("has a gradient of `{name}` that is {value}")))
    }

    /// `results` of a cell of type `E`.
    fn of<R: Element, E: Element>(results: &Results<R>) -> Values {
        let (forward, gradients) = (&results.forward, results.gradients.iter());
        let states = forward.states.iter().map(|s| s.iter().map(|&v| v.as_f64()).collect());
        let outputs = forward.outputs.iter().map(|&v| v.as_f64()).collect();
        Values {
            forward: core::iter::once(outputs).chain(states).collect(),
            gradients: gradients.map(|g| flatten(&g.params, &g.inputs, &g.initial)).collect(),
            floor: E::min_positive_value().as_f64() / E::epsilon().as_f64(),
        }
    }

    /// What errors are a part of: of each gradient, the smallest over all losses.
    fn sizes(&self, tensors: &[Tensor]) -> Errors {
        let forward = self.forward.iter().map(|values| largest(values).max(self.floor));
        let mut gradients = vec![f64::INFINITY; tensors.len()];
        for exact in &self.gradients {
            let floor = (FLOOR * largest(exact)).max(self.floor);
            for (size, tensor) in gradients.iter_mut().zip(tensors) {
                *size = size.min(largest(&exact[tensor.range.clone()]).max(floor));
            }
        }
        Errors { forward: forward.collect(), gradients }
    }

    /// Errors of `found`, where `self` is right.
    fn errors(&self, found: &Values, tensors: &[Tensor]) -> Result<Errors, Error> {
        same_count("results of the kernels", self.forward.len(), found.forward.len())?;
        let forward = self.forward.iter().zip(&found.forward).map(|(exact, found)| {
            same_count("forward values of the kernels", exact.len(), found.len())?;
            Ok(relative(exact, found, self.floor))
        });
        let forward = forward.collect::<Result<_, Error>>()?;
        same_count("gradients of the kernels", self.gradients.len(), found.gradients.len())?;
        let mut gradients = vec![0.0; tensors.len()];
        for (exact, found) in self.gradients.iter().zip(&found.gradients) {
            same_count("gradient values of the kernels", exact.len(), found.len())?;
            let floor = (FLOOR * largest(exact)).max(self.floor);
            for (error, tensor) in gradients.iter_mut().zip(tensors) {
                let range = tensor.range.clone();
                *error = worse(*error, relative(&exact[range.clone()], &found[range], floor));
            }
        }
        Ok(Errors { forward, gradients })
    }
}

impl Tolerances {
    /// How far each is widened.
    fn limits(self, problem: &Problem) -> Errors {
        let Errors { forward, gradients } = Errors::zero(problem);
        let wide = |zeros: Vec<f64>, tolerance: f64| vec![WIDEST * tolerance; zeros.len()];
        Errors { forward: wide(forward, self.forward), gradients: wide(gradients, self.gradient) }
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
    fn allowed(&self, rounding: &Errors, tolerances: Tolerances) -> Errors {
        let widened = |tolerance: f64| {
            move |(&inexact, &rounded): (&f64, &f64)| {
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

    fn all(&self) -> impl Iterator<Item = &f64> {
        self.forward.iter().chain(&self.gradients)
    }

    /// The errors of all tensors.
    fn all_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        self.forward.iter_mut().chain(&mut self.gradients)
    }
}

/// Errors, and how large each may be.
pub(super) struct Bounded {
    pub(super) errors: Errors,
    pub(super) allowed: Errors,
}

impl Bounded {
    /// Takes those of another case for each tensor whose error is there a larger part of what is
    /// allowed.
    pub(super) fn merge(&mut self, mut other: Bounded) {
        let own = self.errors.all_mut().zip(self.allowed.all_mut());
        let others = other.errors.all_mut().zip(other.allowed.all_mut());
        for ((error, allowed), (other, other_allowed)) in own.zip(others) {
            let (part, other_part) = (ratio(*error, *allowed), ratio(*other, *other_allowed));
            if exceeds(other_part, part) || (part == 0.0 && other_part == 0.0) {
                (*error, *allowed) = (*other, *other_allowed);
            }
        }
    }
}

/// What the interpreter in the scalar type makes of inexact values. That of `f64` is the exact one:
/// its rounding is taken to be as many units in the last place as that of `f32`, where this has
/// numbers.
fn rounded<E: Element>(inexact: &Problem, exact: &Values) -> Result<Errors, Failure> {
    let single = f64::from(f32::EPSILON);
    if E::epsilon().as_f64() >= single {
        let found = Values::interpreted::<E, E>(inexact, true)?;
        return Ok(exact.errors(&found, &inexact.tensors)?);
    }
    let Ok(found) = Values::interpreted::<f32, E>(inexact, true) else {
        return Ok(Errors::zero(inexact));
    };
    let mut errors = exact.errors(&found, &inexact.tensors)?;
    errors.all_mut().for_each(|error| *error *= E::epsilon().as_f64() / single);
    Ok(errors)
}

/// What the cell itself does to its numbers.
fn itself(problem: &Problem, what: &str) -> Failure {
    if problem.start != Start::Random {
        return Failure::Cell(format!("the cell itself, from zero states, {what}"));
    }
    let state = problem.graph.states.first().map_or("h", |port| port.name);
    Failure::Cell(format!(
        "the cell itself {what}; inputs and states are drawn from [-1, 1] unless they have a \
         range: for a `{state}` that is never negative, call `verify_with` with \
         `Options {{ ranges: vec![(\"{state}\".into(), 0.0, 1.0)], ..Options::default() }}`; \
         `Options::steps` says over how many steps"
    ))
}

/// The largest difference over the largest exact value, but at least over `floor`.
fn relative(exact: &[f64], found: &[f64], floor: f64) -> f64 {
    let error = exact.iter().zip(found).fold(0.0, |m, (e, f)| worse(m, (e - f).abs()));
    ratio(error, largest(exact).max(floor))
}
