//! Runs shared among threads: every bit is that of a run with one thread.

use ndarray::{Array2, Array3};
use rayon::ThreadPoolBuilder;
use rnn_runtime::prelude::*;
use rnn_runtime::verify::{Options, Property, verify_with};
use rnn_runtime::{cells, sequence::InputGradients};

cells::Lstm! { pub struct Lstm { x: 40, h: 65 } }
cells::GruResetBefore! { pub struct Gru { x: 33, h: 64 } }
cells::MinGru! { pub struct MinGru { x: 64, h: 130 } }
cells::LayerNormLstm! { pub struct NormLstm { x: 16, h: 48 } }

rnn_runtime::cell! {
    /// Two inputs, and an output made of the states before and after a step.
    struct Readout {
        input x: 20, z: 3;
        state h: 128;
        param w: [10, 128] = uniform(0.1);
        gate n = tanh(x, z, h);
        h[t] = n;
        output w @ h[t] + w @ h[t-1];
    }
}

/// Everything a run gives.
#[derive(Debug, PartialEq)]
struct Results {
    inference: Array3<f32>,
    last: Vec<Array2<f32>>,
    output: Array3<f32>,
    gradient: Vec<f32>,
    inputs: InputGradients<f32>,
}

fn array(steps: usize, batch: usize, len: usize, scale: f32) -> Array3<f32> {
    let value = |(t, b, i)| ((t * 131 + b * 17 + i * 7) as f32 * scale).sin();
    Array3::from_shape_fn((steps, batch, len), value)
}

fn run<C: Cell<Scalar = f32>>(threads: usize, steps: usize, batch: usize, turned: bool) -> Results {
    let inputs = C::GRAPH.inputs.iter().map(|port| array(steps, batch, port.len, 0.37));
    let mut inputs: Vec<Array3<f32>> = inputs.collect();
    if turned {
        // The same values in another order in memory.
        for input in &mut inputs {
            *input = input.view().reversed_axes().as_standard_layout().into_owned().reversed_axes();
        }
    }
    let inputs: Vec<_> = inputs.iter().map(|input| input.view()).collect();
    let adjoints = array(steps, batch, C::GRAPH.output_len, 0.73);
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let cell = C::init(&mut seeded(3));
        let mut sequence = Sequence::new();
        let inference = sequence.forward(&cell, &inputs, &[]).unwrap();
        let last = sequence.final_states();
        let output = sequence.record(&cell, &inputs, &[]).unwrap();
        assert_eq!(last, sequence.final_states());
        let mut gradient = C::zeros();
        let adjoints = OutputGradients::outputs(adjoints.view());
        let inputs = sequence.backward(&cell, &adjoints, &mut gradient).unwrap();
        let gradient = gradient.as_slice().to_vec();
        Results { inference, last, output, gradient, inputs }
    })
}

fn check<C: Cell<Scalar = f32>>(steps: usize, batch: usize) {
    let one = run::<C>(1, steps, batch, false);
    assert!(one.gradient.iter().any(|value| *value != 0.0));
    for threads in [2, 3, 5] {
        for turned in [false, true] {
            let many = run::<C>(threads, steps, batch, turned);
            assert!(
                one == many,
                "{} of {steps} steps, {batch} rows, {threads} threads",
                C::GRAPH.name
            );
        }
    }
}

#[test]
fn gates_and_products() {
    check::<Lstm>(7, 129);
    check::<Lstm>(6, 17);
    check::<Gru>(6, 100);
    check::<NormLstm>(3, 160);
}

#[test]
fn scans() {
    check::<MinGru>(4, 90);
    check::<MinGru>(1, 97);
}

#[test]
fn outputs_of_their_own() {
    check::<Readout>(5, 111);
}

/// With the feature, `verify` compares a run on one thread with one on two.
#[test]
fn verification_compares_threads() {
    fn verified<C: Cell>() {
        let tiers = Some(vec![Tier::current()]);
        let options = Options { steps: 4, coordinates: 1, tiers, ..Options::default() };
        let report = verify_with::<C>(&options);
        report.assert();
        assert!(report.properties.iter().any(|row| row.property == Property::Threads), "{report}");
    }
    verified::<Lstm>();
    verified::<MinGru>();
    verified::<NormLstm>();
    verified::<Readout>();
}

#[test]
fn outside_of_any_pool() {
    let inside = run::<Lstm>(2, 5, 64, false);
    let cell = Lstm::init(&mut seeded(3));
    let x = array(5, 64, 40, 0.37);
    let output = Sequence::new().forward(&cell, &[x.view()], &[]).unwrap();
    assert_eq!(output, inside.inference);
}
