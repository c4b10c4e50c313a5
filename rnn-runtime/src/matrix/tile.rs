//! The register tile of a product: a few rows times a few vectors, held in registers over all of `k`.

use super::vectors::{Budget, load, prefetch, store};
use crate::element::Element;
use crate::simd::{Lanes, Simd};

/// What a tile reads and writes; all pointers at the tile's first element.
#[derive(Clone, Copy)]
pub(super) struct Tile<E> {
    /// The source, `[rows, from_stride]`.
    pub(super) from: *const E,
    /// Distance between rows of the source.
    pub(super) from_stride: usize,
    /// The panel, `[k, vectors * LANES]`.
    pub(super) panel: *const E,
    /// Length of the sum.
    pub(super) k: usize,
    /// What the accumulators begin with, `[rows, start_stride]`.
    pub(super) start: *const E,
    /// Distance between rows of `start`; 0 if all rows begin alike.
    pub(super) start_stride: usize,
    /// The result, `[rows, into_stride]`.
    pub(super) into: *mut E,
    /// Distance between rows of the result.
    pub(super) into_stride: usize,
}

/// How far ahead a panel is asked for, in bytes: packed weights stream from the second-level cache.
const AHEAD: usize = 2048;

/// Bytes of a cache line.
const LINE: usize = 64;

/// Computes a tile of `ROWS` rows and `VECTORS` vectors.
///
/// # Safety
/// For the tile's rows and vectors, source, panel and start can be read and the result can be written.
#[inline(always)]
pub(super) unsafe fn tile<E: Element, S: Simd<E>, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    tile: Tile<E>,
) {
    let mut acc = [[simd.splat(E::zero()); VECTORS]; ROWS];
    for (r, row) in acc.iter_mut().enumerate() {
        for (v, lane) in row.iter_mut().enumerate() {
            // SAFETY: the caller's promise.
            *lane = unsafe { load(simd, tile.start.add(r * tile.start_stride + v * S::LANES)) };
        }
    }
    for k in 0..tile.k {
        // SAFETY: `k` is below the tile's `k`: the caller's promise.
        unsafe {
            let panel = tile.panel.add(k * VECTORS * S::LANES);
            let weights = row_of_panel::<E, S, VECTORS>(simd, panel);
            for (r, row) in acc.iter_mut().enumerate() {
                let value = simd.splat(*tile.from.add(r * tile.from_stride + k));
                for (lane, weight) in row.iter_mut().zip(weights) {
                    *lane = value.mul_add(weight, *lane);
                }
            }
        }
    }
    for (r, row) in acc.into_iter().enumerate() {
        for (v, lane) in row.into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { store(lane, tile.into.add(r * tile.into_stride + v * S::LANES)) };
        }
    }
}

/// One row of a panel; asks for a later one.
///
/// # Safety
/// `VECTORS` vectors can be read from `panel`.
#[inline(always)]
unsafe fn row_of_panel<E: Element, S: Simd<E>, const VECTORS: usize>(
    simd: S,
    panel: *const E,
) -> [S::V; VECTORS] {
    let bytes = VECTORS * S::LANES * size_of::<E>();
    for line in 0..bytes.div_ceil(LINE) {
        prefetch(panel.cast::<u8>().wrapping_add(AHEAD + line * LINE));
    }
    let mut weights = [simd.splat(E::zero()); VECTORS];
    for (v, weight) in weights.iter_mut().enumerate() {
        // SAFETY: the caller's promise.
        *weight = unsafe { load(simd, panel.add(v * S::LANES)) };
    }
    weights
}
