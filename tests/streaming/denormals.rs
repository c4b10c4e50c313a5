//! States and gradients that decay below the smallest normal number: zero or tiny, and either way
//! what the interpreter says.

use std::hint::black_box;

use itertools::zip_eq;
use ndarray::{Array3, ArrayView1, Axis, s};
use rnn_runtime::prelude::*;
use rnn_runtime::reference::{Adjoints, Reference};

use crate::cells::{Fused, Scan, cell, inputs, seed};

rnn_runtime::cell! {
    /// Units that forget half of what they hold.
    struct Leaky {
        input x: 3;
        state h: 19;
        param W: [h, x];
        h[t] = 0.5 * h + W @ x;
    }
}

const STEPS: usize = 900;
const BATCH: usize = 3;

/// Inputs that are halved from step to step.
fn decaying<C: Cell<Scalar = f32>>() -> Array3<f32> {
    let mut x = inputs::<C>(STEPS, BATCH).remove(0);
    for (t, mut step) in x.axis_iter_mut(Axis(0)).enumerate() {
        step.mapv_inplace(|x| x * 0.5_f32.powi(t as i32));
    }
    x
}

/// Errors are relative to the largest number; those below a few smallest normal ones count as zero.
fn near<'a>(
    what: &str,
    found: impl IntoIterator<Item = &'a f32>,
    expected: impl IntoIterator<Item = &'a f64, IntoIter: Clone>,
) {
    let expected = expected.into_iter();
    let largest = expected.clone().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    for (found, expected) in zip_eq(found, expected) {
        let error = (f64::from(*found) - expected).abs();
        assert!(error <= 1e-4 * largest + 1e-36, "{what}: {found} and {expected} of {largest}");
    }
}

fn agrees<C: Cell<Scalar = f32>>() {
    let (cell, x, every) = (cell::<C>(), decaying::<C>(), seed::<C>(STEPS, BATCH));
    // A loss of the last step alone, whose gradient decays backwards.
    let mut last = every.clone();
    last.slice_mut(s![..STEPS - 1, .., ..]).fill(0.0);
    let reference = Reference::<f64>::new(C::GRAPH, cell.as_slice()).unwrap();
    let tape = reference.record(&[x.mapv(f64::from).view()], &[]).unwrap();
    let smallest = f64::from(f32::MIN_POSITIVE);
    assert!(tape.states().iter().flatten().all(|x| x.abs() < smallest), "nothing has decayed");

    for tier in Tier::available() {
        let (mut sequence, mut gradient) = (Sequence::on(tier), C::zeros());
        let y = sequence.record(&cell, &[x.view()], &[]).unwrap();
        near("outputs", &y, &tape.outputs());
        near("states", sequence.final_states().iter().flatten(), tape.states().iter().flatten());
        for seed in [&every, &last] {
            let adjoints = OutputGradients::outputs(seed.view());
            let inputs = sequence.backward(&cell, &adjoints, &mut gradient).unwrap();
            let wide = seed.mapv(f64::from);
            let adjoints = Adjoints { outputs: Some(wide.view()), states: &[] };
            let expected = tape.backward(&adjoints).unwrap();
            near("parameters", gradient.as_slice(), &expected.params);
            near("inputs", &inputs.inputs[0], &expected.inputs[0]);
            near("initial", inputs.initial.iter().flatten(), expected.initial.iter().flatten());
        }
    }
}

/// Bit for bit, whatever becomes of the smallest numbers.
fn streams<C: Cell<Scalar = f32>>() {
    let (cell, x) = (cell::<C>(), decaying::<C>());
    for tier in Tier::available() {
        let y = Sequence::on(tier).forward(&cell, &[x.view()], &[]).unwrap();
        let mut stream = Stream::on(tier, &cell);
        let mut output = vec![0.0; C::GRAPH.output_len];
        for t in 0..STEPS {
            stream.step(&[x.slice(s![t, 0, ..]).as_slice().unwrap()], &mut output).unwrap();
            assert_eq!(ArrayView1::from(&output), y.slice(s![t, 0, ..]), "{tier}, step {t}");
        }
    }
}

#[test]
fn leaky() {
    agrees::<Leaky>();
    streams::<Leaky>();
}

#[test]
fn lstm() {
    agrees::<Fused>();
    streams::<Fused>();
}

#[test]
fn min_gru() {
    agrees::<Scan>();
    streams::<Scan>();
}

#[test]
fn the_callers_arithmetic_keeps_its_small_numbers() {
    let (cell, x) = (cell::<Leaky>(), decaying::<Leaky>());
    Sequence::new().forward(&cell, &[x.view()], &[]).unwrap();
    assert!(black_box(f32::MIN_POSITIVE) / 2.0 > 0.0);
}
