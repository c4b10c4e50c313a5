//! The product of a single row, as streaming does it: many vectors of the result at once, so that
//! the chains of multiply-adds overlap.

use super::format::Format;
use super::product::{Job, Piece, SOURCES};
use super::shapes::{Passes, Shapes};
use super::vectors::split;
use crate::kernels::element::Element;
use crate::kernels::simd::Machine;

/// One row over neighbouring panels.
#[derive(Clone, Copy)]
pub(super) struct Pass<E> {
    /// What is summed, one after the other, from the first panel on.
    pub(super) pieces: [Piece<E>; SOURCES],
    /// What the sums begin with.
    pub(super) start: *const E,
    /// Distance between columns of `start`, 0 or 1.
    pub(super) start_step: usize,
    /// The result.
    pub(super) into: *mut E,
}

/// A product of one row: the panels, split evenly over passes.
///
/// # Safety
/// The job's pointers are good for its sizes and one row.
#[inline(always)]
pub(super) unsafe fn product_row<E: Element, S: Shapes<E>, W: Format<E, S>>(
    simd: S,
    job: Job<E>,
    shapes: Passes<S, E>,
) {
    let full = S::PANEL * S::LANES;
    let panels = job.width.div_ceil(full);
    let column: usize = job.pieces.iter().map(|piece| piece.k * size_of::<E>()).sum();
    // Weights too large for the first-level cache are met there again by halves of it.
    let half = job.near * 2 / 3 / (column * full).max(1);
    let most = if column * job.width > job.near { half } else { panels };
    let passes = panels.div_ceil(most.clamp(1, shapes.len() - 1));
    let (small, larger) = split(panels, passes);
    for p in 0..passes {
        let p = if job.backwards { passes - 1 - p } else { p };
        // The larger passes come last, where the last panel may be a narrow one.
        let count = small + usize::from(p + larger >= passes);
        let column = (p * small + (p + larger).saturating_sub(passes)) * full;
        let columns = (count * full).min(job.width - column);
        let (panels, rest) = (columns / full, columns % full / S::LANES);
        // SAFETY: the columns lie inside the job.
        unsafe {
            let mut pieces = job.pieces;
            for piece in &mut pieces {
                piece.panels = W::skip(piece.panels, column * piece.k);
            }
            let pass = Pass {
                pieces,
                start: job.start.add(column * job.start_step),
                start_step: job.start_step,
                into: job.into.add(column),
            };
            shapes[panels][rest](simd, pass);
        }
    }
}

/// One row over `PANELS` panels of `FULL` vectors and one of `REST`.
///
/// # Safety
/// The pass's pointers are good for its pieces and these panels.
#[expect(clippy::needless_range_loop, reason = "indices say which panel and vector is meant")]
#[inline(always)]
pub(super) unsafe fn pass<
    E: Element,
    S: Machine<E>,
    W: Format<E, S>,
    const PANELS: usize,
    const FULL: usize,
    const REST: usize,
>(
    simd: S,
    pass: Pass<E>,
) {
    let mut acc = [[simd.splat(E::zero()); FULL]; PANELS];
    let mut rest = [simd.splat(E::zero()); REST];
    // SAFETY: the caller's promise; the rest follows the full panels.
    unsafe {
        for p in 0..PANELS {
            for v in 0..FULL {
                let column = (p * FULL + v) * S::LANES;
                acc[p][v] = simd.load(pass.start.add(column * pass.start_step));
            }
        }
        for v in 0..REST {
            let column = (PANELS * FULL + v) * S::LANES;
            rest[v] = simd.load(pass.start.add(column * pass.start_step));
        }
        for Piece { k: length, from, panels, .. } in pass.pieces {
            let panel = length * FULL * S::LANES;
            for k in 0..length {
                let value = simd.splat(*from.add(k));
                for p in 0..PANELS {
                    let at = p * panel + k * FULL * S::LANES;
                    let weights = W::row::<FULL>(simd, panels, at);
                    for v in 0..FULL {
                        acc[p][v] = simd.mul_add(value, weights[v], acc[p][v]);
                    }
                }
                let at = PANELS * panel + k * REST * S::LANES;
                let weights = W::row::<REST>(simd, panels, at);
                for v in 0..REST {
                    rest[v] = simd.mul_add(value, weights[v], rest[v]);
                }
            }
        }
        for p in 0..PANELS {
            for v in 0..FULL {
                simd.store(acc[p][v], pass.into.add((p * FULL + v) * S::LANES));
            }
        }
        for v in 0..REST {
            simd.store(rest[v], pass.into.add((PANELS * FULL + v) * S::LANES));
        }
    }
}
