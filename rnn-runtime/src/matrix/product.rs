//! The product of source rows with a packed matrix.
//!
//! Panels outside, blocks of `k` around them, rows inside: a block of a panel stays in the first-level
//! cache while all rows pass over it. Each result is one chain of multiply-adds in ascending `k`,
//! carried through memory between blocks, so tile shapes and blocks change no bit of it.

use super::row::product_row;
use super::shapes::Shapes;
use super::tile::Tile;
use super::vectors::{LINE, split};
use super::{Packed, Rows, RowsMut, Start};
use crate::element::Element;
use crate::simd::MAX_LANES;

/// Steps of `k` for which all rows pass over a panel.
const K_BLOCK: usize = 512;

/// Bytes of a packed matrix above which it is taken to have left the second-level cache; a result
/// leaves it at half of that.
const FAR: usize = 512 << 10;

/// Most vectors in a panel, of any tier.
const MOST_VECTORS: usize = 4;

/// A checked product: pointers and sizes.
#[derive(Clone, Copy)]
pub(super) struct Job<E> {
    /// Number of rows.
    pub(super) rows: usize,
    /// Length of the sum.
    pub(super) k: usize,
    /// Columns of the result, whole vectors.
    pub(super) width: usize,
    /// The source, `[rows, from_stride]`.
    pub(super) from: *const E,
    /// Distance between rows of the source.
    pub(super) from_stride: usize,
    /// The panels.
    pub(super) panels: *const E,
    /// What the sums begin with.
    pub(super) start: *const E,
    /// Distance between rows of `start`.
    pub(super) start_stride: usize,
    /// Distance between columns of `start`: 1, or 0 if all panels begin alike.
    pub(super) start_step: usize,
    /// The result, `[rows, into_stride]`.
    pub(super) into: *mut E,
    /// Distance between rows of the result.
    pub(super) into_stride: usize,
}

/// `into[r, n] = start + sum over k of from[r, k] * packed[k, n]`.
#[inline(always)]
pub(super) fn product<E: Element, S: Shapes<E>>(
    simd: S,
    rows: usize,
    from: Rows<'_, E>,
    packed: &Packed<E>,
    into: RowsMut<'_, E>,
    start: Start<'_, E>,
) {
    let (k, width) = (packed.k(), packed.n().next_multiple_of(S::LANES));
    if rows == 0 || width == 0 {
        return;
    }
    assert!(packed.tier() == S::TIER, "packed for {:?}, used on {:?}", packed.tier(), S::TIER);
    from.check(rows, k, "source");
    into.check(rows, width, "result");
    let zeros = [E::zero(); MAX_LANES * MOST_VECTORS];
    let result = into.data[into.offset..].as_mut_ptr();
    let (start, start_stride, start_step) = match start {
        Start::Zero => (zeros.as_ptr(), 0, 0),
        Start::Row(row) => {
            assert!(row.len() >= width, "start has {} values, result {width}", row.len());
            (row.as_ptr(), 0, 1)
        }
        Start::Keep => (result.cast_const(), into.stride, 1),
    };
    let job = Job {
        rows,
        k,
        width,
        from: from.data[from.offset..].as_ptr(),
        from_stride: from.stride,
        panels: packed.data().as_ptr(),
        start,
        start_stride,
        start_step,
        into: result,
        into_stride: into.stride,
    };
    // SAFETY: source, result and start were checked for all rows; the panels hold `k * width` values.
    unsafe { if rows == 1 { product_row(simd, job) } else { product_rows(simd, job) } }
}

/// A product of several rows.
///
/// # Safety
/// The job's pointers are good for its sizes.
#[inline(always)]
unsafe fn product_rows<E: Element, S: Shapes<E>>(simd: S, job: Job<E>) {
    let blocks = job.k.div_ceil(K_BLOCK).max(1);
    let block = job.k.div_ceil(blocks);
    let full = S::PANEL * S::LANES;
    let bytes = job.k * job.width * size_of::<E>();
    let far_result = job.rows * job.into_stride * size_of::<E>() > FAR / 2;
    for b in 0..blocks {
        let first = b * block;
        let length = block.min(job.k - first);
        let mut column = 0;
        while column < job.width {
            let vectors = S::PANEL.min((job.width - column) / S::LANES);
            let next = column + vectors * S::LANES;
            let panel = column * job.k + first * vectors * S::LANES;
            // The next panel's block is fetched meanwhile if it is likely to be far away.
            let later = match next + full <= job.width && bytes > FAR {
                true => job.panels.wrapping_add(next * job.k + first * full),
                false => core::ptr::null(),
            };
            // SAFETY: block and panel lie inside the job.
            unsafe {
                let into = job.into.add(column);
                let (start, start_stride) = match b {
                    0 => (job.start.add(column * job.start_step), job.start_stride),
                    _ => (into.cast_const(), job.into_stride),
                };
                let strip = Tile {
                    from: job.from.add(first),
                    from_stride: job.from_stride,
                    panel: job.panels.add(panel),
                    later,
                    k: length,
                    start,
                    start_stride,
                    into,
                    into_stride: job.into_stride,
                    far_result,
                };
                product_strip(simd, job.rows, vectors, strip);
            }
            column = next;
        }
    }
}

/// All rows over one block of a panel, split evenly over tiles: a small last tile would cost as much
/// as a full one.
///
/// # Safety
/// The strip's pointers are good for `rows` rows of `vectors` vectors.
#[inline(always)]
unsafe fn product_strip<E: Element, S: Shapes<E>>(
    simd: S,
    rows: usize,
    vectors: usize,
    mut strip: Tile<E>,
) {
    let shapes = S::TILES[vectors - 1];
    let tiles = rows.div_ceil(shapes.len());
    let (small, larger) = split(rows, tiles);
    // Each tile fetches a line a step of the later block, until that is whole.
    let lines = S::PANEL * S::LANES * size_of::<E>() / LINE;
    for t in 0..tiles {
        let height = small + usize::from(t < larger);
        if t == lines {
            strip.later = core::ptr::null();
        }
        // SAFETY: the caller's promise; the heights of all tiles add up to `rows`.
        unsafe { shapes[height - 1](simd, strip) };
        if !strip.later.is_null() {
            strip.later = strip.later.wrapping_add(strip.k * (LINE / size_of::<E>()));
        }
        // Behind the last row there need be nothing.
        strip.from = strip.from.wrapping_add(height * strip.from_stride);
        strip.start = strip.start.wrapping_add(height * strip.start_stride);
        strip.into = strip.into.wrapping_add(height * strip.into_stride);
    }
}
