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

    /// The list of the forward passes over a chunk: takes `passes` through them in order.
    fn forward<S, P>(simd: S, passes: &mut P)
    where
        S: Kernels<Self::Scalar>,
        P: Passes<Self::Scalar>;

    /// The stages of the forward pass number `PASS`; `TAPE` says whether they keep what the
    /// backward passes need.
    fn pass<S: Kernels<Self::Scalar>, const TAPE: bool, const PASS: usize>(
        simd: S,
        frame: &mut Frame<'_, Self::Scalar>,
    );

    /// The list of the backward passes over a chunk: takes `passes` through them in order.
    fn backward<S, P>(simd: S, passes: &mut P)
    where
        S: Kernels<Self::Scalar>,
        P: Passes<Self::Scalar>;

    /// The stages of the backward pass number `PASS`.
    fn back_pass<S: Kernels<Self::Scalar>, const PASS: usize>(
        simd: S,
        frame: &mut Frame<'_, Self::Scalar>,
    );

    /// Backward, all rows of a chunk or of several, after all else: sums over rows for the
    /// parameters' gradients.
    fn back_sums<S: Kernels<Self::Scalar>>(simd: S, frame: &mut Frame<'_, Self::Scalar>);

    /// After all chunks: gradients from the sums of the chunks, and backward through
    /// [`call`](Program::call).
    fn back_call<S: Kernels<Self::Scalar>>(simd: S, frame: &mut Frame<'_, Self::Scalar>);
}

/// What a list of passes is taken through: a chunk of time.
pub trait Passes<E: Element> {
    /// The pass number `PASS`, over all rows at once.
    fn rows<S: Kernels<E>, const PASS: usize>(&mut self, simd: S);

    /// The pass number `PASS`, step by step.
    fn steps<S: Kernels<E>, const PASS: usize>(&mut self, simd: S);
}
