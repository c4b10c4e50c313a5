//! The rank update: gradients of matrices from the rows of a chunk.
//!
//! In blocks of rows, a panel of `right` two vectors wide is copied to aligned scratch on the stack, then
//! all of `left` passes over it in tiles of up to 14 columns. Each block is summed from zero in
//! ascending order and added to the gradient, which also keeps long sums accurate.

use core::mem::MaybeUninit;

use super::Rows;
use super::vectors::{Budget, add_first, load, load_first, prefetch, store};
use crate::element::Element;
use crate::simd::{Lanes, Simd};

/// Rows of a block: its panel of two vectors takes half the first-level cache.
const BLOCK: usize = 128;

/// Vectors of a full panel.
const PANEL: usize = 2;

/// A panel of `right`, `[BLOCK, PANEL vectors]`.
#[repr(C, align(64))]
struct Scratch(MaybeUninit<[u8; BLOCK * PANEL * 64]>);

/// What a tile reads and writes; all pointers at the tile's first element.
#[derive(Clone, Copy)]
struct Tile<E> {
    /// Rows of both operands.
    rows: usize,
    /// The left operand, `[rows, left_stride]`.
    left: *const E,
    /// Distance between rows of the left operand.
    left_stride: usize,
    /// The copied panel, `[rows, vectors * LANES]`.
    panel: *const E,
    /// The gradient, `[columns of left, stride]`.
    into: *mut E,
    /// Distance between rows of the gradient.
    stride: usize,
    /// Columns of the panel that are written.
    columns: usize,
    /// End of the gradient's buffer.
    end: *const E,
}

/// `into[i * stride + j] += sum over r of left[r, i] * right[r, j]` for `i < n`, `j < k`.
#[expect(
    clippy::too_many_arguments,
    reason = "a matrix product has three operands and three sizes"
)]
#[inline(always)]
pub(super) fn rank_update<E: Element, S: Simd<E>>(
    simd: S,
    rows: usize,
    left: Rows<'_, E>,
    n: usize,
    right: Rows<'_, E>,
    k: usize,
    into: &mut [E],
    stride: usize,
) {
    if rows == 0 || n == 0 || k == 0 {
        return;
    }
    left.check(rows, n, "left operand");
    right.check(rows, k, "right operand");
    let end = (n - 1).saturating_mul(stride).saturating_add(k);
    assert!(end <= into.len(), "gradient [{n}, {k}] ends at {end} of {}", into.len());
    let mut scratch = Scratch(MaybeUninit::uninit());
    let panel = scratch.0.as_mut_ptr().cast::<E>();
    let into_end = into.as_ptr_range().end;
    let mut row = 0;
    while row < rows {
        let height = BLOCK.min(rows - row);
        let mut column = 0;
        while column < k {
            let columns = (PANEL * S::LANES).min(k - column);
            let vectors = columns.div_ceil(S::LANES);
            let right = Rows { offset: right.offset + row * right.stride + column, ..right };
            // SAFETY: operands and gradient were checked for all rows and columns; the scratch holds a
            // block of full panels.
            unsafe {
                copy_panel(simd, height, right, columns, panel);
                let strip = Tile {
                    rows: height,
                    left: left.data.as_ptr().add(left.offset + row * left.stride),
                    left_stride: left.stride,
                    panel,
                    into: into.as_mut_ptr().add(column),
                    stride,
                    columns,
                    end: into_end,
                };
                update_strip(simd, n, vectors, strip);
            }
            column += columns;
        }
        row += height;
    }
}

/// Copies `columns` columns of `right` to `panel`, in whole vectors.
///
/// # Safety
/// The columns are inside `right`, and `panel` has room for `rows` rows of them.
#[inline(always)]
unsafe fn copy_panel<E: Element, S: Simd<E>>(
    simd: S,
    rows: usize,
    right: Rows<'_, E>,
    columns: usize,
    panel: *mut E,
) {
    let vectors = columns.div_ceil(S::LANES);
    let end = right.data.as_ptr_range().end;
    for r in 0..rows {
        for v in 0..vectors {
            // SAFETY: the caller's promise.
            unsafe {
                let from = right.data.as_ptr().add(right.offset + r * right.stride + v * S::LANES);
                let value = load_first(simd, from, columns - v * S::LANES, end);
                store(value, panel.add((r * vectors + v) * S::LANES));
            }
        }
    }
}

/// All columns of `left` over one panel, split evenly over tiles.
///
/// # Safety
/// The strip's pointers are good for `n` columns of `left` and `vectors` vectors.
#[inline(always)]
unsafe fn update_strip<E: Element, S: Simd<E>>(
    simd: S,
    n: usize,
    vectors: usize,
    mut strip: Tile<E>,
) {
    let most = match (S::WIDE, vectors) {
        (true, _) => 14,
        (false, 2) => 6,
        (false, _) => 12,
    };
    let tiles = n.div_ceil(most);
    let (small, larger) = (n / tiles, n % tiles);
    for t in 0..tiles {
        let height = small + usize::from(t < larger);
        // SAFETY: the caller's promise; the heights of all tiles add up to `n`.
        unsafe {
            update_tile(simd, height, vectors, strip);
            strip.left = strip.left.add(height);
            // The last tile ends at the last row, behind which there need be nothing.
            strip.into = strip.into.wrapping_add(height * strip.stride);
        }
    }
}

/// Calls the tile of `$height` columns of `left` among those listed.
macro_rules! tile_of {
    ($simd:ident, $tile:ident, $height:ident, $vectors:literal: $($rows:literal)*) => {
        match $height {
            $($rows => tile::<E, S, $rows, $vectors>($simd, $tile),)*
            _ => unreachable!("a tile of {} columns and {} vectors", $height, $vectors),
        }
    };
}

/// A tile of run-time shape.
///
/// # Safety
/// The strip's pointers are good for `height` columns of `left` and `vectors` vectors.
#[inline(always)]
unsafe fn update_tile<E: Element, S: Simd<E>>(
    simd: S,
    height: usize,
    vectors: usize,
    strip: Tile<E>,
) {
    // SAFETY: the caller's promise.
    unsafe {
        match (S::WIDE, vectors) {
            (true, 2) => tile_of!(simd, strip, height, 2: 1 2 3 4 5 6 7 8 9 10 11 12 13 14),
            (true, _) => tile_of!(simd, strip, height, 1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14),
            (false, 2) => tile_of!(simd, strip, height, 2: 1 2 3 4 5 6),
            (false, _) => tile_of!(simd, strip, height, 1: 1 2 3 4 5 6 7 8 9 10 11 12),
        }
    }
}

/// Rows ahead for which `left` is asked for: its rows are far apart.
const AHEAD: usize = 8;

/// Computes a tile of `ROWS` columns of `left` times `VECTORS` vectors of `right`.
///
/// # Safety
/// The tile's pointers are good for this shape.
#[inline(always)]
unsafe fn tile<E: Element, S: Simd<E>, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    tile: Tile<E>,
) {
    let mut acc = [[simd.splat(E::zero()); VECTORS]; ROWS];
    for r in 0..tile.rows {
        // SAFETY: `r` is below the tile's rows: the caller's promise.
        unsafe {
            let left = tile.left.add(r * tile.left_stride);
            prefetch(left.wrapping_add(AHEAD * tile.left_stride));
            prefetch(left.wrapping_add(AHEAD * tile.left_stride + ROWS - 1));
            let mut right = [simd.splat(E::zero()); VECTORS];
            for (v, value) in right.iter_mut().enumerate() {
                *value = load(simd, tile.panel.add((r * VECTORS + v) * S::LANES));
            }
            for (i, row) in acc.iter_mut().enumerate() {
                let value = simd.splat(*left.add(i));
                for (lane, right) in row.iter_mut().zip(right) {
                    *lane = value.mul_add(right, *lane);
                }
            }
        }
    }
    for (i, row) in acc.into_iter().enumerate() {
        for (v, lane) in row.into_iter().enumerate() {
            // SAFETY: row `i` of the tile's gradient, of which `columns` are written.
            unsafe {
                let at = tile.into.add(i * tile.stride + v * S::LANES);
                add_first(simd, lane, at, tile.columns - v * S::LANES, tile.end);
            }
        }
    }
}
