//! Everything a cell's loss depends on, as one flat vector with named parts.
//!
//! Parameters first, then the inputs, then the initial states. Gradients have the same layout, so
//! the comparison of two gradients and a difference quotient in any direction are loops over one
//! vector.

use alloc::{format, string::String, vec::Vec};
use core::ops::Range;

use ndarray::{Array2, Array3};

use crate::declaration::graph::{CellGraph, Shape};
use crate::kernels::element::Element;

/// What a tensor is to its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The output at all steps.
    Output,
    /// A state after the last step.
    FinalState,
    /// A parameter; compared is its gradient.
    Parameter,
    /// An input at all steps; compared is its gradient.
    Input,
    /// A state before the first step; compared is its gradient.
    InitialState,
}

/// A part of the flat vector.
#[derive(Debug, Clone)]
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) shape: Vec<usize>,
    pub(super) range: Range<usize>,
    /// False for `fixed` parameters: they have no gradient to compare with differences.
    pub(super) trainable: bool,
}

/// The parts of the flat vector for `steps` steps of `batch` rows.
pub(super) fn tensors(graph: &CellGraph, steps: usize, batch: usize) -> Vec<Tensor> {
    let params = graph.params.iter().map(|p| {
        let shape = match p.shape {
            Shape::Scalar => Vec::new(),
            Shape::Vector(n) => Vec::from([n]),
            Shape::Matrix(rows, columns) => Vec::from([rows, columns]),
        };
        (String::from(p.name), Kind::Parameter, shape, p.trainable)
    });
    let inputs = graph.inputs.iter().map(|p| {
        (format!("input {}", p.name), Kind::Input, Vec::from([steps, batch, p.len]), true)
    });
    let states = graph.states.iter().map(|p| {
        (format!("initial {}", p.name), Kind::InitialState, Vec::from([batch, p.len]), true)
    });
    let mut end = 0;
    let parts = params.chain(inputs).chain(states).map(|(name, kind, shape, trainable)| {
        let start = end;
        end += shape.iter().product::<usize>();
        Tensor { name, kind, shape, range: start..end, trainable }
    });
    parts.collect()
}

/// Parameters, inputs and initial states (or their gradients) one after another, in `f64`.
pub(super) fn flatten<E: Element>(
    params: &[E],
    inputs: &[Array3<E>],
    initial: &[Array2<E>],
) -> Vec<f64> {
    let inputs = inputs.iter().flatten();
    params.iter().chain(inputs).chain(initial.iter().flatten()).map(|&v| v.as_f64()).collect()
}

/// The inputs and the initial states of a flat vector in the layout of [`tensors`].
pub(super) fn unflatten<E: Element>(
    graph: &CellGraph,
    (steps, batch): (usize, usize),
    flat: &[f64],
) -> (Vec<Array3<E>>, Vec<Array2<E>>) {
    let mut rest = flat[graph.param_len()..].iter().map(|&v| E::from_f64(v));
    let mut next = || rest.next().expect("the flat vector has a value for each place");
    let inputs =
        graph.inputs.iter().map(|p| Array3::from_shape_simple_fn((steps, batch, p.len), &mut next));
    let inputs = inputs.collect();
    let states = graph.states.iter();
    let initial = states.map(|p| Array2::from_shape_simple_fn((batch, p.len), &mut next)).collect();
    (inputs, initial)
}
