//! What is checked: anything that runs a cell forwards and backwards.

use alloc::vec::Vec;

use ndarray::{Array2, ArrayView2, ArrayView3, Axis};

use super::problem::LossSeeds;
use crate::element::Element;
use crate::error::Error;
use crate::reference::{Forward, Gradients};

/// A cell with parameters, run by kernels under test. Shapes as in
/// [`Reference`](crate::reference::Reference).
pub(super) trait Candidate<E: Element> {
    /// A forward pass for its results alone.
    fn forward(
        &mut self,
        inputs: &[ArrayView3<'_, E>],
        initial: &[ArrayView2<'_, E>],
    ) -> Result<Forward<E>, Error>;

    /// A forward pass that [`backward`](Self::backward) can follow.
    fn record(
        &mut self,
        inputs: &[ArrayView3<'_, E>],
        initial: &[ArrayView2<'_, E>],
    ) -> Result<Forward<E>, Error>;

    /// Gradients of the last recorded pass.
    fn backward(&mut self, seeds: &LossSeeds<E>) -> Result<Gradients<E>, Error>;

    /// One batch row `[T, n]` an input, step by step from zero states: the outputs `[T, O]`.
    fn stream(&mut self, inputs: &[ArrayView2<'_, E>]) -> Result<Array2<E>, Error>;
}

/// The row of each input as one array `[T, n]`.
pub(super) fn row<'a, E>(inputs: &[ArrayView3<'a, E>], row: usize) -> Vec<ArrayView2<'a, E>> {
    inputs.iter().map(|input| input.index_axis_move(Axis(1), row)).collect()
}
