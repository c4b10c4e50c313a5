//! The interpreter's gradients against central differences in `f64`.
//!
//! A derivative in a direction `d` is estimated by the stencil of order four, `(8 (L(h) - L(-h)) -
//! (L(2h) - L(-2h))) / 12h` with `L(s)` the loss at `x + s d`, for falling `h` until two estimates
//! agree. An `h` for which a value crosses a kink (of relu, abs, min and the like) between the four
//! points is skipped, since the quotient means nothing there; a direction with a kink at every `h`
//! is counted as skipped and not compared.

use alloc::vec::Vec;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng, seq::index};

use super::problem::{Problem, views2, views3};
use super::tensors::{Tensor, flatten, unflatten};
use crate::error::Error;
use crate::graph::CellGraph;
use crate::reference::{Adjoints, Reference};

/// Steps of the difference quotients, largest first.
const STEPS: [f64; 4] = [1e-3, 1e-4, 1e-5, 1e-6];

/// Gradient entries smaller than this part of the largest of all are measured against that part.
pub(super) const FLOOR: f64 = 1e-2;

/// What the differences say of one tensor.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Difference {
    /// Largest error, as [`Tolerances`](super::Tolerances) defines it.
    pub(super) error: f64,
    /// Directions compared.
    pub(super) compared: usize,
    /// Directions with a kink at every step.
    pub(super) skipped: usize,
}

impl Difference {
    fn take(&mut self, error: Option<f64>) {
        match error {
            Some(error) => {
                self.compared += 1;
                self.error = worse(self.error, error);
            }
            None => self.skipped += 1,
        }
    }
}

/// The larger of two errors; NaN is larger than all.
pub(super) fn worse(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

/// Compares the gradient of [`Loss::Everything`]: for each trainable tensor `coordinates` random
/// coordinates and a random direction over all of it, and at last a direction over everything,
/// which has an entry of its own behind those of the tensors. `None` for tensors without a
/// gradient.
pub(super) fn differences(
    problem: &Problem,
    coordinates: usize,
    seed: u64,
    tolerance: f64,
) -> Result<Vec<Option<Difference>>, Error> {
    let gradient = gradient(problem)?;
    let floor = FLOOR * largest(&gradient);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut check = |places: &[usize], scale: f64| {
        let direction: Vec<_> =
            places.iter().map(|&i| (i, if rng.random() { 1.0 } else { -1.0 })).collect();
        let exact: f64 = direction.iter().map(|&(i, d)| gradient[i] * d).sum();
        let scale = scale.max(floor);
        let estimate = derivative(problem, &direction, 0.1 * tolerance * scale)?;
        Ok::<_, Error>(estimate.map(|e| ratio((e - exact).abs(), scale)))
    };

    let mut sample = Xoshiro256PlusPlus::seed_from_u64(seed ^ 1);
    let mut results = Vec::with_capacity(problem.tensors.len() + 1);
    for tensor in &problem.tensors {
        if !tensor.trainable || tensor.range.is_empty() {
            results.push(None);
            continue;
        }
        let part = &gradient[tensor.range.clone()];
        let mut result = Difference::default();
        for i in index::sample(&mut sample, part.len(), coordinates.min(part.len())) {
            result.take(check(&[tensor.range.start + i], largest(part))?);
        }
        let all: Vec<_> = tensor.range.clone().collect();
        result.take(check(&all, norm(part))?);
        results.push(Some(result));
    }
    let trainable = problem.tensors.iter().filter(|t| t.trainable);
    let all: Vec<_> = trainable.flat_map(|t: &Tensor| t.range.clone()).collect();
    let mut result = Difference::default();
    result.take(check(&all, norm(&gradient))?);
    results.push(Some(result));
    Ok(results)
}

/// The interpreter's gradient in the layout of [`Problem::flat`].
fn gradient(problem: &Problem) -> Result<Vec<f64>, Error> {
    let values = problem.values::<f64>();
    let reference = Reference::<f64>::new(problem.graph, &values.params)?;
    let tape = reference.record(&views3(&values.inputs), &views2(&values.initial))?;
    let states = views2(&problem.states);
    let outputs = Some(problem.outputs.view());
    let gradients = tape.backward(&Adjoints { outputs, states: &states })?;
    Ok(flatten(&gradients.params, &gradients.inputs, &gradients.initial))
}

/// The derivative along `direction` (place, component), or `None` where a kink lies at each step.
/// Stops at two estimates that differ by `enough`.
fn derivative(
    problem: &Problem,
    direction: &[(usize, f64)],
    enough: f64,
) -> Result<Option<f64>, Error> {
    let mut best: Option<(f64, f64)> = None;
    let mut last = None;
    for h in STEPS {
        let estimate = stencil(problem, direction, h)?;
        if let (Some(new), Some(old)) = (estimate, last) {
            let gap = f64::abs(new - old);
            if gap.is_nan() {
                return Ok(Some(gap));
            }
            if best.is_none_or(|(least, _)| gap < least) {
                best = Some((gap, new));
            }
            if gap <= enough {
                break;
            }
        }
        last = estimate;
    }
    Ok(best.map(|(_, estimate)| estimate))
}

/// The difference quotient for one step, `None` if a kink lies between its points.
fn stencil(problem: &Problem, direction: &[(usize, f64)], h: f64) -> Result<Option<f64>, Error> {
    let mut point = problem.flat.clone();
    let mut losses = [0.0; 4];
    let mut sides = None;
    for (at, s) in losses.iter_mut().zip([-2.0 * h, -h, h, 2.0 * h]) {
        for &(i, d) in direction {
            point[i] = problem.flat[i] + s * d;
        }
        let (loss, here) = loss(problem, &point)?;
        if *sides.get_or_insert(here) != here {
            return Ok(None);
        }
        *at = loss;
    }
    // Differences first, so that equal losses give an exact zero.
    let [outer_left, left, right, outer_right] = losses;
    Ok(Some((8.0 * (right - left) - (outer_right - outer_left)) / (12.0 * h)))
}

/// The loss at `flat`, linear in outputs and final states, and the sides of all kinks.
fn loss(problem: &Problem, flat: &[f64]) -> Result<(f64, u64), Error> {
    let graph: &CellGraph = problem.graph;
    let values = unflatten::<f64>(graph, (problem.steps, problem.batch), flat);
    let reference = Reference::<f64>::new(graph, &values.params)?;
    let tape = reference.record(&views3(&values.inputs), &views2(&values.initial))?;
    let outputs = (&tape.outputs() * &problem.outputs).sum();
    let states = tape.states().iter().zip(&problem.states).map(|(s, seed)| (s * seed).sum());
    Ok((outputs + states.sum::<f64>(), tape.sides()))
}

/// `error / scale`; zero errors are zero also where the scale is.
pub(super) fn ratio(error: f64, scale: f64) -> f64 {
    if error == 0.0 { 0.0 } else { error / scale }
}

/// Largest absolute value; NaN if there is one.
pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |m, v| worse(m, v.abs()))
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>().sqrt()
}
