//! A random sequence with random parameters, and the losses whose gradients are compared.

use alloc::{format, string::String, vec::Vec};

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::options::Options;
use super::tensors::{Kind, Tensor, Values, tensors, unflatten};
use crate::element::Element;
use crate::error::Error;
use crate::graph::{CellGraph, Init, Shape};
use crate::reference::Adjoints;

/// Vectors and scalars are drawn at most this far from their initial value.
const VECTOR_RADIUS: f64 = 0.25;

/// Where in the sequence a loss takes hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// Of the output at every step.
    EveryStep,
    /// Of the output of the last step.
    LastStep,
    /// Of the outputs of single steps: the first one twice, and one in the middle.
    SingleSteps,
    /// Of the states after the last step.
    FinalStates,
    /// Of all outputs and the final states together.
    Everything,
}

/// Random parameters, inputs and initial states, all exact in the cell's scalar type, and random
/// derivatives of a loss by outputs and final states.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) graph: &'static CellGraph,
    pub(super) steps: usize,
    pub(super) batch: usize,
    /// The parts of `flat`.
    pub(super) tensors: Vec<Tensor>,
    /// Parameters, inputs and initial states.
    pub(super) flat: Vec<f64>,
    /// `[T, B, O]`
    pub(super) outputs: Array3<f64>,
    /// `[B, n]` for each state.
    pub(super) states: Vec<Array2<f64>>,
}

impl Problem {
    /// Draws a problem; parameters depend on the seed alone, so all problems of one cell share
    /// them.
    pub(super) fn draw<E: Element>(
        graph: &'static CellGraph,
        (steps, batch): (usize, usize),
        options: &Options,
    ) -> Result<Problem, Error> {
        known_names(graph, options)?;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(options.seed);
        let tensors = tensors(graph, steps, batch);
        let mut flat = Vec::with_capacity(tensors.last().map_or(0, |t| t.range.end));
        for (i, tensor) in tensors.iter().enumerate() {
            let (low, high) = range(graph, i, tensor, options)?;
            let values = tensor.range.clone().map(|_| rng.random_range(low..=high));
            flat.extend(values.map(|v| E::from_f64(v).as_f64()));
        }
        let mut draw = || E::from_f64(rng.random_range(-1.0..=1.0)).as_f64();
        let shape = (steps, batch, graph.output_len);
        let outputs = Array3::from_shape_simple_fn(shape, &mut draw);
        let ports = graph.states.iter();
        let states = ports.map(|p| Array2::from_shape_simple_fn((batch, p.len), &mut draw));
        let states = states.collect();
        Ok(Problem { graph, steps, batch, tensors, flat, outputs, states })
    }

    /// Parameters, inputs and initial states in `E`.
    pub(super) fn values<E: Element>(&self) -> Values<E> {
        unflatten(self.graph, (self.steps, self.batch), &self.flat)
    }

    /// Derivatives of `loss` by outputs `[T, B, O]` and final states `[B, n]`, in `E`.
    pub(super) fn seeds<E: Element>(&self, loss: Loss) -> LossSeeds<E> {
        let outputs = self.outputs.mapv(E::from_f64);
        let at = |t: usize| (t < self.steps).then(|| outputs.index_axis(Axis(0), t).to_owned());
        let states = || self.states.iter().map(|s| s.mapv(E::from_f64)).collect();
        let mut seeds =
            LossSeeds { outputs: None, last: None, steps: Vec::new(), states: Vec::new() };
        match loss {
            Loss::LastStep => seeds.last = at(self.steps.wrapping_sub(1)),
            Loss::SingleSteps => {
                let steps = [0, self.steps / 2, 0].into_iter();
                seeds.steps = steps.filter_map(|t| Some((t, at(t)?))).collect();
            }
            Loss::FinalStates => seeds.states = states(),
            Loss::EveryStep => seeds.outputs = Some(outputs),
            Loss::Everything => {
                seeds.states = states();
                seeds.outputs = Some(outputs);
            }
        }
        seeds
    }
}

/// Derivatives of a loss; what is absent is zero.
#[derive(Debug, Clone)]
pub(super) struct LossSeeds<E> {
    /// By the outputs of all steps `[T, B, O]`.
    pub(super) outputs: Option<Array3<E>>,
    /// By the output of the last step `[B, O]`.
    pub(super) last: Option<Array2<E>>,
    /// By the outputs of single steps: step and `[B, O]`.
    pub(super) steps: Vec<(usize, Array2<E>)>,
    /// By the final states `[B, n]`; empty for zeros.
    pub(super) states: Vec<Array2<E>>,
}

impl<E: Element> LossSeeds<E> {
    /// Those of some batch rows.
    pub(super) fn rows(&self, rows: &[usize]) -> LossSeeds<E> {
        LossSeeds {
            outputs: self.outputs.as_ref().map(|a| a.select(Axis(1), rows)),
            last: self.last.as_ref().map(|a| a.select(Axis(0), rows)),
            steps: self.steps.iter().map(|(t, a)| (*t, a.select(Axis(0), rows))).collect(),
            states: self.states.iter().map(|a| a.select(Axis(0), rows)).collect(),
        }
    }

    /// The same as adjoints for the interpreter, which wants all steps; hands them to `f`.
    pub(super) fn with_adjoints<R>(
        &self,
        steps: usize,
        f: impl FnOnce(&Adjoints<'_, E>) -> R,
    ) -> R {
        let mut outputs = self.outputs.clone();
        let last = self.last.iter().map(|seed| (steps - 1, seed));
        for (t, seed) in self.steps.iter().map(|(t, seed)| (*t, seed)).chain(last) {
            let (rows, columns) = seed.dim();
            let all = outputs.get_or_insert_with(|| Array3::zeros((steps, rows, columns)));
            let mut at = all.index_axis_mut(Axis(0), t);
            at += seed;
        }
        f(&Adjoints { outputs: outputs.as_ref().map(|o| o.view()), states: &views2(&self.states) })
    }
}

pub(super) fn views3<E>(arrays: &[Array3<E>]) -> Vec<ArrayView3<'_, E>> {
    arrays.iter().map(|a| a.view()).collect()
}

pub(super) fn views2<E>(arrays: &[Array2<E>]) -> Vec<ArrayView2<'_, E>> {
    arrays.iter().map(|a| a.view()).collect()
}

/// The interval from which the values of `tensor`, number `index`, are drawn: what the options say,
/// or else `[-1, 1]` for inputs and states, `±1/sqrt(columns)` for matrices and less for vectors,
/// around their initial value if that is a number (a gain of ones stays near one).
fn range(
    graph: &CellGraph,
    index: usize,
    tensor: &Tensor,
    options: &Options,
) -> Result<(f64, f64), Error> {
    let bare = bare_name(tensor);
    if let Some(&(_, low, high)) = options.ranges.iter().find(|(name, ..)| name == bare) {
        if low <= high && (high - low).is_finite() {
            return Ok((low, high));
        }
        return Err(Error::Value {
            what: format!("the range of {bare}"),
            expected: String::from("a low end not above the high end, both finite"),
            found: format!("{low} to {high}"),
        });
    }
    if tensor.kind != Kind::Parameter {
        return Ok((-1.0, 1.0));
    }
    let info = graph.params[index];
    let radius = match info.shape {
        Shape::Scalar => VECTOR_RADIUS,
        Shape::Vector(n) => (1.0 / (n as f64).sqrt()).min(VECTOR_RADIUS),
        Shape::Matrix(_, columns) => 1.0 / (columns as f64).sqrt(),
    };
    let centre = if let Init::Constant(c) = info.init { c } else { 0.0 };
    Ok((centre - radius, centre + radius))
}

/// The name in the declaration.
fn bare_name(tensor: &Tensor) -> &str {
    let name = tensor.name.as_str();
    match tensor.kind {
        Kind::Input => name.strip_prefix("input ").unwrap_or(name),
        Kind::InitialState => name.strip_prefix("initial ").unwrap_or(name),
        Kind::Parameter | Kind::Output | Kind::FinalState => name,
    }
}

/// That every name for which the options give a range exists.
fn known_names(graph: &CellGraph, options: &Options) -> Result<(), Error> {
    let tensors = tensors(graph, 0, 0);
    let known = || tensors.iter().map(bare_name);
    match options.ranges.iter().find(|(name, ..)| !known().any(|k| k == name)) {
        Some((name, ..)) => Err(Error::UnknownName {
            name: name.clone(),
            known: known().map(String::from).collect(),
        }),
        None => Ok(()),
    }
}
