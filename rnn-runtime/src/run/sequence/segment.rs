//! Segments of the backward pass: one chunk or, where threads share the work, several.
//!
//! The sums over rows of a segment pair adjoints with states before each step. Where those are
//! recomputed, by the step that made them, the loop over time has to be one step ahead of the sums.

use ndarray::{Array3, ArrayView3, Axis};
use num_traits::Zero;

use super::OutputGradients;
use super::forward::{load_rows, set_pasts, store_rows};
use super::memory::{BackMemory, Extent};
use crate::declaration::graph::CellGraph;
use crate::kernels::element::Element;
use crate::program::{Buffer, Layout};

/// The steps of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First step of the sums.
    pub(crate) first: usize,
    /// Steps of the sums.
    pub(crate) steps: usize,
    /// First step of the loop.
    pub(crate) begin: usize,
    /// Steps of the loop.
    pub(crate) count: usize,
    /// How many steps the loop is ahead.
    ahead: usize,
}

impl Segment {
    /// Where a step is in the buffers of the segment.
    pub(crate) fn place(&self, step: usize) -> usize {
        step + self.ahead - self.first
    }
}

/// Segments of `chunks` chunks, the last one first.
pub(super) fn segments(
    layout: &Layout,
    extent: &Extent,
    chunks: usize,
) -> impl Iterator<Item = Segment> + use<> {
    let (ahead, all) = (layout.ahead(), extent.steps);
    let long = Extent { chunk: extent.chunk * chunks, ..*extent };
    long.chunks().rev().map(move |(first, steps)| {
        let begin = first.saturating_sub(ahead);
        let end = if first + steps == all { all } else { first + steps - ahead };
        Segment { first, steps, begin, count: end - begin, ahead }
    })
}

/// The adjoints of the outputs of one segment.
pub(super) fn load_adjoints<E: Element>(
    layout: &Layout,
    extent: &Extent,
    adjoints: &OutputGradients<'_, E>,
    segment: &Segment,
    back: &mut BackMemory<E>,
) {
    let stride = layout.rows.dy;
    let (first, row) = (segment.begin, segment.place(segment.begin) * extent.batch);
    let into = &mut back.of.dy[row * stride..][..segment.count * extent.batch * stride];
    let range = first..first + segment.count;
    if let Some(outputs) = &adjoints.outputs {
        let chunk: ArrayView3<'_, E> = outputs.slice_axis(Axis(0), range.clone().into());
        load_rows(chunk, into, stride);
    } else {
        into.fill(Zero::zero());
    }
    let last = adjoints.last.iter().map(|adjoint| (extent.steps - 1, adjoint));
    let some = adjoints.steps.iter().map(|(step, adjoint)| (*step, adjoint));
    for (step, adjoint) in last.chain(some) {
        if range.contains(&step) {
            for (b, row) in adjoint.rows().into_iter().enumerate() {
                let into = &mut into[((step - first) * extent.batch + b) * stride..];
                into.iter_mut().zip(row).for_each(|(to, from)| *to += *from);
            }
        }
    }
}

/// The initial states, where sums find those before the first step.
pub(super) fn load_initial<E: Element>(
    graph: &CellGraph,
    layout: &Layout,
    initial: &[E],
    batch: usize,
    back: &mut BackMemory<E>,
) {
    set_pasts(graph, layout, initial, Buffer::Dtmp, batch, (&mut back.of.dtmp, layout.rows.dtmp));
}

/// The rows of the gradient of the only input that belong to a segment, if kernels can write them
/// there.
pub(super) fn gradient_rows<'a, E: Element>(
    layout: &Layout,
    segment: &Segment,
    inputs: &'a mut [Array3<E>],
) -> Option<&'a mut [E]> {
    let [input] = inputs else { return None };
    let steps = segment.begin..segment.begin + segment.count;
    let rows = input.slice_axis_mut(Axis(0), steps.into());
    rows.into_slice().filter(|_| layout.rows.dx > 0)
}

/// Gradients of the inputs of a segment, unless they are `written` already, and what the next
/// segment needs of it.
pub(super) fn end_segment<E: Element>(
    layout: &Layout,
    extent: &Extent,
    segment: &Segment,
    chunks: usize,
    back: &mut BackMemory<E>,
    inputs: &mut [Array3<E>],
    written: bool,
) {
    let row = segment.place(segment.begin) * extent.batch;
    let inputs = if written { &mut [] } else { inputs };
    for (place, into) in layout.input_gradients.iter().zip(inputs) {
        let steps = segment.begin..segment.begin + segment.count;
        let mut into = into.slice_axis_mut(Axis(0), steps.into());
        let Some(place) = *place else {
            into.fill(E::zero());
            continue;
        };
        let (data, stride) = (&back.of[place.buffer], layout.rows[place.buffer]);
        store_rows(into, &data[row * stride + place.offset..], stride);
    }
    if segment.first > 0 {
        back.carry_over(layout, extent.batch, chunks * extent.chunk);
    }
}

impl<E: Element> BackMemory<E> {
    /// Hands the steps that the loop was ahead on to the next segment, of `steps` steps.
    fn carry_over(&mut self, layout: &Layout, batch: usize, steps: usize) {
        let rows = layout.ahead() * batch;
        let buffers = [
            (&mut self.of.dy, layout.rows.dy),
            (&mut self.of.dacc, layout.rows.dacc),
            (&mut self.of.dtmp, layout.rows.dtmp),
        ];
        for (buffer, len) in buffers {
            buffer.copy_within(..rows * len, steps * batch * len);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::program::Place;

    fn spans(layout: &Layout, steps: usize) -> Vec<[usize; 4]> {
        let extent = Extent { steps, batch: 1, chunk: 2, keep: true, joined: true };
        let span = |s: Segment| [s.first, s.first + s.steps, s.begin, s.begin + s.count];
        segments(layout, &extent, 1).map(span).collect()
    }

    #[test]
    fn the_loop_is_ahead_of_the_sums_by_what_they_read() {
        assert_eq!(spans(&Layout::EMPTY, 5), [[4, 5, 4, 5], [2, 4, 2, 4], [0, 2, 0, 2]]);
        const RECOMPUTED: &[Option<Place>] = &[Some(Place { buffer: Buffer::Dtmp, offset: 0 })];
        let layout = Layout { pasts: RECOMPUTED, ..Layout::EMPTY };
        assert_eq!(spans(&layout, 5), [[4, 5, 3, 5], [2, 4, 1, 3], [0, 2, 0, 1]]);
        assert_eq!(spans(&layout, 1), [[0, 1, 0, 1]]);
    }
}
