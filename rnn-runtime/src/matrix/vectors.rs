//! Vectors through pointers, for loops whose bounds were checked once at their entry.

use crate::element::Element;
use crate::simd::{Lanes, MAX_LANES, Simd};

/// Register budget of a tier, from which the shapes of all tiles follow.
pub(super) trait Budget<E: Element>: Simd<E> {
    /// Lanes of a vector.
    const LANES: usize = <Self::V as Lanes>::LANES;

    /// Vectors in a full panel of a packed matrix: four where there are 32 registers, two where there
    /// are 16.
    const PANEL: usize = if Self::WIDE { 4 } else { 2 };

    /// Whether there are 32 vector registers.
    const WIDE: bool = matches!(Self::TIER, crate::simd::Tier::Avx512 | crate::simd::Tier::Neon);
}

impl<E: Element, S: Simd<E>> Budget<E> for S {}

/// `LANES` values from `at` on.
///
/// # Safety
/// They can be read.
#[inline(always)]
pub(super) unsafe fn load<E: Element, S: Simd<E>>(simd: S, at: *const E) -> S::V {
    // SAFETY: the caller's promise. The slice has exactly the length that `load` checks for, so the
    // check disappears.
    simd.load(unsafe { core::slice::from_raw_parts(at, S::LANES) }, 0)
}

/// Writes `value` to `at`.
///
/// # Safety
/// `LANES` values from there on can be written.
#[inline(always)]
pub(super) unsafe fn store<E: Element, V: Lanes<Elem = E>>(value: V, at: *mut E) {
    // SAFETY: the caller's promise; as in `load`.
    value.store(unsafe { core::slice::from_raw_parts_mut(at, V::LANES) }, 0);
}

/// `min(count, LANES)` values from `at` on, and anything behind them.
///
/// # Safety
/// `min(count, LANES)` values can be read, and so can all that follow up to `end`.
#[inline(always)]
pub(super) unsafe fn load_first<E: Element, S: Simd<E>>(
    simd: S,
    at: *const E,
    count: usize,
    end: *const E,
) -> S::V {
    if count >= S::LANES || at.wrapping_add(S::LANES) <= end {
        // SAFETY: the caller's promise covers a whole vector in both cases.
        return unsafe { load(simd, at) };
    }
    let mut values = [E::zero(); MAX_LANES];
    for (i, value) in values.iter_mut().enumerate().take(count) {
        // SAFETY: `i < count`.
        *value = unsafe { *at.add(i) };
    }
    simd.load(&values, 0)
}

/// Adds the first `min(count, LANES)` lanes of `value` to what is at `at`; touches nothing else.
///
/// # Safety
/// `min(count, LANES)` values can be read and written, and all that follow up to `end` can be read.
#[inline(always)]
pub(super) unsafe fn add_first<E: Element, S: Simd<E>>(
    simd: S,
    value: S::V,
    at: *mut E,
    count: usize,
    end: *const E,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let sum = load_first(simd, at, count, end) + value;
        if count >= S::LANES {
            store(sum, at);
        } else {
            sum.store_first(core::slice::from_raw_parts_mut(at, count), 0, count);
        }
    }
}

/// Asks for the cache line at `at`, which need not be readable.
#[inline(always)]
pub(super) fn prefetch<E>(at: *const E) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing a program could see and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}
