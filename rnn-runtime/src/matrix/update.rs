//! The rank update: gradients of matrices from the rows of a chunk.
//!
//! In blocks of rows and of columns of `left`, a panel of `right` two vectors wide is copied to aligned
//! scratch on the stack, then the block passes over it in tiles of up to 14 columns. Each block of rows
//! is summed from zero in ascending order and added to the gradient, which also keeps long sums
//! accurate.

use core::mem::MaybeUninit;

use super::Rows;
use super::shapes::Shapes;
use super::vectors::{load_first, prefetch, split, store_first};
use crate::element::Element;
use crate::simd::{MAX_LANES, Machine};

/// Most rows of a block: fewer would read and write the gradient more often.
const BLOCK: usize = 256;

/// Columns of the left operand that pass over all panels before the next ones do: with the rows of a
/// block they stay in the second-level cache.
const LEFT_COLUMNS: usize = 256;

/// Vectors of a full panel.
const PANEL: usize = 2;

/// A panel of `right`, `[BLOCK, PANEL vectors]`.
#[repr(C, align(64))]
struct Scratch(MaybeUninit<[u8; BLOCK * PANEL * 64]>);

/// What a tile reads and writes; all pointers at the tile's first element.
#[derive(Clone, Copy)]
pub(super) struct Update<E> {
    /// Rows of both operands.
    pub(super) rows: usize,
    /// The left operand, `[rows, left_stride]`.
    pub(super) left: *const E,
    /// Distance between rows of the left operand.
    pub(super) left_stride: usize,
    /// The copied panel, `[rows, vectors * LANES]`.
    pub(super) panel: *const E,
    /// The gradient, `[columns of left, stride]`.
    pub(super) into: *mut E,
    /// Distance between rows of the gradient.
    pub(super) stride: usize,
    /// Columns of the panel that are written.
    pub(super) columns: usize,
    /// End of the gradient's buffer.
    pub(super) end: *const E,
}

/// `into[i * stride + j] += sum over r of left[r, i] * right[r, j]` for `i < n`, `j < k`.
#[expect(
    clippy::too_many_arguments,
    reason = "a matrix product has three operands and three sizes"
)]
#[inline(always)]
pub(super) fn rank_update<E: Element, S: Shapes<E>>(
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
    let height = rows.div_ceil(rows.div_ceil(BLOCK));
    let width = n.div_ceil(n.div_ceil(LEFT_COLUMNS)).next_multiple_of(2);
    for row in (0..rows).step_by(height) {
        for i in (0..n).step_by(width) {
            let block = Block {
                rows: height.min(rows - row),
                left: Rows { offset: left.offset + row * left.stride + i, ..left },
                n: width.min(n - i),
                right: Rows { offset: right.offset + row * right.stride, ..right },
                k,
            };
            // SAFETY: operands and gradient were checked for all rows and columns.
            unsafe { update_block(simd, block, &mut into[i * stride..], stride, &mut scratch) };
        }
    }
}

/// Some rows of both operands and some columns of the left one.
struct Block<'a, E> {
    /// Number of rows.
    rows: usize,
    /// The left operand, `[rows, n]`.
    left: Rows<'a, E>,
    /// Columns of the left operand.
    n: usize,
    /// The right operand, `[rows, k]`.
    right: Rows<'a, E>,
    /// Columns of the right operand.
    k: usize,
}

/// Adds a block's products to the gradient.
///
/// # Safety
/// The block lies inside its operands, its rows are at most `BLOCK`, and `into` has a row of `k` columns
/// for each of its `n`.
#[inline(always)]
unsafe fn update_block<E: Element, S: Shapes<E>>(
    simd: S,
    block: Block<'_, E>,
    into: &mut [E],
    stride: usize,
    scratch: &mut Scratch,
) {
    let panel = scratch.0.as_mut_ptr().cast::<E>();
    let end = into.as_ptr_range().end;
    for column in (0..block.k).step_by(PANEL * S::LANES) {
        let columns = (PANEL * S::LANES).min(block.k - column);
        let vectors = columns.div_ceil(S::LANES);
        let right = Rows { offset: block.right.offset + column, ..block.right };
        // SAFETY: the caller's promise; the scratch holds a block of full panels.
        unsafe {
            copy_panel(simd, block.rows, right, columns, panel);
            let strip = Update {
                rows: block.rows,
                left: block.left.data.as_ptr().add(block.left.offset),
                left_stride: block.left.stride,
                panel,
                into: into.as_mut_ptr().add(column),
                stride,
                columns,
                end,
            };
            update_strip(simd, block.n, vectors, strip);
        }
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
        for v in 0..vectors {
            // SAFETY: the caller's promise.
            unsafe {
                let from = right.data.as_ptr().add(right.offset + r * right.stride + v * S::LANES);
                let value = load_first(simd, from, columns - v * S::LANES, end);
                simd.store(value, panel.add((r * vectors + v) * S::LANES));
            }
        }
    }
}

/// All columns of `left` over one panel, split evenly over tiles.
///
/// # Safety
/// The strip's pointers are good for `n` columns of `left` and `vectors` vectors.
#[inline(always)]
unsafe fn update_strip<E: Element, S: Shapes<E>>(
    simd: S,
    n: usize,
    vectors: usize,
    mut strip: Update<E>,
) {
    let shapes = S::UPDATES[vectors - 1];
    // In pairs of columns, which halves the number of shapes; an odd one is left for the end.
    let tiles = (n / 2).div_ceil(shapes.len() - 1);
    let (small, larger) = split(n / 2, tiles);
    for t in 0..tiles + n % 2 {
        let pairs = if t == tiles { 0 } else { small + usize::from(t < larger) };
        let height = if pairs == 0 { 1 } else { 2 * pairs };
        // SAFETY: the caller's promise; the heights of all tiles add up to `n`.
        unsafe { shapes[pairs](simd, strip) };
        // Behind the last row there need be nothing.
        strip.left = strip.left.wrapping_add(height);
        strip.into = strip.into.wrapping_add(height * strip.stride);
    }
}

/// Rows ahead for which `left` is asked for: its rows are far apart.
const AHEAD: usize = 8;

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
    let mut right = [simd.splat(E::zero()); VECTORS];
    // SAFETY: the caller's promise, for rows below `tile.rows`, columns below `COLUMNS` and vectors below
    // `VECTORS`; of the last vector `tile.columns` decides what is written.
    unsafe {
        for i in 0..COLUMNS {
            prefetch(tile.into.wrapping_add(i * tile.stride));
        }
        for r in 0..tile.rows {
            let left = tile.left.add(r * tile.left_stride);
            prefetch(left.wrapping_add(AHEAD * tile.left_stride));
            prefetch(left.wrapping_add(AHEAD * tile.left_stride + COLUMNS - 1));
            for v in 0..VECTORS {
                right[v] = simd.load(tile.panel.add((r * VECTORS + v) * S::LANES));
            }
            for i in 0..COLUMNS {
                let value = simd.splat(*left.add(i));
                for v in 0..VECTORS {
                    acc[i][v] = simd.mul_add(value, right[v], acc[i][v]);
                }
            }
        }
        if tile.columns == VECTORS * S::LANES {
            for i in 0..COLUMNS {
                for v in 0..VECTORS {
                    let at = tile.into.add(i * tile.stride + v * S::LANES);
                    simd.store(simd.add(simd.load(at), acc[i][v]), at);
                }
            }
        } else {
            // Through memory: were the loop below to index the accumulators, they would all live there.
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

/// Adds the sums of a tile to those columns of the gradient that there are.
///
/// # Safety
/// There are `columns * vectors` sums, `MAX_LANES` apart, and the tile's pointers are good for them.
#[inline(always)]
unsafe fn add_part<E: Element, S: Machine<E>>(
    simd: S,
    sums: *mut E,
    columns: usize,
    vectors: usize,
    tile: Update<E>,
) {
    // First all loads, then all stores: a vector loaded across the row just stored would wait for it.
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
