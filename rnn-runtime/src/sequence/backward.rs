//! Backpropagation through time, chunk by chunk from the last one on.

use core::marker::PhantomData;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis};
use num_traits::Zero;

use super::buffers::{BackBuffers, Buffers, Extent};
use super::forward::{load_rows, store_rows};
use super::{InputGradients, Seeds, Sequence, check};
use crate::element::Element;
use crate::error::Error;
use crate::matrix::{Kernels, Packed};
use crate::params::Cell;
use crate::program::{BackRows, BackStep, Buffer, Layout, Place};
use crate::simd::Kernel;
use crate::weights::BackCall;

impl<C: Cell> Sequence<C> {
    /// [`backward`](Sequence::backward) into arrays of the caller's, see
    /// [`input_gradients`](Sequence::input_gradients): overwrites them, and adds to `gradient` if
    /// `add` says so.
    ///
    /// # Errors
    /// As [`backward`](Sequence::backward).
    pub fn backward_into(
        &mut self,
        cell: &C,
        seeds: &Seeds<'_, C::Scalar>,
        gradient: &mut C,
        inputs: &mut InputGradients<C::Scalar>,
        add: bool,
    ) -> Result<(), Error> {
        if self.recorded != Some(cell.flat().stamp()) {
            return Err(Error::NotRecorded);
        }
        let extent = self.extent;
        check_seeds::<C>(&extent, seeds)?;
        check_results::<C>(&extent, inputs)?;

        self.back.resize(&C::LAYOUT, &extent);
        self.weights.load_backward(self.tier, cell);
        let grads = gradient.as_mut_slice();
        if !add {
            grads.fill(Zero::zero());
        }
        self.back.back_call.fill(Zero::zero());
        self.back.sums.fill(Zero::zero());
        set_final_adjoints::<C>(&mut self.back, &extent, seeds.states);
        let given = rows_of::<C>(seeds);
        for (first, steps) in extent.chunks().rev() {
            if given.is_none() {
                set_output_adjoints::<C>(&mut self.back, &extent, (first, steps), seeds);
            }
            let chunk = Chunk::<C> {
                buffers: &self.buffers,
                back: &mut self.back,
                dy: given.map(|rows| &rows[first * extent.batch * C::LAYOUT.dy..]),
                packs: &self.weights.packs,
                call: &self.weights.call,
                row: first * extent.batch,
                steps,
                batch: extent.batch,
            };
            <C::Scalar as Element>::dispatch(self.tier, chunk);
            self.store_input_gradients(&mut inputs.inputs, (first, steps));
        }
        let last = BackCall::<C> {
            call: &self.weights.call,
            back_call: &mut self.back.back_call,
            sums: &self.back.sums,
            grads,
            cell: PhantomData,
        };
        <C::Scalar as Element>::dispatch(self.tier, last);
        self.store_state_gradients(&mut inputs.initial);
        Ok(())
    }

    /// Gradients of the inputs of a chunk.
    fn store_input_gradients(
        &self,
        inputs: &mut [Array3<C::Scalar>],
        (first, steps): (usize, usize),
    ) {
        for (place, into) in C::LAYOUT.dx.iter().zip(inputs) {
            let mut into = into.slice_axis_mut(Axis(0), (first..first + steps).into());
            let Some(place) = place else {
                into.fill(Zero::zero());
                continue;
            };
            let (from, stride) = self.adjoint_at(*place, first * self.extent.batch);
            store_rows(into, from, stride);
        }
    }

    /// Gradients of the initial states.
    fn store_state_gradients(&self, initial: &mut [Array2<C::Scalar>]) {
        for ((port, &offset), into) in C::GRAPH.states.iter().zip(C::LAYOUT.states).zip(initial) {
            for (b, mut row) in into.rows_mut().into_iter().enumerate() {
                let from = &self.back.dnext[b * C::LAYOUT.state + offset..][..port.len];
                row.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            }
        }
    }

    fn adjoint_at(&self, place: Place, row: usize) -> (&[C::Scalar], usize) {
        let (layout, back) = (&C::LAYOUT, &self.back);
        let (data, stride): (&[C::Scalar], usize) = match place.buffer {
            Buffer::Dy => (&back.dy, layout.dy),
            Buffer::Dacc => (&back.dacc, layout.dacc),
            Buffer::Dtmp => (&back.dtmp, layout.dtmp),
            Buffer::X
            | Buffer::Prev
            | Buffer::Next
            | Buffer::Tape
            | Buffer::Acc
            | Buffer::Tmp
            | Buffer::Call => {
                let (call, batch) = (&self.weights.call, self.extent.batch);
                return self.buffers.at(layout, call, place, row, batch);
            }
        };
        (data.get(place.offset..).unwrap_or(&[]), stride)
    }
}

/// The adjoints of all outputs, if their rows are as the kernels read them and nothing is added to them.
fn rows_of<'a, C: Cell>(seeds: &'a Seeds<'_, C::Scalar>) -> Option<&'a [C::Scalar]> {
    let outputs = seeds.outputs.as_ref()?;
    let alone = seeds.last.is_none() && seeds.steps.is_empty();
    let in_dy = |place: &Option<Place>| place.is_some_and(|place| place.buffer == Buffer::Dy);
    let fits = outputs.dim().2 == C::LAYOUT.dy && !C::LAYOUT.dx.iter().any(in_dy);
    outputs.as_slice().filter(|_| alone && fits)
}

fn check_seeds<C: Cell>(extent: &Extent, seeds: &Seeds<'_, C::Scalar>) -> Result<(), Error> {
    let (graph, Extent { steps, batch, .. }) = (C::GRAPH, *extent);
    let last = [batch, graph.output_len];
    if let Some(outputs) = &seeds.outputs {
        let expected = [steps, batch, graph.output_len];
        check::shape("gradient of the", "outputs", &expected, outputs.shape())?;
    }
    if let Some(seed) = &seeds.last {
        check::shape("gradient of the", "last output", &last, seed.shape())?;
    }
    for (step, seed) in seeds.steps {
        check::shape("gradient of the", "output of one step", &last, seed.shape())?;
        if *step >= steps {
            return Err(Error::Value {
                what: "the step of an output gradient".into(),
                expected: alloc::format!("below the {steps} steps of the run"),
                found: alloc::format!("{step}"),
            });
        }
    }
    check::states("final-state gradient", graph, batch, seeds.states)
}

fn check_results<C: Cell>(
    extent: &Extent,
    inputs: &InputGradients<C::Scalar>,
) -> Result<(), Error> {
    let (graph, Extent { steps, batch, .. }) = (C::GRAPH, *extent);
    check::count("input gradients", graph.inputs.len(), inputs.inputs.len())?;
    for (port, into) in graph.inputs.iter().zip(&inputs.inputs) {
        check::shape("gradient of input", port.name, &[steps, batch, port.len], into.shape())?;
    }
    check::count("initial-state gradients", graph.states.len(), inputs.initial.len())?;
    for (port, into) in graph.states.iter().zip(&inputs.initial) {
        check::shape("gradient of initial state", port.name, &[batch, port.len], into.shape())?;
    }
    Ok(())
}

/// The adjoints that the last step receives.
fn set_final_adjoints<C: Cell>(
    back: &mut BackBuffers<C::Scalar>,
    extent: &Extent,
    states: &[ArrayView2<'_, C::Scalar>],
) {
    let stride = C::LAYOUT.state;
    back.dnext.fill(Zero::zero());
    for (state, &offset) in states.iter().zip(C::LAYOUT.states) {
        for b in 0..extent.batch {
            let into = &mut back.dnext[b * stride + offset..];
            into.iter_mut().zip(state.row(b)).for_each(|(to, from)| *to = *from);
        }
    }
}

/// The adjoints of the outputs of one chunk.
fn set_output_adjoints<C: Cell>(
    back: &mut BackBuffers<C::Scalar>,
    extent: &Extent,
    (first, steps): (usize, usize),
    seeds: &Seeds<'_, C::Scalar>,
) {
    let stride = C::LAYOUT.dy;
    if let Some(outputs) = &seeds.outputs {
        let chunk: ArrayView3<'_, C::Scalar> =
            outputs.slice_axis(Axis(0), (first..first + steps).into());
        load_rows(chunk, &mut back.dy, stride);
    } else {
        back.dy.fill(Zero::zero());
    }
    let last = seeds.last.iter().map(|seed| (extent.steps - 1, seed));
    let some = seeds.steps.iter().map(|(step, seed)| (*step, seed));
    for (step, seed) in last.chain(some) {
        if (first..first + steps).contains(&step) {
            for (b, row) in seed.rows().into_iter().enumerate() {
                let into = &mut back.dy[((step - first) * extent.batch + b) * stride..];
                into.iter_mut().zip(row).for_each(|(to, from)| *to += *from);
            }
        }
    }
}

/// A chunk of the backward pass.
struct Chunk<'a, C: Cell> {
    buffers: &'a Buffers<C::Scalar>,
    back: &'a mut BackBuffers<C::Scalar>,
    /// The adjoints of the outputs, if they are not in the buffers.
    dy: Option<&'a [C::Scalar]>,
    packs: &'a [Packed<C::Scalar>],
    call: &'a [C::Scalar],
    /// First row in the buffers of the sequence.
    row: usize,
    steps: usize,
    batch: usize,
}

impl<C: Cell> Kernel<C::Scalar> for Chunk<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<C::Scalar>>(self, simd: S) {
        let Chunk { buffers, back, dy: given, packs, call, row, steps, batch } = self;
        let Layout { x: xs, state, tape: taped, dy: dys, dacc: accs, dtmp: tmps, .. } = C::LAYOUT;
        let rows = steps * batch;
        let x = &buffers.x[row * xs..][..rows * xs];
        let states = &buffers.states[row * state..][..(rows + batch) * state];
        let (prev, next) = (states, &states[batch * state..]);
        let tape = &buffers.tape[row * taped..][..rows * taped];
        let BackBuffers { dy, dnext, dprev, dacc, dtmp, back_call, sums, scratch } = back;
        let dy = given.unwrap_or(dy);
        let mut frame = BackRows {
            rows,
            x,
            prev,
            next,
            tape,
            call,
            dy,
            dacc,
            dtmp,
            back_call,
            sums,
            scratch,
            packs,
        };
        C::back_before(simd, &mut frame);
        for t in (0..steps).rev() {
            let row = t * batch;
            let mut frame = BackStep {
                rows: batch,
                x: &x[row * xs..],
                prev: &prev[row * state..],
                next: &next[row * state..],
                tape: &tape[row * taped..],
                call,
                dy: &frame.dy[row * dys..],
                dnext,
                dprev,
                dacc: &mut frame.dacc[row * accs..],
                dtmp: &mut frame.dtmp[row * tmps..],
                packs,
            };
            C::back_step(simd, &mut frame);
            core::mem::swap(dnext, dprev);
        }
        C::back_after(simd, &mut frame);
    }
}
