//! The cross-entropy of yes-or-no answers given their logits.

use ndarray::{Array, ArrayView, ArrayViewMut, Dimension};

use super::elementwise::Terms;
use super::{Reduction, zeros_like};
use rnn_runtime::element::Element;
use rnn_runtime::error::Error;

/// Binary cross-entropy of `sigmoid(logit)`, a term a value: `-target log(sigmoid(logit)) - (1 -
/// target) log(1 - sigmoid(logit))`, in nats, computed without the sigmoid so that no logit
/// overflows it.
///
/// Returns the value and the gradient by the logits, `sigmoid(logit) - target`, reduced alike.
/// Shapes: `logits`, `targets` (probabilities, 0 to 1) and gradient `[.., K]`, weights `[..]`.
///
/// # Errors
///
/// [`Error::Shape`] for targets or weights of another shape, [`Error::Value`] for a target outside
/// 0 to 1, a negative or infinite weight or a mean of nothing, [`Error::NotFinite`] for a logit or
/// target. Minus infinity is the logit of an answer that is masked: with a target of 0 its term and
/// gradient are zero, with any other it is refused.
///
/// ```
/// use ndarray::array;
/// use rnn_models::loss::{Reduction, sigmoid_cross_entropy};
///
/// let (logits, targets) = (array![0.0_f64, 800.0], array![1.0, 0.0]);
/// let (value, gradient) = sigmoid_cross_entropy(logits.view(), targets.view(), Reduction::Sum)?;
/// assert_eq!(value, 2.0_f64.ln() + 800.0);
/// assert_eq!(gradient, array![-0.5, 1.0]);
/// # Ok::<(), rnn_models::Error>(())
/// ```
pub fn sigmoid_cross_entropy<E: Element, D: Dimension>(
    logits: ArrayView<'_, E, D>,
    targets: ArrayView<'_, E, D>,
    reduction: Reduction<'_, E, D::Smaller>,
) -> Result<(f64, Array<E, D>), Error> {
    let mut gradient = zeros_like(&logits)?;
    let value = sigmoid_cross_entropy_into(logits, targets, reduction, gradient.view_mut())?;
    Ok((value, gradient))
}

/// [`sigmoid_cross_entropy`] with the gradient written into a given array.
///
/// # Errors
///
/// As there, and [`Error::Shape`] when `gradient` is not shaped like `logits`.
pub fn sigmoid_cross_entropy_into<E: Element, D: Dimension>(
    logits: ArrayView<'_, E, D>,
    targets: ArrayView<'_, E, D>,
    reduction: Reduction<'_, E, D::Smaller>,
    gradient: ArrayViewMut<'_, E, D>,
) -> Result<f64, Error> {
    let accepts = |logit: E, target: E| {
        logit.is_finite() || (logit == E::neg_infinity() && target == E::zero())
    };
    let terms = Terms { targets: E::zero()..=E::one(), accepts, term };
    terms.reduce(logits, targets, reduction, gradient)
}

/// Written with the exponential of minus the logit's size, and with products where a difference
/// would cancel.
fn term<E: Element>(logit: E, target: E) -> (f64, E) {
    let small = (-logit.abs()).exp();
    let (near, far) = (E::one() / (E::one() + small), small / (E::one() + small));
    let other = E::one() - target;
    // A masked answer: no product with its logit.
    if logit == E::neg_infinity() {
        return (0.0, E::zero());
    }
    let (linear, yes, no) =
        if logit >= E::zero() { (logit * other, near, far) } else { (-logit * target, far, near) };
    (linear.as_f64() + small.as_f64().ln_1p(), yes * other - no * target)
}
