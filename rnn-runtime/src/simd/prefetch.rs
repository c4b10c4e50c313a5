//! Asking the caches for memory ahead of its use.

/// Bytes of a cache line.
pub(crate) const LINE: usize = 64;

/// Asks for the cache line at `at`, which need not be readable.
#[inline(always)]
pub(crate) fn prefetch<E>(at: *const E) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing a program could see and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// The same for the second-level cache. Memory that is not there costs a walk through the page tables.
#[inline(always)]
pub(crate) fn prefetch_later<E>(at: *const E) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a prefetch reads nothing a program could see and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// The same for a line that will be written, which then need not be asked for a second time.
#[inline(always)]
pub(crate) fn prefetch_write<E>(at: *const E) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: as above; processors without the instruction do nothing.
    unsafe {
        core::arch::asm!("prefetchw [{}]", in(reg) at, options(nostack, preserves_flags, readonly));
    };
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = at;
}
