//! Runs of one row by kernels on every tier and by the interpreter, and what is held against them.

use ndarray::{Array2, Array3};
use rnn_runtime::element::Element;
use rnn_runtime::prelude::*;
use rnn_runtime::reference::{Adjoints, Reference};

/// What a run gives: outputs of all steps one after another, and gradients of parameters, inputs
/// and initial states.
#[derive(Debug, Clone)]
pub(crate) struct Run<E> {
    pub(crate) outputs: Vec<E>,
    pub(crate) parameters: Vec<E>,
    pub(crate) inputs: Vec<E>,
    pub(crate) states: Vec<E>,
}

/// Runs of one row, with output gradients of 1, by kernels on every tier and by the interpreter;
/// `steps` are the values of the only input.
pub(crate) fn runs<C: Cell>(parameters: &[f64], steps: &[&[f64]]) -> Vec<(String, Run<C::Scalar>)> {
    let of = |value: f64| C::Scalar::from_f64(value);
    let x = Array3::from_shape_fn((steps.len(), 1, steps[0].len()), |(t, _, i)| of(steps[t][i]));
    let adjoints = Array3::from_elem((steps.len(), 1, C::GRAPH.output_len), of(1.0));
    let mut cell = C::zeros();
    let values: Vec<C::Scalar> = parameters.iter().map(|&p| of(p)).collect();
    cell.as_mut_slice().copy_from_slice(&values);
    let flat = |arrays: &[Array2<C::Scalar>]| arrays.iter().flatten().copied().collect();
    let mut all: Vec<(String, Run<C::Scalar>)> = Tier::available()
        .map(|tier| {
            let mut gradient = C::zeros();
            let mut sequence = Sequence::<C>::on(tier);
            let outputs = sequence.record(&cell, &[x.view()], &[]).unwrap();
            let found = sequence
                .backward(&cell, &OutputGradients::outputs(adjoints.view()), &mut gradient)
                .unwrap();
            let run = Run {
                outputs: outputs.iter().copied().collect(),
                parameters: gradient.as_slice().to_vec(),
                inputs: found.inputs[0].iter().copied().collect(),
                states: flat(&found.initial),
            };
            (tier.to_string(), run)
        })
        .collect();
    let reference = Reference::new(C::GRAPH, &values).unwrap().approximated();
    let tape = reference.record(&[x.view()], &[]).unwrap();
    let found = tape.backward(&Adjoints { outputs: Some(adjoints.view()), states: &[] }).unwrap();
    let run = Run {
        outputs: tape.outputs().iter().copied().collect(),
        parameters: found.params,
        inputs: found.inputs[0].iter().copied().collect(),
        states: flat(&found.initial),
    };
    all.push(("the interpreter".into(), run));
    all
}

/// That numbers are the expected ones, NaN and infinity included, within a relative bound, or
/// within an absolute one of the smallest normal number.
pub(crate) fn assert_near<E: Element>(place: &str, found: &[E], expected: &[f64], bound: f64) {
    assert_eq!(found.len(), expected.len(), "{place}: {found:?}");
    for (&found, &expected) in found.iter().zip(expected) {
        let number = found.as_f64();
        let bound = bound * expected.abs() + f64::from(f32::MIN_POSITIVE);
        let near = expected.is_finite() && (number - expected).abs() <= bound;
        let same = number == expected || (number.is_nan() && expected.is_nan());
        assert!(near || same, "{place}: {found:e}, not {expected:e}");
    }
}

/// A cell whose output is made of its only input, with a state that stands still.
macro_rules! outputs {
    ($($name:ident: [$inputs:literal] $($setting:ident $word:ident)? = $output:expr;)*) => {$(
        rnn_runtime::cell! {
            struct $name {
                $($setting $word;)?
                input x: $inputs;
                state h: 1;
                h[t] = h;
                output $output;
            }
        }
    )*};
}

/// The bits of values, zeros of different signs being different.
pub(crate) fn assert_same<E: Element>(place: &str, found: &[E], expected: &[f64]) {
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let found: Vec<f64> = found.iter().map(|value| value.as_f64()).collect();
    assert_eq!(bits(&found), bits(expected), "{place}: {found:?}, not {expected:?}");
}
