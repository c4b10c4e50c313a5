//! Operands of products: reproducible numbers inside larger buffers, and the bound they are
//! compared by.

use rnn_runtime::__v0_1::Kernel;
use rnn_runtime::__v0_1::matrix::{Rows, RowsMut};
use rnn_runtime::__v0_1::simd::Tier;
use rnn_runtime::element::Element;

/// Awkward sizes.
pub(crate) const SIZES: [usize; 5] = [1, 7, 17, 40, 129];

/// Runs a kernel on every tier of this machine, for both elements.
pub(crate) fn on_all_tiers<K>(kernel: K)
where
    K: Kernel<f32, Output = ()> + Kernel<f64, Output = ()> + Copy,
{
    for tier in Tier::available() {
        f32::dispatch(tier, kernel);
        f64::dispatch(tier, kernel);
    }
}

/// Numbers in [-1, 1], the same for the same seed.
pub(crate) fn numbers<E: Element>(seed: u64, len: usize) -> Vec<E> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut values = Vec::with_capacity(len);
    for _ in 0..len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        values.push(E::from_f64((state >> 11) as f64 / (1u64 << 52) as f64 - 1.0));
    }
    values
}

/// Bound of the rounding error of a sum of `terms` products of [`numbers`]: as many roundings, of
/// partial sums that grow like the square root of that.
fn bound<E: Element>(terms: usize) -> f64 {
    let terms = terms as f64 + 2.0;
    terms * terms.sqrt() * E::epsilon().as_f64()
}

/// Fails unless `got`, a sum of `terms` products, is as near to `expected` as rounding allows.
#[track_caller]
pub(crate) fn assert_close<E: Element>(got: E, expected: f64, terms: usize, what: &str) {
    let error = (got.as_f64() - expected).abs();
    assert!(error <= bound::<E>(terms), "{what}: {got} for {expected}, off by {error:e}");
}

/// A buffer of `rows` rows of `columns` values, each row with strangers on both sides.
pub(crate) struct Operand<E> {
    pub(crate) data: Vec<E>,
    pub(crate) stride: usize,
    pub(crate) offset: usize,
}

impl<E: Element> Operand<E> {
    /// The buffer ends with the last row's last value, plus `slack` values.
    pub(crate) fn new(seed: u64, rows: usize, columns: usize, slack: usize) -> Self {
        let (stride, offset) = (columns + 16 + 3, 3);
        let len = (rows.max(1) - 1) * stride + offset + columns + slack;
        Self { data: numbers(seed, len), stride, offset }
    }

    /// Rows `stride` apart; the buffer ends with the last value.
    pub(crate) fn spaced(seed: u64, rows: usize, columns: usize, stride: usize) -> Self {
        let (offset, len) = (3, (rows.max(1) - 1) * stride + 3 + columns);
        Self { data: numbers(seed, len), stride, offset }
    }

    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.data[row * self.stride + self.offset + column].as_f64()
    }

    pub(crate) fn rows(&self) -> Rows<'_, E> {
        Rows { data: &self.data, stride: self.stride, offset: self.offset }
    }

    pub(crate) fn rows_mut(&mut self) -> RowsMut<'_, E> {
        RowsMut { data: &mut self.data, stride: self.stride, offset: self.offset }
    }
}
