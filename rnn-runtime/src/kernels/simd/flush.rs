//! Numbers below the smallest normal one count as zero for the time of a kernel.
//!
//! A state that decays passes through the denormal numbers, and a gradient that vanishes stays
//! among them; many processors take a hundred times as long for each operation on one. So the
//! kernels of cells run in the processor's mode that reads and writes zeros instead.
//!
//! The language leaves undefined what code does in another mode than the default one. What its
//! compiler does is to fold constants and to move arithmetic as if the mode were that one, after
//! which a denormal number may be itself or zero. So the mode is set for code only that takes
//! either: a kernel that says so by [`Kernel::FLUSHES`](super::Kernel::FLUSHES). The mode is set
//! and restored, also when the kernel panics, inside the function that is compiled for a tier and
//! never inlined into its callers. For the compiler both instructions may read and write all
//! memory, so what a kernel loads and stores stays between them, and with it the arithmetic.

#[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
use core::arch::asm;

/// A mode to go back to.
pub(crate) type Before = mode::Word;

/// As long as it lives, denormal operands and results of this thread are zero.
#[derive(Debug)]
pub(crate) struct Flush<'b> {
    before: &'b Before,
}

impl<'b> Flush<'b> {
    /// Whether the mode is this one: for work that goes on in other threads.
    pub(crate) fn is_on() -> bool {
        let mut now = Before::default();
        mode::read(&mut now);
        now & mode::ZEROS == mode::ZEROS
    }

    /// Changes the mode, whatever it was, and leaves that in `before`, from where it goes back: the
    /// processor reads it when all arithmetic before it is done, that of the last step included,
    /// and nothing here waits for it.
    #[inline(always)]
    pub(crate) fn begin(before: &'b mut Before) -> Flush<'b> {
        mode::set(before);
        Flush { before }
    }
}

impl Drop for Flush<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        mode::restore(self.before);
    }
}

/// MXCSR, the control register of SSE and all that came after it.
#[cfg(all(target_arch = "x86_64", not(miri)))]
mod mode {
    use core::arch::naked_asm;
    use core::ptr;

    use super::asm;

    pub(super) type Word = u32;

    /// Results to zero (FTZ, bit 15) and operands to zero (DAZ, bit 6).
    pub(super) const ZEROS: Word = 1 << 15 | 1 << 6;

    /// These, and else what the language has code run in: no exception traps (masks, bits 7 to 12),
    /// rounding to nearest.
    static FLUSHING: Word = ZEROS | 0b111111 << 7;

    #[inline]
    pub(super) fn read(into: &mut Word) {
        // SAFETY: every x86-64 has the register; the instruction writes the four bytes of `into`.
        unsafe { asm!("stmxcsr [{}]", in(reg) into, options(nostack, preserves_flags)) };
    }

    /// Leaves what there was in `before`.
    #[inline(always)]
    pub(super) fn set(before: &mut Word) {
        change(&FLUSHING, before);
    }

    /// Goes back to what `set` left.
    #[inline(always)]
    pub(super) fn restore(before: &Word) {
        change(before, ptr::null_mut());
    }

    #[inline(always)]
    fn change(to: *const Word, before: *mut Word) {
        // SAFETY: the words are the caller's references, `before` may be null; no reserved bit is
        // set, as every x86-64 with SSE2 has DAZ. Only flags of the processor change besides. On
        // the mode for denormal numbers only kernels that allow it depend, see above.
        unsafe { asm!("call {}", sym switch, in("rdi") to, in("rsi") before) };
    }

    /// Writes the register to `rsi` unless that is null, and reads it from `rdi`; changes no other.
    ///
    /// The one place where the register changes. On AMD's Zen 3 two instructions that change it
    /// may be in each other's way, by their addresses, and each then takes 80 cycles. Two in one
    /// line of 32 bytes were not, wherever the line was, and these serve all kernels.
    #[unsafe(naked)]
    extern "C" fn switch() {
        naked_asm!(
            ".balign 32",
            "test rsi, rsi",
            "jz 2f",
            "stmxcsr [rsi]",
            "ldmxcsr [rdi]",
            "ret",
            ".balign 8",
            "2: ldmxcsr [rdi]",
            "ret",
        )
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
    pub(super) fn read(into: &mut Word) {
        // SAFETY: every AArch64 has the register; nothing but `into` changes.
        unsafe { asm!("mrs {}, fpcr", out(reg) * into, options(nomem, nostack, preserves_flags)) };
    }

    /// Leaves what there was in `before`. Else the mode is what the language has code run in: no
    /// traps, rounding to nearest.
    #[inline(always)]
    pub(super) fn set(before: &mut Word) {
        read(before);
        restore(&ZEROS);
    }

    /// Goes back to what `set` left.
    #[inline(always)]
    pub(super) fn restore(before: &Word) {
        // SAFETY: as for reading; on the mode for denormal numbers only kernels that allow it
        // depend, see above.
        unsafe { asm!("msr fpcr, {}", in(reg) *before, options(nostack)) };
    }
}

/// No such mode.
#[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod mode {
    pub(super) type Word = u32;

    pub(super) const ZEROS: Word = 0;

    pub(super) fn read(_into: &mut Word) {}

    pub(super) fn set(_before: &mut Word) {}

    pub(super) fn restore(_before: &Word) {}
}

#[cfg(all(test, feature = "std", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
mod tests {
    use super::*;

    fn on() -> bool {
        Flush::is_on()
    }

    #[test]
    fn the_mode_is_restored() {
        let before = on();
        {
            let [mut outside, mut inside] = [Before::default(); 2];
            let _outer = Flush::begin(&mut outside);
            assert!(on());
            drop(Flush::begin(&mut inside));
            assert!(on(), "an inner one changes nothing");
        }
        assert_eq!(on(), before);
        let panics = std::panic::catch_unwind(|| {
            let mut before = Before::default();
            let _mode = Flush::begin(&mut before);
            panic!("on purpose");
        });
        assert!(panics.is_err());
        assert_eq!(on(), before);
    }
}
