//! The gradient along a random direction, against a difference quotient of the graph as it was
//! declared.

use super::{Extent, Given, Results, direct};
use crate::check::cell::Cell;
use crate::graph::Graph;
use crate::graph::evaluate::{Draw, dot};

/// Steps of the quotients; where they disagree by more than `AGREE`, a kink lies between.
const STEPS: [f64; 2] = [1e-3, 1e-4];

/// Relative to the length of the gradient.
const AGREE: f64 = 1e-6;
const TOLERANCE: f64 = 1e-5;

/// `source` is the graph in the source dialect, and `found` what is to be its gradient.
pub(super) fn check(
    cell: &Cell,
    source: &Graph,
    extent: Extent,
    given: &Given,
    found: &Results,
) -> Result<(), String> {
    let direction = direction(cell, given);
    let exact: f64 = tensors(found).zip(tensors_given(&direction)).map(|(g, d)| dot(g, d)).sum();
    let norm = tensors(found).map(|g| dot(g, g)).sum::<f64>().sqrt().max(1.0);
    let [coarse, fine] = STEPS.map(|h| {
        let at = |s: f64| loss(cell, source, extent, given, &moved(given, &direction, s * h));
        (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * h)
    });
    let agree = (coarse - fine).abs() <= AGREE * norm;
    if agree && (fine - exact).abs() > TOLERANCE * norm {
        return Err(format!("the gradient along a direction is {exact:e}, not {fine:e}"));
    }
    Ok(())
}

fn tensors(results: &Results) -> impl Iterator<Item = &[f64]> {
    let Results { params, inputs, initial, .. } = results;
    params.iter().chain(inputs).chain(initial).map(|tensor| &tensor[..])
}

fn tensors_given(given: &Given) -> impl Iterator<Item = &[f64]> {
    let Given { params, inputs, initial, .. } = given;
    params.iter().chain(inputs).chain(initial).map(|tensor| &tensor[..])
}

/// Random entries, zero for fixed parameters.
fn direction(cell: &Cell, given: &Given) -> Given {
    let mut draw = Draw::new(7);
    let mut direction = given.clone();
    for (tensor, param) in direction.params.iter_mut().zip(&cell.params) {
        *tensor =
            if param.trainable { draw.numbers(tensor.len()) } else { vec![0.0; tensor.len()] };
    }
    for tensor in direction.inputs.iter_mut().chain(&mut direction.initial) {
        *tensor = draw.numbers(tensor.len());
    }
    direction
}

fn moved(given: &Given, direction: &Given, by: f64) -> Given {
    let mut moved = given.clone();
    let Given { params, inputs, initial, .. } = &mut moved;
    let into = params.iter_mut().chain(inputs).chain(initial);
    for (into, direction) in into.zip(tensors_given(direction)) {
        into.iter_mut().zip(direction).for_each(|(into, d)| *into += by * d);
    }
    moved
}

/// What the adjoints of `given` weigh, at `point`.
fn loss(cell: &Cell, source: &Graph, extent: Extent, given: &Given, point: &Given) -> f64 {
    let results = direct::run(cell, source, extent, point);
    let states: f64 = results.states.iter().zip(&given.last).map(|(s, w)| dot(s, w)).sum();
    dot(&results.outputs, &given.outputs) + states
}
