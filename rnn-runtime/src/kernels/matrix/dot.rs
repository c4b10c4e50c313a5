//! Products with a single result: the sum runs over the lanes of a vector, whose other lanes would
//! be empty otherwise, and is short for that. A read-out of one value is such a product.

use super::format::{Format, Full, Half, WeightFormat};
use super::product::wrong;
use super::vectors::load_first;
use super::{RowsMut, Source, Start};
use crate::kernels::element::Element;
use crate::kernels::simd::Machine;

/// `into[r] = start + sum over k of from[r, k] * packed[k]`, over one or two sources. Each source
/// is summed from zero in each lane, then over the lanes, and added.
#[inline(always)]
pub(super) fn dot<E: Element, S: Machine<E>>(
    simd: S,
    rows: usize,
    sources: &[Source<'_, E>],
    into: RowsMut<'_, E>,
    start: Start<'_, E>,
) {
    for row in 0..rows {
        let result = &mut into.data[into.offset + row * into.stride];
        let mut value = match start {
            Start::Zero => E::zero(),
            Start::Row(start) => start[0],
            Start::Keep => *result,
        };
        for source in sources {
            value += source_sum(simd, source, row);
        }
        *result = value;
    }
}

/// The sum over one source.
#[inline(always)]
fn source_sum<E: Element, S: Machine<E>>(simd: S, source: &Source<'_, E>, row: usize) -> E {
    match source.packed.format() {
        WeightFormat::Full => sum::<E, S, Full>(simd, source, row),
        WeightFormat::F16 => sum::<E, S, Half<false>>(simd, source, row),
        WeightFormat::Bf16 => sum::<E, S, Half<true>>(simd, source, row),
    }
}

#[inline(always)]
fn sum<E: Element, S: Machine<E>, W: Format<E, S>>(
    simd: S,
    source: &Source<'_, E>,
    row: usize,
) -> E {
    let Source { from, packed } = source;
    let k = packed.k();
    assert!(packed.tier() == S::TIER, "packed for another tier than {:?}", S::TIER);
    if packed.n() != 1 {
        wrong("columns for a single result, not", packed.n(), 1);
    }
    let values = &from.data[from.offset + row * from.stride..];
    if k > values.len() {
        wrong("values for rows of weights:", values.len(), k);
    }
    let weights = packed.data().as_ptr();
    let mut acc = simd.splat(E::zero());
    let mut at = 0;
    while at < k {
        // SAFETY: `k` values can be read; the weights end on a whole vector.
        unsafe {
            let value = operand(simd, values, at, k);
            acc = simd.mul_add(value, W::load(simd, weights, at), acc);
        }
        at += S::LANES;
    }
    simd.sum(acc)
}

/// The values from `at` on of the first `k`, zero in the lanes beyond them: what stands there may
/// be no number.
///
/// # Safety
/// There are `k` values.
#[inline(always)]
pub(super) unsafe fn operand<E: Element, S: Machine<E>>(
    simd: S,
    values: &[E],
    at: usize,
    k: usize,
) -> S::Reg {
    let core::ops::Range { start, end } = values.as_ptr_range();
    // SAFETY: the caller's promise, and all up to the end can be read.
    let value = unsafe { load_first(simd, start.add(at), k - at, end) };
    if k - at < S::LANES {
        simd.select(simd.first(k - at), value, simd.splat(E::zero()))
    } else {
        value
    }
}
