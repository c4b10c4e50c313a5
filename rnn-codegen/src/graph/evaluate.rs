//! What a graph means, in `f64`: tests compare passes and plans by it.

use std::collections::HashMap;

#[cfg(test)]
use super::GradTerm;
use super::{Graph, MatrixRef, MatrixSource, NodeId, Op};
use crate::check::cell::Cell;
use crate::ops::{Reduce, Shape};

/// The values that come from outside a step, and matrices row-major.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    pub(crate) inputs: Vec<Vec<f64>>,
    pub(crate) states: Vec<Vec<f64>>,
    pub(crate) params: Vec<Vec<f64>>,
    pub(crate) adjoint_next: Vec<Vec<f64>>,
    pub(crate) adjoint_output: Vec<f64>,
    /// Columns of each matrix.
    columns: Vec<usize>,
}

/// Numbers between -1 and 1 from a linear congruence (Knuth's MMIX constants).
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Draw(seed)
    }

    pub(crate) fn numbers(&mut self, len: usize) -> Vec<f64> {
        let mut next = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
            self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        };
        (0..len).map(|_| next()).collect()
    }
}

impl Point {
    /// With numbers that `draw` gives.
    fn of(cell: &Cell, mut draw: impl FnMut(usize) -> Vec<f64>) -> Point {
        Point {
            inputs: cell.inputs.iter().map(|port| draw(port.len)).collect(),
            states: cell.states.iter().map(|port| draw(port.len)).collect(),
            params: cell.params.iter().map(|param| draw(param.shape.len())).collect(),
            adjoint_next: cell.states.iter().map(|port| draw(port.len)).collect(),
            adjoint_output: draw(cell.output.shape.len()),
            columns: cell.params.iter().map(|param| columns(param.shape)).collect(),
        }
    }

    pub(crate) fn zero(cell: &Cell) -> Point {
        Point::of(cell, |len| vec![0.0; len])
    }
}

#[cfg(test)]
impl Point {
    /// Numbers between -1 and 1.
    pub(crate) fn random(cell: &Cell, seed: u64) -> Point {
        let mut draw = Draw::new(seed);
        Point::of(cell, |len| draw.numbers(len))
    }

    /// The loss whose derivatives the adjoints are: next values and output, weighted.
    pub(crate) fn loss(&self, graph: &Graph) -> f64 {
        let values = values(graph, self);
        let mut loss = 0.0;
        for (&id, weights) in graph.next.iter().zip(&self.adjoint_next) {
            loss += dot(&values[id.index()], weights);
        }
        let output = graph.output.expect("a cell has an output");
        loss + dot(&values[output.index()], &self.adjoint_output)
    }
}

/// Entries of a row of a parameter.
fn columns(shape: Shape) -> usize {
    match shape {
        Shape::Matrix(_, columns) => columns,
        Shape::Scalar | Shape::Vector(_) => 1,
    }
}

/// The value of each node, in a batch of one row and one step: sums over rows and steps are their
/// one term.
#[cfg(test)]
pub(crate) fn values(graph: &Graph, point: &Point) -> Vec<Vec<f64>> {
    let rows = pass(graph, point, &HashMap::new());
    let mut sums = HashMap::new();
    for term in graph.backward.iter().flat_map(|backward| &backward.terms) {
        if let GradTerm::Sum { of, value } = *term {
            sums.insert(of, rows[value.index()].clone());
        }
    }
    pass(graph, point, &sums)
}

/// The value of each node, given the adjoints of call-level values summed over rows and steps;
/// those that are not there are zero.
pub(crate) fn pass(
    graph: &Graph,
    point: &Point,
    sums: &HashMap<NodeId, Vec<f64>>,
) -> Vec<Vec<f64>> {
    let mut values: Vec<Vec<f64>> = Vec::new();
    for id in graph.ids() {
        let node = graph.node(id);
        let args: Vec<&[f64]> = node.args.iter().map(|arg| &values[arg.index()][..]).collect();
        let len = node.shape.len();
        let value = match node.op {
            Op::Input(index) => point.inputs[index].clone(),
            Op::Prev(index) => point.states[index].clone(),
            Op::Param(index) => point.params[index].clone(),
            Op::Const(value) => vec![value.0; len],
            Op::AdjNext(index) => point.adjoint_next[index].clone(),
            Op::AdjOutput => point.adjoint_output.clone(),
            Op::AdjCall(of) => sums.get(&of).cloned().unwrap_or_else(|| vec![0.0; len]),
            Op::Product(matrix) => product(point, matrix, args[0]),
            Op::Concat => args.concat(),
            Op::Slice { start } => args[0][start..start + len].to_vec(),
            Op::Unary(function) => args[0].iter().map(|&u| function.value(u)).collect(),
            Op::Reduce(function) => reduce(function, &args),
            Op::Map(_) | Op::Zip(_) | Op::Select | Op::Sum | Op::Residue | Op::Largest => {
                lanes(&node.op, &args, len).expect("bug in rnn-codegen: a lane operation")
            }
        };
        assert_eq!(value.len(), len, "{id} {node:?}");
        values.push(value);
    }
    values
}

/// A lane operation or a reduction of some operands; `None` for everything else.
pub(crate) fn lanes(op: &Op, args: &[&[f64]], len: usize) -> Option<Vec<f64>> {
    let at = |arg: usize, i: usize| args[arg][if args[arg].len() == 1 { 0 } else { i }];
    Some(match *op {
        Op::Map(function) => args[0].iter().map(|&x| function.value(x)).collect(),
        Op::Zip(function) => (0..len).map(|i| function.value(at(0, i), at(1, i))).collect(),
        Op::Select => {
            let choose = |i| if at(0, i) < at(1, i) { at(2, i) } else { at(3, i) };
            (0..len).map(choose).collect()
        }
        Op::Sum | Op::Residue => vec![args[0].iter().sum()],
        Op::Largest => vec![args[0].iter().copied().fold(f64::NEG_INFINITY, f64::max)],
        _ => return None,
    })
}

fn product(point: &Point, matrix: MatrixRef, operand: &[f64]) -> Vec<f64> {
    let MatrixSource::Param(param) = matrix.source;
    times(matrix, point.columns[param], &point.params[param], operand)
}

/// A rectangle of a matrix, whose rows have `columns` entries, times the first values of an
/// operand.
pub(crate) fn times(matrix: MatrixRef, columns: usize, all: &[f64], operand: &[f64]) -> Vec<f64> {
    let mut result = vec![0.0; matrix.result_len()];
    for row in 0..matrix.rows {
        for column in 0..matrix.columns {
            let weight = all[matrix.entry(columns, row, column)] * matrix.factor.value();
            let (to, from) = if matrix.transposed { (column, row) } else { (row, column) };
            result[to] += weight * operand[from];
        }
    }
    result
}

impl Point {
    /// The parameter in which a rectangle is, and where in it one of its entries is.
    pub(crate) fn place(&self, matrix: MatrixRef, row: usize, column: usize) -> (usize, usize) {
        let MatrixSource::Param(param) = matrix.source;
        (param, matrix.entry(self.columns[param], row, column))
    }
}

/// Adds values to as many of some others.
pub(crate) fn add(into: &mut [f64], values: &[f64]) {
    into.iter_mut().zip(values).for_each(|(into, value)| *into += value);
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn reduce(function: Reduce, args: &[&[f64]]) -> Vec<f64> {
    let u = args[0];
    let mean = u.iter().sum::<f64>() / u.len() as f64;
    match function {
        Reduce::Sum => vec![u.iter().sum()],
        Reduce::Mean => vec![mean],
        Reduce::Dot => vec![dot(u, args[1])],
        Reduce::Norm => vec![dot(u, u).sqrt()],
        Reduce::Softmax => {
            let largest = u.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let powers: Vec<f64> = u.iter().map(|x| (x - largest).exp()).collect();
            let sum: f64 = powers.iter().sum();
            powers.iter().map(|power| power / sum).collect()
        }
        Reduce::LayerNorm { epsilon } => {
            let variance = u.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / u.len() as f64;
            let normal = |x: f64| (x - mean) / (variance + epsilon.0).sqrt();
            let affine = |i: usize| match args[1..] {
                [gain, bias] => normal(u[i]) * gain[i] + bias[i],
                _ => normal(u[i]),
            };
            (0..u.len()).map(affine).collect()
        }
    }
}
