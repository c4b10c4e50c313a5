//! The rank update: gradients of matrices from the rows of a chunk.
//!
//! In blocks of rows and of columns of the left operands: for each panel of `right`, two vectors
//! wide, all tiles of the block. Where rows are a page apart, the block's columns are copied first
//! in the order in which the tiles read them, and each panel too, so that the tiles read two dense
//! streams. Each block of rows is summed from zero in ascending order and added to the gradient,
//! which also keeps long sums accurate.

use core::mem::MaybeUninit;
use core::ops::Range;

use super::shapes::Shapes;
use super::vectors::{load_first, split, store_first};
use super::{Columns, Rows};
use crate::kernels::element::Element;
use crate::kernels::simd::prefetch::prefetch;
use crate::kernels::simd::{MAX_LANES, Machine};

/// Most rows of a block: fewer would read and write the gradient more often.
const BLOCK: usize = 256;

/// Columns of the left operands that pass over all panels before the next ones do: with the rows of
/// a block they take half of a second-level cache.
const LEFT_COLUMNS: usize = 512;

/// Vectors of a full panel.
const PANEL: usize = 2;

/// Panels that have to pass over the left columns before it pays to copy them.
const COPY_PANELS: usize = 8;

/// Rows ahead that are asked for while copying: they may be a page apart.
const ROWS_AHEAD: usize = 12;

/// Rows ahead that the tiles ask for: a block may have left the first-level cache.
const TILE_ROWS_AHEAD: usize = 16;

/// What a tile reads and writes; all pointers at the tile's first element.
#[derive(Clone, Copy)]
pub(super) struct Update<E> {
    /// Rows of both operands.
    pub(super) rows: usize,
    /// The tile's columns of a left operand, `[rows, left_stride]`.
    pub(super) left: *const E,
    /// Distance between their rows.
    pub(super) left_stride: usize,
    /// The panel, `[rows, panel_stride]`.
    pub(super) panel: *const E,
    /// Distance between rows of the panel.
    pub(super) panel_stride: usize,
    /// The gradient, `[columns of the left operands, stride]`.
    pub(super) into: *mut E,
    /// Distance between rows of the gradient.
    pub(super) stride: usize,
    /// Columns of the panel that are written.
    pub(super) columns: usize,
    /// End of the gradient's buffer.
    pub(super) end: *const E,
}

/// Rows of a block.
fn height(rows: usize) -> usize {
    rows.div_ceil(rows.div_ceil(BLOCK).max(1))
}

/// Room for copies of a block's columns, in whole vectors, and of a panel.
pub(super) fn scratch_len(rows: usize, n: usize) -> usize {
    columns_len(height(rows), n) + height(rows) * PANEL * MAX_LANES
}

fn columns_len(height: usize, n: usize) -> usize {
    (height * n.min(LEFT_COLUMNS) + MAX_LANES).next_multiple_of(MAX_LANES)
}

/// `into[i * stride + j] += sum over r of left[r, i] * right[r, j]` for `j < k`, where `i` counts
/// the columns of all left operands and `r` the rows of a block.
#[expect(
    clippy::too_many_arguments,
    reason = "two operands, their sizes, and where the result goes"
)]
#[inline(always)]
pub(super) fn rank_update<E: Element, S: Shapes<E>>(
    simd: S,
    rows: Range<usize>,
    lefts: &[Columns<'_, E>],
    right: Rows<'_, E>,
    k: usize,
    into: &mut [E],
    stride: usize,
    scratch: &mut [E],
) {
    let n: usize = lefts.iter().map(|left| left.n).sum();
    if rows.is_empty() || n == 0 || k == 0 {
        return;
    }
    lefts.iter().for_each(|left| left.rows.check(rows.end, left.n, "left operand"));
    right.check(rows.end, k, "right operand");
    let end = (n - 1).saturating_mul(stride).saturating_add(k);
    assert!(end <= into.len(), "gradient [{n}, {k}] ends at {end} of {}", into.len());
    let height = height(rows.len());
    let copied = columns_len(height, n);
    let room = scratch_len(rows.len(), n);
    assert!(room <= scratch.len(), "{} of {room} values for copies", scratch.len());
    for first in rows.clone().step_by(height) {
        let rows = height.min(rows.end - first);
        let right = Rows { offset: right.offset + first * right.stride, ..right };
        let mut row = 0;
        for left in lefts {
            let width = left.n.div_ceil(left.n.div_ceil(LEFT_COLUMNS).max(1)).max(1);
            for i in (0..left.n).step_by(width) {
                let offset = left.rows.offset + first * left.rows.stride + i;
                let left = Columns { rows: Rows { offset, ..left.rows }, n: width.min(left.n - i) };
                let block = Block { rows, left, right, k };
                let (columns, panel) = scratch.split_at_mut(copied);
                // SAFETY: operands and gradient were checked for all rows and columns, and the
                // scratch has room for the block's.
                unsafe {
                    update_block(simd, block, &mut into[row * stride..], stride, columns, panel);
                }
                row += left.n;
            }
        }
    }
}

/// Some rows of both operands and some columns of a left one.
struct Block<'a, E> {
    /// Number of rows.
    rows: usize,
    /// The columns of the left operand.
    left: Columns<'a, E>,
    /// The right operand, `[rows, k]`.
    right: Rows<'a, E>,
    /// Columns of the right operand.
    k: usize,
}

/// Whether rows so far apart are worth copying: in pages of their own, each costs a look into the
/// page table.
#[inline(always)]
fn far<E>(stride: usize) -> bool {
    stride * size_of::<E>() > 4096
}

/// The heights of the tiles that share out `n` columns, given the number of shapes: even ones, in
/// pairs of columns, which halves the number of shapes; an odd column is left for the end.
#[inline(always)]
fn heights(n: usize, shapes: usize) -> impl Iterator<Item = usize> {
    let tiles = (n / 2).div_ceil(shapes - 1);
    let (small, larger) = split(n / 2, tiles);
    (0..tiles + n % 2)
        .map(move |t| if t == tiles { 1 } else { 2 * (small + usize::from(t < larger)) })
}

/// Adds a block's products to the gradient.
///
/// # Safety
/// The block lies inside its operands, `into` has a row of `k` columns for each of its left
/// columns, `columns` has room for them and a vector, `panel` for `rows` times two vectors.
#[inline(always)]
unsafe fn update_block<E: Element, S: Shapes<E>>(
    simd: S,
    block: Block<'_, E>,
    into: &mut [E],
    stride: usize,
    columns: &mut [E],
    panel: &mut [E],
) {
    let end = into.as_ptr_range().end;
    let Columns { rows: left, n } = block.left;
    let copy = block.k > COPY_PANELS * PANEL * S::LANES && far::<E>(left.stride);
    let mut copied = 0;
    for column in (0..block.k).step_by(PANEL * S::LANES) {
        let width = (PANEL * S::LANES).min(block.k - column);
        let shapes = S::UPDATES[width.div_ceil(S::LANES) - 1];
        let right = Rows { offset: block.right.offset + column, ..block.right };
        // SAFETY: the caller's promise; the heights of all tiles add up to the columns.
        unsafe {
            // A last, narrower panel has other tiles.
            if copy && copied != shapes.len() {
                copy_columns(simd, &block, shapes.len(), columns.as_mut_ptr());
                copied = shapes.len();
            }
            let (mut from, mut step) = (right.data.as_ptr().add(right.offset), right.stride);
            if far::<E>(step) || !width.is_multiple_of(S::LANES) {
                copy_panel(simd, block.rows, right, width, panel.as_mut_ptr());
                (from, step) = (panel.as_ptr(), width.next_multiple_of(S::LANES));
            }
            let mut tile = Update {
                rows: block.rows,
                left: if copy { columns.as_ptr() } else { left.data.as_ptr().add(left.offset) },
                left_stride: left.stride,
                panel: from,
                panel_stride: step,
                into: into.as_mut_ptr().add(column),
                stride,
                columns: width,
                end,
            };
            for height in heights(n, shapes.len()) {
                if copy {
                    tile.left_stride = height;
                }
                shapes[height / 2](simd, tile);
                tile.left = tile.left.wrapping_add(if copy { height * block.rows } else { height });
                // After the last row there need be nothing.
                tile.into = tile.into.wrapping_add(height * stride);
            }
        }
    }
}

/// Copies the block's left columns tile by tile, `[rows, columns of the tile]` each.
///
/// # Safety
/// The columns are inside their operand, and `into` has room for them and another vector.
#[inline(always)]
unsafe fn copy_columns<E: Element, S: Shapes<E>>(
    simd: S,
    block: &Block<'_, E>,
    shapes: usize,
    into: *mut E,
) {
    let Columns { rows: left, n } = block.left;
    let (start, end) = (left.data.as_ptr(), left.data.as_ptr_range().end);
    let (mut first, mut tile) = (left.offset, into);
    for height in heights(n, shapes) {
        for r in 0..block.rows {
            let row = start.wrapping_add(first + r * left.stride);
            prefetch(row.wrapping_add(ROWS_AHEAD * left.stride));
            for v in (0..height).step_by(S::LANES) {
                // SAFETY: the caller's promise. What is written beyond a row is overwritten by
                // the next one, or lies in the vector beyond the last.
                unsafe {
                    let value = load_first(simd, row.add(v), height - v, end);
                    simd.store(value, tile.add(r * height + v));
                }
            }
        }
        first += height;
        tile = tile.wrapping_add(height * block.rows);
    }
}

/// Copies `columns` columns of `right` to `panel`, in whole vectors.
///
/// # Safety
/// The columns are inside `right`, and `panel` has room for `rows` rows of them.
#[inline(always)]
unsafe fn copy_panel<E: Element, S: Shapes<E>>(
    simd: S,
    rows: usize,
    right: Rows<'_, E>,
    columns: usize,
    panel: *mut E,
) {
    let vectors = columns.div_ceil(S::LANES);
    let end = right.data.as_ptr_range().end;
    for r in 0..rows {
        let row = right.data.as_ptr().wrapping_add(right.offset + r * right.stride);
        for v in 0..vectors {
            prefetch(row.wrapping_add(ROWS_AHEAD * right.stride + v * S::LANES));
            // SAFETY: the caller's promise.
            unsafe {
                let value = load_first(simd, row.add(v * S::LANES), columns - v * S::LANES, end);
                simd.store(value, panel.add((r * vectors + v) * S::LANES));
            }
        }
    }
}

/// Computes a tile of `COLUMNS` columns of `left` times `VECTORS` vectors of `right`.
///
/// # Safety
/// The tile's pointers are good for this shape.
#[expect(clippy::needless_range_loop, reason = "indices say which column and vector is meant")]
#[inline(always)]
pub(super) unsafe fn update<
    E: Element,
    S: Machine<E>,
    const COLUMNS: usize,
    const VECTORS: usize,
>(
    simd: S,
    tile: Update<E>,
) {
    let mut acc = [[simd.splat(E::zero()); VECTORS]; COLUMNS];
    // One column of the gradient after the other over the first half of the rows: many at once
    // would hold up the rows.
    let rows_a_column = if COLUMNS > 2 { tile.rows / (2 * COLUMNS) } else { 0 };
    // SAFETY: the caller's promise, for rows below `tile.rows`, columns below `COLUMNS` and vectors
    // below `VECTORS`; of the last vector `tile.columns` decides what is written.
    unsafe {
        let mut r = 0;
        for i in 0..COLUMNS {
            for v in 0..VECTORS {
                prefetch(tile.into.wrapping_add(i * tile.stride + v * S::LANES));
            }
            for _ in 0..rows_a_column {
                row(simd, tile, r, &mut acc);
                r += 1;
            }
        }
        while r < tile.rows {
            row(simd, tile, r, &mut acc);
            r += 1;
        }
        if tile.columns == VECTORS * S::LANES {
            for i in 0..COLUMNS {
                for v in 0..VECTORS {
                    let at = tile.into.add(i * tile.stride + v * S::LANES);
                    simd.store(simd.add(simd.load(at), acc[i][v]), at);
                }
            }
        } else {
            // Through memory: were the loop below to index the accumulators, they would all live
            // there.
            let mut sums = MaybeUninit::<[[[E; MAX_LANES]; VECTORS]; COLUMNS]>::uninit();
            let sums = sums.as_mut_ptr().cast::<E>();
            for i in 0..COLUMNS {
                for v in 0..VECTORS {
                    simd.store(acc[i][v], sums.add((i * VECTORS + v) * MAX_LANES));
                }
            }
            add_part(simd, sums, COLUMNS, VECTORS, tile);
        }
    }
}

/// Adds the products of row `r` to the accumulators.
///
/// # Safety
/// The tile's pointers are good for this shape, and it has this row.
#[expect(clippy::needless_range_loop, reason = "indices say which column and vector is meant")]
#[inline(always)]
unsafe fn row<E: Element, S: Machine<E>, const COLUMNS: usize, const VECTORS: usize>(
    simd: S,
    tile: Update<E>,
    r: usize,
    acc: &mut [[S::Reg; VECTORS]; COLUMNS],
) {
    let mut right = [simd.splat(E::zero()); VECTORS];
    // SAFETY: the caller's promise.
    unsafe {
        let left = tile.left.add(r * tile.left_stride);
        prefetch(left.wrapping_add(TILE_ROWS_AHEAD * tile.left_stride));
        let panel = tile.panel.add(r * tile.panel_stride);
        for v in 0..VECTORS {
            prefetch(panel.wrapping_add(TILE_ROWS_AHEAD * tile.panel_stride + v * S::LANES));
            right[v] = simd.load(panel.add(v * S::LANES));
        }
        for i in 0..COLUMNS {
            let value = simd.splat(*left.add(i));
            for v in 0..VECTORS {
                acc[i][v] = simd.mul_add(value, right[v], acc[i][v]);
            }
        }
    }
}

/// Adds the sums of a tile to those columns of the gradient that there are.
///
/// # Safety
/// There are `columns * vectors` sums, `MAX_LANES` apart, and the tile's pointers are good for
/// them.
#[inline(always)]
unsafe fn add_part<E: Element, S: Machine<E>>(
    simd: S,
    sums: *mut E,
    columns: usize,
    vectors: usize,
    tile: Update<E>,
) {
    // First all loads, then all stores: a vector loaded across the row just stored would wait for
    // it.
    for i in 0..columns {
        for v in 0..vectors {
            // SAFETY: the caller's promise; the gradient's row `i` has `tile.columns` columns.
            unsafe {
                let sum = sums.add((i * vectors + v) * MAX_LANES);
                let at = tile.into.add(i * tile.stride + v * S::LANES);
                let old = load_first(simd, at, tile.columns - v * S::LANES, tile.end);
                simd.store(simd.add(old, simd.load(sum)), sum);
            }
        }
    }
    for i in 0..columns {
        for v in 0..vectors {
            // SAFETY: as above.
            unsafe {
                let sum = simd.load(sums.add((i * vectors + v) * MAX_LANES));
                let at = tile.into.add(i * tile.stride + v * S::LANES);
                store_first(simd, sum, at, tile.columns - v * S::LANES);
            }
        }
    }
}
