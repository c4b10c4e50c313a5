//! What the macro generates for a cell and what the drivers run: the layout of its buffers and the
//! stages of its three phases, forwards and backwards.
//!
//! Time runs in chunks of a few steps. In each chunk `before` computes what needs no previous state
//! for all rows (steps x batch) at once, `step` the recurrent core for one step's batch rows,
//! `after` what no next state needs, again for all rows. Backwards the same three, the last chunk
//! first.

use crate::element::Element;
use crate::matrix::{Aligned, Blocks, Kernels, PackPlan, Packed};

/// A cell's compiled form.
pub trait Program: Sized {
    /// Scalar type of all values.
    type Scalar: Element;

    /// Buffer layout.
    const LAYOUT: Layout;

    /// Values that depend on parameters alone, once a call. `call` holds the copies of
    /// [`Layout::copies`] already.
    fn call<S: Kernels<Self::Scalar>>(simd: S, frame: &mut CallFrame<'_, Self::Scalar>);

    /// Forward, all rows of a chunk, before its steps.
    fn before<S: Kernels<Self::Scalar>, const TAPE: bool>(
        simd: S,
        frame: &mut RowsFrame<'_, Self::Scalar>,
    );

    /// Forward, one step.
    fn step<S: Kernels<Self::Scalar>, const TAPE: bool>(
        simd: S,
        frame: &mut StepFrame<'_, Self::Scalar>,
    );

    /// Forward, all rows of a chunk, after its steps.
    fn after<S: Kernels<Self::Scalar>, const TAPE: bool>(
        simd: S,
        frame: &mut RowsFrame<'_, Self::Scalar>,
    );

    /// Backward, all rows of a chunk, before its steps.
    fn back_before<S: Kernels<Self::Scalar>>(simd: S, frame: &mut BackRows<'_, Self::Scalar>);

    /// Backward, one step.
    fn back_step<S: Kernels<Self::Scalar>>(simd: S, frame: &mut BackStep<'_, Self::Scalar>);

    /// Backward, all rows of a chunk, after its steps: what no other step needs, input gradients among
    /// it.
    fn back_after<S: Kernels<Self::Scalar>>(simd: S, frame: &mut BackRows<'_, Self::Scalar>);

    /// Backward, all rows of a chunk or of several, behind all else: sums over rows for the parameters'
    /// gradients.
    fn back_sums<S: Kernels<Self::Scalar>>(simd: S, frame: &mut BackSums<'_, Self::Scalar>);

    /// After all chunks: gradients from the sums of the chunks, and backward through
    /// [`call`](Program::call).
    fn back_call<S: Kernels<Self::Scalar>>(simd: S, frame: &mut BackCallFrame<'_, Self::Scalar>);
}

/// Row lengths of the buffers and where things are in them. Every slot is padded to 64 bytes.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Row length of the inputs `[steps * batch, x]`.
    pub x: usize,
    /// Row length of the states `[(steps of a chunk + 1) * batch, state]`, also of their adjoints.
    pub state: usize,
    /// Row length of the values kept for the backward pass `[(steps + 1) * batch, tape]`: behind what
    /// stands for a step before the first.
    pub tape: usize,
    /// Row length of product results `[rows of a chunk, acc]`.
    pub acc: usize,
    /// Row length of other intermediate values `[rows of a chunk, tmp]`.
    pub tmp: usize,
    /// Length of the values computed once a call.
    pub call: usize,
    /// Length of the adjoints of those values.
    pub back_call: usize,
    /// Row length of the outputs `[rows of a chunk, y]` that kernels write where they belong; 0 if they
    /// are copied from [`output`](Layout::output).
    pub y: usize,
    /// Row length of the output's adjoint `[rows of a chunk, dy]`.
    pub dy: usize,
    /// Row length of the input gradients `[rows of a chunk, dx]` that kernels write where they belong; 0 if
    /// they are copied from [`input_gradients`](Layout::input_gradients).
    pub dx: usize,
    /// Row length of product results of the backward pass.
    pub dacc: usize,
    /// Row length of other intermediate values of the backward pass.
    pub dtmp: usize,
    /// Length of the sums from which gradients are taken.
    pub sums: usize,
    /// Length of the longest vector that is computed.
    pub longest: usize,
    /// Whether steps use product results of their own only, if products are joined.
    pub acc_in_step: bool,
    /// Where each input is in a row of `x`.
    pub inputs: &'static [usize],
    /// Where each state is in a row of `state`.
    pub states: &'static [usize],
    /// Where the backward pass has the next values of each state of which it reads the previous ones: on
    /// the tape, or computed again.
    pub pasts: &'static [Option<Place>],
    /// Where the output is.
    pub output: Place,
    /// Where each input's gradient is; `None` if it is zero.
    pub input_gradients: &'static [Option<Place>],
    /// Parameters copied into the call buffer: (from, to, length).
    pub copies: &'static [(usize, usize, usize)],
    /// Matrices packed for the forward pass, then those for the backward pass.
    pub packs: &'static [PackPlan],
    /// How many of `packs` the forward pass needs.
    pub forward_packs: usize,
}

impl Layout {
    /// How many steps the loop of the backward pass is ahead of the sums over rows: one, if those read
    /// states that it computes again.
    pub(crate) fn ahead(&self) -> usize {
        let again = |past: &Option<Place>| past.is_some_and(|at| at.buffer == Buffer::Dtmp);
        usize::from(self.pasts.iter().any(again))
    }

    /// A layout without buffers: what stands in for a cell with errors.
    pub const EMPTY: Layout = Layout {
        x: 0,
        state: 0,
        tape: 0,
        acc: 0,
        tmp: 0,
        call: 0,
        back_call: 0,
        y: 0,
        dy: 0,
        dx: 0,
        dacc: 0,
        dtmp: 0,
        sums: 0,
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

/// The buffers results can be found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buffer {
    /// Inputs of this step.
    X,
    /// States before this step.
    Prev,
    /// States after this step.
    Next,
    /// Values kept for the backward pass.
    Tape,
    /// Product results.
    Acc,
    /// Other intermediate values.
    Tmp,
    /// Values computed once a call (one row).
    Call,
    /// The outputs, where the caller wants them.
    Y,
    /// The output's adjoint.
    Dy,
    /// The input's gradient, where the caller wants it.
    Dx,
    /// Product results of the backward pass.
    Dacc,
    /// Other intermediate values of the backward pass.
    Dtmp,
}

/// The values computed once a call.
#[derive(Debug)]
pub struct CallFrame<'a, E> {
    /// `[call]`.
    pub call: &'a mut [E],
}

/// Their adjoints.
#[derive(Debug)]
pub struct BackCallFrame<'a, E> {
    /// `[call]`.
    pub call: &'a [E],
    /// `[back_call]`.
    pub back_call: &'a mut [E],
    /// Sums over all rows, from which gradients are taken `[sums]`.
    pub sums: &'a [E],
    /// Gradients of all parameters, flat.
    pub grads: &'a mut [E],
}

/// All rows of a chunk, forwards. `prev` and `next` are empty in the `before` phase.
#[derive(Debug)]
pub struct RowsFrame<'a, E> {
    /// Steps of the chunk times batch rows.
    pub rows: usize,
    /// Whether steps take the products of inputs and states together.
    pub joined: bool,
    /// Inputs `[rows, x]`.
    pub x: &'a [E],
    /// States before each step `[rows, state]`.
    pub prev: &'a [E],
    /// States after each step `[rows, state]`.
    pub next: &'a [E],
    /// `[rows, tape]`.
    pub tape: &'a mut [E],
    /// `[rows, acc]`.
    pub acc: &'a mut [E],
    /// `[rows, tmp]`.
    pub tmp: &'a mut [E],
    /// Outputs `[rows, y]`.
    pub y: &'a mut [E],
    /// `[call]`.
    pub call: &'a [E],
    /// Packed weights.
    pub packs: &'a [Packed<E>],
}

/// One step, forwards.
#[derive(Debug)]
pub struct StepFrame<'a, E> {
    /// Batch rows.
    pub rows: usize,
    /// Whether steps take the products of inputs and states together.
    pub joined: bool,
    /// Inputs `[rows, x]`.
    pub x: &'a [E],
    /// States before the step `[rows, state]`.
    pub prev: &'a [E],
    /// States after the step `[rows, state]`.
    pub next: &'a mut [E],
    /// `[rows, tape]`.
    pub tape: &'a mut [E],
    /// `[rows, acc]`.
    pub acc: &'a mut [E],
    /// `[rows, tmp]`.
    pub tmp: &'a mut [E],
    /// Outputs `[rows, y]`.
    pub y: &'a mut [E],
    /// `[call]`.
    pub call: &'a [E],
    /// Packed weights.
    pub packs: &'a [Packed<E>],
}

/// All rows of a chunk, backwards.
#[derive(Debug)]
pub struct BackRows<'a, E> {
    /// Steps of the chunk times batch rows.
    pub rows: usize,
    /// Inputs `[rows, x]`.
    pub x: &'a [E],
    /// The tape one step earlier `[rows, tape]`.
    pub past: &'a [E],
    /// `[rows, tape]`.
    pub tape: &'a [E],
    /// `[call]`.
    pub call: &'a [E],
    /// Adjoint of the output `[rows, dy]`.
    pub dy: &'a [E],
    /// `[rows, dacc]`.
    pub dacc: &'a mut [E],
    /// `[rows, dtmp]`.
    pub dtmp: &'a mut [E],
    /// Gradients of the inputs `[rows, dx]`.
    pub dx: &'a mut [E],
    /// Packed weights.
    pub packs: &'a [Packed<E>],
}

/// All rows of some chunks and the sums over them, backwards.
#[derive(Debug)]
pub struct BackSums<'a, E> {
    /// Steps times batch rows of some chunks, a block each.
    pub rows: Blocks,
    /// Inputs `[rows, x]`.
    pub x: &'a [E],
    /// The tape one step earlier `[rows, tape]`.
    pub past: &'a [E],
    /// `[rows, tape]`.
    pub tape: &'a [E],
    /// `[call]`.
    pub call: &'a [E],
    /// Adjoint of the output `[rows, dy]`.
    pub dy: &'a [E],
    /// `[rows, dacc]`.
    pub dacc: &'a [E],
    /// `[rows, dtmp]`.
    pub dtmp: &'a [E],
    /// The same one step earlier.
    pub dpast: &'a [E],
    /// Adjoints of the call buffer.
    pub back_call: &'a mut [E],
    /// Sums over all rows, from which gradients are taken `[sums]`.
    pub sums: &'a mut [E],
    /// Room for copies of operands.
    pub scratch: &'a mut Aligned<E>,
}

/// One step, backwards.
#[derive(Debug)]
pub struct BackStep<'a, E> {
    /// Batch rows.
    pub rows: usize,
    /// Inputs `[rows, x]`.
    pub x: &'a [E],
    /// The tape one step earlier `[rows, tape]`.
    pub past: &'a [E],
    /// `[rows, tape]`.
    pub tape: &'a [E],
    /// `[call]`.
    pub call: &'a [E],
    /// Adjoint of the output `[rows, dy]`.
    pub dy: &'a [E],
    /// Adjoints of the states after the step `[rows, state]`.
    pub dnext: &'a [E],
    /// Adjoints of the states before the step `[rows, state]`.
    pub dprev: &'a mut [E],
    /// `[rows, dacc]`.
    pub dacc: &'a mut [E],
    /// `[rows, dtmp]`.
    pub dtmp: &'a mut [E],
    /// Gradients of the inputs `[rows, dx]`.
    pub dx: &'a mut [E],
    /// Packed weights.
    pub packs: &'a [Packed<E>],
}
