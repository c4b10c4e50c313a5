//! What is checked: anything that runs a cell forwards and backwards.

use alloc::{boxed::Box, vec::Vec};

use ndarray::{ArrayView2, ArrayView3};

use crate::check::reference::{Forward, Gradients};
use crate::error::Error;
use crate::kernels::element::Element;
use crate::kernels::simd::Tier;
use crate::run::sequence::OutputGradients;

/// A cell with parameters, run by kernels under test. Shapes as in
/// [`Reference`](crate::reference::Reference). An object, so that all that is done with it is
/// compiled once in this crate, and not again with every cell.
pub trait Candidate<E: Element>: Send {
    /// A forward pass, for its results alone or such that [`backward`](Self::backward) can follow.
    fn run(
        &mut self,
        inputs: &[ArrayView3<'_, E>],
        initial: &[ArrayView2<'_, E>],
        record: bool,
    ) -> Result<Forward<E>, Error>;

    /// Gradients of the last recorded pass.
    fn backward(&mut self, adjoints: &OutputGradients<'_, E>) -> Result<Gradients<E>, Error>;

    /// Begins a stream of one batch row, from zero states.
    fn begin_stream(&mut self);

    /// The next step of the stream: one `[n]` an input, and the output `[O]`.
    fn step(&mut self, inputs: &[&[E]], output: &mut [E]) -> Result<(), Error>;

    /// A state of the stream.
    fn state(&self, index: usize) -> Result<Vec<E>, Error>;

    /// The fewest batch rows, and the fewest rows of all steps together, that two threads share;
    /// `None` for never.
    fn shared(&self) -> Option<(usize, usize)>;
}

/// Makes the candidate for a tier, with these flat parameters.
pub type Build<'a, E> = dyn Fn(Tier, Vec<E>) -> Box<dyn Candidate<E>> + 'a;
