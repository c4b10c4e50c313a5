//! The product of source rows with packed matrices.
//!
//! Panels outside, blocks of `k` around them, rows inside: a block of a panel stays in the
//! first-level cache while all rows pass over it. Each result is one chain of multiply-adds in
//! ascending `k`, carried through memory between blocks, so tile shapes and blocks change no bit of
//! it.

use core::ops::Range;

use super::dot::dot;
use super::format::{Full, WeightFormat};
use super::halves::product_half;
use super::row::product_row;
use super::shapes::Shapes;
use super::tile::{Summand, Tile};
use super::vectors::split;
use super::{RowsMut, Source, Start};
use crate::kernels::element::Element;
use crate::kernels::simd::MAX_LANES;
use crate::kernels::simd::prefetch::LINE;

/// Steps of `k` for which all rows pass over a panel.
const K_BLOCK: usize = 512;

/// Bytes of a packed matrix above which it is taken to have left the second-level cache; a result
/// leaves it at half of that.
const FAR: usize = 512 << 10;

/// Most vectors in a panel, of any tier.
pub(super) const MOST_VECTORS: usize = 4;

/// Most sources of a product.
pub(super) const SOURCES: usize = 2;

/// A piece of a sum: some of the source's columns and the rows of the panels that belong to them.
#[derive(Clone, Copy)]
pub(super) struct Piece<E> {
    /// Length; 0 for a piece that is not there.
    pub(super) k: usize,
    /// The source, `[rows, from_stride]`.
    pub(super) from: *const E,
    /// Distance between rows of the source.
    pub(super) from_stride: usize,
    /// The panels.
    pub(super) panels: *const E,
    /// Rows of a whole panel.
    pub(super) height: usize,
    /// Whether it is added up in two halves.
    pub(super) halves: bool,
}

impl<E> Piece<E> {
    const NONE: Self = Piece {
        k: 0,
        from: core::ptr::null(),
        from_stride: 0,
        panels: core::ptr::null(),
        height: 0,
        halves: false,
    };

    /// `count` values of the sum, from `first` on.
    #[inline(always)]
    fn part(self, first: usize, count: usize) -> Self {
        Piece { k: count, from: self.from.wrapping_add(first), halves: false, ..self }
    }

    /// What tiles of one panel read, whose rows begin with `first`, of a matrix of `width` columns.
    #[inline(always)]
    fn summand<S: Shapes<E>>(self, first: usize, width: usize, strip: Strip) -> Summand<E>
    where
        E: Element,
    {
        let Piece { k, from, from_stride, panels, height, .. } = self;
        let Strip { column, vectors, later } = strip;
        let panel = panels.wrapping_add(column * height + first * vectors * S::LANES);
        // The next panel's block is fetched meanwhile if it is likely to be far away.
        let later = match later {
            Some(column) if height * width * size_of::<E>() > FAR => {
                panels.wrapping_add(column * height + first * S::PANEL * S::LANES)
            }
            _ => core::ptr::null(),
        };
        Summand { k, from, from_stride, panel, later }
    }
}

/// The columns of one panel.
#[derive(Clone, Copy)]
struct Strip {
    /// First column.
    column: usize,
    /// Vectors of the panel.
    vectors: usize,
    /// First column of the panel that comes next, if it is a full one.
    later: Option<usize>,
}

/// A checked product: pointers and sizes.
#[derive(Clone, Copy)]
pub(super) struct Job<E> {
    /// Number of rows.
    pub(super) rows: usize,
    /// Columns of the result, whole vectors.
    pub(super) width: usize,
    /// What is summed.
    pub(super) pieces: [Piece<E>; SOURCES],
    /// Whether the panels are read from the last one on.
    pub(super) backwards: bool,
    /// Bytes of weights beyond which a single row does not find them in the first-level cache.
    pub(super) near: usize,
    /// First row of the panels of the first piece.
    pub(super) first: usize,
    /// Whether the sums are added to the result.
    pub(super) add: bool,
    /// Zeros, a whole panel.
    pub(super) zeros: *const E,
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

/// `into[r, n] = start + sum over k of from[r, k] * packed[k, n]`, over one or two sources.
#[inline(always)]
pub(super) fn product<E: Element, S: Shapes<E>>(
    simd: S,
    rows: usize,
    sources: &[Source<'_, E>],
    into: RowsMut<'_, E>,
    start: Start<'_, E>,
) {
    let width = sources[0].packed.n().next_multiple_of(S::LANES);
    if rows == 0 || width == 0 {
        return;
    }
    if sources[0].packed.n() == 1 {
        return dot(simd, rows, sources, into, start);
    }
    let zeros = [E::zero(); MAX_LANES * MOST_VECTORS];
    let mut job = job::<E, S>(rows, width, sources, into, start, &zeros);
    let terms: usize = sources.iter().map(|source| source.packed.k()).sum();
    // Several rows read a panel from the first-level cache anyway.
    let limit = if rows == 1 { job.near } else { FAR };
    job.backwards = terms * width * size_of::<E>() > limit && sources[0].packed.backwards();
    let halves = job.pieces.iter().any(|piece| piece.halves);
    // SAFETY: the job was checked, and the format is that of its weights.
    unsafe {
        match sources[0].packed.format() {
            WeightFormat::Full if rows > 1 || halves => product_rows(simd, job),
            WeightFormat::Full => product_row::<E, S, Full>(simd, job, S::PASSES[0]),
            WeightFormat::F16 => product_half::<E, S, false>(simd, job, S::PASSES[1]),
            WeightFormat::Bf16 => product_half::<E, S, true>(simd, job, S::PASSES[2]),
        }
    }
}

/// Checks a product of `rows > 0` rows. `zeros` is what sums without a start begin with.
#[inline(always)]
fn job<E: Element, S: Shapes<E>>(
    rows: usize,
    width: usize,
    sources: &[Source<'_, E>],
    into: RowsMut<'_, E>,
    start: Start<'_, E>,
    zeros: &[E],
) -> Job<E> {
    let mut pieces = [Piece::NONE; SOURCES];
    assert!(sources.len() <= SOURCES, "a product of {} sources", sources.len());
    for (piece, source) in pieces.iter_mut().zip(sources) {
        assert!(source.packed.format() == sources[0].packed.format(), "weights of two formats");
        *piece = checked::<E, S>(rows, width, source);
    }
    into.check(rows, width, "result");
    let result = into.data[into.offset..].as_mut_ptr();
    let (start, start_stride, start_step) = match start {
        Start::Zero => (zeros.as_ptr(), 0, 0),
        Start::Row(row) => {
            if row.len() < width {
                wrong("values to start from, a result of", row.len(), width);
            }
            (row.as_ptr(), 0, 1)
        }
        Start::Keep => (result.cast_const(), into.stride, 1),
    };
    Job {
        rows,
        width,
        pieces,
        backwards: false,
        near: sources[0].packed.near(),
        first: 0,
        add: false,
        zeros: zeros.as_ptr(),
        start,
        start_stride,
        start_step,
        into: result,
        into_stride: into.stride,
    }
}

/// Panics. Takes values for the reason of [`ends_outside`](super::ends_outside).
#[cold]
#[inline(never)]
pub(super) fn wrong(what: &str, found: usize, expected: usize) -> ! {
    panic!("{found} {what} {expected}")
}

/// A whole source.
#[inline(always)]
fn checked<E: Element, S: Shapes<E>>(
    rows: usize,
    width: usize,
    source: &Source<'_, E>,
) -> Piece<E> {
    let Source { from, packed } = source;
    let (k, n) = (packed.k(), packed.n().next_multiple_of(S::LANES));
    assert!(packed.tier() == S::TIER, "packed for another tier than {:?}", S::TIER);
    assert!(packed.n() != 1, "a single column, which has no panels");
    if n != width {
        wrong("columns of a source, not", n, width);
    }
    from.check(rows, k, "source");
    Piece {
        k,
        from: from.data[from.offset..].as_ptr(),
        from_stride: from.stride,
        panels: packed.data().as_ptr(),
        height: k,
        halves: packed.halves(),
    }
}

/// A product of several rows: all pieces at once if the panels' blocks are small and no sum is in
/// halves, else block by block.
///
/// # Safety
/// The job's pointers are good for its sizes.
#[inline(always)]
unsafe fn product_rows<E: Element, S: Shapes<E>>(simd: S, mut job: Job<E>) {
    let [a, b] = job.pieces;
    if a.k + b.k <= K_BLOCK && !a.halves && !b.halves {
        // SAFETY: the caller's promise.
        return unsafe { product_block(simd, job) };
    }
    for piece in [a, b] {
        let half = if piece.halves { piece.k / 2 } else { piece.k };
        // SAFETY: the caller's promise, for both parts of a piece.
        unsafe {
            job = product_blocks(simd, job, piece, 0..half);
            if half < piece.k {
                let second = Job { start: job.zeros, start_stride: 0, start_step: 0, ..job };
                product_blocks(simd, Job { add: true, ..second }, piece, half..piece.k);
            }
        }
    }
}

/// Some rows of the panels of a piece, block by block; returns the job that goes on from there.
///
/// # Safety
/// The job's pointers are good for its sizes, and the rows are the piece's.
#[inline(always)]
unsafe fn product_blocks<E: Element, S: Shapes<E>>(
    simd: S,
    mut job: Job<E>,
    piece: Piece<E>,
    rows: Range<usize>,
) -> Job<E> {
    let blocks = rows.len().div_ceil(K_BLOCK).max(1);
    let length = rows.len().div_ceil(blocks).max(1);
    for first in rows.clone().step_by(length) {
        job.pieces = [piece.part(first, length.min(rows.end - first)), Piece::NONE];
        job.first = first;
        // SAFETY: the block lies inside the job.
        unsafe { product_block(simd, job) };
        if !job.add {
            (job.start, job.start_stride, job.start_step) =
                (job.into.cast_const(), job.into_stride, 1);
        }
    }
    job
}

/// The job's pieces, panel by panel.
///
/// # Safety
/// The job's pointers are good for its sizes.
#[inline(always)]
unsafe fn product_block<E: Element, S: Shapes<E>>(simd: S, job: Job<E>) {
    let full = S::PANEL * S::LANES;
    let far_result = job.rows * job.into_stride * size_of::<E>() > FAR / 2;
    let panels = job.width.div_ceil(full);
    for panel in 0..panels {
        let (panel, next) = match job.backwards {
            true => (panels - 1 - panel, (panels - 1 - panel).checked_sub(1)),
            false => (panel, Some(panel + 1)),
        };
        let column = panel * full;
        let vectors = S::PANEL.min((job.width - column) / S::LANES);
        let later = next.map(|next| next * full).filter(|next| next + full <= job.width);
        let strip = Strip { column, vectors, later };
        let [a, b] = job.pieces;
        // SAFETY: block and panel lie inside the job.
        unsafe {
            let tile = Tile {
                summands: [
                    a.summand::<S>(job.first, job.width, strip),
                    b.summand::<S>(0, job.width, strip),
                ],
                start: job.start.add(column * job.start_step),
                start_stride: job.start_stride,
                into: job.into.add(column),
                into_stride: job.into_stride,
                add: job.add,
                far_result,
            };
            product_strip(simd, job.rows, vectors, tile);
        }
    }
}

/// All rows over one block of a panel, split evenly over tiles: a small last tile would cost as
/// much as a full one.
///
/// # Safety
/// The strip's pointers are good for `rows` rows of `vectors` vectors.
#[inline(always)]
pub(super) unsafe fn product_strip<E: Element, S: Shapes<E>>(
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
        for summand in &mut strip.summands {
            if t == lines {
                summand.later = core::ptr::null();
            }
        }
        // SAFETY: the caller's promise; the heights of all tiles add up to `rows`.
        unsafe { shapes[height - 1](simd, strip) };
        for summand in &mut strip.summands {
            if !summand.later.is_null() {
                let step = summand.k * (LINE / size_of::<E>());
                summand.later = summand.later.wrapping_add(step);
            }
            // After the last row there need be nothing.
            summand.from = summand.from.wrapping_add(height * summand.from_stride);
        }
        strip.start = strip.start.wrapping_add(height * strip.start_stride);
        strip.into = strip.into.wrapping_add(height * strip.into_stride);
    }
}
