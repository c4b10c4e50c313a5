//! The formats of packed weights, and how the loops read them.

use core::marker::PhantomData;

use crate::element::Element;
use crate::simd::Machine;

/// Reads packed weights.
pub(super) trait Format<E: Element, S: Machine<E>> {
    /// The vector that begins with weight `at`.
    ///
    /// # Safety
    /// `LANES` weights of this format from `at` on can be read.
    unsafe fn load(simd: S, panels: *const E, at: usize) -> S::Reg;

    /// Where weight `at` is.
    fn skip(panels: *const E, at: usize) -> *const E;
}

/// Weights of the element type.
pub(super) struct Full;

/// Weights of half width, which lie two by two in the place of an `f32`.
pub(super) struct Half<const BRAIN: bool>(PhantomData<()>);

impl<E: Element, S: Machine<E>> Format<E, S> for Full {
    #[inline(always)]
    unsafe fn load(simd: S, panels: *const E, at: usize) -> S::Reg {
        // SAFETY: the caller's promise.
        unsafe { simd.load(panels.add(at)) }
    }

    #[inline(always)]
    fn skip(panels: *const E, at: usize) -> *const E {
        panels.wrapping_add(at)
    }
}

impl<E: Element, S: Machine<E>, const BRAIN: bool> Format<E, S> for Half<BRAIN> {
    #[inline(always)]
    unsafe fn load(simd: S, panels: *const E, at: usize) -> S::Reg {
        // SAFETY: the caller's promise.
        unsafe { simd.load_half::<BRAIN>(panels.cast::<u16>().add(at)) }
    }

    #[inline(always)]
    fn skip(panels: *const E, at: usize) -> *const E {
        panels.cast::<u16>().wrapping_add(at).cast()
    }
}
