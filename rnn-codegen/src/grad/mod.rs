//! Reverse-mode differentiation, graph to graph: the adjoint of a step is ordinary nodes after its
//! own.
//!
//! For each value `v` its adjoint is the derivative of the loss by `v`. It starts where the loss
//! and later steps come in, at the next values of the states and the output, and is handed from
//! each value to its operands by the table in `rules`. Two walks, each from users to operands:
//!
//! 1. Rows. Ends at inputs, states of the step before and call-level values; products leave an
//!    outer product for their matrix, call-level values a sum over rows and steps.
//! 2. Call. From these sums through what is computed from parameters alone to the parameters.
//!
//! The guards that say what an adjoint must be kept from are those of the forward graph, which
//! stands first. Nothing is computed for a value that no result or no target depends on, and no
//! zeros are added: an adjoint that nothing contributes to is `None`.

mod adjoint;
mod norm;
mod rules;
mod steep;

use adjoint::Adjoints;
use steep::Guard;

use crate::check::cell::Cell;
use crate::functions::Slope;
use crate::graph::{Backward, GradTerm, Graph, MatrixSource, NodeId, Op};

/// The graph with its `backward` filled. It must be simple already: what `simplify` would still
/// merge or turn into a constant would be counted apart here.
pub(crate) fn differentiate(mut graph: Graph, cell: &Cell) -> Graph {
    let active = active(&graph, cell);
    let guards = steep::guards(&graph, cell);
    let adjoints = Adjoints::new(active.clone());
    let mut backward = rows(&mut graph, cell, &guards, adjoints);
    backward.terms.sort_by_key(place);
    let adjoints = Adjoints::new(active);
    backward.call = call(&mut graph, &backward, &guards, adjoints);
    graph.backward = Some(backward);
    graph
}

/// The walk of each row: everything but [`Backward::call`].
fn rows(graph: &mut Graph, cell: &Cell, guards: &[Guard], mut adjoints: Adjoints) -> Backward {
    let level = graph.call_level();
    let mut backward = Backward {
        prev: vec![None; cell.states.len()],
        inputs: vec![None; cell.inputs.len()],
        ..Backward::default()
    };
    seed(graph, &mut adjoints);
    for (index, &guard) in guards.iter().enumerate().rev() {
        let id = NodeId(index as u32);
        let Some(value) = adjoints.take(graph, id) else { continue };
        match graph.node(id).op {
            _ if level[id.index()] => backward.terms.push(GradTerm::Sum { of: id, value }),
            Op::Input(index) => backward.inputs[index] = Some(value),
            Op::Prev(index) => backward.prev[index] = Some(value),
            Op::Product(matrix) => {
                if matrix.source.trainable(cell) {
                    backward.terms.push(rules::outer(graph, id, matrix, value));
                }
                rules::propagate(graph, id, value, guard, &mut adjoints);
            }
            _ => rules::propagate(graph, id, value, guard, &mut adjoints),
        }
    }
    backward
}

/// The walk after all steps, from what the terms have summed to the parameters. A parameter's own
/// sum is its gradient at once and has no part in it.
fn call(
    graph: &mut Graph,
    backward: &Backward,
    guards: &[Guard],
    mut adjoints: Adjoints,
) -> Vec<(usize, NodeId)> {
    for of in backward.filled() {
        if !matches!(graph.node(of).op, Op::Param(_)) {
            let shape = graph.shape(of);
            let sum = graph.add(Op::AdjCall(of), Vec::new(), shape);
            adjoints.add(of, sum);
        }
    }
    let mut gradients = Vec::new();
    for (index, &guard) in guards.iter().enumerate().rev() {
        let id = NodeId(index as u32);
        let Some(value) = adjoints.take(graph, id) else { continue };
        match graph.node(id).op {
            Op::Param(param) => gradients.push((param, value)),
            _ => rules::propagate(graph, id, value, guard, &mut adjoints),
        }
    }
    gradients.sort_by_key(|&(param, _)| param);
    gradients
}

/// The adjoints that come from outside the step.
fn seed(graph: &mut Graph, adjoints: &mut Adjoints) {
    for (state, id) in graph.next.clone().into_iter().enumerate() {
        if adjoints.active(id) {
            let shape = graph.shape(id);
            let later = graph.add(Op::AdjNext(state), Vec::new(), shape);
            adjoints.add(id, later);
        }
    }
    if let Some(id) = graph.output.filter(|&id| adjoints.active(id)) {
        let shape = graph.shape(id);
        let loss = graph.add(Op::AdjOutput, Vec::new(), shape);
        adjoints.add(id, loss);
    }
}

/// The order of terms: rectangles by matrix, then sums by value.
fn place(term: &GradTerm) -> (bool, Option<(MatrixSource, usize, usize)>, NodeId) {
    match *term {
        GradTerm::Outer { matrix, left, .. } => {
            (false, Some((matrix.source, matrix.row, matrix.column)), left)
        }
        GradTerm::Sum { of, .. } => (true, None, of),
    }
}

/// For each node whether it passes a derivative on to an input, a state or a trainable parameter.
fn active(graph: &Graph, cell: &Cell) -> Vec<bool> {
    let mut active: Vec<bool> = Vec::new();
    for id in graph.ids() {
        let node = graph.node(id);
        let operands = node.args.iter().any(|arg| active[arg.index()]);
        active.push(match node.op {
            Op::Input(_) | Op::Prev(_) => true,
            Op::Param(param) => cell.params[param].trainable,
            Op::Product(matrix) => operands || matrix.source.trainable(cell),
            Op::Concat | Op::Slice { .. } | Op::Sum => operands,
            Op::Map(map) => operands && !matches!(map.facts().slope, Slope::Zero),
            Op::Zip(_) => operands,
            Op::Select => node.args[2..].iter().any(|arg| active[arg.index()]),
            // Only used where the result does not depend on them.
            Op::Residue | Op::Largest => false,
            Op::Const(_) | Op::AdjNext(_) | Op::AdjOutput | Op::AdjCall(_) => false,
            Op::Unary(_) | Op::Reduce(_) => {
                panic!("bug in rnn-codegen: source dialect in grad: {:?}", node.op)
            }
        });
    }
    active
}
