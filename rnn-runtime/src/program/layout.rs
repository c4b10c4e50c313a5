//! Where things are in the buffers of a cell.

use super::{Buffer, Buffers};
use crate::kernels::matrix::PackPlan;

/// Row lengths of the buffers and where things are in them. Every slot is padded to 64 bytes.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Row length of each buffer, and the length of each that has one row. 0 for [`Buffer::Y`] and
    /// [`Buffer::Dx`] if kernels do not write them: the output is then copied from
    /// [`output`](Layout::output), gradients of inputs from
    /// [`input_gradients`](Layout::input_gradients).
    pub rows: Buffers<usize>,
    /// Length of the longest vector that is computed.
    pub longest: usize,
    /// Whether steps use product results of their own only, if products are joined.
    pub acc_in_step: bool,
    /// Where each input is in a row of [`Buffer::X`].
    pub inputs: &'static [usize],
    /// Where each state is in a row of [`Buffer::Prev`], and of its adjoints.
    pub states: &'static [usize],
    /// Where the backward pass has the next values of each state of which it reads the previous
    /// ones: on the tape, or recomputed.
    pub pasts: &'static [Option<Place>],
    /// Where the output is.
    pub output: Place,
    /// Where each input's gradient is; `None` if it is zero.
    pub input_gradients: &'static [Option<Place>],
    /// Parameters copied into the call buffer, or multiples of them: (from, to, length, factor).
    pub copies: &'static [(usize, usize, usize, f64)],
    /// Matrices packed for the forward pass, then those for the backward pass.
    pub packs: &'static [PackPlan],
    /// How many of `packs` the forward pass needs.
    pub forward_packs: usize,
}

impl Layout {
    /// How many steps the loop of the backward pass is ahead of the sums over rows: one, if those
    /// read states that it recomputes.
    pub(crate) fn ahead(&self) -> usize {
        let recomputed = |past: &Option<Place>| past.is_some_and(|at| at.buffer == Buffer::Dtmp);
        usize::from(self.pasts.iter().any(recomputed))
    }

    /// A layout without buffers: what stands in for a cell with errors.
    pub const EMPTY: Layout = Layout {
        rows: Buffers::ZERO,
        longest: 0,
        acc_in_step: true,
        inputs: &[],
        states: &[],
        pasts: &[],
        output: Place { buffer: Buffer::X, offset: 0 },
        input_gradients: &[],
        copies: &[],
        packs: &[],
        forward_packs: 0,
    };
}

/// A place in a row of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which buffer.
    pub buffer: Buffer,
    /// Offset in its rows.
    pub offset: usize,
}
