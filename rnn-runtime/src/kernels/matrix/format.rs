//! The formats of packed weights, and how the loops read them.

use core::marker::PhantomData;

use crate::kernels::element::Element;
use crate::kernels::simd::Machine;

/// How inference, by [`Sequence::forward`](crate::sequence::Sequence::forward) or
/// [`Stream`](crate::stream::Stream), keeps the weights of products. Training keeps them as they
/// are; a [`Sequence`](crate::sequence::Sequence) that does both in turns lays them out anew each
/// time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WeightFormat {
    /// As the parameters.
    #[default]
    Full,
    /// IEEE 754 half precision: 11 significant bits, of numbers from 6e-8 to 65504; larger ones
    /// count as 65504.
    F16,
    /// The upper half of an `f32`: 8 significant bits, of all its range.
    Bf16,
}

/// Reads packed weights.
pub(super) trait Format<E: Element, S: Machine<E>> {
    /// The vector that begins with weight `at` of a single column.
    ///
    /// # Safety
    /// `LANES` weights of this format from `at` on can be read.
    unsafe fn load(simd: S, panels: *const E, at: usize) -> S::Reg;

    /// `N` vectors of a row of a panel, from weight `at` on: an even number of vectors into the
    /// row, and all that follow in it if `N` is odd.
    ///
    /// # Safety
    /// As for [`load`](Format::load), for `N` vectors.
    #[inline(always)]
    unsafe fn row<const N: usize>(simd: S, panels: *const E, at: usize) -> [S::Reg; N] {
        let mut row = [simd.splat(E::zero()); N];
        for (v, weights) in row.iter_mut().enumerate() {
            // SAFETY: the caller's promise.
            *weights = unsafe { Self::load(simd, panels, at + v * S::LANES) };
        }
        row
    }

    /// Where weight `at` is.
    fn skip(panels: *const E, at: usize) -> *const E;
}

/// Weights of the element type.
pub(super) struct Full;

/// Weights of half width, which lie two by two in the place of an `f32`. In the panels of `bf16`
/// two vectors beside each other are interleaved: a shift makes one of them, a mask the other.
pub(super) struct Half<const BRAIN: bool>(PhantomData<()>);

/// Where `bf16` weight `i` of a matrix `[k, width]` goes, in vectors of `lanes` and panels of
/// `panel` columns.
pub(super) fn interleaved(i: usize, k: usize, width: usize, lanes: usize, panel: usize) -> usize {
    let first = i / (k * panel) * panel;
    let columns = panel.min(width - first);
    let column = (i - first * k) % columns;
    let (vector, lane) = (column / lanes, column % lanes);
    if (vector | 1) * lanes >= columns {
        return i;
    }
    i - column + vector / 2 * 2 * lanes + 2 * lane + vector % 2
}

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
    unsafe fn row<const N: usize>(simd: S, panels: *const E, at: usize) -> [S::Reg; N] {
        let mut row = [simd.splat(E::zero()); N];
        for v in (0..N).step_by(2) {
            let at = at + v * S::LANES;
            // SAFETY: the caller's promise.
            unsafe {
                if BRAIN && v + 1 < N {
                    [row[v], row[v + 1]] = simd.load_interleaved(panels.cast::<u16>().add(at));
                    continue;
                }
                row[v] = Self::load(simd, panels, at);
                if v + 1 < N {
                    row[v + 1] = Self::load(simd, panels, at + S::LANES);
                }
            }
        }
        row
    }

    #[inline(always)]
    fn skip(panels: *const E, at: usize) -> *const E {
        panels.cast::<u16>().wrapping_add(at).cast()
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::*;

    #[test]
    fn interleaving_moves_weights_within_their_row() {
        for (k, vectors, lanes, panel) in [(1, 1, 4, 2), (3, 5, 8, 2), (5, 7, 16, 4), (2, 8, 16, 4)]
        {
            let width = vectors * lanes;
            let mut seen = vec![false; k * width];
            for i in 0..k * width {
                let at = interleaved(i, k, width, lanes, panel * lanes);
                assert!(!core::mem::replace(&mut seen[at], true), "two weights at {at}");
                let first = i / (k * panel * lanes) * panel * lanes;
                let columns = (panel * lanes).min(width - first);
                let row = |i: usize| (i - first * k) / columns;
                assert_eq!(row(at), row(i), "of {width} columns");
            }
        }
    }

    #[test]
    fn the_last_of_an_odd_number_of_vectors_stays() {
        // Panels of two vectors of four lanes; the second panel has one.
        let row: Vec<_> = (0..12).map(|i| interleaved(i, 1, 12, 4, 8)).collect();
        assert_eq!(row, [0, 2, 4, 6, 1, 3, 5, 7, 8, 9, 10, 11]);
    }
}
