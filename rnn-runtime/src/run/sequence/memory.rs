//! The memory of a run over a sequence, kept from call to call.

use crate::kernels::element::Element;
use crate::kernels::matrix::Aligned;
use crate::program::{Buffer, Buffers, Layout, Place};

/// Sizes of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// Steps `T`.
    pub(crate) steps: usize,
    /// Batch rows `B`.
    pub(crate) batch: usize,
    /// Steps of a chunk.
    pub(crate) chunk: usize,
    /// Whether inputs and tape are kept for all steps, or for one chunk only.
    pub(crate) keep: bool,
    /// Whether steps take the products of inputs and states together.
    pub(crate) joined: bool,
}

/// Product results and intermediate values of a chunk should stay in the second-level cache, which
/// is at least four times as large.
const CHUNK_BYTES: usize = 256 * 1024;

/// Rows of a chunk that are enough for rank updates to read and write sums that lie in the
/// second-level cache, and for those beyond it.
const NEAR_SUMS: usize = 64;
const FAR_SUMS: usize = 256;

/// Batch rows that fill the register tiles by themselves.
const FULL_BATCH: usize = 8;

impl Extent {
    /// Chooses the chunk: enough rows for full register tiles, few enough to stay in cache.
    pub(crate) fn new<E>(layout: &Layout, steps: usize, batch: usize, keep: bool) -> Self {
        let row = (layout.rows.acc + layout.rows.tmp + layout.rows.dacc + layout.rows.dtmp)
            * size_of::<E>();
        let far = layout.rows.sums * size_of::<E>() > 4 * CHUNK_BYTES;
        let least = if far { FAR_SUMS } else { NEAR_SUMS };
        let rows = (CHUNK_BYTES / row.max(1)).clamp(least, FAR_SUMS);
        let chunk = (rows / batch.max(1)).clamp(1, steps.max(1));
        Extent { steps, batch, chunk, keep, joined: batch >= FULL_BATCH || chunk == 1 }
    }

    /// The same run in chunks of one step.
    pub(crate) fn stepwise(self) -> Self {
        Extent { chunk: 1, joined: true, ..self }
    }

    /// Steps held in memory at once.
    pub(crate) fn kept(&self) -> usize {
        if self.keep { self.steps } else { self.chunk }
    }

    /// The chunks in order: first step and number of steps. None without rows, whatever the number
    /// of steps.
    pub(crate) fn chunks(&self) -> impl DoubleEndedIterator<Item = (usize, usize)> + use<> {
        let Extent { steps, batch, chunk, .. } = *self;
        let steps = if batch == 0 { 0 } else { steps };
        (0..steps.div_ceil(chunk)).map(move |i| (i * chunk, chunk.min(steps - i * chunk)))
    }

    /// Steps of the last chunk, after which the last states are.
    pub(crate) fn last(&self) -> usize {
        self.chunks().last().map_or(0, |(_, steps)| steps)
    }

    /// Index of the first kept step of a chunk that starts at `step`.
    pub(crate) fn at(&self, step: usize) -> usize {
        if self.keep { step } else { 0 }
    }
}

/// The memory of the forward pass. States before a step and after it lie in that of
/// [`Buffer::Prev`].
#[derive(Debug, Clone, Default)]
pub struct Memory<E> {
    pub(crate) of: Buffers<Aligned<E>>,
    /// The initial states `[batch, state]`, if steps are kept.
    pub(crate) initial: Aligned<E>,
}

/// The memory of a sequence before its first run.
pub(super) fn no_memory<E: Element>() -> (Memory<E>, BackMemory<E>) {
    (Memory::default(), BackMemory::default())
}

impl<E: Element> Memory<E> {
    pub(crate) fn resize(&mut self, layout: &Layout, extent: &Extent) {
        let Extent { batch, keep, .. } = *extent;
        let (kept, chunk) = (extent.kept() * batch, extent.chunk * batch);
        let rows = Buffers {
            x: kept,
            prev: chunk + batch,
            // After what stands for a step before the first.
            tape: kept + batch,
            acc: chunk,
            tmp: chunk,
            // Outputs on the way to rows that kernels cannot write.
            y: chunk,
            ..Buffers::ZERO
        };
        resize(&mut self.of, rows, layout);
        self.initial.resize(if keep { batch * layout.rows.prev } else { 0 });
    }

    /// A place in the rows of a chunk, the first of which is `row` of those that are kept: the data
    /// from there on, and the distance between rows.
    pub(crate) fn at<'b>(
        &'b self,
        layout: &Layout,
        call: &'b [E],
        place: Place,
        row: usize,
        batch: usize,
    ) -> (&'b [E], usize) {
        let Place { buffer, offset } = place;
        let (data, first): (&[E], usize) = match buffer {
            Buffer::Call => return (&call[offset..], 0),
            Buffer::X => (&self.of.x, row),
            Buffer::Tape => (&self.of.tape, row + batch),
            Buffer::Next => (&self.of.prev, batch),
            own => (&self.of[own], 0),
        };
        let stride = layout.rows[buffer];
        (&data[first * stride + offset..], stride)
    }
}

/// Memory for some rows of each buffer.
fn resize<E: Element>(memory: &mut Buffers<Aligned<E>>, rows: Buffers<usize>, layout: &Layout) {
    let lens = rows.zip(layout.rows, |rows, len| rows * len);
    memory.as_mut().zip(lens, |memory, len| memory.resize(len));
}

/// The memory that the backward pass adds.
#[derive(Debug, Clone, Default)]
pub struct BackMemory<E> {
    pub(crate) of: Buffers<Aligned<E>>,
    /// Room for copies of operands.
    pub(crate) scratch: Aligned<E>,
}

impl<E: Element> BackMemory<E> {
    /// Makes room for segments of `chunks` chunks, and the steps that the loop is ahead.
    pub(crate) fn resize(&mut self, layout: &Layout, extent: &Extent, chunks: usize) {
        let Extent { batch, chunk, .. } = *extent;
        let segment = (chunks * chunk + layout.ahead()) * batch;
        let rows = Buffers {
            dy: segment,
            // Gradients of inputs on the way to rows that kernels cannot write.
            dx: segment,
            dnext: batch,
            dprev: batch,
            dacc: segment,
            dtmp: segment,
            back_call: 1,
            sums: 1,
            ..Buffers::ZERO
        };
        resize(&mut self.of, rows, layout);
    }
}

/// Copies rows of `len` values from `from`, spaced `from_stride`, to `into`, spaced `into_stride`.
pub(crate) fn copy_rows<E: Copy>(
    rows: usize,
    len: usize,
    from: (&[E], usize),
    into: (&mut [E], usize),
) {
    // Short rows take longer to call for than to copy.
    match len {
        1 => copy_short::<E, 1>(rows, from, into),
        2 => copy_short::<E, 2>(rows, from, into),
        4 => copy_short::<E, 4>(rows, from, into),
        8 => copy_short::<E, 8>(rows, from, into),
        16 => copy_short::<E, 16>(rows, from, into),
        _ => {
            for row in 0..rows {
                let from = &from.0[row * from.1..][..len];
                into.0[row * into.1..][..len].copy_from_slice(from);
            }
        }
    }
}

fn copy_short<E: Copy, const N: usize>(
    rows: usize,
    (from, from_stride): (&[E], usize),
    (into, into_stride): (&mut [E], usize),
) {
    for row in 0..rows {
        let from = from[row * from_stride..].first_chunk::<N>();
        let into = into[row * into_stride..].first_chunk_mut::<N>();
        if let (Some(from), Some(into)) = (from, into) {
            *into = *from;
        }
    }
}
