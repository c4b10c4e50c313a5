//! Losses with their gradients.
//!
//! Each loss is a sum or mean of terms, a term for each row of classes (cross-entropy) or for each
//! value (the others). It comes in two forms: one returns the value and a new array with the
//! gradient, `.._into` writes the gradient into an array that the caller keeps. Arrays have any
//! number of dimensions, so `[T, B, K]` (steps, batch, classes) and plain rows `[N, K]` are
//! accepted alike; a *row* runs along the last one. Values are summed in `f64`. When an error is
//! returned, nothing was written; arrays larger than the memory, as views can be, are
//! [`Error::Memory`].
//!
//! ```
//! use ndarray::array;
//! use rnn_models::loss::{Reduction, softmax_cross_entropy};
//!
//! let logits = array![[0.0_f32, 0.0], [1.0, -1.0]]; // [rows, classes]
//! let targets = array![1, 0];
//! let (value, gradient) =
//!     softmax_cross_entropy(logits.view(), targets.view(), Reduction::Mean)?;
//! let expected = (2.0_f64.ln() + (1.0 + (-2.0_f64).exp()).ln()) / 2.0;
//! assert!((value - expected).abs() < 1e-7);
//! assert_eq!(gradient.row(0), array![0.25, -0.25]);
//! # Ok::<(), rnn_models::Error>(())
//! ```

use ndarray::{Array, ArrayView, ArrayView1, Dimension};

use rnn_runtime::__v0_1::room;
use rnn_runtime::element::Element;
use rnn_runtime::error::Error;

mod elementwise;
mod exponentials;
mod sigmoid;
mod softmax;
mod squared;

pub use sigmoid::{sigmoid_cross_entropy, sigmoid_cross_entropy_into};
pub(crate) use softmax::check_temperature;
pub use softmax::{softmax, softmax_cross_entropy, softmax_cross_entropy_into};
pub use squared::{squared_error, squared_error_into};

/// How the terms of a loss become one number.
///
/// Weights are one number a row, `[T, B]` for values `[T, B, K]`, finite and not negative: a mask
/// of zeros and ones for sequences of unequal length, or the importance of a step. A row of weight
/// zero is not looked at, whatever it holds, and its gradient is zero.
#[derive(Debug, Clone)]
pub enum Reduction<'a, E, W: Dimension> {
    /// The sum of the terms over their number.
    Mean,
    /// The sum of the terms.
    Sum,
    /// The weighted sum of the terms over the sum of their weights.
    WeightedMean(ArrayView<'a, E, W>),
    /// The weighted sum of the terms.
    WeightedSum(ArrayView<'a, E, W>),
}

impl<'a, E: Element, W: Dimension> Reduction<'a, E, W> {
    /// What each row's terms are multiplied by, for rows of `terms` terms in an array of `rows`
    /// rows.
    fn factors(self, rows: &[usize], terms: usize) -> Result<Factors<'a, E, W>, Error> {
        let (weights, mean) = match self {
            Reduction::Mean => (None, true),
            Reduction::Sum => (None, false),
            Reduction::WeightedMean(weights) => (Some(weights), true),
            Reduction::WeightedSum(weights) => (Some(weights), false),
        };
        let total = match &weights {
            None => rows.iter().product::<usize>() as f64,
            Some(weights) => total_weight(weights, rows)?,
        };
        if !mean {
            return Ok(Factors { weights, total: 1.0 });
        }
        let total = total * terms as f64;
        if total > 0.0 && total.is_finite() {
            return Ok(Factors { weights, total });
        }
        Err(Error::Value {
            what: "the total weight of a mean".into(),
            expected: "above zero and finite".into(),
            found: total.to_string(),
        })
    }
}

/// The sum of the weights, each checked.
fn total_weight<E: Element, W: Dimension>(
    weights: &ArrayView<'_, E, W>,
    rows: &[usize],
) -> Result<f64, Error> {
    same_shape("weights of the loss", rows, weights.shape())?;
    let mut total = 0.0;
    for (index, weight) in weights.iter().enumerate() {
        if !(weight.is_finite() && *weight >= E::zero()) {
            return Err(Error::Value {
                what: format!("weight {index} of the loss"),
                expected: "finite and not negative".into(),
                found: weight.to_string(),
            });
        }
        total += (*weight).as_f64();
    }
    Ok(total)
}

/// The checked weights of the rows, and what all terms are divided by.
struct Factors<'a, E, W: Dimension> {
    weights: Option<ArrayView<'a, E, W>>,
    total: f64,
}

impl<E: Element, W: Dimension> Factors<'_, E, W> {
    /// The factor of each row in logical order; without end when there are no weights.
    fn of_rows(&self) -> impl Iterator<Item = f64> {
        let mut weights = self.weights.as_ref().map(|weights| weights.iter());
        std::iter::from_fn(move || match &mut weights {
            None => Some(self.total.recip()),
            Some(weights) => weights.next().map(|weight| (*weight).as_f64() / self.total),
        })
    }
}

/// The shape of an array's rows, and their length; an array without dimensions is one row of one
/// value. [`Error::Memory`] for more than any memory holds, as views can have: a row is copied, and
/// one without values counts as one of a single value, for it is walked over all the same.
fn split_rows<E>(shape: &[usize]) -> Result<(&[usize], usize), Error> {
    let (rows, len) = shape.split_last().map_or((&[][..], 1), |(&len, rows)| (rows, len));
    let (&batch, steps) = rows.split_last().unwrap_or((&1, &[]));
    room::<E>((1, 1), len)?;
    room::<E>((steps.iter().product(), batch), len.max(1))?;
    Ok((rows, len))
}

/// An array of zeros of the shape of `values`.
fn zeros_like<E: Element, D: Dimension>(
    values: &ArrayView<'_, E, D>,
) -> Result<Array<E, D>, Error> {
    split_rows::<E>(values.shape())?;
    Ok(Array::zeros(values.raw_dim()))
}

/// Refuses an array whose shape is not `expected`.
fn same_shape(what: &str, expected: &[usize], found: &[usize]) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(Error::shape(what, expected, found))
}

/// Refuses a row that is not finite; `first` is the index of its first value in the whole array.
fn finite_row<E: Element>(what: &str, first: usize, row: ArrayView1<'_, E>) -> Result<(), Error> {
    // Without a way out of the loop it runs on vectors.
    if row.fold(true, |finite, value| finite & value.is_finite()) {
        return Ok(());
    }
    let at = row.iter().position(|value| !value.is_finite()).unwrap_or_default();
    Err(Error::NotFinite { what: what.into(), index: first + at })
}

/// Refuses a row of logits that has no softmax; minus infinity is a class of probability zero, and
/// stands for one that is masked. `first` is the index of its first value in the whole array.
pub(crate) fn check_logits<E: Element>(first: usize, row: ArrayView1<'_, E>) -> Result<(), Error> {
    let legal = |logit: &E| *logit < E::infinity();
    if let Some(at) = row.iter().position(|logit| !legal(logit)) {
        return Err(Error::NotFinite { what: "logits".into(), index: first + at });
    }
    if row.is_empty() || row.iter().any(|logit| logit.is_finite()) {
        return Ok(());
    }
    Err(Error::Value {
        what: format!("the largest of the logits from {first} on"),
        expected: "finite".into(),
        found: E::neg_infinity().to_string(),
    })
}

#[cfg(test)]
mod tests;
