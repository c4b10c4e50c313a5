//! Rounds of the backward pass: one chunk or, where threads share the work, several.
//!
//! The sums over rows of a round pair adjoints with states before each step. Where those are computed
//! again, by the step that made them, the loop over time has to be one step ahead of the sums.

use super::buffers::{BackBuffers, Extent};
use crate::element::Element;
use crate::program::Layout;

/// The steps of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
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

impl Round {
    /// Where a step is in the buffers of the round.
    pub(crate) fn place(&self, step: usize) -> usize {
        step + self.ahead - self.first
    }
}

/// Rounds of `chunks` chunks, the last one first.
pub(super) fn rounds(
    layout: &Layout,
    extent: &Extent,
    chunks: usize,
) -> impl Iterator<Item = Round> + use<> {
    let (ahead, all) = (layout.ahead(), extent.steps);
    let long = Extent { chunk: extent.chunk * chunks, ..*extent };
    long.chunks().rev().map(move |(first, steps)| {
        let begin = first.saturating_sub(ahead);
        let end = if first + steps == all { all } else { first + steps - ahead };
        Round { first, steps, begin, count: end - begin, ahead }
    })
}

impl<E: Element> BackBuffers<E> {
    /// Hands the steps that the loop was ahead on to the next round, of `steps` steps.
    pub(super) fn hand_on(&mut self, layout: &Layout, batch: usize, steps: usize) {
        let rows = layout.ahead() * batch;
        let buffers = [
            (&mut self.dy, layout.dy),
            (&mut self.dacc, layout.dacc),
            (&mut self.dtmp, layout.dtmp),
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
    use crate::program::{Buffer, Place};

    fn spans(layout: &Layout, steps: usize) -> Vec<[usize; 4]> {
        let extent = Extent { steps, batch: 1, chunk: 2, keep: true, joined: true };
        let span = |r: Round| [r.first, r.first + r.steps, r.begin, r.begin + r.count];
        rounds(layout, &extent, 1).map(span).collect()
    }

    #[test]
    fn the_loop_is_ahead_of_the_sums_by_what_they_read() {
        assert_eq!(spans(&Layout::EMPTY, 5), [[4, 5, 4, 5], [2, 4, 2, 4], [0, 2, 0, 2]]);
        let again = Some(Place { buffer: Buffer::Dtmp, offset: 0 });
        let layout = Layout { pasts: &[again], ..Layout::EMPTY };
        assert_eq!(spans(&layout, 5), [[4, 5, 3, 5], [2, 4, 1, 3], [0, 2, 0, 1]]);
        assert_eq!(spans(&layout, 1), [[0, 1, 0, 1]]);
    }
}
