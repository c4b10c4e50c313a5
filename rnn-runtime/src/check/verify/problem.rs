//! A random sequence with random parameters, and the losses whose gradients are compared.

use alloc::{format, string::String, vec::Vec};

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::options::Options;
use super::tensors::{Kind, Tensor, tensors, unflatten};
use crate::declaration::graph::{CellGraph, Init, Shape};
use crate::error::{Error, same_count};
use crate::kernels::element::Element;
use crate::run::sequence::OutputGradients;

/// Vectors and scalars are drawn at most this far from their initial value.
const VECTOR_RADIUS: f64 = 0.25;

/// Where a problem starts, and what it is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// At random states.
    Random,
    /// At zero states, which the cell is not given but takes by itself.
    Rest,
    /// At zero states with special inputs: zeros, negative zeros, very small ones and large ones,
    /// each in rows of their own beside ordinary ones.
    Special,
}

/// Random parameters, inputs and initial states, all exact in the cell's scalar type, and random
/// derivatives of two losses, one of all outputs and one of the final states.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) graph: &'static CellGraph,
    pub(super) steps: usize,
    pub(super) batch: usize,
    pub(super) start: Start,
    /// Whether the gradients of the two losses are compared apart, and not those of their sum.
    pub(super) apart: bool,
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
        start: Start,
        options: &Options,
    ) -> Result<Problem, Error> {
        known_names(graph, options)?;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(options.seed);
        let tensors = tensors(graph, steps, batch);
        let mut flat = Vec::with_capacity(tensors.last().map_or(0, |t| t.range.end));
        let given = options.parameters.as_deref();
        if let Some(given) = given {
            same_count("parameters", graph.param_len(), given.len())?;
            finite(graph, given)?;
        }
        for (i, tensor) in tensors.iter().enumerate() {
            let (low, high) = range(graph, i, tensor, options)?;
            let own = given.filter(|_| tensor.kind == Kind::Parameter);
            let value =
                |at| own.map_or_else(|| rng.random_range(low..=high), |own: &[f64]| own[at]);
            flat.extend(tensor.range.clone().map(value).map(|v| E::from_f64(v).as_f64()));
        }
        let mut draw = || E::from_f64(rng.random_range(-1.0..=1.0)).as_f64();
        let shape = (steps, batch, graph.output_len);
        let outputs = Array3::from_shape_simple_fn(shape, &mut draw);
        let ports = graph.states.iter();
        let states = ports.map(|p| Array2::from_shape_simple_fn((batch, p.len), &mut draw));
        let states = states.collect();
        let apart = false;
        let mut problem =
            Problem { graph, steps, batch, start, apart, tensors, flat, outputs, states };
        problem.begin::<E>(options);
        Ok(problem)
    }

    /// Puts in what the start asks for. Inputs that the options give a range stay in it.
    fn begin<E: Element>(&mut self, options: &Options) {
        for tensor in &self.tensors {
            let values = &mut self.flat[tensor.range.clone()];
            match tensor.kind {
                Kind::InitialState if self.start != Start::Random => values.fill(0.0),
                Kind::Input
                    if self.start == Start::Special
                        && options.range(bare_name(tensor)).is_none() =>
                {
                    let len = tensor.shape.last().copied().unwrap_or(1).max(1);
                    for (row, values) in values.chunks_mut(len).enumerate() {
                        special::<E>(row % self.batch, values);
                    }
                }
                _ => {}
            }
        }
    }

    /// The flat parameters in `E`.
    pub(super) fn params<E: Element>(&self) -> Vec<E> {
        self.flat[..self.graph.param_len()].iter().map(|&value| E::from_f64(value)).collect()
    }

    /// What a run is given, in `E`, and the derivatives of the loss.
    pub(super) fn given<E: Element>(&self) -> Given<E> {
        let (inputs, initial) = unflatten(self.graph, (self.steps, self.batch), &self.flat);
        let initial = if self.start == Start::Random { initial } else { Vec::new() };
        let LossGradients { outputs, states, .. } = self.adjoints();
        let adjoints = match self.apart {
            true => Vec::from([
                LossGradients { outputs, ..LossGradients::default() },
                LossGradients { states, ..LossGradients::default() },
            ]),
            false => Vec::from([LossGradients { outputs, states, ..LossGradients::default() }]),
        };
        Given { inputs, initial, adjoints }
    }

    /// The derivatives of both losses together, in `E`.
    pub(super) fn adjoints<E: Element>(&self) -> LossGradients<E> {
        LossGradients {
            outputs: Some(self.outputs.mapv(E::from_f64)),
            states: self.states.iter().map(|s| s.mapv(E::from_f64)).collect(),
            ..LossGradients::default()
        }
    }
}

/// That parameters that were given are numbers.
fn finite(graph: &CellGraph, given: &[f64]) -> Result<(), Error> {
    for info in graph.params {
        if let Some(index) = given[info.range()].iter().position(|value| !value.is_finite()) {
            let what = format!("parameter `{}`", info.name);
            return Err(Error::NotFinite { what, index });
        }
    }
    Ok(())
}

/// Makes the values of batch row number `row` special.
fn special<E: Element>(row: usize, values: &mut [f64]) {
    // Far from the smallest normal number, as what cells make of it should be.
    let tiny = E::min_positive_value().as_f64().powf(0.8);
    for value in values {
        match row {
            0 => *value = 0.0,
            1 => *value = -0.0,
            2 => *value = E::from_f64(*value * tiny).as_f64(),
            3 => *value *= 8.0,
            _ => {}
        }
    }
}

/// What a forward and a backward pass are given.
#[derive(Debug, Clone)]
pub(super) struct Given<E> {
    /// `[T, B, n]` each.
    pub(super) inputs: Vec<Array3<E>>,
    /// `[B, n]` each; none for zeros.
    pub(super) initial: Vec<Array2<E>>,
    /// Derivatives of each loss that is backpropagated.
    pub(super) adjoints: Vec<LossGradients<E>>,
}

impl<E: Element> Given<E> {
    /// The same for some batch rows.
    pub(super) fn rows(&self, rows: &[usize]) -> Given<E> {
        Given {
            inputs: self.inputs.iter().map(|a| a.select(Axis(1), rows)).collect(),
            initial: self.initial.iter().map(|a| a.select(Axis(0), rows)).collect(),
            adjoints: self.adjoints.iter().map(|adjoints| adjoints.rows(rows)).collect(),
        }
    }
}

/// Derivatives of a loss; what is absent is zero.
#[derive(Debug, Clone)]
pub(super) struct LossGradients<E> {
    /// By the outputs of all steps `[T, B, O]`.
    pub(super) outputs: Option<Array3<E>>,
    /// By the output of the last step `[B, O]`.
    pub(super) last: Option<Array2<E>>,
    /// By the outputs of single steps: step and `[B, O]`.
    pub(super) steps: Vec<(usize, Array2<E>)>,
    /// By the final states `[B, n]`; empty for zeros.
    pub(super) states: Vec<Array2<E>>,
}

impl<E> Default for LossGradients<E> {
    fn default() -> Self {
        LossGradients { outputs: None, last: None, steps: Vec::new(), states: Vec::new() }
    }
}

impl<E: Element> LossGradients<E> {
    /// Those of some batch rows.
    pub(super) fn rows(&self, rows: &[usize]) -> LossGradients<E> {
        LossGradients {
            outputs: self.outputs.as_ref().map(|a| a.select(Axis(1), rows)),
            last: self.last.as_ref().map(|a| a.select(Axis(0), rows)),
            steps: self.steps.iter().map(|(t, a)| (*t, a.select(Axis(0), rows))).collect(),
            states: self.states.iter().map(|a| a.select(Axis(0), rows)).collect(),
        }
    }

    /// Hands them to `f` as the drivers take them.
    pub(super) fn with<R>(&self, f: impl FnOnce(&OutputGradients<'_, E>) -> R) -> R {
        let steps: Vec<_> = self.steps.iter().map(|(t, seed)| (*t, seed.view())).collect();
        f(&OutputGradients {
            outputs: self.outputs.as_ref().map(|o| o.view()),
            last: self.last.as_ref().map(|l| l.view()),
            steps: &steps,
            states: &views2(&self.states),
        })
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
    if let Some((low, high)) = options.range(bare) {
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
