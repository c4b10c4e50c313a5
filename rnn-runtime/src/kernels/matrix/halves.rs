//! Products with weights of half width.

use super::format::{Format, Half};
use super::product::{Job, MOST_VECTORS, product_strip};
use super::row::product_row;
use super::shapes::{Passes, Shapes};
use super::tile::{Summand, Tile};
use crate::kernels::element::Element;
use crate::kernels::simd::MAX_LANES;

/// Steps of `k` of a panel that are widened at once.
const WIDENED: usize = 64;

/// A product with weights of half width: one row reads them as they are; for several they are
/// widened, block by block of a panel.
///
/// # Safety
/// The job's pointers are good for its sizes and for weights of this format.
#[inline(always)]
pub(super) unsafe fn product_half<E: Element, S: Shapes<E>, const BRAIN: bool>(
    simd: S,
    job: Job<E>,
    passes: Passes<S, E>,
) {
    if job.rows == 1 {
        // SAFETY: the caller's promise.
        return unsafe { product_row::<E, S, Half<BRAIN>>(simd, job, passes) };
    }
    let mut wide = [E::zero(); WIDENED * MAX_LANES * MOST_VECTORS];
    for column in (0..job.width).step_by(S::PANEL * S::LANES) {
        let vectors = S::PANEL.min((job.width - column) / S::LANES);
        let into = job.into.wrapping_add(column);
        let start = job.start.wrapping_add(column * job.start_step);
        let (mut start, mut start_stride) = (start, job.start_stride);
        for piece in job.pieces {
            for first in (0..piece.k).step_by(WIDENED) {
                let k = WIDENED.min(piece.k - first);
                let at = column * piece.height + first * vectors * S::LANES;
                let from = piece.from.wrapping_add(first);
                let summand = Summand { k, from, from_stride: piece.from_stride, ..Summand::NONE };
                // SAFETY: the block lies inside the panel, and fits the place for it; the tile lies
                // inside the job.
                unsafe {
                    widen::<E, S, BRAIN>(simd, piece.panels, at, (k, vectors), wide.as_mut_ptr());
                    let tile = Tile {
                        summands: [Summand { panel: wide.as_ptr(), ..summand }, Summand::NONE],
                        start,
                        start_stride,
                        into,
                        into_stride: job.into_stride,
                        add: false,
                        far_result: false,
                    };
                    product_strip(simd, job.rows, vectors, tile);
                }
                (start, start_stride) = (into.cast_const(), job.into_stride);
            }
        }
    }
}

/// Writes `k` rows of a panel of `vectors` vectors, from weight `at` on, to `into` in full width.
///
/// # Safety
/// The rows are inside the panel, and `into` has room for them.
#[inline(always)]
unsafe fn widen<E: Element, S: Shapes<E>, const BRAIN: bool>(
    simd: S,
    panels: *const E,
    at: usize,
    (k, vectors): (usize, usize),
    into: *mut E,
) {
    for row in 0..k {
        for v in (0..vectors).step_by(2) {
            let first = (row * vectors + v) * S::LANES;
            // SAFETY: the caller's promise.
            unsafe {
                if v + 1 < vectors {
                    let [a, b] = Half::<BRAIN>::row::<2>(simd, panels, at + first);
                    simd.store(a, into.add(first));
                    simd.store(b, into.add(first + S::LANES));
                } else {
                    let [a] = Half::<BRAIN>::row::<1>(simd, panels, at + first);
                    simd.store(a, into.add(first));
                }
            }
        }
    }
}
