//! What the losses with a term a value share: checks, weights, and the walk over all values.

use std::ops::RangeInclusive;

use ndarray::{ArrayView, ArrayViewMut, Dimension};

use super::{Reduction, same_shape, split_rows};
use crate::element::Element;
use crate::error::Error;

/// A loss with a term a value.
pub(super) struct Terms<E> {
    /// Which targets it accepts.
    pub(super) targets: RangeInclusive<E>,
    /// The term of an output and a target, and its derivative by the output.
    pub(super) term: fn(E, E) -> (f64, E),
}

impl<E: Element> Terms<E> {
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
        let (rows, len) = split_rows(outputs.shape());
        let factors = reduction.factors(rows, len)?;
        let pairs = || outputs.rows().into_iter().zip(targets.rows()).zip(factors.of_rows());
        for (number, ((outputs, targets), factor)) in pairs().enumerate() {
            if factor != 0.0 {
                for (at, (&output, &target)) in outputs.iter().zip(&targets).enumerate() {
                    self.check(number * len + at, output, target)?;
                }
            }
        }
        let mut value = 0.0;
        for (((outputs, targets), factor), mut into) in pairs().zip(gradient.rows_mut()) {
            if factor == 0.0 {
                into.fill(E::zero());
                continue;
            }
            let scale = E::from_f64(factor);
            for ((into, &output), &target) in into.iter_mut().zip(&outputs).zip(&targets) {
                let (term, slope) = (self.term)(output, target);
                value += factor * term;
                *into = scale * slope;
            }
        }
        Ok(value)
    }

    fn check(&self, index: usize, output: E, target: E) -> Result<(), Error> {
        if !output.is_finite() {
            return Err(Error::NotFinite { what: "outputs".into(), index });
        }
        if !target.is_finite() {
            return Err(Error::NotFinite { what: "targets".into(), index });
        }
        if !self.targets.contains(&target) {
            return Err(Error::Value {
                what: format!("target {index}"),
                expected: format!("from {} to {}", self.targets.start(), self.targets.end()),
                found: target.to_string(),
            });
        }
        Ok(())
    }
}
