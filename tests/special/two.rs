//! Every function of two operands, at every pair of special values.

use ndarray::Array3;
use num_traits::Float;
use rnn_runtime::element::Element;
use rnn_runtime::prelude::*;
use rnn_runtime::reference::{Adjoints, Reference};
use rnn_runtime::simd::Tier;

use super::compare::equal;
use super::values::special;

macro_rules! functions {
    ($name:ident, $scalar:ident) => {
        rnn_runtime::cell! {
            struct $name {
                scalar $scalar;
                input a: 7, b: 7;
                state h: 1;
                h[t] = h;
                output [
                    a[0..1] + b[0..1], a[1..2] - b[1..2], a[2..3] * b[2..3], a[3..4] / b[3..4],
                    min(a[4..5], b[4..5]), max(a[5..6], b[5..6]), logaddexp(a[6..7], b[6..7])
                ];
            }
        }
    };
}

functions!(Singles, f32);
functions!(Doubles, f64);

const NAMES: [&str; 7] = ["+", "-", "*", "/", "min", "max", "logaddexp"];

/// The size of what the logarithm of a sum of exponentials is relative to: terms that cancel are
/// larger than the `result`, and each unit of a difference whose rounding an exponential makes
/// digits of counts for a quarter.
fn log_size(a: f64, b: f64, result: f64) -> f64 {
    let terms = result.abs().max(a.max(b).abs());
    terms * (1.0 + (a - b).abs().min(100.0) / 4.0)
}

fn check<C: Cell>() {
    let values = special::<C::Scalar>();
    let count = values.len();
    let operand = |divisor: usize| {
        Array3::from_shape_fn((1, count * count, 7), |(_, row, _)| values[row / divisor % count])
    };
    let (a, b) = (operand(count), operand(1));
    let inputs = [a.view(), b.view()];
    let reference = Reference::<C::Scalar>::new::<C::Scalar>(C::GRAPH, &[]).unwrap();
    let tape = reference.record(&inputs, &[]).unwrap();
    let adjoints = Array3::from_elem(tape.outputs().raw_dim(), C::Scalar::from_f64(1.0));
    let slopes = tape.backward(&Adjoints { outputs: Some(adjoints.view()), states: &[] }).unwrap();
    for tier in Tier::available() {
        let (cell, mut gradient) = (C::zeros(), C::zeros());
        let mut sequence = Sequence::<C>::on(tier);
        let outputs = sequence.record(&cell, &inputs, &[]).unwrap();
        let found = sequence
            .backward(&cell, &OutputGradients::outputs(adjoints.view()), &mut gradient)
            .unwrap();
        for ((_, row, function), &value) in outputs.indexed_iter() {
            let at = [0, row, function];
            let place = format!("{:e} {} {:e} on {tier}", a[at], NAMES[function], b[at]);
            let epsilon = C::Scalar::epsilon().as_f64();
            let near = |found: C::Scalar, expected: C::Scalar, size: f64| {
                equal(found, expected, 4.0 * size * epsilon)
            };
            let expected = tape.outputs()[at];
            let mut size = expected.as_f64().abs();
            if NAMES[function] == "logaddexp" && expected.is_finite() {
                size = log_size(a[at].as_f64(), b[at].as_f64(), size);
            }
            assert!(near(value, expected, size), "{place}: {value:e}, not {expected:e}");
            let finite = a[at].is_finite() && b[at].is_finite() && !value.is_nan();
            for (found, expected) in found.inputs.iter().zip(&slopes.inputs) {
                let (found, expected) = (found[at], expected[at]);
                assert!(
                    !finite || near(found, expected, expected.as_f64().abs()),
                    "slope of {place}: {found:e}, not {expected:e}"
                );
            }
        }
    }
}

#[test]
fn functions_of_two_operands_in_singles() {
    check::<Singles>();
}

#[test]
fn functions_of_two_operands_in_doubles() {
    check::<Doubles>();
}
