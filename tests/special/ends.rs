//! Right values and slopes at the ends of single functions: where they are infinite, saturate, jump
//! or are no number.

use super::runs::{assert_near, assert_same, runs};

outputs! {
    Logarithms: [6] = log1p(x);
    Tangents: [4] = atan(x);
    Steps: [6] = [floor(x), round(x)];
    DoubleSteps: [3] scalar f64 = [floor(x), round(x)];
    Sums: [12] = logaddexp(x[0..6], x[6..12]);
    RectifiedLogarithm: [1] = relu(log1p(x));
    FoldedFunctions: [1] = [
        log1p(0.5) * x, atan(2.0) * x, floor(-0.5) * x, round(2.5) * x, logaddexp(3.0, -2.0) * x
    ];
}

#[test]
fn logarithms_at_their_ends() {
    let (infinity, nan) = (f64::INFINITY, f64::NAN);
    for (place, run) in runs::<Logarithms>(&[], &[&[-0.0, -1.0, -1.5, infinity, 1e-30, nan]]) {
        assert_near(&place, &run.outputs, &[0.0, -infinity, nan, infinity, 1e-30, nan], 1e-6);
        assert!(run.outputs[0].is_sign_negative(), "{place}");
        assert_near(&place, &run.inputs[..2], &[1.0, infinity], 0.0);
    }
    for (place, run) in runs::<RectifiedLogarithm>(&[], &[&[-1.0]]) {
        assert_near(&place, &run.outputs, &[0.0], 0.0);
        assert_near(&place, &run.inputs, &[0.0], 0.0);
    }
}

#[test]
fn tangents_at_their_ends() {
    let half = std::f64::consts::FRAC_PI_2;
    for (place, run) in runs::<Tangents>(&[], &[&[f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e30]]) {
        assert_near(&place, &run.outputs, &[half, -half, 0.0, half], 1e-7);
        assert!(run.outputs[2].is_sign_negative(), "{place}");
        assert_near(&place, &run.inputs, &[0.0, 0.0, 1.0, 0.0], 0.0);
    }
}

#[test]
fn steps_are_whole_and_have_no_slope() {
    let x = [-0.0, 2.5, -0.5, 8388607.5, -8388609.0, f64::INFINITY];
    // The fourth has no fraction in single precision.
    let floor = [-0.0, 2.0, -1.0, 8388607.5_f32.floor().into(), -8388609.0, f64::INFINITY];
    let round =
        [-0.0, 2.0, -0.0, 8388607.5_f32.round_ties_even().into(), -8388609.0, f64::INFINITY];
    for (place, run) in runs::<Steps>(&[], &[&x]) {
        assert_same(&place, &run.outputs, &[floor, round].concat());
        assert_same(&place, &run.inputs, &[0.0; 6]);
    }
    let x = [2251799813685249.5, -4503599627370498.0, 0.49999999999999994];
    let floor = [2251799813685249.0, -4503599627370498.0, 0.0];
    let round = [2251799813685250.0, -4503599627370498.0, 0.0];
    for (place, run) in runs::<DoubleSteps>(&[], &[&x]) {
        assert_same(&place, &run.outputs, &[floor, round].concat());
    }
}

#[test]
fn sums_of_exponentials_at_infinities() {
    let (infinity, large) = (f64::INFINITY, f64::from(f32::MAX));
    let a = [infinity, -infinity, infinity, -infinity, large, 1e38];
    let b = [infinity, -infinity, -1.0, 2.0, -large, 1e38];
    for (place, run) in runs::<Sums>(&[], &[&[a, b].concat()]) {
        assert_near(&place, &run.outputs, &[infinity, -infinity, infinity, 2.0, large, 1e38], 1e-7);
        let slopes = [[0.5, 0.5, 1.0, 0.0, 1.0, 0.5], [0.5, 0.5, 0.0, 1.0, 0.0, 0.5]];
        assert_near(&place, &run.inputs, &slopes.concat(), 0.0);
    }
}

#[test]
fn functions_of_constants_are_constants() {
    let expected = [0.405465108, 1.107148718, -1.0, 2.0, 3.006715348];
    for (place, run) in runs::<FoldedFunctions>(&[], &[&[1.0]]) {
        assert_near(&place, &run.outputs, &expected, 1e-7);
    }
}
