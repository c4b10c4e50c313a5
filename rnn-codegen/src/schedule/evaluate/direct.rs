//! The graph without a plan: each row of each step by itself, forwards and then backwards.

use std::collections::HashMap;

use super::{Extent, Given, Results};
use crate::check::cell::Cell;
use crate::graph::evaluate::{Point, add, pass};
use crate::graph::{Backward, GradTerm, Graph, NodeId, Op};

/// The values of row `row` of some rows of `len` values.
fn row(values: &[f64], row: usize, len: usize) -> Vec<f64> {
    values[row * len..][..len].to_vec()
}

pub(super) fn run(cell: &Cell, graph: &Graph, extent: Extent, given: &Given) -> Results {
    let Extent { steps, batch, .. } = extent;
    let zeros = |rows: usize, len: usize| vec![0.0; rows * len];
    let mut results = Results {
        outputs: zeros(steps * batch, cell.output.shape.len()),
        states: given.initial.clone(),
        params: given.params.iter().map(|p| zeros(1, p.len())).collect(),
        inputs: cell.inputs.iter().map(|p| zeros(steps * batch, p.len)).collect(),
        initial: given.last.clone(),
    };
    let mut sums: HashMap<NodeId, Vec<f64>> = HashMap::new();
    for b in 0..batch {
        let mut points = forward(cell, graph, (b, extent), given, &mut results);
        backward(cell, graph, (b, batch), &mut points, &mut results, &mut sums);
    }
    // After the last step: from the adjoints of values of the call to those of parameters.
    if let Some(backward) = &graph.backward {
        let mut point = Point::zero(cell);
        point.params = given.params.clone();
        let values = pass(graph, &point, &sums);
        for &(param, id) in &backward.call {
            add(&mut results.params[param], &values[id.index()]);
        }
    }
    results
}

/// The steps of one row; returns what each was given.
fn forward(
    cell: &Cell,
    graph: &Graph,
    (b, extent): (usize, Extent),
    given: &Given,
    results: &mut Results,
) -> Vec<Point> {
    let mut points = Vec::new();
    for t in 0..extent.steps {
        let at = t * extent.batch + b;
        let mut point = Point::zero(cell);
        point.params = given.params.clone();
        let inputs = given.inputs.iter().zip(&cell.inputs);
        point.inputs = inputs.map(|(values, port)| row(values, at, port.len)).collect();
        let states = results.states.iter().zip(&cell.states);
        point.states = states.map(|(values, port)| row(values, b, port.len)).collect();
        point.adjoint_output = row(&given.outputs, at, cell.output.shape.len());
        let values = pass(graph, &point, &HashMap::new());
        let output = graph.output.expect("bug in rnn-codegen: a cell without an output");
        put(&mut results.outputs, at, &values[output.index()]);
        for (state, next) in results.states.iter_mut().zip(&graph.next) {
            put(state, b, &values[next.index()]);
        }
        points.push(point);
    }
    points
}

fn put(into: &mut [f64], row: usize, values: &[f64]) {
    into[row * values.len()..][..values.len()].copy_from_slice(values);
}

/// The same steps backwards.
fn backward(
    cell: &Cell,
    graph: &Graph,
    (b, batch): (usize, usize),
    points: &mut [Point],
    results: &mut Results,
    sums: &mut HashMap<NodeId, Vec<f64>>,
) {
    let Some(backward) = &graph.backward else { return };
    for (t, point) in points.iter_mut().enumerate().rev() {
        let states = results.initial.iter().zip(&cell.states);
        point.adjoint_next = states.map(|(values, port)| row(values, b, port.len)).collect();
        let values = pass(graph, point, &HashMap::new());
        let value = |id: Option<NodeId>| id.map(|id| values[id.index()].clone());
        for (i, prev) in backward.prev.iter().enumerate() {
            let adjoint = value(*prev).unwrap_or_else(|| vec![0.0; cell.states[i].len]);
            put(&mut results.initial[i], b, &adjoint);
        }
        for (i, input) in backward.inputs.iter().enumerate() {
            if let Some(adjoint) = value(*input) {
                put(&mut results.inputs[i], t * batch + b, &adjoint);
            }
        }
        terms(graph, backward, point, &values, results, sums);
    }
}

/// What one row of one step adds to gradients.
fn terms(
    graph: &Graph,
    backward: &Backward,
    point: &Point,
    values: &[Vec<f64>],
    results: &mut Results,
    sums: &mut HashMap<NodeId, Vec<f64>>,
) {
    for term in &backward.terms {
        match *term {
            GradTerm::Outer { matrix, left, right } => {
                for (r, l) in values[left.index()].iter().enumerate() {
                    for (c, v) in values[right.index()].iter().enumerate() {
                        let (param, at) = point.place(matrix, r, c);
                        results.params[param][at] += l * v;
                    }
                }
            }
            GradTerm::Sum { of, value } => match graph.node(of).op {
                Op::Param(param) => add(&mut results.params[param], &values[value.index()]),
                _ => {
                    let value = &values[value.index()];
                    add(sums.entry(of).or_insert_with(|| vec![0.0; value.len()]), value);
                }
            },
        }
    }
}
