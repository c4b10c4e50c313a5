//! Sums of columns: gradients of biases.

use core::ops::Range;

use super::Rows;
use super::vectors::{load_first, store_first};
use crate::element::Element;
use crate::simd::Machine;

/// Vectors summed side by side, so that the additions overlap.
const WIDTH: usize = 8;

/// `into[i] += sum over r of from[r, i]` for `i < n`.
#[inline(always)]
pub(super) fn column_sum<E: Element, S: Machine<E>>(
    simd: S,
    rows: Range<usize>,
    from: Rows<'_, E>,
    n: usize,
    into: &mut [E],
) {
    if rows.is_empty() || n == 0 {
        return;
    }
    from.check(rows.end, n, "source");
    let from = Rows { offset: from.offset + rows.start * from.stride, ..from };
    let rows = rows.len();
    assert!(n <= into.len(), "{n} columns, {} sums", into.len());
    let mut column = 0;
    // SAFETY: all columns are inside `from` and `into`.
    unsafe {
        while column + WIDTH * S::LANES <= n {
            sum_columns::<E, S, WIDTH>(simd, rows, from, column, n, into);
            column += WIDTH * S::LANES;
        }
        while column < n {
            sum_columns::<E, S, 1>(simd, rows, from, column, n, into);
            column += S::LANES;
        }
    }
}

/// Sums `VECTORS` vectors of columns from `column` on, those below `n`.
///
/// # Safety
/// Columns up to `n` are inside both buffers.
#[inline(always)]
unsafe fn sum_columns<E: Element, S: Machine<E>, const VECTORS: usize>(
    simd: S,
    rows: usize,
    from: Rows<'_, E>,
    column: usize,
    n: usize,
    into: &mut [E],
) {
    let (from_end, into_end) = (from.data.as_ptr_range().end, into.as_ptr_range().end);
    let mut acc = [simd.splat(E::zero()); VECTORS];
    for r in 0..rows {
        // SAFETY: the caller's promise.
        unsafe {
            let row = from.data.as_ptr().add(from.offset + r * from.stride + column);
            for (v, lane) in acc.iter_mut().enumerate() {
                let left = n - column - v * S::LANES;
                let value = load_first(simd, row.add(v * S::LANES), left, from_end);
                *lane = simd.add(*lane, value);
            }
        }
    }
    for (v, lane) in acc.into_iter().enumerate() {
        let first = column + v * S::LANES;
        // SAFETY: the caller's promise.
        unsafe {
            let at = into.as_mut_ptr().add(first);
            let old = load_first(simd, at, n - first, into_end);
            store_first(simd, simd.add(old, lane), at, n - first);
        }
    }
}
