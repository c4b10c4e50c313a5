//! The memory of a run over a sequence, kept from call to call.

use crate::element::Element;
use crate::matrix::Aligned;
use crate::program::{Buffer, Layout, Place};

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

/// Product results and intermediate values of a chunk should stay in the second-level cache, which is
/// at least four times as large.
const CHUNK_BYTES: usize = 256 * 1024;

/// Rows of a chunk that are enough for rank updates to read and write sums that lie in the second-level
/// cache, and for those beyond it.
const NEAR_SUMS: usize = 64;
const FAR_SUMS: usize = 256;

/// Batch rows that fill the register tiles by themselves.
const FULL_BATCH: usize = 8;

impl Extent {
    /// Chooses the chunk: enough rows for full register tiles, few enough to stay in cache.
    pub(crate) fn new<E>(layout: &Layout, steps: usize, batch: usize, keep: bool) -> Self {
        let row = (layout.acc + layout.tmp + layout.dacc + layout.dtmp) * size_of::<E>();
        let far = layout.sums * size_of::<E>() > 4 * CHUNK_BYTES;
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

    /// The chunks in order: first step and number of steps. None without rows, whatever the number of steps.
    pub(crate) fn chunks(&self) -> impl DoubleEndedIterator<Item = (usize, usize)> + use<> {
        let Extent { steps, batch, chunk, .. } = *self;
        let steps = if batch == 0 { 0 } else { steps };
        (0..steps.div_ceil(chunk)).map(move |i| (i * chunk, chunk.min(steps - i * chunk)))
    }

    /// Steps of the last chunk, behind which the last states are.
    pub(crate) fn last(&self) -> usize {
        self.chunks().last().map_or(0, |(_, steps)| steps)
    }

    /// Index of the first kept step of a chunk that starts at `step`.
    pub(crate) fn at(&self, step: usize) -> usize {
        if self.keep { step } else { 0 }
    }
}

/// All buffers of the forward pass.
#[derive(Debug, Clone, Default)]
pub struct Buffers<E> {
    /// `[steps * batch, x]`
    pub(crate) x: Aligned<E>,
    /// `[batch, state]`, if steps are kept
    pub(crate) initial: Aligned<E>,
    /// `[(chunk + 1) * batch, state]`
    pub(crate) states: Aligned<E>,
    /// `[(steps + 1) * batch, tape]`
    pub(crate) tape: Aligned<E>,
    /// `[chunk * batch, acc]`
    pub(crate) acc: Aligned<E>,
    /// `[chunk * batch, tmp]`
    pub(crate) tmp: Aligned<E>,
    /// `[chunk * batch, y]`, for outputs on the way to rows that kernels cannot write
    pub(crate) y: Aligned<E>,
}

/// Buffers for a run of that size, zero.
pub(super) fn no_rows<E: Element>(layout: &Layout, extent: &Extent) -> Buffers<E> {
    let mut buffers = Buffers::default();
    buffers.resize(layout, extent);
    buffers
}

impl<E: Element> Buffers<E> {
    pub(crate) fn resize(&mut self, layout: &Layout, extent: &Extent) {
        let rows = extent.kept() * extent.batch;
        let chunk = extent.chunk * extent.batch;
        self.x.resize(rows * layout.x);
        self.initial.resize(if extent.keep { extent.batch * layout.state } else { 0 });
        self.states.resize((chunk + extent.batch) * layout.state);
        self.tape.resize((rows + extent.batch) * layout.tape);
        self.acc.resize(chunk * layout.acc);
        self.tmp.resize(chunk * layout.tmp);
        self.y.resize(chunk * layout.y);
    }

    /// A place in the rows of a chunk, the first of which is `row` of those that are kept: the data from
    /// there on, and the distance between rows.
    pub(crate) fn at<'b>(
        &'b self,
        layout: &Layout,
        call: &'b [E],
        place: Place,
        row: usize,
        batch: usize,
    ) -> (&'b [E], usize) {
        let (data, first, stride): (&[E], usize, usize) = match place.buffer {
            Buffer::X => (&self.x, row, layout.x),
            Buffer::Prev => (&self.states, 0, layout.state),
            Buffer::Next => (&self.states, batch, layout.state),
            Buffer::Tape => (&self.tape, row + batch, layout.tape),
            Buffer::Acc => (&self.acc, 0, layout.acc),
            Buffer::Tmp => (&self.tmp, 0, layout.tmp),
            Buffer::Y => (&self.y, 0, layout.y),
            Buffer::Call => (call, 0, 0),
            // The forward pass has no adjoints.
            Buffer::Dy | Buffer::Dx | Buffer::Dacc | Buffer::Dtmp => (&[], 0, 0),
        };
        (data.get(first * stride + place.offset..).unwrap_or(&[]), stride)
    }
}

/// All buffers that the backward pass adds.
#[derive(Debug, Clone, Default)]
pub struct BackBuffers<E> {
    /// `[(round + ahead) * batch, dy]`
    pub(crate) dy: Aligned<E>,
    /// `[(round + ahead) * batch, dx]`, for gradients of inputs on the way to rows that kernels cannot write
    pub(crate) dx: Aligned<E>,
    /// Adjoints of the states after a step `[batch, state]`
    pub(crate) dnext: Aligned<E>,
    /// Adjoints of the states before it `[batch, state]`
    pub(crate) dprev: Aligned<E>,
    /// `[(round + ahead) * batch, dacc]`
    pub(crate) dacc: Aligned<E>,
    /// `[(round + ahead) * batch, dtmp]`
    pub(crate) dtmp: Aligned<E>,
    /// `[back_call]`
    pub(crate) back_call: Aligned<E>,
    /// `[sums]`
    pub(crate) sums: Aligned<E>,
    /// Room for copies of operands.
    pub(crate) scratch: Aligned<E>,
}

impl<E: Element> BackBuffers<E> {
    /// Makes room for rounds of `chunks` chunks, and the steps that the loop is ahead.
    pub(crate) fn resize(&mut self, layout: &Layout, extent: &Extent, chunks: usize) {
        let chunk = (chunks * extent.chunk + layout.ahead()) * extent.batch;
        self.dy.resize(chunk * layout.dy);
        self.dx.resize(chunk * layout.dx);
        self.dnext.resize(extent.batch * layout.state);
        self.dprev.resize(extent.batch * layout.state);
        self.dacc.resize(chunk * layout.dacc);
        self.dtmp.resize(chunk * layout.dtmp);
        self.back_call.resize(layout.back_call);
        self.sums.resize(layout.sums);
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
