//! Backpropagation through time, chunk by chunk from the last one on.

use core::marker::PhantomData;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis};
use num_traits::Zero;

use super::buffers::{BackBuffers, Buffers, Extent};
use super::forward::{load_rows, store_rows};
use super::{Driver as _, InputGradients, Seeds, Sequence, check};
use crate::element::Element;
use crate::error::Error;
use crate::graph::CellGraph;
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
        let (graph, extent) = (C::GRAPH, self.extent);
        C::Scalar::begin_backward(graph, &C::LAYOUT, &extent, seeds, inputs, &mut self.back)?;
        self.weights.load_backward(self.tier, cell);
        let grads = gradient.as_mut_slice();
        if !add {
            grads.fill(Zero::zero());
        }
        let given = C::Scalar::given_adjoints(&C::LAYOUT, seeds);
        for (first, steps) in extent.chunks().rev() {
            let at = (first, steps);
            if given.is_none() {
                C::Scalar::load_adjoints(&C::LAYOUT, &extent, seeds, at, &mut self.back);
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
            let (buffers, call) = ((&self.buffers, &self.back), &self.weights.call);
            let into = &mut inputs.inputs;
            C::Scalar::store_input_gradients(&C::LAYOUT, &extent, buffers, call, at, into);
        }
        let last = BackCall::<C> {
            call: &self.weights.call,
            back_call: &mut self.back.back_call,
            sums: &self.back.sums,
            grads,
            cell: PhantomData,
        };
        <C::Scalar as Element>::dispatch(self.tier, last);
        C::Scalar::store_state_gradients(graph, &C::LAYOUT, &self.back, &mut inputs.initial);
        Ok(())
    }
}

/// Checks what a backward pass is given and makes room for it; changes nothing if there is an error.
pub(super) fn begin_backward<E: Element>(
    graph: &CellGraph,
    layout: &Layout,
    extent: &Extent,
    seeds: &Seeds<'_, E>,
    inputs: &InputGradients<E>,
    back: &mut BackBuffers<E>,
) -> Result<(), Error> {
    check_seeds(graph, extent, seeds)?;
    check_results(graph, extent, inputs)?;
    back.resize(layout, extent);
    back.back_call.fill(E::zero());
    back.sums.fill(E::zero());
    set_final_adjoints(layout, back, extent, seeds.states);
    Ok(())
}

/// Gradients of inputs and initial states of the right shapes, zero.
pub(super) fn no_input_gradients<E: Element>(
    graph: &CellGraph,
    extent: &Extent,
) -> InputGradients<E> {
    let Extent { steps, batch, .. } = *extent;
    InputGradients {
        inputs: graph.inputs.iter().map(|p| Array3::zeros((steps, batch, p.len))).collect(),
        initial: graph.states.iter().map(|p| Array2::zeros((batch, p.len))).collect(),
    }
}

/// Gradients of the inputs of a chunk.
pub(super) fn store_input_gradients<E: Element>(
    layout: &Layout,
    extent: &Extent,
    (buffers, back): (&Buffers<E>, &BackBuffers<E>),
    call: &[E],
    (first, steps): (usize, usize),
    inputs: &mut [Array3<E>],
) {
    for (place, into) in layout.dx.iter().zip(inputs) {
        let mut into = into.slice_axis_mut(Axis(0), (first..first + steps).into());
        let Some(place) = *place else {
            into.fill(E::zero());
            continue;
        };
        let (data, stride): (&[E], usize) = match place.buffer {
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
                let row = first * extent.batch;
                let (from, stride) = buffers.at(layout, call, place, row, extent.batch);
                store_rows(into, from, stride);
                continue;
            }
        };
        store_rows(into, data.get(place.offset..).unwrap_or(&[]), stride);
    }
}

/// Gradients of the initial states.
pub(super) fn store_state_gradients<E: Element>(
    graph: &CellGraph,
    layout: &Layout,
    back: &BackBuffers<E>,
    initial: &mut [Array2<E>],
) {
    for ((port, &offset), into) in graph.states.iter().zip(layout.states).zip(initial) {
        for (b, mut row) in into.rows_mut().into_iter().enumerate() {
            let from = &back.dnext[b * layout.state + offset..][..port.len];
            row.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
    }
}

/// The adjoints of all outputs, if their rows are as the kernels read them and nothing is added to them.
pub(super) fn given_adjoints<'a, E: Element>(
    layout: &Layout,
    seeds: &'a Seeds<'_, E>,
) -> Option<&'a [E]> {
    let outputs = seeds.outputs.as_ref()?;
    let alone = seeds.last.is_none() && seeds.steps.is_empty();
    let in_dy = |place: &Option<Place>| place.is_some_and(|place| place.buffer == Buffer::Dy);
    let fits = outputs.dim().2 == layout.dy && !layout.dx.iter().any(in_dy);
    outputs.as_slice().filter(|_| alone && fits)
}

fn check_seeds<E: Element>(
    graph: &CellGraph,
    extent: &Extent,
    seeds: &Seeds<'_, E>,
) -> Result<(), Error> {
    let Extent { steps, batch, .. } = *extent;
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

fn check_results<E: Element>(
    graph: &CellGraph,
    extent: &Extent,
    inputs: &InputGradients<E>,
) -> Result<(), Error> {
    let Extent { steps, batch, .. } = *extent;
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
fn set_final_adjoints<E: Element>(
    layout: &Layout,
    back: &mut BackBuffers<E>,
    extent: &Extent,
    states: &[ArrayView2<'_, E>],
) {
    let stride = layout.state;
    back.dnext.fill(Zero::zero());
    for (state, &offset) in states.iter().zip(layout.states) {
        for b in 0..extent.batch {
            let into = &mut back.dnext[b * stride + offset..];
            into.iter_mut().zip(state.row(b)).for_each(|(to, from)| *to = *from);
        }
    }
}

/// The adjoints of the outputs of one chunk.
pub(super) fn load_adjoints<E: Element>(
    layout: &Layout,
    extent: &Extent,
    seeds: &Seeds<'_, E>,
    (first, steps): (usize, usize),
    back: &mut BackBuffers<E>,
) {
    let stride = layout.dy;
    if let Some(outputs) = &seeds.outputs {
        let chunk: ArrayView3<'_, E> = outputs.slice_axis(Axis(0), (first..first + steps).into());
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

    const FLUSHES: bool = true;

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
