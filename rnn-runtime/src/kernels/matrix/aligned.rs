//! Memory that begins on a cache line.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

use crate::kernels::element::Element;

/// One cache line; as wide as the widest vector.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u64; 8]);

const LINE_BYTES: usize = size_of::<Line>();

/// A buffer of `E` whose first value lies on a 64-byte boundary, zero where nothing was written.
///
/// It derefs to a slice. [`resize`](Aligned::resize) within the memory it already has allocates
/// nothing, so a workspace grows to its largest use and stays there.
#[derive(Clone)]
pub struct Aligned<E> {
    lines: Vec<Line>,
    len: usize,
    element: PhantomData<E>,
}

impl<E: Element> Aligned<E> {
    /// An empty buffer, without memory.
    pub const fn new() -> Self {
        Self { lines: Vec::new(), len: 0, element: PhantomData }
    }

    /// `len` zeros.
    pub fn zeroed(len: usize) -> Self {
        let mut buffer = Self::new();
        buffer.resize(len);
        buffer
    }

    /// Makes it at least `len` values long; what is in it is of no matter.
    pub(super) fn grow(&mut self, len: usize) {
        if len > self.len {
            self.resize(len);
        }
    }

    /// Makes it `len` values long: the first ones stay as they are, new ones are zero.
    pub fn resize(&mut self, len: usize) {
        let per_line = LINE_BYTES / size_of::<E>();
        let (old, lines) = (self.len, len.div_ceil(per_line));
        if lines > self.lines.len() {
            self.lines.resize(lines, Line([0; 8]));
        }
        self.len = len;
        if len > old {
            // A longer buffer may have left values beyond the old end.
            self[old..].fill(E::zero());
        }
    }
}

impl<E> Deref for Aligned<E> {
    type Target = [E];

    #[inline]
    fn deref(&self) -> &[E] {
        // SAFETY: only `resize` (for elements, f32 and f64) makes `len` other than 0, and then the
        // lines hold at least `len` elements; they are initialised and aligned above any element,
        // and any bit pattern is a value.
        unsafe { core::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl<E> DerefMut for Aligned<E> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [E] {
        // SAFETY: as in `deref`; the lines are borrowed mutably.
        unsafe { core::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

impl<E> Default for Aligned<E> {
    fn default() -> Self {
        Self { lines: Vec::new(), len: 0, element: PhantomData }
    }
}

impl<E: fmt::Debug> fmt::Debug for Aligned<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<E: Element>() {
        let mut buffer = Aligned::<E>::new();
        assert!(buffer.is_empty());
        for len in [1, 15, 16, 17, 1000] {
            buffer.resize(len);
            assert_eq!(buffer.len(), len);
            assert_eq!(buffer.as_ptr() as usize % 64, 0);
            assert!(buffer.iter().all(|v| *v == E::zero()));
        }
        let place = buffer.as_ptr();
        buffer.fill(E::one());
        buffer.resize(3);
        buffer.resize(1000);
        assert_eq!(buffer.as_ptr(), place, "memory is reused");
        assert_eq!(buffer[..4], [E::one(), E::one(), E::one(), E::zero()]);
        assert!(buffer[3..].iter().all(|v| *v == E::zero()), "new values are zero");
        assert_eq!(buffer.clone()[..], buffer[..]);
    }

    #[test]
    fn aligned_zeroed_and_reused() {
        check::<f32>();
        check::<f64>();
    }
}
