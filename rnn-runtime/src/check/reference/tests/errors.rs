//! Wrong arguments and illegal graphs are errors that name both sides; empty sizes are not.

use ndarray::{Array2, Array3};
use std::string::ToString;
use std::vec;

use crate::check::reference::draft::{Draft, elman};
use crate::check::reference::{Adjoints, Reference};
use crate::declaration::graph::{Binary, CellGraph, Init, Op, ParamInfo, Reduce, Shape, Unary};
use crate::error::Error;

const PARAMS: usize = 3 * (2 + 3 + 1);

fn reference() -> Reference<'static, f64> {
    Reference::new(elman(Unary::Tanh, 2, 3), &[0.1; PARAMS]).unwrap()
}

#[test]
fn wrong_numbers_and_shapes_are_named() {
    let message = |e: Error| e.to_string();
    let graph = elman(Unary::Tanh, 2, 3);
    let error = Reference::<f64>::new(graph, &[0.0; 5]).unwrap_err();
    assert_eq!(message(error), "5 parameters of Elman given, but 18 needed");

    let reference = reference();
    let x = Array3::zeros((4, 2, 2));
    let error = reference.forward(&[], &[]).unwrap_err();
    assert_eq!(message(error), "0 inputs of Elman given, but 1 needed");
    let wide = Array3::zeros((4, 2, 3));
    let error = reference.forward(&[wide.view()], &[]).unwrap_err();
    assert_eq!(
        message(error),
        "input x has shape [4, 2, 3], but [_, _, 2] is needed, with any size for `_`"
    );
    let h = Array2::zeros((1, 3));
    let error = reference.forward(&[x.view()], &[h.view()]).unwrap_err();
    assert_eq!(message(error), "initial state h has shape [1, 3], but [2, 3] is needed");
    let error = reference.forward(&[x.view()], &[h.view(), h.view()]).unwrap_err();
    assert_eq!(message(error), "2 initial state arrays of Elman given, but 1 needed");

    let tape = reference.record(&[x.view()], &[]).unwrap();
    let seed = Array3::zeros((4, 2, 2));
    let adjoints = Adjoints { outputs: Some(seed.view()), states: &[] };
    let error = tape.backward(&adjoints).unwrap_err();
    assert_eq!(
        message(error),
        "adjoint of the outputs has shape [4, 2, 2], but [4, 2, 3] is needed"
    );
    let adjoints = Adjoints { outputs: None, states: &[h.view()] };
    let error = tape.backward(&adjoints).unwrap_err();
    assert_eq!(message(error), "final state adjoint h has shape [1, 3], but [2, 3] is needed");
}

#[test]
fn all_inputs_agree_in_steps_and_rows() {
    let mut d = Draft::default();
    let (a, b) = (d.input("a", 1), d.input("b", 1));
    let sum = d.add(a, b);
    let reference = Reference::<f64>::new::<f64>(d.leak("Two", sum), &[]).unwrap();
    let a = Array3::zeros((4, 2, 1));
    let b = Array3::zeros((4, 3, 1));
    let error = reference.forward(&[a.view(), b.view()], &[]).unwrap_err();
    assert_eq!(error.to_string(), "input b has shape [4, 3, 1], but [4, 2, 1] is needed");
}

#[test]
fn a_fixed_length_is_kept() {
    let graph = CellGraph { steps: Some(5), ..*elman(Unary::Tanh, 2, 3) };
    let reference = Reference::<f64>::new(&graph, &[0.1; PARAMS]).unwrap();
    let x = Array3::zeros((4, 1, 2));
    let error = reference.forward(&[x.view()], &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "input x has shape [4, 1, 2], but [5, _, 2] is needed, with any size for `_`"
    );
}

#[test]
fn without_steps_the_states_stay() {
    let reference = reference();
    let x = Array3::zeros((0, 2, 2));
    let h = Array2::from_elem((2, 3), 0.5);
    let tape = reference.record(&[x.view()], &[h.view()]).unwrap();
    assert_eq!(tape.outputs().shape(), [0, 2, 3]);
    assert_eq!(tape.states(), core::slice::from_ref(&h));
    let gradients = tape.backward(&Adjoints { outputs: None, states: &[h.view()] }).unwrap();
    assert_eq!(gradients.initial, [h]);
    assert_eq!(gradients.params, [0.0; PARAMS]);
}

#[test]
fn an_empty_batch_is_a_batch_however_many_steps_it_has() {
    let reference = reference();
    for steps in [3, 1 << 40] {
        let x = Array3::zeros((steps, 0, 2));
        let run = reference.forward(&[x.view()], &[]).unwrap();
        assert_eq!(run.outputs.shape(), [steps, 0, 3]);
        assert_eq!(run.states[0].shape(), [0, 3]);
        let tape = reference.record(&[x.view()], &[]).unwrap();
        let adjoints = tape.outputs().to_owned();
        let adjoints = Adjoints { outputs: Some(adjoints.view()), states: &[] };
        let gradients = tape.backward(&adjoints).unwrap();
        assert_eq!(gradients.params, [0.0; PARAMS]);
        assert_eq!(gradients.inputs[0].shape(), [steps, 0, 2]);
        assert_eq!(gradients.initial[0].shape(), [0, 3]);
    }
}

/// A legal graph, changed by `change`, as it is refused.
fn refused(change: impl FnOnce(&mut Draft, usize, usize) -> usize) -> Error {
    let mut d = Draft::default();
    let (x, h) = (d.input("x", 2), d.state("h", 3));
    let node = change(&mut d, x, h);
    d.next(h);
    let graph = d.leak("Wrong", node.min(1));
    let params = vec![0.0; graph.param_len().min(100)];
    Reference::<f64>::new(graph, &params).unwrap_err()
}

#[test]
fn illegal_graphs_are_refused() {
    let v = Shape::Vector;
    let errors = [
        refused(|d, x, _| d.node(Op::Unary(Unary::Neg), &[x], v(3))),
        refused(|d, x, _| d.node(Op::Unary(Unary::Neg), &[x, x], v(2))),
        refused(|d, _, _| d.node(Op::Unary(Unary::Neg), &[9], v(2))),
        refused(|d, x, h| d.node(Op::Binary(Binary::Add), &[x, h], v(3))),
        refused(|d, x, h| d.node(Op::Reduce(Reduce::Dot), &[x, h], Shape::Scalar)),
        refused(|d, x, h| d.node(Op::Concat, &[x, h], v(4))),
        refused(|d, _, _| d.node(Op::Concat, &[], v(1))),
        refused(|d, _, h| d.node(Op::Slice { start: 2 }, &[h], v(2))),
        refused(|d, _, h| d.node(Op::Slice { start: usize::MAX }, &[h], v(2))),
        refused(|d, _, _| d.node(Op::Input(1), &[], v(2))),
        refused(|d, _, _| d.node(Op::Prev(1), &[], v(2))),
        refused(|d, _, _| d.node(Op::Param(0), &[], v(2))),
        refused(|d, x, _| d.node(Op::Product { param: 0, transposed: false }, &[x], v(2))),
        refused(|d, x, h| {
            d.times("W", 2, h);
            d.node(Op::Product { param: 0, transposed: false }, &[x], v(2))
        }),
        refused(|d, x, h| d.node(Op::Reduce(Reduce::LayerNorm { epsilon: 0.0 }), &[h, x, x], v(3))),
        refused(|d, _, _| d.node(Op::Const(1.0), &[], Shape::Matrix(1, 1))),
        refused(|d, x, _| {
            d.input("empty", 0);
            x
        }),
        refused(|d, x, _| {
            d.next(x);
            x
        }),
    ];
    for error in errors {
        let message = error.to_string();
        assert!(message.contains("Wrong"), "{message}");
    }
}

#[test]
fn sizes_that_no_number_counts_are_refused() {
    let param = |shape, offset| ParamInfo {
        name: "p",
        shape,
        offset,
        init: Init::Constant(0.0),
        trainable: true,
    };
    let params = [
        param(Shape::Matrix(usize::MAX, 2), 0),
        param(Shape::Vector(1), usize::MAX),
        param(Shape::Scalar, usize::MAX),
        param(Shape::Matrix(1 << 40, 1 << 40), 1),
    ];
    for param in params {
        let refusal = refused(|d, x, _| {
            d.params.push(param);
            x
        });
        assert!(matches!(refusal, Error::Count { .. } | Error::Value { .. }), "{refusal}");
    }
}

#[test]
fn values_that_no_memory_holds_are_refused_by_a_run() {
    // Two vectors whose lengths together are more than any number, in a concatenation and in a
    // step.
    let mut d = Draft::default();
    let x = d.input("x", 1);
    let long = d.node(Op::Const(1.0), &[], Shape::Vector(usize::MAX));
    d.node(Op::Concat, &[long, long], Shape::Vector(usize::MAX));
    let reference = Reference::<f64>::new::<f64>(d.leak("Long", x), &[]).unwrap();
    let x = Array3::zeros((3, 2, 1));
    let refusal = Error::Memory { steps: 1, batch: 2 };
    assert_eq!(reference.forward(&[x.view()], &[]).unwrap_err(), refusal);
    assert_eq!(reference.record(&[x.view()], &[]).unwrap_err(), refusal);
}
