//! What the loops need besides the instructions of a tier.

use crate::kernels::element::Element;
use crate::kernels::simd::{MAX_LANES, Machine};

/// `total / parts` and the rest, which is how many parts are larger by one if all are to be even;
/// all in one if there are no parts.
#[inline(always)]
pub(super) fn split(total: usize, parts: usize) -> (usize, usize) {
    // Most are whole, and a division takes longer than a small product.
    if parts <= 1 { (total, 0) } else { (total / parts, total % parts) }
}

/// `min(count, LANES)` values from `at` on, and anything after them.
///
/// # Safety
/// `min(count, LANES)` values can be read, and so can all that follow up to `end`.
#[inline(always)]
pub(super) unsafe fn load_first<E: Element, S: Machine<E>>(
    simd: S,
    at: *const E,
    count: usize,
    end: *const E,
) -> S::Reg {
    if count >= S::LANES || at.wrapping_add(S::LANES) <= end {
        // SAFETY: the caller's promise covers a whole vector in both cases.
        return unsafe { simd.load(at) };
    }
    let mut values = [E::zero(); MAX_LANES];
    for (i, value) in values.iter_mut().enumerate().take(count) {
        // SAFETY: `i < count`.
        *value = unsafe { *at.add(i) };
    }
    // SAFETY: no vector has more than `MAX_LANES` lanes.
    unsafe { simd.load(values.as_ptr()) }
}

/// Writes the first `min(count, LANES)` lanes of `value` to `at`; touches nothing else.
///
/// # Safety
/// `min(count, LANES)` values can be written.
#[inline(always)]
pub(super) unsafe fn store_first<E: Element, S: Machine<E>>(
    simd: S,
    value: S::Reg,
    at: *mut E,
    count: usize,
) {
    // SAFETY: the caller's promise.
    unsafe {
        if count >= S::LANES {
            simd.store(value, at);
        } else {
            simd.store_first(value, at, count);
        }
    }
}
