//! Rank updates on several threads, each with a band of the left operands' columns: each sum
//! remains one thread's, with the same rows in the same order, in the mode of the thread that asks
//! for them.

use alloc::vec::Vec;
use core::ops::Range;

use super::update::scratch_len;
use super::{Aligned, Blocks, Columns, Rows};
use crate::kernels::element::Element;
use crate::kernels::simd::flush::{Before, Flush};
use crate::kernels::threads;

/// Fewest columns of the left operands for a thread.
const LEAST_COLUMNS: usize = 32;

/// Calls `run` for all blocks of rows, with left operands, the rows of the gradient that are
/// theirs, and room for copies.
pub(super) fn run_in_bands<E: Element>(
    rows: Blocks,
    lefts: &[Columns<'_, E>],
    k: usize,
    into: &mut [E],
    stride: usize,
    scratch: &mut Aligned<E>,
    run: impl Fn(Range<usize>, &[Columns<'_, E>], &mut [E], &mut [E]) + Sync,
) {
    let n: usize = lefts.iter().map(|left| left.n).sum();
    let work = (rows.rows * k).saturating_mul(n);
    let count = threads::worth_waking(work).min(n / LEAST_COLUMNS).max(1);
    let room = scratch_len(rows.block.min(rows.rows), n);
    scratch.grow(count * room);
    if count == 1 {
        rows.iter().for_each(|rows| run(rows, lefts, into, scratch));
        return;
    }
    let (run, flushes) = (&run, Flush::is_on());
    threads::run(bands(count, n, lefts, into, stride, scratch).into_iter().map(|band| {
        move || {
            let mut before = Before::default();
            let _mode = flushes.then(|| Flush::begin(&mut before));
            let Band { lefts, into, scratch } = band;
            rows.iter().for_each(|rows| run(rows, &lefts, into, scratch));
        }
    }));
}

/// Some columns of the left operands, their rows of the gradient, and room for copies.
struct Band<'a, E> {
    lefts: Vec<Columns<'a, E>>,
    into: &'a mut [E],
    scratch: &'a mut [E],
}

/// `count` even bands of the `n` columns.
fn bands<'a, E>(
    count: usize,
    n: usize,
    lefts: &[Columns<'a, E>],
    mut into: &'a mut [E],
    stride: usize,
    scratch: &'a mut [E],
) -> Vec<Band<'a, E>> {
    let room = scratch.len() / count;
    let (mut bands, mut first) = (Vec::with_capacity(count), 0);
    for (i, scratch) in scratch.chunks_exact_mut(room).take(count).enumerate() {
        let last = n * (i + 1) / count;
        let end = if last == n { into.len() } else { (last - first) * stride };
        // A gradient that is too short is found out when it is written.
        let (own, rest) = into.split_at_mut(end.min(into.len()));
        bands.push(Band { lefts: columns(lefts, first..last), into: own, scratch });
        (into, first) = (rest, last);
    }
    bands
}

/// Some columns of all operands counted together.
fn columns<'a, E>(lefts: &[Columns<'a, E>], wanted: Range<usize>) -> Vec<Columns<'a, E>> {
    let mut start = 0;
    let own = lefts.iter().map(|left| {
        let end = start + left.n;
        let (from, to) = (wanted.start.clamp(start, end), wanted.end.clamp(start, end));
        let rows = Rows { offset: left.rows.offset + from - start, ..left.rows };
        start = end;
        Columns { rows, n: to - from }
    });
    own.filter(|left| left.n > 0).collect()
}
