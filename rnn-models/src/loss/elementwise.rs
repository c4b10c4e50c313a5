//! What the losses with a term a value share: checks, weights, and the walk over all values.

use std::ops::RangeInclusive;

use ndarray::{ArrayView, ArrayView1, ArrayViewMut, Dimension, Zip};

use super::{Reduction, finite_row, same_shape, split_rows};
use rnn_runtime::element::Element;
use rnn_runtime::error::Error;

/// A loss with a term a value.
pub(super) struct Terms<E, F> {
    /// Which targets it accepts.
    pub(super) targets: RangeInclusive<E>,
    /// Which output it accepts beside a target.
    pub(super) accepts: fn(E, E) -> bool,
    /// The term of an output and a target, and its derivative by the output.
    pub(super) term: F,
}

impl<E: Element, F: Fn(E, E) -> (f64, E)> Terms<E, F> {
    /// The reduced loss of `outputs`, all arrays `[.., K]`; its gradient goes to `gradient`.
    pub(super) fn reduce<D: Dimension>(
        &self,
        outputs: ArrayView<'_, E, D>,
        targets: ArrayView<'_, E, D>,
        reduction: Reduction<'_, E, D::Smaller>,
        mut gradient: ArrayViewMut<'_, E, D>,
    ) -> Result<f64, Error> {
        same_shape("targets", outputs.shape(), targets.shape())?;
        same_shape("gradient", outputs.shape(), gradient.shape())?;
        let (rows, len) = split_rows::<E>(outputs.shape())?;
        let factors = reduction.factors(rows, len)?;
        let pairs = || outputs.rows().into_iter().zip(targets.rows()).zip(factors.of_rows());
        for (number, ((outputs, targets), factor)) in pairs().enumerate() {
            if factor != 0.0 {
                self.check_row(number * len, outputs, targets)?;
            }
        }
        let mut value = 0.0;
        for (((outputs, targets), factor), into) in pairs().zip(gradient.rows_mut()) {
            let mut sum = 0.0;
            let scale = E::from_f64(factor);
            Zip::from(into).and(outputs).and(targets).for_each(|into, &output, &target| {
                let (term, slope) = (self.term)(output, target);
                sum += term;
                // What a row of weight zero holds may not be finite: no product with it.
                *into = if factor == 0.0 { E::zero() } else { scale * slope };
            });
            if factor != 0.0 {
                value += factor * sum;
            }
        }
        Ok(value)
    }

    /// `first` is the index of the row's first value in the whole array.
    fn check_row(
        &self,
        first: usize,
        outputs: ArrayView1<'_, E>,
        targets: ArrayView1<'_, E>,
    ) -> Result<(), Error> {
        let mut pairs = outputs.iter().zip(targets);
        if let Some(at) = pairs.position(|(&output, &target)| !(self.accepts)(output, target)) {
            return Err(Error::NotFinite { what: "outputs".into(), index: first + at });
        }
        finite_row("targets", first, targets)?;
        match targets.iter().position(|target| !self.targets.contains(target)) {
            None => Ok(()),
            Some(at) => Err(Error::Value {
                what: format!("the target at index {}", first + at),
                expected: format!("from {} to {}", self.targets.start(), self.targets.end()),
                found: targets[at].to_string(),
            }),
        }
    }
}
