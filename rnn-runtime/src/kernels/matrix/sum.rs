//! Sums of columns: gradients of biases.

use core::ops::Range;

use super::Rows;
use super::vectors::{load_first, store_first};
use crate::kernels::element::Element;
use crate::kernels::simd::Machine;

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
            whole::<E, S, WIDTH>(simd, rows, from, column, into);
            column += WIDTH * S::LANES;
        }
        while column + S::LANES <= n {
            whole::<E, S, 1>(simd, rows, from, column, into);
            column += S::LANES;
        }
        if column < n {
            last(simd, rows, from, column..n, into);
        }
    }
}

/// Sums `VECTORS` whole vectors of columns from `column` on.
///
/// # Safety
/// They are inside both buffers.
#[inline(always)]
unsafe fn whole<E: Element, S: Machine<E>, const VECTORS: usize>(
    simd: S,
    rows: usize,
    from: Rows<'_, E>,
    column: usize,
    into: &mut [E],
) {
    let mut acc = [simd.splat(E::zero()); VECTORS];
    // SAFETY: the caller's promise.
    unsafe {
        let mut row = from.data.as_ptr().add(from.offset + column);
        for _ in 0..rows {
            for (v, sum) in acc.iter_mut().enumerate() {
                *sum = simd.add(*sum, simd.load(row.add(v * S::LANES)));
            }
            // After the last row there need be nothing.
            row = row.wrapping_add(from.stride);
        }
        for (v, sum) in acc.into_iter().enumerate() {
            let at = into.as_mut_ptr().add(column + v * S::LANES);
            simd.store(simd.add(simd.load(at), sum), at);
        }
    }
}

/// Sums the last columns, which do not fill a vector.
///
/// # Safety
/// They are inside both buffers, and fewer than `LANES`.
#[inline(always)]
unsafe fn last<E: Element, S: Machine<E>>(
    simd: S,
    rows: usize,
    from: Rows<'_, E>,
    columns: Range<usize>,
    into: &mut [E],
) {
    let count = columns.len();
    let (from_end, into_end) = (from.data.as_ptr_range().end, into.as_ptr_range().end);
    let mut acc = simd.splat(E::zero());
    // SAFETY: the caller's promise.
    unsafe {
        for r in 0..rows {
            let at = from.data.as_ptr().add(from.offset + r * from.stride + columns.start);
            acc = simd.add(acc, load_first(simd, at, count, from_end));
        }
        let at = into.as_mut_ptr().add(columns.start);
        store_first(simd, simd.add(load_first(simd, at, count, into_end), acc), at, count);
    }
}
