//! Softmax, and the cross-entropy of classes given their logits.

use ndarray::{Array, ArrayView, ArrayView1, ArrayViewMut, ArrayViewMut1, Dimension};

use super::exponentials::{Exponentials, Sums};
use super::{Reduction, check_logits, same_shape, split_rows, zeros_like};
use rnn_runtime::element::Element;
use rnn_runtime::error::Error;

/// Softmax of each row at a temperature: `exp(logit / temperature) / sum` (Bridle 1990). A
/// temperature below one sharpens, above one flattens the distribution.
///
/// # Errors
///
/// [`Error::Value`] unless the temperature is finite and above zero, and for a row with all its
/// logits masked by minus infinity; [`Error::NotFinite`] for a logit that is NaN or infinite. A
/// masked logit has probability zero.
///
/// ```
/// let logits = ndarray::array![0.0_f64, 4.0_f64.ln()];
/// let p = rnn_models::loss::softmax(logits.view(), 2.0)?;
/// assert!((p[1] - 2.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), rnn_models::Error>(())
/// ```
pub fn softmax<E: Element, D: Dimension>(
    logits: ArrayView<'_, E, D>,
    temperature: f64,
) -> Result<Array<E, D>, Error> {
    check_temperature(temperature)?;
    let (_, classes) = split_rows::<E>(logits.shape())?;
    let mut result = zeros_like(&logits)?;
    for (number, row) in logits.rows().into_iter().enumerate() {
        check_logits(number * classes, row)?;
    }
    // The largest number stands for one beyond it: only the largest logits are left then. The
    // smallest stands for one below: logits all count alike then, but for those that are masked.
    let factor = E::from_f64(temperature.recip());
    let factor = factor.max(E::min_positive_value()).min(E::max_value());
    let mut exponentials = Exponentials::new(classes);
    for (logits, mut into) in logits.rows().into_iter().zip(result.rows_mut()) {
        exponentials.row().assign(&logits);
        let sum = exponentials.compute(factor, None).sum;
        into.assign(&exponentials.row());
        into.mapv_inplace(|v| E::from_f64(v.as_f64() / sum));
    }
    Ok(result)
}

/// Refuses a temperature that is not finite and above zero.
pub(crate) fn check_temperature(temperature: f64) -> Result<(), Error> {
    if temperature > 0.0 && temperature.is_finite() {
        return Ok(());
    }
    Err(Error::Value {
        what: "temperature".into(),
        expected: "finite and above zero".into(),
        found: temperature.to_string(),
    })
}

/// Cross-entropy of the target classes under the softmax of the logits, a term a row:
/// `log(sum over k of exp(logits[k])) - logits[target]`, in nats.
///
/// Returns the value and the gradient by the logits, `softmax - one at the target`, reduced alike.
/// Shapes: `logits` and gradient `[.., K]`, `targets` (classes, from 0) and weights `[..]`.
///
/// # Errors
///
/// [`Error::Shape`] for targets or weights of another shape, [`Error::Value`] for a target that is
/// no class, a negative or infinite weight or a mean of nothing, [`Error::NotFinite`] for a logit
/// that is NaN or infinite. Minus infinity is the logit of a class that is masked: its probability
/// and gradient are zero, and it must not be the target, nor all there is.
pub fn softmax_cross_entropy<E: Element, D: Dimension>(
    logits: ArrayView<'_, E, D>,
    targets: ArrayView<'_, usize, D::Smaller>,
    reduction: Reduction<'_, E, D::Smaller>,
) -> Result<(f64, Array<E, D>), Error> {
    let mut gradient = zeros_like(&logits)?;
    let value = softmax_cross_entropy_into(logits, targets, reduction, gradient.view_mut())?;
    Ok((value, gradient))
}

/// [`softmax_cross_entropy`] with the gradient written into a given array.
///
/// # Errors
///
/// As there, and [`Error::Shape`] when `gradient` is not shaped like `logits`.
pub fn softmax_cross_entropy_into<E: Element, D: Dimension>(
    logits: ArrayView<'_, E, D>,
    targets: ArrayView<'_, usize, D::Smaller>,
    reduction: Reduction<'_, E, D::Smaller>,
    mut gradient: ArrayViewMut<'_, E, D>,
) -> Result<f64, Error> {
    let (rows, classes) = split_rows::<E>(logits.shape())?;
    same_shape("targets", rows, targets.shape())?;
    same_shape("gradient", logits.shape(), gradient.shape())?;
    let factors = reduction.factors(rows, 1)?;
    let terms = || logits.rows().into_iter().zip(&targets).zip(factors.of_rows());
    for (number, ((row, &target), factor)) in terms().enumerate() {
        if factor != 0.0 {
            check_row(number, row, target, classes)?;
        }
    }
    let mut exponentials = Exponentials::new(classes);
    let mut value = 0.0;
    for (((row, &target), factor), into) in terms().zip(gradient.rows_mut()) {
        value += term(row, target, factor, into, &mut exponentials);
    }
    Ok(value)
}

fn check_row<E: Element>(
    number: usize,
    logits: ArrayView1<'_, E>,
    target: usize,
    classes: usize,
) -> Result<(), Error> {
    if target >= classes {
        return Err(Error::Value {
            what: format!("the target of row {number}"),
            expected: format!("a class below {classes}"),
            found: target.to_string(),
        });
    }
    check_logits(number * classes, logits)?;
    if logits[target].is_finite() {
        return Ok(());
    }
    Err(Error::Value {
        what: format!("the target of row {number}"),
        expected: "a class that is not masked".into(),
        found: target.to_string(),
    })
}

/// One row's term times `factor`; its gradient goes to `gradient`.
fn term<E: Element>(
    logits: ArrayView1<'_, E>,
    target: usize,
    factor: f64,
    mut gradient: ArrayViewMut1<'_, E>,
    exponentials: &mut Exponentials<E>,
) -> f64 {
    if factor == 0.0 {
        gradient.fill(E::zero());
        return 0.0;
    }
    exponentials.row().assign(&logits);
    let Sums { largest, sum: others } = exponentials.compute(E::one(), Some(target));
    let below = logits[target].as_f64() - largest.as_f64();
    let sum = others + below.exp();
    let scale = E::from_f64(factor / sum);
    gradient.zip_mut_with(&exponentials.row(), |into, &value| *into = value * scale);
    // The target's entry is minus the probability of all others, which keeps its digits so.
    gradient[target] = E::from_f64(-factor * (others / sum));
    factor * ((others + below.exp_m1()).ln_1p() - below)
}
