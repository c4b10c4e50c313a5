//! Running a cell over whole sequences: inference, and training by backpropagation through time.

mod backward;
mod check;
mod chunk;
mod dispatch;
pub(crate) mod driver;
mod forward;
mod memory;
mod segment;
mod shards;
mod states;
mod steps;

use alloc::vec::Vec;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, ArrayViewMut2, ArrayViewMut3};

use crate::error::Error;
use crate::kernels::simd::Tier;
use crate::params::{Cell, ParamSlice, Parameters, ParametersMut, Version};
use crate::run::weights::Weights;

pub(crate) use self::driver::Driver;
use self::memory::BackMemory;
pub(crate) use self::memory::{Extent, Memory};
#[cfg(feature = "std")]
pub(crate) use self::shards::least_shared;

/// Runs a cell over sequences `[T, B, I]` and keeps the memory that takes from call to call.
///
/// [`forward`](Sequence::forward) is inference, [`record`](Sequence::record) the same with all that
/// [`backward`](Sequence::backward) needs. Results are equal bit for bit whatever the batch around
/// a row, and equal to those of [`Stream`](crate::stream::Stream) step by step.
///
/// ```
/// use ndarray::Array3;
/// use rnn_runtime::prelude::*;
///
/// rnn_runtime::cell! {
///     /// Elman's network (1990).
///     pub struct Plain {
///         input x: 3;
///         state h: 5;
///         gate n = tanh(x, h);
///         h[t] = n;
///     }
/// }
///
/// let cell = Plain::init(&mut seeded(1));
/// let x = Array3::ones((7, 2, 3)); // [T, B, I]
/// let mut sequence = Sequence::new();
/// let y = sequence.record(&cell, &[x.view()], &[])?; // [T, B, O]
/// let mut gradient = Plain::zeros();
/// // Of sum(y * y) / 2.
/// sequence.backward(&cell, &OutputGradients::outputs(y.view()), &mut gradient)?;
/// # Ok::<(), rnn_runtime::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sequence<C: Cell> {
    tier: Tier,
    /// Whether `RNN_TIER` had a name that no tier has.
    refused: bool,
    weights: Weights<C>,
    memory: Memory<C::Scalar>,
    back: BackMemory<C::Scalar>,
    extent: Extent,
    /// The parameters of the recorded run.
    recorded: Option<Recorded>,
}

/// What tells the parameters of a recorded run from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recorded {
    Version(Version),
    /// A digest of values that have no version.
    Digest(u64),
}

impl Recorded {
    fn of<C: Cell>(params: ParamSlice<'_, C>) -> Recorded {
        params.version().map_or_else(|| Recorded::Digest(params.digest()), Recorded::Version)
    }
}

/// Gradients of the loss with respect to what a run returned: where backpropagation starts.
///
/// All that is given is added up.
#[derive(Debug, Clone, Copy)]
pub struct OutputGradients<'a, E> {
    /// For the output of every step `[T, B, O]`.
    pub outputs: Option<ArrayView3<'a, E>>,
    /// For the output of the last step `[B, O]`.
    pub last: Option<ArrayView2<'a, E>>,
    /// For the outputs of single steps: step and `[B, O]`.
    pub steps: &'a [(usize, ArrayView2<'a, E>)],
    /// For the final states, one `[B, H]` a state; empty for none.
    pub states: &'a [ArrayView2<'a, E>],
}

impl<E> Default for OutputGradients<'_, E> {
    fn default() -> Self {
        OutputGradients { outputs: None, last: None, steps: &[], states: &[] }
    }
}

impl<'a, E> OutputGradients<'a, E> {
    /// A gradient for the output of every step `[T, B, O]`.
    pub fn outputs(outputs: ArrayView3<'a, E>) -> Self {
        OutputGradients { outputs: Some(outputs), ..OutputGradients::default() }
    }

    /// A gradient for the output of the last step `[B, O]`.
    pub fn last(last: ArrayView2<'a, E>) -> Self {
        OutputGradients { last: Some(last), ..OutputGradients::default() }
    }
}

/// Gradients with respect to what a run was given.
#[derive(Debug, Clone, PartialEq)]
pub struct InputGradients<E> {
    /// One `[T, B, I]` an input.
    pub inputs: Vec<Array3<E>>,
    /// One `[B, H]` a state, for the initial states.
    pub initial: Vec<Array2<E>>,
}

impl<C: Cell> Default for Sequence<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Cell> Sequence<C> {
    /// Kernels of [`Cell::tier`].
    pub fn new() -> Self {
        Sequence { refused: Tier::environment().is_err(), ..Self::on(C::tier()) }
    }

    /// Kernels of `tier`, or of the best [available](Tier::is_available) tier below
    /// it.
    pub fn on(tier: Tier) -> Self {
        let (memory, back) = C::Scalar::no_memory();
        Sequence {
            tier,
            refused: false,
            weights: Weights::new(),
            memory,
            back,
            extent: Extent::default(),
            recorded: None,
        }
    }

    /// Outputs `[T, B, O]` for `inputs`, one `[T, B, I]` an input, from `initial`, one `[B, H]` a
    /// state (none at all: zeros).
    ///
    /// # Errors
    /// Arrays of the wrong number or shape, no step, or not the number of steps the declaration
    /// fixes; a run too large for the memory; an unknown name in [`RNN_TIER`](Tier::environment).
    pub fn forward<P: Parameters<Cell = C> + ?Sized>(
        &mut self,
        params: &P,
        inputs: &[ArrayView3<'_, C::Scalar>],
        initial: &[ArrayView2<'_, C::Scalar>],
    ) -> Result<Array3<C::Scalar>, Error> {
        self.run(params.slice(), inputs, initial, false)
    }

    /// [`forward`](Sequence::forward), keeping what [`backward`](Sequence::backward) needs.
    ///
    /// # Errors
    /// As [`forward`](Sequence::forward).
    pub fn record<P: Parameters<Cell = C> + ?Sized>(
        &mut self,
        params: &P,
        inputs: &[ArrayView3<'_, C::Scalar>],
        initial: &[ArrayView2<'_, C::Scalar>],
    ) -> Result<Array3<C::Scalar>, Error> {
        self.run(params.slice(), inputs, initial, true)
    }

    /// [`forward`](Sequence::forward) into an array of the caller's: nothing is allocated once the
    /// memory has grown to the size of the run.
    ///
    /// # Errors
    /// As [`forward`](Sequence::forward).
    pub fn forward_into<P: Parameters<Cell = C> + ?Sized>(
        &mut self,
        params: &P,
        inputs: &[ArrayView3<'_, C::Scalar>],
        initial: &[ArrayView2<'_, C::Scalar>],
        output: ArrayViewMut3<'_, C::Scalar>,
    ) -> Result<(), Error> {
        self.run_into(params.slice(), inputs, initial, output, false)
    }

    /// [`record`](Sequence::record) into an array of the caller's.
    ///
    /// # Errors
    /// As [`forward`](Sequence::forward).
    pub fn record_into<P: Parameters<Cell = C> + ?Sized>(
        &mut self,
        params: &P,
        inputs: &[ArrayView3<'_, C::Scalar>],
        initial: &[ArrayView2<'_, C::Scalar>],
        output: ArrayViewMut3<'_, C::Scalar>,
    ) -> Result<(), Error> {
        self.run_into(params.slice(), inputs, initial, output, true)
    }

    fn run(
        &mut self,
        params: ParamSlice<'_, C>,
        inputs: &[ArrayView3<'_, C::Scalar>],
        initial: &[ArrayView2<'_, C::Scalar>],
        keep: bool,
    ) -> Result<Array3<C::Scalar>, Error> {
        let mut output = C::Scalar::zero_outputs(C::GRAPH, inputs)?;
        self.run_into(params, inputs, initial, output.view_mut(), keep)?;
        Ok(output)
    }

    /// The states after the last step of the last run, one `[B, H]` a state; empty before any run.
    pub fn final_states(&self) -> Vec<Array2<C::Scalar>> {
        C::Scalar::final_states(C::GRAPH, &C::LAYOUT, &self.extent, &self.memory)
    }

    /// [`final_states`](Sequence::final_states) into arrays of the caller's.
    ///
    /// # Errors
    /// Arrays of the wrong number or shape.
    pub fn final_states_into(
        &self,
        states: &mut [ArrayViewMut2<'_, C::Scalar>],
    ) -> Result<(), Error> {
        C::Scalar::final_states_into(C::GRAPH, &C::LAYOUT, &self.extent, &self.memory, states)
    }

    /// Gradients of the last recorded run, from those of the loss in `adjoints`: of the parameters
    /// into `gradient`, which is overwritten, of inputs and initial states as the result.
    ///
    /// # Errors
    /// No recorded run, or parameters changed since; arrays of the wrong number or shape; gradients
    /// too large for the memory.
    pub fn backward<P, G>(
        &mut self,
        params: &P,
        adjoints: &OutputGradients<'_, C::Scalar>,
        gradient: &mut G,
    ) -> Result<InputGradients<C::Scalar>, Error>
    where
        P: Parameters<Cell = C> + ?Sized,
        G: ParametersMut<Cell = C> + ?Sized,
    {
        self.checked(params.slice())?;
        let mut inputs = self.room_for_gradients()?;
        self.run_back(params.slice(), adjoints, gradient, &mut inputs, false)?;
        Ok(inputs)
    }

    /// [`backward`](Sequence::backward), adding to `gradient`: for losses over several runs.
    ///
    /// # Errors
    /// As [`backward`](Sequence::backward).
    pub fn backward_add<P, G>(
        &mut self,
        params: &P,
        adjoints: &OutputGradients<'_, C::Scalar>,
        gradient: &mut G,
    ) -> Result<InputGradients<C::Scalar>, Error>
    where
        P: Parameters<Cell = C> + ?Sized,
        G: ParametersMut<Cell = C> + ?Sized,
    {
        self.checked(params.slice())?;
        let mut inputs = self.room_for_gradients()?;
        self.run_back(params.slice(), adjoints, gradient, &mut inputs, true)?;
        Ok(inputs)
    }

    /// The most steps that a run of `batch` rows takes as one chunk, whose intermediate values stay
    /// in cache. No bit depends on it, but what a run costs does, and tests of long runs cross its
    /// border.
    pub fn chunk_steps(batch: usize) -> usize {
        Extent::new::<C::Scalar>(&C::LAYOUT, usize::MAX, batch, false).chunk
    }

    /// Arrays of the right shapes for [`backward_into`](Sequence::backward_into), zero.
    pub fn input_gradients(&self) -> InputGradients<C::Scalar> {
        C::Scalar::zero_input_gradients(C::GRAPH, &self.extent)
    }
}
