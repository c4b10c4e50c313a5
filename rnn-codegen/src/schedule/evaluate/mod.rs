//! What a plan computes, in `f64` over poisoned memory: whole runs of some steps and rows as the
//! drivers make them, against the graph evaluated step by step.
//!
//! `memory` has the buffers, `stages` runs one stage, `driver` the passes in order, `direct` is the
//! graph without a plan, and `direction` holds gradients against differences. For tests, and for
//! tools with the feature `evaluate`.

mod direct;
mod direction;
mod driver;
mod memory;
mod stages;

use super::Plan;
use crate::check::cell::{Cell, Param};
use crate::graph::evaluate::Draw;
use crate::graph::{Graph, passes};
use crate::ops::{Init, Shape};

/// How a run is cut up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) steps: usize,
    pub(crate) batch: usize,
    /// Steps of a chunk.
    pub(crate) chunk: usize,
    /// Whether steps take the products of inputs and states in one.
    pub(crate) joined: bool,
}

/// What a run is given; row-major, `[steps, batch, n]` and `[batch, n]`.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) params: Vec<Vec<f64>>,
    pub(crate) inputs: Vec<Vec<f64>>,
    pub(crate) initial: Vec<Vec<f64>>,
    /// Adjoints of the outputs.
    pub(crate) outputs: Vec<f64>,
    /// Adjoints of the final states.
    pub(crate) last: Vec<Vec<f64>>,
}

/// What a run gives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Results {
    pub(crate) outputs: Vec<f64>,
    pub(crate) states: Vec<Vec<f64>>,
    /// Gradients, as what they belong to.
    pub(crate) params: Vec<Vec<f64>>,
    pub(crate) inputs: Vec<Vec<f64>>,
    pub(crate) initial: Vec<Vec<f64>>,
}

/// Largest difference over the largest value: sums have other orders, and nothing else may differ.
const TOLERANCE: f64 = 1e-9;

impl Given {
    fn random(cell: &Cell, extent: Extent, seed: u64) -> Given {
        let mut draw = Draw::new(seed);
        let Extent { steps, batch, .. } = extent;
        Given {
            params: cell.params.iter().map(|param| tame(param, &mut draw)).collect(),
            inputs: cell.inputs.iter().map(|p| draw.numbers(steps * batch * p.len)).collect(),
            initial: cell.states.iter().map(|p| draw.numbers(batch * p.len)).collect(),
            outputs: draw.numbers(steps * batch * cell.output.shape.len()),
            last: cell.states.iter().map(|p| draw.numbers(batch * p.len)).collect(),
        }
    }
}

/// Values of a parameter around its initial one, near enough that what is defined on a part of the
/// line only stays there.
fn tame(param: &Param, draw: &mut Draw) -> Vec<f64> {
    let centre = if let Init::Constant(value) = param.init { value } else { 0.0 };
    let radius = match param.shape {
        Shape::Scalar | Shape::Vector(_) => 0.25,
        Shape::Matrix(_, columns) => 1.0 / (columns as f64).sqrt(),
    };
    draw.numbers(param.shape.len()).into_iter().map(|value| centre + radius * value).collect()
}

/// The shapes in which every plan is run: chunks that end within the sequence and at its end,
/// joined products and single ones, one step.
const EXTENTS: [Extent; 4] = [
    Extent { steps: 5, batch: 2, chunk: 2, joined: false },
    Extent { steps: 4, batch: 2, chunk: 2, joined: true },
    Extent { steps: 3, batch: 1, chunk: 1, joined: true },
    Extent { steps: 1, batch: 3, chunk: 1, joined: false },
];

/// Holds the plan against the graph it was made of, and that against the cell as it was declared,
/// at random values.
pub(crate) fn check(cell: &Cell, graph: &Graph, plan: &Plan, seed: u64) -> Result<(), String> {
    let source = passes::source(cell);
    for extent in EXTENTS {
        let at = |why: String| format!("{extent:?}: {why}");
        let given = Given::random(cell, extent, seed);
        let wanted = direct::run(cell, graph, extent, &given);
        if !wanted.is_finite() {
            return Err(at("the graph's own values are not finite".into()));
        }
        let declared = direct::run(cell, &source, extent, &given);
        declared.compare_forward(&wanted).map_err(|why| at(format!("the graph's {why}")))?;
        let found = driver::run(cell, plan, extent, &given).map_err(at)?;
        wanted.compare(&found).map_err(at)?;
        if extent.chunk > 1 && extent.joined {
            direction::check(cell, &source, extent, &given, &found).map_err(at)?;
        }
    }
    Ok(())
}

impl Results {
    fn is_finite(&self) -> bool {
        let Results { outputs, states, params, inputs, initial } = self;
        let tensors = states.iter().chain(params).chain(inputs).chain(initial);
        tensors.chain([outputs]).flatten().all(|value| value.is_finite())
    }

    fn compare_forward(&self, found: &Results) -> Result<(), String> {
        near("output", &self.outputs, &found.outputs)?;
        for (index, (wanted, found)) in self.states.iter().zip(&found.states).enumerate() {
            near(&format!("final state {index}"), wanted, found)?;
        }
        Ok(())
    }

    fn compare(&self, found: &Results) -> Result<(), String> {
        self.compare_forward(found)?;
        let groups = [
            ("gradient of parameter", &self.params, &found.params),
            ("gradient of input", &self.inputs, &found.inputs),
            ("gradient of initial state", &self.initial, &found.initial),
        ];
        for (what, wanted, found) in groups {
            for (index, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                near(&format!("{what} {index}"), wanted, found)?;
            }
        }
        Ok(())
    }
}

fn near(what: &str, wanted: &[f64], found: &[f64]) -> Result<(), String> {
    if wanted.len() != found.len() {
        return Err(format!("{what} has {} values, not {}", found.len(), wanted.len()));
    }
    let largest = wanted.iter().fold(1.0, |m: f64, v| m.max(v.abs()));
    for (index, (w, f)) in wanted.iter().zip(found).enumerate() {
        let close = (w - f).abs() <= TOLERANCE * largest;
        if !close {
            return Err(format!("{what} [{index}] is {f:e}, not {w:e}"));
        }
    }
    Ok(())
}
