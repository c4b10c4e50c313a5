//! The interpreter's gradients against central differences in `f64`.
//!
//! A derivative in a direction `d` of length one is estimated by the stencil of order four,
//! `(8 (L(h) - L(-h)) - (L(2h) - L(-2h))) / 12h` with `L(s)` the loss at `x + s d`, for falling `h`
//! until the estimate agrees with the gradient; the best estimate counts. An `h` for which a value
//! crosses a kink (of relu, abs, min and the like) between the four points is skipped, since the
//! quotient means nothing there. In place of a direction with a kink at every `h` one with half of
//! its coordinates is taken, and so on; if there is a kink along a single coordinate, it is counted
//! as skipped and not compared.

use alloc::{vec, vec::Vec};

use ndarray::{Array2, Array3};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng, seq::index};

use super::problem::{Problem, views2, views3};
use super::tensors::flatten;
use crate::check::reference::{Adjoints, Reference};
use crate::error::Error;
use crate::kernels::element::Element;

/// Steps of the difference quotients, largest first.
const STEPS: [f64; 5] = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7];

/// Units in the last place of the loss, or of one, that a difference may be off by.
const NOISE: f64 = 64.0;

/// The part of a gradient down to which a quotient can be told from it.
const DIGITS: f64 = 1e-7;

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

/// Whether an error is larger than another; NaN is larger than all.
pub(super) fn exceeds(error: f64, other: f64) -> bool {
    error > other || error.is_nan()
}

/// The larger of two errors.
pub(super) fn worse(a: f64, b: f64) -> f64 {
    if exceeds(b, a) { b } else { a }
}

/// Compares the gradient of the loss by everything: for each trainable tensor `coordinates` random
/// coordinates and a random direction over all of it, and at last a direction over everything,
/// which has an entry of its own after those of the tensors. `None` for tensors without a
/// gradient.
pub(super) fn differences(
    problem: &Problem,
    coordinates: usize,
    seed: u64,
    tolerance: f64,
) -> Result<Vec<Option<Difference>>, Error> {
    let mut point = Point::new(problem)?;
    let gradient = point.gradient()?;
    let floor = FLOOR * largest(&gradient);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    // Errors are over the norm of the gradient along all coordinates, but at least over `least`.
    let mut check = |mut direction: Direction, least: f64| {
        loop {
            let signs = direction.places.iter().map(|_| if rng.random() { 1.0 } else { -1.0 });
            direction.signs = signs.collect();
            let scale = direction.norm(&gradient).max(least).max(floor);
            let error = point.error(&direction, &gradient, scale, 0.1 * tolerance)?;
            if error.is_some() || direction.places.len() < 2 {
                return Ok::<_, Error>(error);
            }
            direction.halve(&mut rng);
        }
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
            result.take(check(Direction::along(vec![tensor.range.start + i]), largest(part))?);
        }
        result.take(check(Direction::along(tensor.range.clone().collect()), largest(part))?);
        results.push(Some(result));
    }
    let trainable = problem.tensors.iter().filter(|t| t.trainable);
    let all = trainable.flat_map(|tensor| tensor.range.clone()).collect();
    let mut result = Difference::default();
    result.take(check(Direction::along(all), largest(&gradient))?);
    results.push(Some(result));
    Ok(results)
}

/// A direction with components of one size.
struct Direction {
    /// The coordinates with a component, ascending.
    places: Vec<usize>,
    /// Their signs.
    signs: Vec<f64>,
}

impl Direction {
    fn along(places: Vec<usize>) -> Direction {
        Direction { places, signs: Vec::new() }
    }

    /// Leaves out half of the coordinates.
    fn halve(&mut self, rng: &mut Xoshiro256PlusPlus) {
        let len = self.places.len();
        let mut kept = index::sample(rng, len, len / 2).into_vec();
        kept.sort_unstable();
        self.places = kept.into_iter().map(|i| self.places[i]).collect();
    }

    /// The norm of the gradient's entries at its coordinates.
    fn norm(&self, gradient: &[f64]) -> f64 {
        self.places.iter().map(|&i| gradient[i] * gradient[i]).sum::<f64>().sqrt()
    }

    /// The size of the components, for a length of one.
    fn component(&self) -> f64 {
        1.0 / (self.places.len().max(1) as f64).sqrt()
    }
}

/// A problem at a point that moves.
struct Point<'p> {
    problem: &'p Problem,
    reference: Reference<'static, f64>,
    inputs: Vec<Array3<f64>>,
    initial: Vec<Array2<f64>>,
    /// Whether the loss is a number at the problem's point.
    is_defined: bool,
    /// What rounding of the loss makes of a quotient over the largest step.
    noise: f64,
}

impl<'p> Point<'p> {
    fn new(problem: &'p Problem) -> Result<Point<'p>, Error> {
        let reference = Reference::new(problem.graph, &problem.params::<f64>())?;
        let given = problem.given::<f64>();
        let (inputs, initial) = (given.inputs, given.initial);
        let mut point =
            Point { problem, reference, inputs, initial, is_defined: false, noise: 0.0 };
        let loss = point.loss()?.0;
        point.is_defined = loss.is_finite();
        point.noise = NOISE * f64::EPSILON * loss.abs().max(1.0) / STEPS[0];
        Ok(point)
    }

    /// The interpreter's gradient in the layout of [`Problem::flat`].
    fn gradient(&self) -> Result<Vec<f64>, Error> {
        let tape = self.reference.record(&views3(&self.inputs), &views2(&self.initial))?;
        let states = views2(&self.problem.states);
        let outputs = Some(self.problem.outputs.view());
        let gradients = tape.backward(&Adjoints { outputs, states: &states })?;
        Ok(flatten(&gradients.params, &gradients.inputs, &gradients.initial))
    }

    /// The smallest error of `gradient` along `direction` over `scale`, or `None` where a kink lies
    /// at each step. Stops at one of `enough`.
    fn error(
        &mut self,
        direction: &Direction,
        gradient: &[f64],
        scale: f64,
        enough: f64,
    ) -> Result<Option<f64>, Error> {
        let slopes = direction.places.iter().zip(&direction.signs);
        let exact = slopes.map(|(&i, sign)| gradient[i] * sign).sum::<f64>();
        let mut best: Option<f64> = None;
        // Near the end of where the cell is defined, steps are parts of the coordinates.
        let values = direction.places.iter().map(|&i| self.problem.flat[i].abs());
        let part = values.fold(0.0, f64::max);
        let near = STEPS.map(|h| h * part);
        let near = near.into_iter().filter(|_| part > 0.0 && part < 1.0);
        for h in STEPS.into_iter().chain(near) {
            let Some(estimate) = self.stencil(direction, h)? else { continue };
            let error = (estimate / direction.component() - exact).abs();
            // So small a gradient has few digits in a quotient.
            let noise = self.noise / direction.component();
            let noise = if DIGITS * scale < noise { noise } else { 0.0 };
            let error = ratio(if error < noise { 0.0 } else { error - noise }, scale);
            // What is no number is an error, whatever comes after.
            best =
                Some(best.map_or(
                    error,
                    |best| if error < best || error.is_nan() { error } else { best },
                ));
            if error.is_nan() || error <= enough {
                break;
            }
        }
        self.move_to(direction, 0.0);
        Ok(best)
    }

    /// The difference quotient for one step, `None` if a kink lies between its points, or the cell
    /// is not defined at one.
    fn stencil(&mut self, direction: &Direction, h: f64) -> Result<Option<f64>, Error> {
        let mut losses = [0.0; 4];
        let mut sides = None;
        for (at, s) in losses.iter_mut().zip([-2.0 * h, -h, h, 2.0 * h]) {
            self.move_to(direction, s);
            let (loss, here) = self.loss()?;
            // What is no number only off the point lies outside of where the cell is defined.
            if *sides.get_or_insert(here) != here || (self.is_defined && !loss.is_finite()) {
                return Ok(None);
            }
            *at = loss;
        }
        // Differences first, so that equal losses give an exact zero.
        let [outer_left, left, right, outer_right] = losses;
        Ok(Some((8.0 * (right - left) - (outer_right - outer_left)) / (12.0 * h)))
    }

    /// Moves to a distance from the problem's point.
    fn move_to(&mut self, direction: &Direction, distance: f64) {
        let step = distance * direction.component();
        let mut rest = direction.places.iter().zip(&direction.signs).peekable();
        for (number, tensor) in self.problem.tensors.iter().enumerate() {
            let end = tensor.range.end;
            if rest.peek().is_none_or(|(place, _)| **place >= end) {
                continue;
            }
            let params = self.problem.graph.params.len();
            let values = match number.checked_sub(params) {
                None => self.reference.values_mut(number),
                Some(i) => {
                    let inputs = self.inputs.len();
                    let array = match self.inputs.get_mut(i) {
                        Some(input) => input.as_slice_mut(),
                        None => self.initial[i - inputs].as_slice_mut(),
                    };
                    array.unwrap_or(&mut [])
                }
            };
            while let Some((&place, sign)) = rest.next_if(|(place, _)| **place < end) {
                values[place - tensor.range.start] = self.problem.flat[place] + step * sign;
            }
        }
    }

    /// The loss, linear in outputs and final states, and the sides of all kinks.
    fn loss(&self) -> Result<(f64, u64), Error> {
        let (inputs, initial) = (views3(&self.inputs), views2(&self.initial));
        let (forward, sides) = self.reference.forward_with_sides(&inputs, &initial)?;
        let outputs = of_slices(forward.outputs.as_slice(), self.problem.outputs.as_slice());
        let states = forward.states.iter().zip(&self.problem.states);
        let states = states.map(|(state, seed)| of_slices(state.as_slice(), seed.as_slice()));
        Ok((outputs + states.sum::<f64>(), sides))
    }
}

/// The inner product of two arrays of one shape.
fn of_slices(a: Option<&[f64]>, b: Option<&[f64]>) -> f64 {
    f64::dot(a.unwrap_or(&[]), b.unwrap_or(&[]))
}

/// `error / scale`; zero errors are zero also where the scale is.
pub(super) fn ratio(error: f64, scale: f64) -> f64 {
    if error == 0.0 { 0.0 } else { error / scale }
}

/// Largest absolute value; NaN if there is one.
pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |m, v| worse(m, v.abs()))
}
