//! The register tile of a product: a few rows times a few vectors, held in registers over all of
//! `k`.

use super::product::SOURCES;
use crate::kernels::element::Element;
use crate::kernels::simd::Machine;
use crate::kernels::simd::prefetch::{LINE, prefetch, prefetch_later};

/// What a tile adds up: a part of the source's columns times as many rows of a panel.
#[derive(Clone, Copy)]
pub(super) struct Summand<E> {
    /// Length of the sum.
    pub(super) k: usize,
    /// The source, `[rows, from_stride]`.
    pub(super) from: *const E,
    /// Distance between rows of the source.
    pub(super) from_stride: usize,
    /// The panel, `[k, vectors * LANES]`.
    pub(super) panel: *const E,
    /// What the second-level cache is asked for, one cache line a step, by tiles of four vectors;
    /// null if nothing. It is not read.
    pub(super) later: *const E,
}

impl<E> Summand<E> {
    /// Nothing.
    pub(super) const NONE: Self = Summand {
        k: 0,
        from: core::ptr::null(),
        from_stride: 0,
        panel: core::ptr::null(),
        later: core::ptr::null(),
    };
}

/// What a tile reads and writes; all pointers at the tile's first element.
#[derive(Clone, Copy)]
pub(super) struct Tile<E> {
    /// What is summed, one after the other.
    pub(super) summands: [Summand<E>; SOURCES],
    /// What the accumulators begin with, `[rows, start_stride]`.
    pub(super) start: *const E,
    /// Distance between rows of `start`; 0 if all rows begin alike.
    pub(super) start_stride: usize,
    /// The result, `[rows, into_stride]`.
    pub(super) into: *mut E,
    /// Distance between rows of the result.
    pub(super) into_stride: usize,
    /// Whether the sum is added to the result.
    pub(super) add: bool,
    /// Whether the result is likely to be far away, and worth asking for before it is written.
    pub(super) far_result: bool,
}

/// How far ahead a panel is asked for, in bytes: packed weights stream from the second-level cache.
const AHEAD: usize = 2048;

/// Computes a tile of `ROWS` rows and `VECTORS` vectors.
///
/// # Safety
/// For the tile's rows and vectors, source, panel and start can be read and the result can be
/// written.
#[expect(clippy::needless_range_loop, reason = "indices say which row and vector is meant")]
#[inline(always)]
pub(super) unsafe fn tile<E: Element, S: Machine<E>, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    tile: Tile<E>,
) {
    let mut acc = [[simd.splat(E::zero()); VECTORS]; ROWS];
    // SAFETY: the caller's promise, for rows below `ROWS` and vectors below `VECTORS`.
    unsafe {
        if tile.far_result {
            for r in 0..ROWS {
                for v in 0..VECTORS {
                    prefetch(tile.into.wrapping_add(r * tile.into_stride + v * S::LANES));
                }
            }
        }
        for r in 0..ROWS {
            for v in 0..VECTORS {
                acc[r][v] = simd.load(tile.start.add(r * tile.start_stride + v * S::LANES));
            }
        }
        for summand in tile.summands {
            acc = if VECTORS == 4 && !summand.later.is_null() {
                sum::<E, S, ROWS, VECTORS, true>(simd, summand, acc)
            } else {
                sum::<E, S, ROWS, VECTORS, false>(simd, summand, acc)
            };
        }
        for r in 0..ROWS {
            for v in 0..VECTORS {
                let into = tile.into.add(r * tile.into_stride + v * S::LANES);
                let value = acc[r][v];
                simd.store(if tile.add { simd.add(simd.load(into), value) } else { value }, into);
            }
        }
    }
}

/// The sum over `k`, from `acc` on; two steps at a time, which halves the work on addresses.
///
/// # Safety
/// As for [`tile`].
#[inline(always)]
unsafe fn sum<
    E: Element,
    S: Machine<E>,
    const ROWS: usize,
    const VECTORS: usize,
    const LATER: bool,
>(
    simd: S,
    summand: Summand<E>,
    mut acc: [[S::Reg; VECTORS]; ROWS],
) -> [[S::Reg; VECTORS]; ROWS] {
    let mut at = At { panel: summand.panel, later: summand.later, rows: [summand.from; GROUPS] };
    for (group, rows) in at.rows.iter_mut().enumerate() {
        *rows = rows.wrapping_add(group * GROUP * summand.from_stride);
    }
    // SAFETY: the caller's promise, for steps below `k`.
    unsafe {
        for _ in 0..summand.k / 2 {
            step::<E, S, ROWS, VECTORS, LATER>(simd, at, summand.from_stride, 0, &mut acc);
            step::<E, S, ROWS, VECTORS, LATER>(simd, at, summand.from_stride, 1, &mut acc);
            at.panel = at.panel.wrapping_add(2 * VECTORS * S::LANES);
            at.later = at.later.cast::<u8>().wrapping_add(2 * LINE).cast();
            at.rows.iter_mut().for_each(|rows| *rows = rows.wrapping_add(2));
        }
        if summand.k % 2 == 1 {
            step::<E, S, ROWS, VECTORS, false>(simd, at, summand.from_stride, 0, &mut acc);
        }
    }
    acc
}

/// Rows that share a pointer: their distances from it, one and two strides, are part of an
/// instruction.
const GROUP: usize = 3;

/// Groups of the highest tile.
const GROUPS: usize = 4;

/// Where a sum has got to.
#[derive(Clone, Copy)]
struct At<E> {
    panel: *const E,
    later: *const E,
    /// The first row of each group.
    rows: [*const E; GROUPS],
}

/// One step of the sum: a row of the panel times a column of the source.
///
/// # Safety
/// As for [`tile`], and step `k` from there on is one of the summand's.
#[expect(clippy::needless_range_loop, reason = "indices say which row and vector is meant")]
#[inline(always)]
unsafe fn step<
    E: Element,
    S: Machine<E>,
    const ROWS: usize,
    const VECTORS: usize,
    const LATER: bool,
>(
    simd: S,
    at: At<E>,
    stride: usize,
    k: usize,
    acc: &mut [[S::Reg; VECTORS]; ROWS],
) {
    let mut weights = [simd.splat(E::zero()); VECTORS];
    // SAFETY: the caller's promise.
    unsafe {
        let panel = at.panel.add(k * VECTORS * S::LANES);
        for line in 0..(VECTORS * S::LANES * size_of::<E>()).div_ceil(LINE) {
            prefetch(panel.cast::<u8>().wrapping_add(AHEAD + line * LINE));
        }
        if LATER {
            prefetch_later(at.later.cast::<u8>().wrapping_add(k * LINE));
        }
        for v in 0..VECTORS {
            weights[v] = simd.load(panel.add(v * S::LANES));
        }
        for r in 0..ROWS {
            let value = simd.splat(*at.rows[r / GROUP].add(r % GROUP * stride + k));
            for v in 0..VECTORS {
                acc[r][v] = simd.mul_add(value, weights[v], acc[r][v]);
            }
        }
    }
}
