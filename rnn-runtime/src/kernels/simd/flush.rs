//! Numbers below the smallest normal one count as zero for the time of a kernel.
//!
//! A state that decays passes through the denormal numbers, and a gradient that vanishes stays
//! among them; many processors take a hundred times as long for each operation on one. So the
//! kernels of cells run in the processor's mode that reads and writes zeros instead.
//!
//! The language leaves undefined what code does in another mode than the default one. What its
//! compiler does is to fold constants and to move arithmetic as if the mode were that one, after
//! which a denormal number may be itself or zero. So the mode is set for code only that takes
//! either: a kernel that says so by [`Kernel::FLUSHES`](super::Kernel::FLUSHES). It is a function
//! that is never inlined into what sets the mode, so that no other arithmetic is moved under it,
//! and the mode is restored after it, also when it panics.

#[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
use core::arch::asm;

/// As long as it lives, denormal operands and results of this thread are zero.
#[derive(Debug)]
pub(crate) struct Flush {
    /// The mode to go back to; `None` if it was this one.
    before: Option<mode::Word>,
}

impl Flush {
    /// Whether the mode is this one: for work that goes on in other threads.
    pub(crate) fn is_on() -> bool {
        mode::read() & mode::ZEROS == mode::ZEROS
    }

    /// Changes the mode.
    #[inline]
    pub(crate) fn begin() -> Flush {
        let before = mode::read();
        let changes = before & mode::ZEROS != mode::ZEROS;
        if changes {
            mode::write(before | mode::ZEROS);
        }
        Flush { before: changes.then_some(before) }
    }
}

impl Drop for Flush {
    #[inline]
    fn drop(&mut self) {
        if let Some(before) = self.before {
            mode::write(before);
        }
    }
}

/// MXCSR, the control register of SSE and all that came after it.
#[cfg(all(target_arch = "x86_64", not(miri)))]
mod mode {
    use super::asm;

    pub(super) type Word = u32;

    /// Results to zero (FTZ, bit 15) and operands to zero (DAZ, bit 6).
    pub(super) const ZEROS: Word = 1 << 15 | 1 << 6;

    #[inline]
    pub(super) fn read() -> Word {
        let mut word = 0;
        // SAFETY: every x86-64 has the register; the instruction writes the four bytes of `word`.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut word, options(nostack, preserves_flags)) };
        word
    }

    /// Takes what `read` returned, with or without `ZEROS`.
    #[inline]
    pub(super) fn write(word: Word) {
        // SAFETY: the instruction reads the four bytes of `word`, which sets no reserved bit, as
        // every x86-64 with SSE2 has DAZ. Rounding and masks stay as they are; of the mode for
        // denormal numbers only kernels that allow it depend, see above.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const word, options(nostack)) };
    }
}

/// FPCR, the control register of floating point.
#[cfg(all(target_arch = "aarch64", not(miri)))]
mod mode {
    use super::asm;

    pub(super) type Word = u64;

    /// Operands and results to zero (FZ, bit 24).
    pub(super) const ZEROS: Word = 1 << 24;

    #[inline]
    pub(super) fn read() -> Word {
        let word;
        // SAFETY: every AArch64 has the register; nothing but `word` changes.
        unsafe { asm!("mrs {}, fpcr", out(reg) word, options(nomem, nostack, preserves_flags)) };
        word
    }

    /// Takes what `read` returned, with or without `ZEROS`.
    #[inline]
    pub(super) fn write(word: Word) {
        // SAFETY: as for reading; rounding stays as it is, and of the mode for denormal numbers
        // only kernels that allow it depend, see above.
        unsafe { asm!("msr fpcr, {}", in(reg) word, options(nostack)) };
    }
}

/// No such mode.
#[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod mode {
    pub(super) type Word = u32;

    pub(super) const ZEROS: Word = 0;

    pub(super) fn read() -> Word {
        0
    }

    pub(super) fn write(_word: Word) {}
}

#[cfg(all(test, feature = "std", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
mod tests {
    use super::*;

    #[test]
    fn the_mode_is_restored() {
        let before = mode::read();
        {
            let _outer = Flush::begin();
            assert_eq!(mode::read() & mode::ZEROS, mode::ZEROS);
            drop(Flush::begin());
            assert_eq!(mode::read() & mode::ZEROS, mode::ZEROS, "an inner one changes nothing");
        }
        assert_eq!(mode::read() & mode::ZEROS, before & mode::ZEROS);
        let panics = std::panic::catch_unwind(|| {
            let _mode = Flush::begin();
            panic!("on purpose");
        });
        assert!(panics.is_err());
        assert_eq!(mode::read() & mode::ZEROS, before & mode::ZEROS);
    }
}
