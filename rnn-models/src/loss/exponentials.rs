//! The exponentials of a row of logits, on vectors: the part of a softmax that takes the time.

use ndarray::ArrayViewMut1;

use rnn_runtime::__v0_1::Kernel;
use rnn_runtime::__v0_1::matrix::Kernels;
use rnn_runtime::__v0_1::simd::{Lanes, MAX_LANES, Tier};
use rnn_runtime::element::Element;

/// How many vectors are added up in the scalar type before the sum goes on in `f64`.
const BLOCK: usize = 32;

/// A row of values, long enough for whole vectors.
pub(super) struct Exponentials<E> {
    row: Vec<E>,
    len: usize,
}

/// What was found on the way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sums<E> {
    /// The largest value.
    pub(super) largest: E,
    /// The sum of the exponentials relative to it, without that of the value left out.
    pub(super) sum: f64,
}

impl<E: Element> Exponentials<E> {
    /// For rows of `len` values.
    pub(super) fn new(len: usize) -> Self {
        Exponentials { row: vec![E::min_value(); len.next_multiple_of(MAX_LANES)], len }
    }

    /// The row: values before [`compute`](Self::compute), exponentials after it.
    pub(super) fn row(&mut self) -> ArrayViewMut1<'_, E> {
        ArrayViewMut1::from(&mut self.row[..self.len])
    }

    /// Replaces each value by `exp((value - largest) * factor)`, that at `without` by zero: what is
    /// added to one large exponential would vanish in the scalar type.
    pub(super) fn compute(&mut self, factor: E, without: Option<usize>) -> Sums<E> {
        let values = &mut self.row;
        E::dispatch(Tier::current(), Row { values, len: self.len, factor, without })
    }
}

/// `values` is as long as whole vectors, its first `len` count.
struct Row<'a, E> {
    values: &'a mut [E],
    len: usize,
    factor: E,
    without: Option<usize>,
}

impl<E: Element> Kernel<E> for Row<'_, E> {
    type Output = Sums<E>;

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) -> Sums<E> {
        let Row { values, len, factor, without } = self;
        let lanes = S::V::LANES;
        let lowest = E::min_value();
        let mut largest = simd.splat(lowest);
        let mut at = 0;
        while at < len {
            largest = largest.max(simd.load(values, at).keep_first(len - at, lowest));
            at += lanes;
        }
        let largest = largest.largest();
        let (shift, factor) = (simd.splat(largest), simd.splat(factor));
        if let Some(without) = without {
            values[without] = lowest;
        }
        let mut sum = 0.0;
        let mut at = 0;
        while at < len {
            let end = (at + BLOCK * lanes).min(len);
            let mut block = simd.splat(E::zero());
            while at < end {
                let value = ((simd.load(values, at) - shift) * factor).exp();
                value.store(values, at);
                block = block + value.keep_first(len - at, E::zero());
                at += lanes;
            }
            sum += block.sum().as_f64();
        }
        Sums { largest, sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every tier of the machine against `f64`, for lengths around those of vectors and blocks.
    fn assert_row<E: Element>(len: usize, tier: Tier, bound: f64) {
        let value = |at: usize| E::from_f64(20.0 * (at as f64 * 1.3).sin());
        let largest = (0..len).map(value).fold(E::min_value(), E::max);
        let exact = |at| ((value(at).as_f64() - largest.as_f64()) * 0.5).exp();
        for without in [None, Some(len / 2)] {
            let mut exponentials = Exponentials::<E>::new(len);
            for (at, entry) in exponentials.row().iter_mut().enumerate() {
                *entry = value(at);
            }
            let values = &mut exponentials.row;
            let found = E::dispatch(tier, Row { values, len, factor: E::from_f64(0.5), without });
            assert_eq!(found.largest, largest);
            let kept = |at: &usize| Some(*at) != without;
            let sum: f64 = (0..len).filter(kept).map(exact).sum();
            assert!((found.sum - sum).abs() <= bound * sum, "{tier:?} {len}: {} {sum}", found.sum);
            for (at, entry) in exponentials.row().iter().enumerate() {
                let exact = if kept(&at) { exact(at) } else { 0.0 };
                assert!(((*entry).as_f64() - exact).abs() < bound, "{tier:?} {len}: {at}");
            }
        }
    }

    #[test]
    fn every_tier_agrees_with_doubles() {
        for tier in Tier::available() {
            for len in [1, 3, 15, 16, 17, 64, 511, 512, 513, 1300] {
                // The subtraction's rounding, of numbers up to 40, is the larger part of either
                // bound.
                assert_row::<f32>(len, tier, 4e-6);
                assert_row::<f64>(len, tier, 1e-14);
            }
        }
    }
}
