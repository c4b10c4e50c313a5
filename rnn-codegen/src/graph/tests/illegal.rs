//! What `verify` refuses.

use crate::functions::Unary;
use crate::graph::build::Build;
use crate::graph::verify::{Dialect, verify};
use crate::graph::{GradTerm, Graph, Map, NodeId, Op, passes, samples};
use crate::ops::Shape;

/// Verifies the forward graph of the LSTM after a change.
fn with(change: impl FnOnce(&mut Graph)) {
    let cell = samples::lstm();
    let mut graph = passes::forward(&passes::source(&cell), &cell);
    change(&mut graph);
    verify(&graph, &cell, Dialect::Primitive);
}

/// The same for the graph with its adjoint.
fn with_adjoint(change: impl FnOnce(&mut Graph)) {
    let cell = samples::lstm();
    let forward = passes::forward(&passes::source(&cell), &cell);
    let mut graph = passes::backward(forward, &cell);
    change(&mut graph);
    verify(&graph, &cell, Dialect::Primitive);
}

const FIRST: NodeId = NodeId(0);

#[test]
fn a_legal_graph_passes() {
    with(|_| ());
    with_adjoint(|_| ());
}

#[test]
#[should_panic(expected = "bug in rnn-codegen: the operation belongs to the dialect")]
fn a_source_function_among_primitives() {
    with(|graph| {
        graph.add(Op::Unary(Unary::Silu), vec![FIRST], Shape::Vector(3));
    });
}

#[test]
#[should_panic(expected = "the shape follows from the operands")]
fn a_shape_that_does_not_follow() {
    with(|graph| {
        graph.add(Op::Map(Map::Exp), vec![FIRST], Shape::Vector(4));
    });
}

#[test]
#[should_panic(expected = "the operation has its operands")]
fn a_function_without_operand() {
    with(|graph| {
        graph.add(Op::Map(Map::Exp), Vec::new(), Shape::Scalar);
    });
}

#[test]
#[should_panic(expected = "operands stand before users")]
fn an_operand_from_nowhere() {
    with(|graph| {
        graph.add(Op::Map(Map::Exp), vec![NodeId(1000)], Shape::Vector(3));
    });
}

#[test]
#[should_panic(expected = "the slice is in range")]
fn a_slice_past_the_end() {
    with(|graph| {
        graph.slice(FIRST, 2, 2);
    });
}

#[test]
#[should_panic(expected = "the rectangle is in range")]
fn a_rectangle_past_the_end() {
    with(|graph| {
        let Op::Product(matrix) = graph.node(NodeId(1)).op else { panic!("no product") };
        graph.product(crate::graph::MatrixRef { row: 1, ..matrix }, FIRST);
    });
}

#[test]
#[should_panic(expected = "each state has its next value")]
fn a_state_without_next_value() {
    with(|graph| {
        graph.next.pop();
    });
}

#[test]
#[should_panic(expected = "an outer product has the rectangle's shape")]
fn a_gradient_of_another_shape() {
    with_adjoint(|graph| {
        let backward = graph.backward.as_mut().expect("an adjoint");
        let GradTerm::Outer { left, .. } = &mut backward.terms[0] else { panic!("no product") };
        *left = FIRST;
    });
}

#[test]
#[should_panic(expected = "sums belong to values of the call")]
fn a_sum_for_a_value_of_the_step() {
    with_adjoint(|graph| {
        let backward = graph.backward.as_mut().expect("an adjoint");
        backward.terms.push(GradTerm::Sum { of: FIRST, value: FIRST });
    });
}
