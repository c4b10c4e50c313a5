//! What the macro generates for a cell and what the drivers run: the layout of its buffers, and the
//! passes over time with their stages.
//!
//! Time runs in chunks of a few steps. A plan is a list of passes: some run over all rows of a
//! chunk (steps x batch) at once, some step by step. A cell with one loop over time has up to three
//! forwards: what needs no previous state, the recurrent core, and what no next state needs;
//! backwards the same, the last chunk first.

mod buffers;
mod frame;
mod layout;

pub use buffers::{Buffer, Buffers};
pub use frame::Frame;
pub use layout::{Layout, Place};

use crate::kernels::element::Element;
use crate::kernels::matrix::Kernels;

/// A cell's compiled form.
pub trait Program: Sized {
    /// Scalar type of all values.
    type Scalar: Element;

    /// Buffer layout.
    const LAYOUT: Layout;

    /// Values that depend on parameters alone, once a call. `call` holds the copies of
    /// [`Layout::copies`] already.
    fn call<S: Kernels<Self::Scalar>>(simd: S, frame: &mut Frame<'_, Self::Scalar>);

    /// The forward passes over a chunk in order; `TAPE` says whether they keep what the backward
    /// passes need, `ONE` whether there is one step of one row.
    fn forward<S, const TAPE: bool, const ONE: bool, F>(simd: S, frames: &mut F)
    where
        S: Kernels<Self::Scalar>,
        F: Frames<Self::Scalar>;

    /// The backward passes over a chunk in order.
    fn backward<S, F>(simd: S, frames: &mut F)
    where
        S: Kernels<Self::Scalar>,
        F: Frames<Self::Scalar>;

    /// Backward, all rows of a chunk or of several, after all else: sums over rows for the
    /// parameters' gradients.
    fn back_sums<S: Kernels<Self::Scalar>>(simd: S, frame: &mut Frame<'_, Self::Scalar>);

    /// After all chunks: gradients from the sums of the chunks, and backward through
    /// [`call`](Program::call).
    fn back_call<S: Kernels<Self::Scalar>>(simd: S, frame: &mut Frame<'_, Self::Scalar>);
}

/// A chunk of time as its passes see it.
pub trait Frames<E: Element> {
    /// How many steps there are.
    fn steps(&self) -> usize;

    /// For a pass over all rows at once.
    fn rows(&mut self) -> Frame<'_, E>;

    /// For the step number `index` of a pass over steps, in the order in which it takes them.
    fn step(&mut self, index: usize) -> Frame<'_, E>;
}
