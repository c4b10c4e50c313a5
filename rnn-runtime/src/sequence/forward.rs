//! The forward pass, chunk by chunk.

use ndarray::{ArrayView2, ArrayView3, ArrayViewMut3, Axis};

use super::buffers::{Buffers, Extent, copy_rows};
use super::{Sequence, check, parts};
use crate::element::Element;
use crate::error::Error;
use crate::matrix::{Kernels, Packed};
use crate::params::Cell;
use crate::program::{Buffer, RowsFrame, StepFrame};
use crate::simd::{Kernel, Tier};

impl<C: Cell> Sequence<C> {
    pub(super) fn run_into(
        &mut self,
        cell: &C,
        inputs: &[ArrayView3<'_, C::Scalar>],
        initial: &[ArrayView2<'_, C::Scalar>],
        mut output: ArrayViewMut3<'_, C::Scalar>,
        keep: bool,
    ) -> Result<(), Error> {
        let (steps, batch) = check::inputs(C::GRAPH, inputs)?;
        check::states("initial state", C::GRAPH, batch, initial)?;
        check::shape(
            "array for the",
            "output",
            &[steps, batch, C::GRAPH.output_len],
            output.shape(),
        )?;

        self.extent = Extent::new::<C::Scalar>(&C::LAYOUT, steps, batch, keep);
        let parts = parts::share::<C>(batch, steps);
        if parts.is_some() && !keep {
            self.extent = self.extent.stepwise();
        }
        self.recorded = keep.then(|| cell.flat().stamp());
        self.buffers.resize(&C::LAYOUT, &self.extent);
        self.weights.load(self.tier, cell, keep);
        set_states::<C>(&mut self.buffers.states, batch, initial);
        let extent = self.extent;
        let given = if keep { None } else { rows_of::<C>(inputs) };
        if let Some(parts) = parts {
            self.run_parts(&parts, inputs, given, output);
            return Ok(());
        }
        for (first, steps) in extent.chunks() {
            if !keep && first > 0 {
                self.buffers.rewind(&C::LAYOUT, &extent);
            }
            let x = given.map(|rows| &rows[first * batch * C::LAYOUT.x..]);
            if x.is_none() {
                self.load_inputs(inputs, (first, steps));
            }
            let row = extent.at(first) * batch;
            let (packs, call) = (&self.weights.packs[..], &self.weights.call[..]);
            let joined = extent.joined;
            let Buffers { x: loaded, states, tape, acc, tmp } = &mut self.buffers;
            let chunk = Chunk::<C> {
                x: x.unwrap_or_else(|| &loaded[row * C::LAYOUT.x..]),
                states: States::Run(&mut states[row * C::LAYOUT.state..]),
                tape: &mut tape[row * C::LAYOUT.tape..],
                acc,
                tmp,
                packs,
                call,
                steps,
                batch,
                joined,
            };
            chunk.dispatch(self.tier, keep);
            let place = C::LAYOUT.output;
            let from = self.buffers.at(&C::LAYOUT, &self.weights.call, place, row, batch);
            let chunk = output.slice_axis_mut(Axis(0), (first..first + steps).into());
            store_rows(chunk, from.0, from.1);
        }
        Ok(())
    }

    /// Copies the inputs of a chunk.
    fn load_inputs(
        &mut self,
        inputs: &[ArrayView3<'_, C::Scalar>],
        (first, steps): (usize, usize),
    ) {
        let Extent { batch, .. } = self.extent;
        for (input, offset) in inputs.iter().zip(C::LAYOUT.inputs) {
            let chunk = input.slice_axis(Axis(0), (first..first + steps).into());
            let row = self.extent.at(first) * batch * C::LAYOUT.x + offset;
            load_rows(chunk, self.buffers.x.get_mut(row..).unwrap_or(&mut []), C::LAYOUT.x);
        }
    }
}

/// The only input, if its rows are as the kernels read them and nothing else needs a copy.
fn rows_of<'a, C: Cell>(inputs: &'a [ArrayView3<'_, C::Scalar>]) -> Option<&'a [C::Scalar]> {
    let [input] = inputs else { return None };
    let fits = input.dim().2 == C::LAYOUT.x && C::LAYOUT.output.buffer != Buffer::X;
    input.as_slice().filter(|_| fits)
}

/// Writes the initial states, or zeros.
fn set_states<C: Cell>(
    states: &mut [C::Scalar],
    batch: usize,
    initial: &[ArrayView2<'_, C::Scalar>],
) {
    let stride = C::LAYOUT.state;
    states[..batch * stride].fill(num_traits::Zero::zero());
    for (state, &offset) in initial.iter().zip(C::LAYOUT.states) {
        for (b, row) in state.rows().into_iter().enumerate() {
            let into = &mut states[b * stride + offset..];
            into.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
        }
    }
}

/// Copies an array `[T, B, n]` into rows of a buffer, which begins with the first of them.
pub(super) fn load_rows<E: Element>(from: ArrayView3<'_, E>, into: &mut [E], stride: usize) {
    let (steps, batch, len) = from.dim();
    if let Some(flat) = from.as_slice() {
        copy_rows(steps * batch, len, (flat, len), (into, stride));
        return;
    }
    for (row, values) in from.rows().into_iter().enumerate() {
        let into = &mut into[row * stride..];
        into.iter_mut().zip(values).for_each(|(to, from)| *to = *from);
    }
}

/// Copies rows of a buffer, which begins with the first of them, into an array `[T, B, n]`.
pub(super) fn store_rows<E: Element>(mut into: ArrayViewMut3<'_, E>, from: &[E], stride: usize) {
    let (steps, batch, len) = into.dim();
    if let Some(flat) = into.as_slice_mut() {
        copy_rows(steps * batch, len, (from, stride), (flat, len));
        return;
    }
    for (row, mut values) in into.rows_mut().into_iter().enumerate() {
        let from = &from[row * stride..];
        values.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    }
}

impl<E: Element> Buffers<E> {
    /// Makes the states after a chunk those before the next one.
    fn rewind(&mut self, layout: &crate::program::Layout, extent: &Extent) {
        let len = extent.batch * layout.state;
        let last = extent.chunk * len;
        self.states.copy_within(last..last + len, 0);
    }
}

/// Steps of the forward pass: a chunk of the whole batch, or a single step of some of its rows.
pub(crate) struct Chunk<'a, C: Cell> {
    /// Inputs `[steps * batch, x]`.
    pub(crate) x: &'a [C::Scalar],
    pub(crate) states: States<'a, C::Scalar>,
    /// `[steps * batch, tape]`
    pub(crate) tape: &'a mut [C::Scalar],
    /// `[steps * batch, acc]`
    pub(crate) acc: &'a mut [C::Scalar],
    /// `[steps * batch, tmp]`
    pub(crate) tmp: &'a mut [C::Scalar],
    pub(crate) packs: &'a [Packed<C::Scalar>],
    pub(crate) call: &'a [C::Scalar],
    pub(crate) steps: usize,
    pub(crate) batch: usize,
    /// Whether steps take the products of inputs and states together.
    pub(crate) joined: bool,
}

/// Where the states of a chunk are.
pub(crate) enum States<'a, E> {
    /// `[(steps + 1) * batch, state]`: those after a step are those before the next one.
    Run(&'a mut [E]),
    /// Those before a single step and those after it, `[batch, state]` each.
    Pair(&'a [E], &'a mut [E]),
}

impl<E> States<'_, E> {
    /// The states before step `t` and after it, for row length `len`.
    #[inline(always)]
    fn around(&mut self, t: usize, len: usize) -> (&[E], &mut [E]) {
        match self {
            States::Run(rows) => {
                let (prev, next) = rows[t * len..].split_at_mut(len);
                (prev, next)
            }
            States::Pair(prev, next) => (prev, next),
        }
    }

    /// The states before all steps and after all of them, if `len` is the length of a step's.
    #[inline(always)]
    fn all(&self, len: usize) -> (&[E], &[E]) {
        match self {
            States::Run(rows) => (rows, &rows[len..]),
            States::Pair(prev, next) => (prev, next),
        }
    }
}

impl<C: Cell> Chunk<'_, C> {
    /// Runs on `tier`, and keeps what the backward pass needs if `keep` says so.
    pub(super) fn dispatch(self, tier: Tier, keep: bool) {
        if keep {
            <C::Scalar as Element>::dispatch(tier, Taped(self));
        } else {
            <C::Scalar as Element>::dispatch(tier, Untaped(self));
        }
    }
}

/// A chunk that keeps what the backward pass needs.
struct Taped<'a, C: Cell>(Chunk<'a, C>);

/// A chunk for inference.
pub(crate) struct Untaped<'a, C: Cell>(pub(crate) Chunk<'a, C>);

impl<C: Cell> Kernel<C::Scalar> for Taped<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<C::Scalar>>(self, simd: S) {
        self.0.run::<S, true>(simd);
    }
}

impl<C: Cell> Kernel<C::Scalar> for Untaped<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<C::Scalar>>(self, simd: S) {
        self.0.run::<S, false>(simd);
    }
}

impl<C: Cell> Chunk<'_, C> {
    #[inline(always)]
    fn run<S: Kernels<C::Scalar>, const TAPE: bool>(self, simd: S) {
        let Chunk { x, mut states, tape, acc, tmp, packs, call, steps, batch, joined } = self;
        let layout = C::LAYOUT;
        let rows = steps * batch;
        let (prev, next): (&[_], &[_]) = (&[], &[]);
        let frame = RowsFrame { rows, joined, x, prev, next, tape, acc, tmp, call, packs };
        let mut frame = frame;
        C::before::<S, TAPE>(simd, &mut frame);
        let (tape, acc, tmp) = (frame.tape, frame.acc, frame.tmp);
        // Results that no other step reads stay in the cache if all steps use the same memory.
        let acc_step = if joined && layout.acc_in_step { 0 } else { batch * layout.acc };
        for t in 0..steps {
            let row = t * batch;
            let (prev, next) = states.around(t, batch * layout.state);
            let mut frame = StepFrame {
                rows: batch,
                joined,
                x: &x[row * layout.x..],
                prev,
                next,
                tape: &mut tape[row * layout.tape..],
                acc: &mut acc[t * acc_step..],
                tmp: &mut tmp[row * layout.tmp..],
                call,
                packs,
            };
            C::step::<S, TAPE>(simd, &mut frame);
        }
        let (prev, next) = states.all(batch * layout.state);
        let mut frame = RowsFrame { rows, joined, x, prev, next, tape, acc, tmp, call, packs };
        C::after::<S, TAPE>(simd, &mut frame);
    }
}
