//! Weights of half width and fast activations: how far they lead whole sequences from the exact
//! cell, and that all that holds bit for bit still does.

use itertools::zip_eq;
use ndarray::{Array2, Array3, Axis};
use rnn_runtime::cells;
use rnn_runtime::graph::WeightFormat;
use rnn_runtime::prelude::*;
use rnn_runtime::simd::{Tier, accuracy};
use rnn_runtime::verify::{Kind, Options, verify_with};

/// A cell at some size: exact, with weights of both formats, and with fast activations.
macro_rules! forms {
    ($module:ident, $family:ident, $x:literal, $h:literal) => {
        mod $module {
            use super::cells;
            cells::$family! { pub(crate) struct Exact { x: $x, h: $h } }
            cells::$family! { pub(crate) struct F16 { x: $x, h: $h, weights: f16 } }
            cells::$family! { pub(crate) struct Bf16 { x: $x, h: $h, weights: bf16 } }
            cells::$family! { pub(crate) struct Fast { x: $x, h: $h, activations: fast } }
        }
    };
}

forms!(lstm_1, Lstm, 1, 1);
forms!(lstm_17, Lstm, 5, 17);
forms!(lstm_129, Lstm, 40, 129);
forms!(gru_7, Gru, 3, 7);
forms!(mingru_40, MinGru, 17, 40);

rnn_runtime::cell! {
    /// Both, said in the declaration, and all functions that are made of sigmoid and tanh.
    pub(crate) struct Both {
        input x: 9;
        state h: 21;
        weights bf16;
        activations fast;
        gate z = sigmoid(x, h);
        gate n = silu(x, h);
        h[t] = z * h + (1 - z) * tanh(n);
        output 0.5 * gelu_tanh(h[t]) + mish(h[t]);
    }
}

const STEPS: usize = 64;

fn input(batch: usize, len: usize) -> Array3<f32> {
    Array3::from_shape_fn((STEPS, batch, len), |(t, b, i)| {
        (t as f32 * 0.31 + b as f32 * 1.7 + i as f32 * 0.53).sin()
    })
}

/// The outputs of 64 steps, once as a sequence of several rows and once step by step, which are the
/// same.
fn outputs<C: Cell<Scalar = f32>>(tier: Tier, parameters: &[f32], x: &Array3<f32>) -> Array3<f32> {
    let mut cell = C::zeros();
    cell.as_mut_slice().copy_from_slice(parameters);
    let all = Sequence::on(tier).forward(&cell, &[x.view()], &[]).unwrap();
    for b in 0..x.dim().1 {
        let mut stream = Stream::on(tier, &cell);
        let mut y = vec![0.0; C::GRAPH.output_len];
        let (x, all) = (x.index_axis(Axis(1), b), all.index_axis(Axis(1), b));
        for (x, all) in zip_eq(x.rows(), all.rows()) {
            stream.step(&[&x.to_vec()], &mut y).unwrap();
            assert_eq!(all.to_vec(), y, "{} on {tier}: stream and sequence", C::GRAPH.name);
        }
    }
    all
}

fn largest(values: &Array3<f32>) -> f32 {
    values.iter().fold(0.0, |largest, value| largest.max(value.abs()))
}

/// The largest difference of the outputs over the largest output, and of the gradients.
fn errors<Exact: Cell<Scalar = f32>, Other: Cell<Scalar = f32>>(
    tier: Tier,
    batch: usize,
) -> [f64; 2] {
    let exact = Exact::init(&mut seeded(5));
    let x = input(batch, Exact::GRAPH.input_len());
    let y = outputs::<Exact>(tier, exact.as_slice(), &x);
    let other = outputs::<Other>(tier, exact.as_slice(), &x);
    let output = f64::from(largest(&(&y - &other)) / largest(&y));
    let (a, b) = (
        gradient::<Exact>(tier, exact.as_slice(), &x),
        gradient::<Other>(tier, exact.as_slice(), &x),
    );
    [output, f64::from(largest(&(&a - &b)) / largest(&a))]
}

/// Of the sum of squares of all outputs, as `[1, 1, P]`.
fn gradient<C: Cell<Scalar = f32>>(tier: Tier, parameters: &[f32], x: &Array3<f32>) -> Array3<f32> {
    let mut cell = C::zeros();
    cell.as_mut_slice().copy_from_slice(parameters);
    let mut sequence = Sequence::on(tier);
    let y = sequence.record(&cell, &[x.view()], &[]).unwrap();
    let mut gradient = C::zeros();
    sequence.backward(&cell, &OutputGradients::outputs(y.view()), &mut gradient).unwrap();
    let values =
        Array2::from_shape_vec((1, gradient.as_slice().len()), gradient.as_slice().to_vec());
    values.unwrap().insert_axis(Axis(0))
}

/// Checks the errors of all forms on every tier; weights of half width do not touch gradients.
macro_rules! within {
    ($($module:ident)*) => {$(
        #[test]
        fn $module() {
            for tier in Tier::available() {
                for batch in [1, 3, 9] {
                    let halves = [
                        (
                            errors::<$module::Exact, $module::F16>(tier, batch),
                            accuracy::SEQUENCE_F16,
                        ),
                        (
                            errors::<$module::Exact, $module::Bf16>(tier, batch),
                            accuracy::SEQUENCE_BF16,
                        ),
                    ];
                    for ([output, gradient], bound) in halves {
                        assert!(output <= bound && output > bound / 1000.0, "{tier}: {output}");
                        // Factors of exponentials are not in weights that are kept at half width.
                        assert!(gradient <= 1e-6, "{tier}: {gradient}");
                    }
                    let fast = errors::<$module::Exact, $module::Fast>(tier, batch);
                    assert!(
                        fast.iter().all(|e| *e <= accuracy::SEQUENCE_FAST && *e > 0.0),
                        "{fast:?}"
                    );
                }
            }
        }
    )*};
}

within!(lstm_1 lstm_17 lstm_129 gru_7 mingru_40);

/// Ready cells with fast activations: kernels against the interpreter with the same approximations,
/// on every tier, and what these change in one step.
fn check_fast<C: Cell>() {
    verify::<C>().assert();
    let one = Options { steps: 1, tiers: Some(vec![Tier::Scalar]), ..Options::default() };
    let report = verify_with::<C>(&one);
    report.assert();
    let mut largest = 0.0;
    for row in &report.tensors {
        let moved = row.approximation.expect("a cell with fast activations");
        let bound = match row.kind {
            Kind::Output | Kind::FinalState => accuracy::STEP_FAST,
            _ => accuracy::STEP_FAST_GRADIENT,
        };
        assert!(moved <= bound, "{report}");
        largest = moved.max(largest);
    }
    assert!(largest > 0.0, "{report}");
}

/// One test for each family that has a sigmoid or tanh, with one cell for each of its sizes.
macro_rules! fast {
    ($($test:ident: $family:ident $({ $($sizes:tt)* })*;)*) => {
        mod fast {
            $(
                #[test]
                fn $test() {
                    $({
                        rnn_runtime::cells::$family! {
                            struct Cell { $($sizes)*, activations: fast }
                        }
                        super::check_fast::<Cell>();
                    })*
                }
            )*
        }
    };
}

fast! {
    elman: Elman { x: 2, h: 3 } { x: 7, h: 17 };
    lstm: Lstm { x: 2, h: 3 } { x: 7, h: 17 };
    lstm_without_forget: LstmWithoutForget { x: 2, h: 3 } { x: 7, h: 17 };
    coupled_lstm: CoupledLstm { x: 2, h: 3 } { x: 7, h: 17 };
    sigmoid_lstm: SigmoidLstm { x: 2, h: 3 } { x: 7, h: 17 };
    peephole_lstm: PeepholeLstm { x: 2, h: 3 } { x: 7, h: 17 };
    multiplicative_lstm: MultiplicativeLstm { x: 2, h: 3 } { x: 7, h: 17 };
    projected_lstm: ProjectedLstm { x: 2, h: 3, c: 5 } { x: 7, h: 17, c: 21 };
    gru: Gru { x: 2, h: 3 } { x: 7, h: 17 };
    gru_reset_before: GruResetBefore { x: 2, h: 3 } { x: 7, h: 17 };
    simplified_gru: SimplifiedGru { x: 2, c: 3 } { x: 7, c: 17 };
    mgu: Mgu { x: 2, h: 3 } { x: 7, h: 17 };
    ugrnn: Ugrnn { x: 2, h: 3 } { x: 7, h: 17 };
    janet: Janet { x: 2, h: 3 } { x: 7, h: 17 };
    min_gru: MinGru { x: 2, h: 3 } { x: 7, h: 17 };
    min_lstm: MinLstm { x: 2, h: 3 } { x: 7, h: 17 };
    lem: Lem { x: 2, y: 3 } { x: 7, y: 17 };
    fast_grnn: FastGrnn { x: 2, h: 3 } { x: 3, h: 6 };
    highway: Highway { x: 2, h: 3 } { x: 7, h: 17 };
    nas: Nas { x: 2, h: 3 } { x: 7, h: 17 };
}

/// With few units it amplifies differences from step to step, see `layer_norm_lstm_of_seven_units`
/// in `cells.rs`: of six only one step is compared.
#[test]
fn layer_norm_lstm() {
    cells::LayerNormLstm! { struct Six { x: 3, h: 6, activations: fast } }
    cells::LayerNormLstm! { struct More { x: 7, h: 17, activations: fast } }
    verify_with::<Six>(&Options { steps: 1, ..Options::default() }).assert();
    check_fast::<More>();
}

#[test]
fn declared_formats() {
    assert_eq!(Both::GRAPH.weights, WeightFormat::Bf16);
    assert!(Both::GRAPH.fast);
    assert_eq!(lstm_1::Exact::GRAPH.weights, WeightFormat::Full);
    assert!(!lstm_1::Exact::GRAPH.fast && !lstm_1::F16::GRAPH.fast);
    verify::<Both>().assert();
}

/// A weight that is not a number shows, whatever its width.
#[test]
fn not_a_number() {
    fn check<C: Cell<Scalar = f32>>() {
        let mut cell = C::init(&mut seeded(1));
        cell.as_mut_slice()[0] = f32::NAN;
        for tier in Tier::available() {
            for batch in [1, 9] {
                let y = Sequence::on(tier).forward(&cell, &[input(batch, 5).view()], &[]).unwrap();
                assert!(y.iter().any(|value| value.is_nan()), "{tier}, {batch} rows");
            }
        }
    }
    check::<lstm_17::Exact>();
    check::<lstm_17::F16>();
    check::<lstm_17::Bf16>();
}

/// Training and inference take turns, each with its own weights.
#[test]
fn inference_between_steps_of_training() {
    let cell = lstm_17::Bf16::init(&mut seeded(1));
    let x = input(3, 5);
    let mut sequence = Sequence::new();
    let inferred = sequence.forward(&cell, &[x.view()], &[]).unwrap();
    let recorded = sequence.record(&cell, &[x.view()], &[]).unwrap();
    assert_ne!(inferred, recorded);
    assert_eq!(inferred, sequence.forward(&cell, &[x.view()], &[]).unwrap());
    assert_eq!(recorded, sequence.record(&cell, &[x.view()], &[]).unwrap());
}
