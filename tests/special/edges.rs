//! Right values at the edges of the number range, derived independently, on every tier; the
//! interpreter gives them too, in the same scalar type.

use ndarray::Array3;
use rnn_runtime::element::Element;
use rnn_runtime::prelude::*;

use super::runs::{assert_near, runs};

/// A root of a value too small for the scalar type: the slope of the root is infinite, that of the
/// value zero.
macro_rules! roots {
    ($($name:ident = $function:ident;)*) => {$(
        rnn_runtime::cell! {
            struct $name {
                input x: 1;
                state h: 1;
                param w = 1.0;
                v = w * x + 0.5 * h;
                h[t] = 0.1 * v;
                output sqrt($function(v));
            }
        }
    )*};
}

roots! {
    RootOfSoftplus = softplus;
    RootOfExp = exp;
    RootOfSigmoid = sigmoid;
}

#[test]
fn roots_of_vanishing_values_have_no_slope() {
    let x = ndarray::arr3(&[[[-95.0_f32], [1.0]], [[1.0], [1.0]]]);
    let ones = Array3::from_elem((2, 2, 1), 1.0_f32);
    for tier in Tier::available() {
        let mut cell = RootOfSoftplus::zeros();
        cell.as_mut_slice()[0] = 1.0;
        let (mut sequence, mut gradient) = (Sequence::on(tier), RootOfSoftplus::zeros());
        sequence.record(&cell, &[x.view()], &[]).unwrap();
        sequence.backward(&cell, &OutputGradients::outputs(ones.view()), &mut gradient).unwrap();
        assert_near(&tier.to_string(), gradient.as_slice(), &[0.3711038512], 1e-5);
    }
    for (place, run) in runs::<RootOfExp>(&[1.0], &[&[-95.0]]) {
        assert_near(&place, &run.parameters, &[-95.0 * 0.5 * (-47.5_f64).exp()], 1.0);
    }
    for (place, run) in runs::<RootOfSigmoid>(&[1.0], &[&[-95.0]]) {
        assert_near(&place, &run.parameters, &[-95.0 * 0.5 * (-47.5_f64).exp()], 1.0);
    }
}

rnn_runtime::cell! {
    struct Largest { input x: 1; state h: 1; h[t] = max(h, x); }
}
rnn_runtime::cell! {
    struct Smallest { input x: 1; state h: 1; h[t] = min(h, x); }
}

#[test]
fn minimum_and_maximum_let_nan_through() {
    let steps: [&[f64]; 3] = [&[1.0], &[f64::NAN], &[2.0]];
    for (place, run) in runs::<Largest>(&[], &steps) {
        assert_near(&place, &run.outputs, &[1.0, f64::NAN, f64::NAN], 0.0);
    }
    for (place, run) in runs::<Smallest>(&[], &steps) {
        assert_near(&place, &run.outputs, &[0.0, f64::NAN, f64::NAN], 0.0);
    }
}

outputs! {
    Powers: [4] = [pow(x[0..1], 20), pow(x[1..2], 15.5), pow(x[2..3], -15.5), pow(x[3..4], 0.7)];
    HalfPowers: [4] = [
        pow(x[0..1], -1.5), pow(x[1..2], -3.5), pow(x[2..3], -15.5), recip(pow(x[3..4], 0.5))
    ];
    InverseRoot: [1] = pow(x, -0.5);
    RootAboveTiny: [1] = sqrt(x * x + 1e-40);
    RootAboveTinySquare: [1] = sqrt(square(abs(x) + 1e-30));
    RootOfRelu: [1] = sqrt(relu(x));
    RootOfBounds: [4] = sqrt([
        max(x[0..1], 0.0), clamp(x[1..2], 0.0, 1.0), min(x[2..3], 0.0), abs(x[3..4])
    ]);
    TwoFactors: [2] = x * 1e20 * 1e20;
    Zeros: [2] = [x[0..1] * 0.0, 0.0 / x[1..2]];
    FastGates: [2] activations fast = [silu(x[0..1]), mish(x[1..2])];
    GeluTail: [1] = gelu(x);
    HardSigmoid: [2] scalar f64 = hard_sigmoid(x);
    RectifiedInfinity: [1] = relu(x);
    NormOfFive: [5] = 0.0 * x[0..1] + norm(x);
    NormOfFifteen: [15] = 0.0 * x[0..1] + norm(x);
    NormalFour: [4] = layer_norm(x);
    NormalFive: [5] = layer_norm(x);
    NormalSeven: [7] = layer_norm(x);
    NormalSixteen: [16] = layer_norm(x);
    NormalMany: [256] = layer_norm(x);
    Poles: [5] = [log(x[0..1]), recip(x[1..2]), rsqrt(x[2..3]), pow(x[3..4], -0.3), sqrt(x[4..5])];
    LargeQuotient: [5] = x * (sum(x) / (norm(x) * norm(x)));
    LargeDivisor: [2] = 1e30 * [x[0..1] / x[1..2], x[0..1] / x[1..2]];
    SmallDivisor: [2] = 1e20 * [x[0..1] / x[1..2], x[0..1] / x[1..2]];
    RootOfNorm: [4] = sqrt(norm(x)) * x;
    NormTimes: [4] = norm(x) * x;
    NormOfPair: [4] = norm([x[0..2], x[2..4]]) * x;
    FoldedGate: [1] activations fast = sigmoid(3.0) * x;
}

#[test]
fn powers_do_not_leave_the_range_midway() {
    for (place, run) in runs::<Powers>(&[], &[&[-3.0, 270.0, 0.004, 0.0]]) {
        let expected = [3486784401.0, 4.854431e37, 1.472550e37, 0.0];
        assert_near(&place, &run.outputs, &expected, 1e-5);
        let slopes = [20.0 * (-3.0_f64).powi(19), 2.786803e36, f64::NEG_INFINITY, f64::INFINITY];
        assert_near(&place, &run.inputs, &slopes, 1e-5);
    }
}

#[test]
fn powers_of_negative_zero_are_those_of_zero() {
    let infinity = f64::INFINITY;
    for (place, run) in runs::<HalfPowers>(&[], &[&[-0.0; 4]]) {
        assert_near(&place, &run.outputs, &[infinity; 4], 0.0);
    }
    for zero in [0.0, -0.0] {
        for (place, run) in runs::<InverseRoot>(&[], &[&[zero]]) {
            assert_near(&place, &run.outputs, &[infinity], 0.0);
            assert_near(&place, &run.inputs, &[-infinity], 0.0);
        }
    }
}

#[test]
fn roots_of_what_counts_as_zero_have_no_slope() {
    for (place, run) in runs::<RootAboveTiny>(&[], &[&[0.0]]) {
        assert_near(&place, &run.inputs, &[0.0], 0.0);
    }
    for (place, run) in runs::<RootAboveTinySquare>(&[], &[&[0.0]]) {
        assert_near(&place, &run.inputs, &[0.0], 0.0);
    }
}

#[test]
fn bounds_select_their_slopes() {
    for (place, run) in runs::<RootOfRelu>(&[], &[&[-1.0]]) {
        assert_near(&place, &run.inputs, &[0.0], 0.0);
    }
    for (place, run) in runs::<RootOfBounds>(&[], &[&[-1.0, -1.0, 1.0, 0.0]]) {
        assert_near(&place, &run.inputs, &[0.0; 4], 0.0);
    }
}

#[test]
fn values_follow_the_order_written() {
    for (place, run) in runs::<TwoFactors>(&[], &[&[0.0, 1e-10]]) {
        assert_near(&place, &run.outputs, &[0.0, 1e30], 1e-6);
    }
    for (place, run) in runs::<Zeros>(&[], &[&[f64::NAN, f64::NAN]]) {
        assert_near(&place, &run.outputs, &[f64::NAN, f64::NAN], 0.0);
    }
}

rnn_runtime::cell! {
    struct ScalarFactors {
        input x: 2;
        state h: 2;
        param a = 1e20, b = 1e20;
        h[t] = h;
        output x * a * b;
    }
}

#[test]
fn scalar_parameters_are_not_multiplied_first() {
    for (place, run) in runs::<ScalarFactors>(&[1e20, 1e20], &[&[0.0, 1e-10]]) {
        assert_near(&place, &run.outputs, &[0.0, 1e30], 1e-6);
    }
}

#[test]
fn fast_activations_do_not_grow_their_error() {
    for (place, run) in runs::<FastGates>(&[], &[&[-100.0, 100.0]]) {
        assert!((run.outputs[0].as_f64()).abs() < 6e-5, "{place}: {:?}", run.outputs);
        assert!((run.outputs[1].as_f64() - 100.0).abs() < 6e-5, "{place}: {:?}", run.outputs);
    }
}

#[test]
fn fast_activations_of_constants_are_those_of_the_interpreter() {
    let all = runs::<FoldedGate>(&[], &[&[1.0]]);
    let expected = all.last().unwrap().1.outputs[0].as_f64();
    for (place, run) in &all {
        assert_near(place, &run.outputs, &[expected], 1e-6);
    }
}

#[test]
fn gelu_keeps_its_tail() {
    for (place, run) in runs::<GeluTail>(&[], &[&[-5.5]]) {
        assert_near(&place, &run.outputs, &[-1.04443e-7], 1e-5);
    }
}

#[test]
fn kinks_are_where_they_are_declared() {
    for (place, run) in runs::<HardSigmoid>(&[], &[&[-3.0, 3.0]]) {
        assert_near(&place, &run.outputs, &[0.0, 1.0], 0.0);
        assert_near(&place, &run.inputs, &[0.0, 0.0], 0.0);
    }
    for (place, run) in runs::<RectifiedInfinity>(&[], &[&[f64::NEG_INFINITY]]) {
        assert_near(&place, &run.outputs, &[0.0], 0.0);
    }
}

#[test]
fn norms_of_large_and_small_vectors() {
    let root = 0.5_f64.sqrt();
    for (place, run) in runs::<NormOfFive>(&[], &[&[1e20, 1.0, 1.0, -1e20, 2.0]]) {
        assert_near(&place, &run.outputs, &[1.41421356e20], 1e-6);
        let slopes = [root, root / 1e20, root / 1e20, -root, 2.0 * root / 1e20];
        assert_near(&place, &run.inputs, &slopes, 1e-5);
    }
    for (place, run) in runs::<NormOfFifteen>(&[], &[&[1e-20; 15]]) {
        assert_near(&place, &run.outputs, &[3.872983e-20], 1e-6);
        assert_near(&place, &run.inputs, &[0.2581989; 15], 1e-5);
    }
    for (place, run) in runs::<NormOfFifteen>(&[], &[&[0.0; 15]]) {
        assert_near(&place, &run.outputs, &[0.0], 0.0);
        assert_near(&place, &run.inputs, &[0.0; 15], 0.0);
    }
}

/// Two passes in f64.
fn standardised(u: &[f64], epsilon: f64) -> Vec<f64> {
    let mean = u.iter().sum::<f64>() / u.len() as f64;
    let variance = u.iter().map(|u| (u - mean) * (u - mean)).sum::<f64>() / u.len() as f64;
    u.iter().map(|u| (u - mean) / (variance + epsilon).sqrt()).collect()
}

#[test]
fn layer_norm_of_equal_numbers_is_zero() {
    for (place, run) in runs::<NormalSeven>(&[], &[&[1e6; 7]]) {
        assert!(run.outputs.iter().all(|y| y.abs() < 1e-5), "{place}: {:?}", run.outputs);
    }
    for (place, run) in runs::<NormalMany>(&[], &[&[1234.567; 256]]) {
        assert!(run.outputs.iter().all(|y| y.abs() < 1e-5), "{place}: {:?}", run.outputs);
    }
}

#[test]
fn layer_norm_far_from_zero_is_that_of_two_passes() {
    let x: Vec<f64> =
        (0..16).map(|i| f64::from((10000.0 + f64::from(i) / 1000.0) as f32)).collect();
    for (place, run) in runs::<NormalSixteen>(&[], &[&x]) {
        let expected = standardised(&x, 1e-5);
        for (found, expected) in run.outputs.iter().zip(&expected) {
            assert!((found.as_f64() - expected).abs() < 1e-5, "{place}: {found}, not {expected}");
        }
    }
}

#[test]
fn layer_norm_of_large_numbers() {
    for (place, run) in runs::<NormalFive>(&[], &[&[1e20, 1.0, 1.0, -1e20, 2.0]]) {
        for (found, expected) in run.outputs.iter().zip([1.58114, 0.0, 0.0, -1.58114, 0.0]) {
            assert!((found.as_f64() - expected).abs() < 1e-5, "{place}: {found}, not {expected}");
        }
    }
    let x = [3e15, -1e15, 2e16, 5.0, -4e16];
    for (place, run) in runs::<NormalFive>(&[], &[&x]) {
        for (found, expected) in run.outputs.iter().zip(standardised(&x, 1e-5)) {
            assert!((found.as_f64() - expected).abs() < 1e-5, "{place}: {found}, not {expected}");
        }
    }
}

#[test]
fn layer_norm_of_numbers_whose_sum_overflows() {
    for (place, run) in runs::<NormalFour>(&[], &[&[3e38, 3e38, 0.0, 1.0]]) {
        assert_near(&place, &run.outputs, &[1.0, 1.0, -1.0, -1.0], 1e-5);
    }
    for (place, run) in runs::<NormalFive>(&[], &[&[3e38, 3e38, 3e38, 3e38, -3e38]]) {
        assert_near(&place, &run.outputs, &[0.5, 0.5, 0.5, 0.5, -2.0], 1e-5);
    }
}

rnn_runtime::cell! {
    /// A norm spelled out, from zero states.
    struct SpelledOut {
        input x: 3;
        state h: 3;
        h[t] = 0.5 * h + x;
        before = h[t-1];
        zero = 0.0 * x[0..1];
        output [
            zero + sqrt(sum(square(before))), zero + norm(before), zero + sqrt(dot(before, before))
        ];
    }
}

#[test]
fn norms_of_zero_states_have_no_slope() {
    for (place, run) in runs::<SpelledOut>(&[], &[&[0.25, -0.5, 1.0]]) {
        assert_near(&place, &run.outputs, &[0.0; 3], 0.0);
        assert_near(&place, &run.states, &[0.0; 3], 0.0);
    }
}

#[test]
fn poles_have_infinite_slopes() {
    let infinity = f64::INFINITY;
    for (place, run) in runs::<Poles>(&[], &[&[0.0; 5]]) {
        let expected = [-infinity, infinity, infinity, infinity, 0.0];
        assert_near(&place, &run.outputs, &expected, 0.0);
        let slopes = [infinity, -infinity, -infinity, -infinity, infinity];
        assert_near(&place, &run.inputs, &slopes, 0.0);
    }
}

#[test]
fn slopes_of_quotients_by_large_numbers() {
    for (place, run) in runs::<LargeQuotient>(&[], &[&[1.1e19, 1.0, 0.0, 0.0, 3.0]]) {
        // The first is the difference of two such numbers, of which one is too small on its way.
        assert_near(&place, &run.inputs[1..], &[2.0 / 1.1e19; 4], 1e-5);
    }
    for (place, run) in runs::<LargeDivisor>(&[], &[&[3e38, 2e38]]) {
        assert_near(&place, &run.outputs, &[1.5e30; 2], 1e-6);
        assert_near(&place, &run.inputs, &[2.0 / 2e8, -3.0 / 2e8], 1e-5);
    }
    for (place, run) in runs::<SmallDivisor>(&[], &[&[0.0, 1e-30]]) {
        assert_near(&place, &run.inputs[1..], &[0.0], 0.0);
    }
}

#[test]
fn slopes_of_norms_with_large_adjoints() {
    let x = [1e20, 1.0, 0.0, 0.0];
    for (place, run) in runs::<RootOfNorm>(&[], &[&x]) {
        assert_near(&place, &run.inputs, &[1.5e10, 1e10, 1e10, 1e10], 1e-5);
    }
    for (place, run) in runs::<NormTimes>(&[], &[&x]) {
        assert_near(&place, &run.inputs, &[2e20, 1e20, 1e20, 1e20], 1e-5);
    }
    for (place, run) in runs::<NormOfPair>(&[], &[&x]) {
        assert_near(&place, &run.inputs, &[2e20, 1e20, 1e20, 1e20], 1e-5);
    }
    let small = [1e-20, 0.0, 0.0, 0.0];
    for (place, run) in runs::<RootOfNorm>(&[], &[&small]) {
        assert_near(&place, &run.inputs, &[1.5e-10, 1e-10, 1e-10, 1e-10], 1e-5);
    }
}
