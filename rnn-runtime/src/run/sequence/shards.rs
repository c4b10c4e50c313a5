//! Shards of the batch: each thread takes some rows through all steps. One thread takes them all
//! elsewhere.
//!
//! Forwards no thread waits for another. Backwards they meet after each segment, whose sums for the
//! gradients they share by columns: every sum runs over the same rows in the same order as with one
//! thread, so that no bit depends on their number.

use alloc::vec::Vec;

use ndarray::{ArrayView3, ArrayViewMut3, Axis};

use super::chunk::{self, States};
use super::forward::{load_rows, output_rows, store_rows};
use super::memory::Extent;
use super::{Sequence, steps};
use crate::kernels::element::Element;
use crate::kernels::matrix::Packed;
use crate::kernels::simd::Tier;
use crate::kernels::threads;
use crate::params::Cell;
use crate::program::{Buffer, Buffers, Layout, Place};

/// Fewest rows of a thread: fewer would not fill the register tiles.
const LEAST_ROWS: usize = 8;

/// The fewest batch rows, and the fewest rows of all steps together, that two threads share; `None`
/// for a cell without products.
#[cfg(feature = "std")]
pub(crate) fn least_shared(layout: &Layout) -> Option<(usize, usize)> {
    let work = multiply_adds(layout);
    (work > 0).then(|| (2 * LEAST_ROWS, (2 * threads::WORTH).div_ceil(work)))
}

/// Multiply-adds of a row forwards.
fn multiply_adds(layout: &Layout) -> usize {
    layout.packs[..layout.forward_packs].iter().map(|pack| pack.k * pack.n).sum()
}

/// How many rows of the batch each thread of the current pool takes, if sharing pays for `steps`
/// steps.
pub(super) fn shard_sizes(layout: &Layout, batch: usize, steps: usize) -> Option<Vec<usize>> {
    let work = multiply_adds(layout).saturating_mul(batch * steps);
    let shards = threads::worth_waking(work).min(batch / LEAST_ROWS);
    (shards > 1).then(|| {
        let size = |i: usize| batch / shards + usize::from(i < batch % shards);
        (0..shards).map(size).collect()
    })
}

/// Adjoints of a segment of the backward pass: enough to keep threads busy for a while, and to find
/// most of them in the second-level caches.
const SEGMENT_BYTES: usize = 1024 * 1024;

/// Chunks of a segment of the backward pass, after each of which the threads meet.
pub(super) fn chunks_of_segment<E>(layout: &Layout, extent: &Extent) -> usize {
    if shard_sizes(layout, extent.batch, extent.steps).is_none() {
        return 1;
    }
    let row = (layout.rows.dacc + layout.rows.dtmp) * size_of::<E>();
    (SEGMENT_BYTES / (extent.chunk * extent.batch * row).max(1)).max(1)
}

/// Cuts rows `[steps * batch, stride]` into those of each shard in each step, `[shard][step]`.
fn cut<'a, E>(mut rows: &'a mut [E], stride: usize, shards: &[usize]) -> Vec<Vec<&'a mut [E]>> {
    let batch: usize = shards.iter().sum();
    // Rows of no values are none of memory, either.
    let steps = if stride == 0 { 1 } else { rows.len() / (stride * batch) };
    let mut cut: Vec<Vec<_>> = shards.iter().map(|_| Vec::with_capacity(steps)).collect();
    for _ in 0..steps {
        for (steps, shard) in cut.iter_mut().zip(shards) {
            let (first, rest) = rows.split_at_mut(shard * stride);
            steps.push(first);
            rows = rest;
        }
    }
    cut
}

/// Cuts an array `[T, B, n]` into those of the shards.
fn cut_output<'a, E>(
    mut output: ArrayViewMut3<'a, E>,
    shards: &[usize],
) -> Vec<ArrayViewMut3<'a, E>> {
    let mut cut = Vec::with_capacity(shards.len());
    for &rows in shards {
        let (own, rest) = output.split_at(Axis(1), rows);
        cut.push(own);
        output = rest;
    }
    cut
}

/// The rows of step `t`, where memory for fewer steps is used in turn.
fn step<'s, E>(steps: &'s mut [&mut [E]], t: usize) -> &'s mut [E] {
    steps[t % steps.len()]
}

impl<C: Cell> Sequence<C> {
    /// The forward pass, given the sizes of the shards; inputs are loaded unless they are `given`.
    pub(super) fn run_shards<'a>(
        &mut self,
        shards: &[usize],
        inputs: &'a [ArrayView3<'_, C::Scalar>],
        given: Option<&[C::Scalar]>,
        output: ArrayViewMut3<'_, C::Scalar>,
    ) {
        let (layout, Extent { batch, keep, .. }) = (&C::LAYOUT, self.extent);
        let Buffers { x, prev: states, tape, acc, tmp, y, .. } = &mut self.memory.of;
        let step = batch * layout.rows.prev;
        let (pair, tape) = (&mut states[..2 * step], &mut tape[batch * layout.rows.tape..]);
        // Results of products and intermediate values are a step's.
        let (acc, tmp) = (&mut acc[..batch * layout.rows.acc], &mut tmp[..batch * layout.rows.tmp]);
        let x = cut(x, layout.rows.x, shards).into_iter().zip(cut(pair, layout.rows.prev, shards));
        let tape = cut(tape, layout.rows.tape, shards).into_iter();
        let work =
            cut(acc, layout.rows.acc, shards).into_iter().zip(cut(tmp, layout.rows.tmp, shards));
        let y = cut(&mut y[..batch * layout.rows.y], layout.rows.y, shards);
        let (packs, call, tier) = (&self.weights.packs[..], &self.weights.call[..], self.tier);
        let mut first = 0;
        let output = cut_output(output, shards).into_iter().zip(y);
        let jobs = shards.iter().zip(output).zip(x).zip(tape).zip(work);
        threads::run(jobs.map(|((((&rows, (output, y)), (x, states)), tape), (acc, tmp))| {
            let range = first..first + rows;
            let own = |x: &'a ArrayView3<'_, _>| x.slice_axis(Axis(1), range.clone().into());
            let inputs = inputs.iter().map(own).collect();
            let given = given.map(|x| (&x[first * layout.rows.x..], batch * layout.rows.x));
            first += rows;
            let shard = Shard::<C> {
                rows,
                inputs,
                given,
                x,
                states,
                tape,
                acc,
                tmp,
                y,
                output,
                packs,
                call,
            };
            move || shard.run(tier, keep)
        }));
        // The last states are expected after the steps of the last chunk.
        let (from, to) = (self.extent.steps % 2, self.extent.last());
        states.copy_within(from * step..(from + 1) * step, to * step);
    }
}

/// Some rows of the batch, forwards.
struct Shard<'a, C: Cell> {
    rows: usize,
    /// The inputs of these rows.
    inputs: Vec<ArrayView3<'a, C::Scalar>>,
    /// The inputs in place, with the distance between steps.
    given: Option<(&'a [C::Scalar], usize)>,
    /// Rows of each step that is kept.
    x: Vec<&'a mut [C::Scalar]>,
    /// Rows of two steps, which take turns.
    states: Vec<&'a mut [C::Scalar]>,
    tape: Vec<&'a mut [C::Scalar]>,
    /// Rows of one step.
    acc: Vec<&'a mut [C::Scalar]>,
    tmp: Vec<&'a mut [C::Scalar]>,
    y: Vec<&'a mut [C::Scalar]>,
    output: ArrayViewMut3<'a, C::Scalar>,
    packs: &'a [Packed<C::Scalar>],
    call: &'a [C::Scalar],
}

impl<C: Cell> Shard<'_, C> {
    fn run(mut self, tier: Tier, keep: bool) {
        let steps = self.output.dim().0;
        (0..steps).for_each(|t| self.step(t, tier, keep));
    }

    fn step(&mut self, t: usize, tier: Tier, keep: bool) {
        let (layout, batch) = (&C::LAYOUT, self.rows);
        let loaded = step(&mut self.x, t);
        if self.given.is_none() {
            for (input, &offset) in self.inputs.iter().zip(layout.inputs) {
                let input = input.slice_axis(Axis(0), (t..t + 1).into());
                load_rows(input, &mut loaded[offset..], layout.rows.x);
            }
        }
        let x: &[_] = self.given.map_or(loaded, |(x, stride)| &x[t * stride..]);
        let states = self.states.get_disjoint_mut([t % 2, (t + 1) % 2]);
        let (prev, next): (&[_], &mut [_]) = states.map_or((&[], &mut []), |[p, n]| (p, n));
        let tape = step(&mut self.tape, t);
        let (acc, tmp) = (step(&mut self.acc, 0), step(&mut self.tmp, 0));
        let y = step(&mut self.y, 0);
        let (packs, call) = (self.packs, self.call);
        let written = output_rows(layout, &mut self.output, (t, 1));
        let copied = written.is_none();
        let chunk = chunk::Chunk::<C> {
            x,
            states: States::Pair(prev, next),
            tape,
            acc,
            tmp,
            y: written.unwrap_or(y),
            packs,
            call,
            steps: 1,
            batch,
            joined: true,
        };
        chunk.dispatch(tier, keep);
        if !copied {
            return;
        }
        let buffers = Buffers { x, prev, next, tape, acc, tmp, y, call, ..Buffers::NONE };
        let Place { buffer, offset } = layout.output;
        let stride = if buffer == Buffer::Call { 0 } else { layout.rows[buffer] };
        let output = self.output.slice_axis_mut(Axis(0), (t..t + 1).into());
        store_rows(output, &buffers[buffer][offset..], stride);
    }
}

/// The steps of a segment backwards, given the sizes of the shards.
pub(super) fn backward<C: Cell>(tier: Tier, all: steps::Steps<'_, C>, shards: &[usize]) {
    let steps::Steps { read, dnext, dprev, dacc, dtmp, dx, steps, batch } = all;
    let layout = &C::LAYOUT;
    let rows = steps * batch;
    let adjoints =
        cut(&mut dnext[..batch * layout.rows.prev], layout.rows.prev, shards).into_iter();
    let adjoints =
        adjoints.zip(cut(&mut dprev[..batch * layout.rows.prev], layout.rows.prev, shards));
    let work = cut(&mut dacc[..rows * layout.rows.dacc], layout.rows.dacc, shards).into_iter();
    let work = work.zip(cut(&mut dtmp[..rows * layout.rows.dtmp], layout.rows.dtmp, shards));
    let work = work.zip(cut(&mut dx[..rows * layout.rows.dx], layout.rows.dx, shards));
    let mut first = 0;
    threads::run(shards.iter().zip(adjoints).zip(work).map(
        |((&rows, (next, prev)), ((dacc, dtmp), dx))| {
            let shard =
                BackShard { first, rows, states: [next, prev], dacc, dtmp, dx, read, batch };
            first += rows;
            move || shard.run(tier, steps)
        },
    ));
}

/// Some rows of the batch, backwards.
struct BackShard<'a, C: Cell> {
    /// The first of these rows.
    first: usize,
    rows: usize,
    /// Adjoints of the states after a step and before it; steps take turns.
    states: [Vec<&'a mut [C::Scalar]>; 2],
    /// Rows of each step.
    dacc: Vec<&'a mut [C::Scalar]>,
    dtmp: Vec<&'a mut [C::Scalar]>,
    dx: Vec<&'a mut [C::Scalar]>,
    read: steps::Read<'a, C>,
    /// Rows of the whole batch.
    batch: usize,
}

impl<C: Cell> BackShard<'_, C> {
    fn run(mut self, tier: Tier, steps: usize) {
        for t in (0..steps).rev() {
            let [next, prev] = &mut self.states;
            let one = steps::Steps {
                read: self.read.skip(t * self.batch + self.first),
                dnext: step(next, 0),
                dprev: step(prev, 0),
                dacc: step(&mut self.dacc, t),
                dtmp: step(&mut self.dtmp, t),
                dx: step(&mut self.dx, t),
                steps: 1,
                batch: self.rows,
            };
            <C::Scalar as Element>::dispatch(tier, one);
            self.states.swap(0, 1);
        }
    }
}

#[cfg(all(test, feature = "rayon"))]
mod tests {
    use super::*;
    use crate::kernels::matrix::PackPlan;

    /// A layout whose product has 65,536 multiply-adds a row.
    const LAYOUT: Layout = Layout {
        packs: &[PackPlan { k: 128, n: 512, waits: false, parts: &[] }],
        forward_packs: 1,
        ..Layout::EMPTY
    };

    #[test]
    fn large_batches_are_shared_and_small_ones_are_not() {
        let with = |threads: usize, batch, steps| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| shard_sizes(&LAYOUT, batch, steps))
        };
        assert_eq!(with(2, 33, 8), Some(Vec::from([17, 16])));
        assert_eq!(with(3, 64, 8), Some(Vec::from([22, 21, 21])));
        assert_eq!(with(1, 64, 8), None, "one thread");
        assert_eq!(with(2, 15, 64), None, "too few rows");
        assert_eq!(with(2, 16, 1), None, "too little work");
        assert_eq!(with(2, 0, 5), None, "no rows");
    }
}
