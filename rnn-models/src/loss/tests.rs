//! The losses against closed forms and central differences.

use ndarray::{Array2, Array3, Axis, array};

use super::*;

/// Values between -2 and 2 without a pattern.
fn wave(shape: (usize, usize, usize), phase: f64) -> Array3<f64> {
    let mut at = phase;
    Array3::from_shape_simple_fn(shape, || {
        at += 1.7;
        2.0 * (at * at).sin()
    })
}

/// Compares `gradient` with central differences of `value`, step 1e-5. Values stay
/// below 200, so rounding makes up to about 5e-9, truncation less.
fn assert_gradient(
    mut at: Array3<f64>,
    gradient: &Array3<f64>,
    value: impl Fn(&Array3<f64>) -> f64,
) {
    let step = 1e-5;
    for index in ndarray::indices(at.raw_dim()) {
        let middle = at[index];
        at[index] = middle + step;
        let above = value(&at);
        at[index] = middle - step;
        let below = value(&at);
        at[index] = middle;
        let difference = (above - below) / (2.0 * step);
        assert!((difference - gradient[index]).abs() < 1e-8, "{index:?}");
    }
}

fn reductions(weights: &Array2<f64>) -> [Reduction<'_, f64, ndarray::Ix2>; 4] {
    [
        Reduction::Mean,
        Reduction::Sum,
        Reduction::WeightedMean(weights.view()),
        Reduction::WeightedSum(weights.view()),
    ]
}

#[test]
fn gradients_agree_with_differences() {
    let weights = array![[1.0, 0.5], [0.0, 2.0], [1.0, 1.0]];
    let (outputs, other) = (wave((3, 2, 4), 0.0), wave((3, 2, 4), 0.3));
    let classes = array![[0, 3], [1, 1], [2, 0]];
    let answers = other.mapv(|v| (v + 2.0) / 4.0);
    for reduction in reductions(&weights) {
        let loss =
            |x: &Array3<f64>| softmax_cross_entropy(x.view(), classes.view(), reduction.clone());
        let (_, gradient) = loss(&outputs).unwrap();
        assert_gradient(outputs.clone(), &gradient, |x| loss(x).unwrap().0);

        let loss = |x: &Array3<f64>| squared_error(x.view(), other.view(), reduction.clone());
        let (_, gradient) = loss(&outputs).unwrap();
        assert_gradient(outputs.clone(), &gradient, |x| loss(x).unwrap().0);

        let loss =
            |x: &Array3<f64>| sigmoid_cross_entropy(x.view(), answers.view(), reduction.clone());
        let (_, gradient) = loss(&outputs).unwrap();
        assert_gradient(outputs.clone(), &gradient, |x| loss(x).unwrap().0);
    }
}

#[test]
fn values_agree_with_closed_forms() {
    let logits = array![[1.0_f64, 2.0, 3.0], [0.0, 0.0, 0.0]];
    let targets = array![2, 1];
    let (value, _) = softmax_cross_entropy(logits.view(), targets.view(), Reduction::Sum).unwrap();
    let first = (1.0 + (-1.0_f64).exp() + (-2.0_f64).exp()).ln();
    assert!((value - (first + 3.0_f64.ln())).abs() < 1e-15);

    let weights = array![3.0, 1.0];
    let weighted = Reduction::WeightedMean(weights.view());
    let (value, _) = softmax_cross_entropy(logits.view(), targets.view(), weighted).unwrap();
    assert!((value - (3.0 * first + 3.0_f64.ln()) / 4.0).abs() < 1e-15);

    let (value, gradient) =
        squared_error(array![1.0, 5.0].view(), array![0.0, 2.0].view(), Reduction::Mean).unwrap();
    assert_eq!((value, gradient), (5.0, array![1.0, 3.0]));

    let (value, _) =
        sigmoid_cross_entropy(array![3.0_f64.ln()].view(), array![0.25].view(), Reduction::Sum)
            .unwrap();
    let expected = -0.25 * 0.75_f64.ln() - 0.75 * 0.25_f64.ln();
    assert!((value - expected).abs() < 1e-15);
}

#[test]
fn huge_logits_stay_finite() {
    let logits = array![[3e38_f32, -3e38, 0.0]];
    let (value, gradient) =
        softmax_cross_entropy(logits.view(), array![1].view(), Reduction::Mean).unwrap();
    assert!((value / 6e38 - 1.0).abs() < 1e-6);
    assert_eq!(gradient, array![[1.0, -1.0, 0.0]]);
    let (value, gradient) = sigmoid_cross_entropy(
        array![-3e38_f32, 3e38].view(),
        array![0.0, 1.0].view(),
        Reduction::Sum,
    )
    .unwrap();
    assert_eq!((value, gradient), (0.0, array![0.0, 0.0]));
}

#[test]
fn a_confident_answer_keeps_its_gradient() {
    // 1 - softmax is 1e-9 here: softmax - 1 in f32 would be 0.
    let logits = array![0.0_f32, -(1e9_f32.ln())];
    let (_, gradient) =
        softmax_cross_entropy(logits.view(), ndarray::arr0(0).view(), Reduction::Sum).unwrap();
    assert!((gradient[0] / -1e-9 - 1.0).abs() < 1e-5, "{gradient}");
    assert!((gradient[0] + gradient[1]).abs() < 1e-15);
}

#[test]
fn softmax_at_temperatures() {
    let logits = array![[1.0_f64, 2.0, 4.0], [1000.0, 1000.0, 0.0]];
    for temperature in [1e-3, 0.5, 1.0, 20.0] {
        let p = softmax(logits.view(), temperature).unwrap();
        for (row, from) in p.axis_iter(Axis(0)).zip(logits.axis_iter(Axis(0))) {
            assert!((row.sum() - 1.0).abs() < 1e-15);
            let largest = if from[2] > from[0] { 2 } else { 0 };
            for (p, logit) in row.iter().zip(from) {
                let ratio = ((logit - from[largest]) / temperature).exp();
                assert!((p - ratio * row[largest]).abs() < 1e-15);
            }
        }
    }
    for temperature in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(softmax(logits.view(), temperature), Err(Error::Value { .. })));
    }
}

#[test]
fn rows_of_weight_zero_are_not_looked_at() {
    let weights = array![1.0_f32, 0.0];
    let weighted = Reduction::WeightedMean(weights.view());
    let outputs = array![[1.0_f32, 2.0], [f32::NAN, 1.0]];
    let (value, gradient) =
        softmax_cross_entropy(outputs.view(), array![0, 9].view(), weighted.clone()).unwrap();
    assert!(value.is_finite());
    assert_eq!(gradient.row(1), array![0.0, 0.0]);
    let targets = array![[0.0, 2.0], [7.0, f32::NAN]];
    let (value, gradient) = squared_error(outputs.view(), targets.view(), weighted).unwrap();
    assert_eq!((value, gradient), (0.5, array![[1.0, 0.0], [0.0, 0.0]]));
}

#[test]
fn errors_name_both_sides_and_leave_the_gradient() {
    let logits = array![[0.0_f32, 1.0], [1.0, 0.0]];
    let mut gradient = array![[7.0_f32, 7.0], [7.0, 7.0]];
    let mut message = |logits: &Array2<f32>, targets: ndarray::Array1<usize>, reduction| {
        let into = gradient.view_mut();
        softmax_cross_entropy_into(logits.view(), targets.view(), reduction, into)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        message(&logits, array![0, 2], Reduction::Mean),
        "the target of row 1 is 2, but must be a class below 2"
    );
    assert_eq!(
        message(&logits, array![0], Reduction::Mean),
        "targets has shape [1], but [2] is needed"
    );
    let bad = array![[0.0, 1.0], [0.0, f32::INFINITY]];
    assert_eq!(message(&bad, array![0, 0], Reduction::Mean), "logits is not finite at index 3");
    let negative = array![1.0, -1.0];
    assert_eq!(
        message(&logits, array![0, 0], Reduction::WeightedSum(negative.view())),
        "weight 1 of the loss is -1, but must be finite and not negative"
    );
    let nothing = array![0.0, 0.0];
    assert_eq!(
        message(&logits, array![0, 0], Reduction::WeightedMean(nothing.view())),
        "the total weight of a mean is 0, but must be above zero and finite"
    );
    assert_eq!(gradient, array![[7.0, 7.0], [7.0, 7.0]]);
    assert!(matches!(
        sigmoid_cross_entropy(array![0.0].view(), array![1.5].view(), Reduction::Mean),
        Err(Error::Value { .. })
    ));
    assert!(matches!(
        squared_error(array![f64::NAN].view(), array![1.5].view(), Reduction::Mean),
        Err(Error::NotFinite { index: 0, .. })
    ));
    let empty = Array2::<f64>::zeros((0, 3));
    assert!(squared_error(empty.view(), empty.view(), Reduction::Mean).is_err());
    assert_eq!(squared_error(empty.view(), empty.view(), Reduction::Sum).unwrap().0, 0.0);
}

#[test]
fn masked_logits_have_no_part_in_losses() {
    let masked = f64::NEG_INFINITY;
    let logits = array![[masked, 0.5, masked, -0.25]];
    let (value, gradient) =
        softmax_cross_entropy(logits.view(), array![1].view(), Reduction::Sum).unwrap();
    let two = array![[0.5, -0.25]];
    let (expected, slopes) =
        softmax_cross_entropy(two.view(), array![0].view(), Reduction::Sum).unwrap();
    assert_eq!(value, expected);
    assert_eq!(gradient, array![[0.0, slopes[[0, 0]], 0.0, slopes[[0, 1]]]]);
    let p = softmax(logits.view(), 0.5).unwrap();
    assert_eq!((p[[0, 0]], p[[0, 2]]), (0.0, 0.0));
    assert!((p.sum() - 1.0).abs() < 1e-15);
    let refused = |logits: [f64; 2], target: usize| {
        let logits = Array2::from_shape_vec((1, 2), logits.to_vec()).unwrap();
        softmax_cross_entropy(logits.view(), array![target].view(), Reduction::Sum).unwrap_err()
    };
    assert!(matches!(refused([masked, masked], 0), Error::Value { .. }));
    assert!(matches!(refused([masked, 0.0], 0), Error::Value { .. }));
    assert!(matches!(refused([0.0, f64::INFINITY], 0), Error::NotFinite { index: 1, .. }));
    assert!(matches!(refused([0.0, f64::NAN], 0), Error::NotFinite { index: 1, .. }));

    let (logits, no) = (array![masked, 1.0], array![0.0, 0.0]);
    let (value, gradient) =
        sigmoid_cross_entropy(logits.view(), no.view(), Reduction::Sum).unwrap();
    assert!((value - 1.0_f64.exp().ln_1p()).abs() < 1e-15);
    assert_eq!(gradient[0], 0.0);
    let yes = array![1.0, 0.0];
    assert!(sigmoid_cross_entropy(logits.view(), yes.view(), Reduction::Sum).is_err());
}

/// A view of one value can have more of them than any memory holds.
#[test]
fn arrays_that_no_memory_holds_are_refused() {
    fn refused<T: std::fmt::Debug>(result: Result<T, Error>, steps: usize, batch: usize) {
        assert_eq!(result.unwrap_err(), Error::Memory { steps, batch });
    }
    let (one, class) = (ndarray::arr0(0.5_f32), ndarray::arr0(0));
    for len in [1 << 58, 1 << 60, 1 << 61] {
        let line = one.broadcast(len).unwrap();
        refused(squared_error(line, line, Reduction::Sum), 1, 1);
        refused(sigmoid_cross_entropy(line, line, Reduction::Mean), 1, 1);
        refused(softmax(line, 1.0), 1, 1);
        let classes = class.broadcast(()).unwrap();
        refused(softmax_cross_entropy(line, classes, Reduction::Sum), 1, 1);
    }
    let (rows, classes) = (one.broadcast((1 << 60, 2)).unwrap(), class.broadcast(1 << 60));
    refused(softmax(rows, 1.0), 1, 1 << 60);
    refused(softmax_cross_entropy(rows, classes.unwrap(), Reduction::Mean), 1, 1 << 60);
    let runs = one.broadcast((1 << 55, 3, 2)).unwrap();
    refused(squared_error(runs, runs, Reduction::Sum), 1 << 55, 3);

    // Rows without values are walked over all the same, and the values of a row that is not there
    // are room.
    for shape in [(1 << 60, 0), (0, 1 << 60)] {
        let mut empty = Array2::<f32>::zeros(shape);
        let weights = one.broadcast(shape.0).unwrap();
        let (view, targets) = (one.broadcast(shape).unwrap(), class.broadcast(shape.0).unwrap());
        let weighted = || Reduction::WeightedSum(weights);
        assert!(softmax(view, 1.0).is_err());
        assert!(squared_error_into(view, view, weighted(), empty.view_mut()).is_err());
        assert!(sigmoid_cross_entropy_into(view, view, weighted(), empty.view_mut()).is_err());
        assert!(softmax_cross_entropy_into(view, targets, weighted(), empty.view_mut()).is_err());
    }
    let none = one.broadcast((1 << 55, 0, 3)).unwrap();
    assert_eq!(squared_error(none, none, Reduction::Sum).unwrap().0, 0.0);
}

#[test]
fn any_temperature_leaves_masked_logits_out() {
    for temperature in [1e50, f64::MAX] {
        let logits = array![f32::NEG_INFINITY, 0.0, 1.0];
        assert_eq!(softmax(logits.view(), temperature).unwrap(), array![0.0, 0.5, 0.5]);
        let logits = array![f64::NEG_INFINITY, 0.0, 1.0];
        assert_eq!(softmax(logits.view(), temperature).unwrap(), array![0.0, 0.5, 0.5]);
    }
}

#[test]
fn means_by_tiny_weights() {
    let (outputs, targets) = (array![[1.0_f64], [4.0]], array![[0.0], [2.0]]);
    let weights = array![1e-310, 1e-310];
    let weighted = Reduction::WeightedMean(weights.view());
    let (value, gradient) = squared_error(outputs.view(), targets.view(), weighted).unwrap();
    assert!((value - 2.5).abs() < 1e-12, "{value}");
    assert!((gradient[[0, 0]] - 1.0).abs() < 1e-12 && (gradient[[1, 0]] - 2.0).abs() < 1e-12);
}
