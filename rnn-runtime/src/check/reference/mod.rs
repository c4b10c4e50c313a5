//! The interpreter: evaluates and differentiates a [`CellGraph`] one step after another.
//!
//! ```text
//! for t in 0..T:                          for t in (0..T).rev():
//!     for node in graph: value[node]          for node in graph.rev(): adjoint of its operands
//!     states = value[next]                    adjoint of states = adjoint[prev]
//! ```
//!
//! It is the honest loop of the textbooks, in tensors of one batch a step, and it shares no line
//! with the compiler: every function of the notation has its value and its derivative here as its
//! definition in [`graph`](crate::graph) states them, nothing is rewritten into simpler functions
//! and nothing is moved between steps. So it is the witness that [`verify`](crate::verify) holds
//! the generated kernels against, and in benchmarks it is what generic tensor code costs. Products
//! go through ndarray to the `matrixmultiply` crate.
//!
//! Inside, each value of a step is an array `[B, n]`; a scalar is `[B, 1]`. What does not depend on
//! the batch row (parameters, constants and what is computed from them) has a single row, and
//! broadcasts.

#[cfg(test)]
pub(crate) mod draft;
mod elementwise;
mod eval;
mod kinks;
mod legal;
mod numbers;
mod overflow;
mod product;
mod reduce;
mod reverse;
#[cfg(test)]
mod tests;

use alloc::{format, string::String, vec::Vec};

use ndarray::{Array2, Array3, ArrayView2, ArrayView3};

use crate::declaration::graph::{CellGraph, Shape};
use crate::error::{Error, same_count};
use crate::kernels::element::Element;
use crate::room::room;

/// A cell's graph with parameters, ready to be evaluated in `E`.
///
/// A leaky integrator, `h[t] = tanh(a * h + x)` with one parameter `a`, written by hand (the macro
/// writes such a graph for each cell, see [`Cell::GRAPH`](crate::params::Cell::GRAPH)):
///
/// ```
/// use ndarray::{Array3, arr3};
/// use rnn_runtime::graph::{Binary, CellGraph, Init, Node, Op, ParamInfo, Port, Shape, Unary};
/// use rnn_runtime::graph::WeightFormat;
/// use rnn_runtime::reference::{Adjoints, Reference};
///
/// const V: Shape = Shape::Vector(1);
/// static LEAKY: CellGraph = CellGraph {
///     name: "Leaky",
///     equations: "h[t] = tanh(a * h + x);",
///     explanation: "",
///     inputs: &[Port { name: "x", len: 1 }],
///     states: &[Port { name: "h", len: 1 }],
///     params: &[ParamInfo {
///         name: "a",
///         shape: V,
///         offset: 0,
///         init: Init::Constant(0.5),
///         trainable: true,
///     }],
///     nodes: &[
///         Node { op: Op::Param(0), args: &[], shape: V, name: Some("a") },
///         Node { op: Op::Prev(0), args: &[], shape: V, name: Some("h") },
///         Node { op: Op::Binary(Binary::Mul), args: &[0, 1], shape: V, name: None },
///         Node { op: Op::Input(0), args: &[], shape: V, name: Some("x") },
///         Node { op: Op::Binary(Binary::Add), args: &[2, 3], shape: V, name: None },
///         Node { op: Op::Unary(Unary::Tanh), args: &[4], shape: V, name: Some("h[t]") },
///     ],
///     next: &[5],
///     output: 5,
///     output_len: 1,
///     steps: None,
///     weights: WeightFormat::Full,
///     fast: false,
/// };
///
/// let reference = Reference::<f64>::new(&LEAKY, &[0.5])?;
/// let x = arr3(&[[[1.0]], [[0.0]]]); // two steps of one batch row
/// let tape = reference.record(&[x.view()], &[])?;
/// let h = [1f64.tanh(), (0.5 * 1f64.tanh()).tanh()];
/// assert_eq!(tape.outputs()[[0, 0, 0]], h[0]);
/// assert_eq!(tape.outputs()[[1, 0, 0]], h[1]);
///
/// // The loss is the last output, so its adjoint is one there.
/// let seed: Array3<f64> = arr3(&[[[0.0]], [[1.0]]]);
/// let gradients = tape.backward(&Adjoints { outputs: Some(seed.view()), states: &[] })?;
/// assert!((gradients.params[0] - (1.0 - h[1] * h[1]) * h[0]).abs() < 1e-15);
/// # Ok::<(), rnn_runtime::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Reference<'g, E> {
    graph: &'g CellGraph,
    /// One array a parameter: matrices `[rows, columns]`, vectors and scalars `[1, n]`.
    params: Vec<Array2<E>>,
    /// With the approximations of `activations fast;`.
    fast: bool,
}

/// What a forward pass returns.
#[derive(Debug, Clone, PartialEq)]
pub struct Forward<E> {
    /// The output at each step `[T, B, O]`.
    pub outputs: Array3<E>,
    /// Each state after the last step `[B, n]`; the initial states when there is no step.
    pub states: Vec<Array2<E>>,
}

/// Derivatives of the loss by what a forward pass returned: where the backward pass begins.
#[derive(Debug, Clone, Default)]
pub struct Adjoints<'a, E> {
    /// By the output at each step `[T, B, O]`; `None` stands for zeros.
    pub outputs: Option<ArrayView3<'a, E>>,
    /// By each state after the last step `[B, n]`; empty stands for zeros.
    pub states: &'a [ArrayView2<'a, E>],
}

/// Derivatives of the loss by everything that a forward pass read.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradients<E> {
    /// By the parameters, flat, in the order of [`CellGraph::params`]; zero where not trainable.
    pub params: Vec<E>,
    /// By each input `[T, B, n]`.
    pub inputs: Vec<Array3<E>>,
    /// By each initial state `[B, n]`.
    pub initial: Vec<Array2<E>>,
}

/// A forward pass with all intermediate values, from which [`backward`](Tape::backward) goes back.
#[derive(Debug, Clone)]
pub struct Tape<'r, 'g, E> {
    reference: &'r Reference<'g, E>,
    batch: usize,
    forward: Forward<E>,
    /// For each step the values of all nodes; nothing without rows.
    steps: Vec<Vec<Array2<E>>>,
}

impl<'g, E: Element> Reference<'g, E> {
    /// Takes the flat parameters in the order of [`CellGraph::params`]. They may be of another
    /// element type than `E`: that is how an `f32` cell is evaluated in `f64`.
    ///
    /// # Errors
    ///
    /// [`Error::Count`] when the number of parameters is not [`CellGraph::param_len`];
    /// [`Error::Count`] or [`Error::Value`] when the graph contradicts itself, which those made by
    /// the macro never do.
    pub fn new<P: Element>(graph: &'g CellGraph, params: &[P]) -> Result<Self, Error> {
        legal::check(graph)?;
        same_count(format_args!("parameters of {}", graph.name), graph.param_len(), params.len())?;
        let params = graph.params.iter().map(|p| {
            let dim = match p.shape {
                Shape::Matrix(rows, columns) => (rows, columns),
                Shape::Scalar | Shape::Vector(_) => (1, p.shape.len()),
            };
            let values = params[p.range()].iter().map(|value| E::from_f64(value.as_f64()));
            Array2::from_shape_vec(dim, values.collect())
                .expect("bug in rnn-runtime: a legal parameter has as many values as its shape")
        });
        Ok(Reference { graph, params: params.collect(), fast: false })
    }

    /// The same with the approximations of sigmoid and tanh that kernels have where the declaration
    /// asks for `activations fast;`, and with their way to derivatives: `y (1 - y)` and `1 - y^2`
    /// of the approximate value `y`. Without this method all functions are exact.
    pub fn approximated(self) -> Self {
        Reference { fast: self.graph.fast, ..self }
    }

    /// The values of parameter number `param`, to be changed; a matrix row-major.
    pub(crate) fn values_mut(&mut self, param: usize) -> &mut [E] {
        let values = self.params[param].as_slice_mut();
        values.expect("bug in rnn-runtime: a parameter that is not in order")
    }

    /// The graph it evaluates.
    pub fn graph(&self) -> &'g CellGraph {
        self.graph
    }

    /// Runs over a sequence: one array `[T, B, n]` an input, and either one array `[B, n]` a state
    /// or none, which starts from zeros. Both `T` and `B` may be zero; without steps the final
    /// states are the initial ones.
    ///
    /// # Errors
    ///
    /// [`Error::Count`] for a wrong number of arrays, [`Error::Shape`] for one of a wrong shape,
    /// also for a `T` other than the one the declaration fixes; [`Error::Memory`] where there is
    /// not enough.
    pub fn forward(
        &self,
        inputs: &[ArrayView3<'_, E>],
        initial: &[ArrayView2<'_, E>],
    ) -> Result<Forward<E>, Error> {
        let (steps, batch) = self.sizes(inputs)?;
        room::<E>((steps, batch), self.graph.output_len)?;
        let states = self.initial(initial, batch)?;
        Ok(self.run(inputs, states, (steps, batch), |_| ()))
    }

    /// The same, keeping all intermediate values for [`Tape::backward`].
    ///
    /// # Errors
    ///
    /// As [`forward`](Self::forward).
    pub fn record(
        &self,
        inputs: &[ArrayView3<'_, E>],
        initial: &[ArrayView2<'_, E>],
    ) -> Result<Tape<'_, 'g, E>, Error> {
        let (steps, batch) = self.sizes(inputs)?;
        room::<E>((steps, batch), self.graph.step_len())?;
        let states = self.initial(initial, batch)?;
        let mut tape = Vec::new();
        let forward = self.run(inputs, states, (steps, batch), |values| tape.push(values));
        Ok(Tape { reference: self, batch, forward, steps: tape })
    }

    /// Steps and batch rows of the inputs, all of which must agree, and small enough for a step to
    /// be taken.
    fn sizes(&self, inputs: &[ArrayView3<'_, E>]) -> Result<(usize, usize), Error> {
        let graph = self.graph;
        same_count(format_args!("inputs of {}", graph.name), graph.inputs.len(), inputs.len())?;
        let (steps, batch, _) = inputs[0].dim();
        for (i, (port, input)) in graph.inputs.iter().zip(inputs).enumerate() {
            let expected = [
                graph.steps.or((i > 0).then_some(steps)),
                (i > 0).then_some(batch),
                Some(port.len),
            ];
            shape(|| format!("input {}", port.name), &expected, input.shape())?;
        }
        let values = graph.step_len().saturating_add(graph.state_len());
        room::<E>((1, batch), values)?;
        Ok((steps, batch))
    }

    /// The states before the first step.
    fn initial(
        &self,
        initial: &[ArrayView2<'_, E>],
        batch: usize,
    ) -> Result<Vec<Array2<E>>, Error> {
        if initial.is_empty() {
            return Ok(self.graph.states.iter().map(|p| Array2::zeros((batch, p.len))).collect());
        }
        self.check_states("initial state", initial, batch)?;
        Ok(initial.iter().map(|state| state.to_owned()).collect())
    }

    /// That there is one array `[batch, n]` for each state.
    fn check_states(
        &self,
        what: &str,
        states: &[ArrayView2<'_, E>],
        batch: usize,
    ) -> Result<(), Error> {
        let ports = self.graph.states;
        same_count(
            format_args!("{what} arrays of {}", self.graph.name),
            ports.len(),
            states.len(),
        )?;
        ports.iter().zip(states).try_for_each(|(port, state)| {
            let expected = [Some(batch), Some(port.len)];
            shape(|| format!("{what} {}", port.name), &expected, state.shape())
        })
    }
}

impl<E: Element> Tape<'_, '_, E> {
    /// The output at each step `[T, B, O]`.
    pub fn outputs(&self) -> ArrayView3<'_, E> {
        self.forward.outputs.view()
    }

    /// Each state after the last step `[B, n]`.
    pub fn states(&self) -> &[Array2<E>] {
        &self.forward.states
    }

    /// The value of node number `node` at `step`: `[B, n]`, or `[1, n]` where it does not depend on
    /// the batch row. `None` when there is no such step or node, or no row.
    pub fn value(&self, step: usize, node: usize) -> Option<ArrayView2<'_, E>> {
        Some(self.steps.get(step)?.get(node)?.view())
    }

    /// Goes back through time and returns the gradients of everything the forward pass read.
    ///
    /// # Errors
    ///
    /// [`Error::Count`] or [`Error::Shape`] when the adjoints do not have the shapes of what the
    /// forward pass returned.
    pub fn backward(&self, adjoints: &Adjoints<'_, E>) -> Result<Gradients<E>, Error> {
        if let Some(outputs) = &adjoints.outputs {
            let expected = self.forward.outputs.shape().iter().map(|&n| Some(n));
            let expected: Vec<_> = expected.collect();
            shape(|| String::from("adjoint of the outputs"), &expected, outputs.shape())?;
        }
        if !adjoints.states.is_empty() {
            self.reference.check_states("final state adjoint", adjoints.states, self.batch)?;
        }
        Ok(reverse::run(self, adjoints))
    }
}

fn shape(
    what: impl Fn() -> String,
    expected: &[Option<usize>],
    found: &[usize],
) -> Result<(), Error> {
    let fits = |(e, f): (&Option<usize>, &usize)| e.is_none_or(|e| e == *f);
    if expected.len() == found.len() && expected.iter().zip(found).all(fits) {
        return Ok(());
    }
    Err(Error::shape(what(), expected, found))
}
