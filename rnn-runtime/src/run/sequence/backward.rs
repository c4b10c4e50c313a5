//! Backpropagation through time, from the last chunk to the first in segments of one or, where
//! threads share the work, of several.

use core::marker::PhantomData;

use ndarray::{Array2, Array3, ArrayView2};
use num_traits::Zero;

use super::memory::{BackMemory, Extent};
use super::segment::{Segment, segments};
use super::steps::{Read, Steps};
use super::{Driver as _, InputGradients, OutputGradients, Recorded, Sequence, check, shards};
use crate::declaration::graph::CellGraph;
use crate::error::{Error, same_count};
use crate::kernels::Kernel;
use crate::kernels::element::Element;
use crate::kernels::matrix::{Aligned, Blocks, Kernels};
use crate::params::{Cell, ParamSlice, Parameters, ParametersMut};
use crate::program::{Buffer, Buffers, Frame, Layout, Place};
use crate::room::room;
use crate::run::weights::BackCall;

impl<C: Cell> Sequence<C> {
    /// [`backward`](Sequence::backward) into arrays of the caller's, see
    /// [`input_gradients`](Sequence::input_gradients): overwrites them, and `gradient`.
    ///
    /// # Errors
    /// As [`backward`](Sequence::backward).
    pub fn backward_into<P, G>(
        &mut self,
        params: &P,
        adjoints: &OutputGradients<'_, C::Scalar>,
        gradient: &mut G,
        inputs: &mut InputGradients<C::Scalar>,
    ) -> Result<(), Error>
    where
        P: Parameters<Cell = C> + ?Sized,
        G: ParametersMut<Cell = C> + ?Sized,
    {
        self.checked(params.slice())?;
        self.run_back(params.slice(), adjoints, gradient, inputs, false)
    }

    /// [`backward_into`](Sequence::backward_into), adding to `gradient`; the gradients of inputs
    /// and initial states are overwritten.
    ///
    /// # Errors
    /// As [`backward`](Sequence::backward).
    pub fn backward_add_into<P, G>(
        &mut self,
        params: &P,
        adjoints: &OutputGradients<'_, C::Scalar>,
        gradient: &mut G,
        inputs: &mut InputGradients<C::Scalar>,
    ) -> Result<(), Error>
    where
        P: Parameters<Cell = C> + ?Sized,
        G: ParametersMut<Cell = C> + ?Sized,
    {
        self.checked(params.slice())?;
        self.run_back(params.slice(), adjoints, gradient, inputs, true)
    }

    /// That these are the parameters of the recorded run.
    pub(super) fn checked(&self, params: ParamSlice<'_, C>) -> Result<(), Error> {
        match self.recorded == Some(Recorded::of(params)) {
            true => Ok(()),
            false => Err(Error::NotRecorded),
        }
    }

    /// [`input_gradients`](Sequence::input_gradients), if there is memory for them.
    pub(super) fn room_for_gradients(&self) -> Result<InputGradients<C::Scalar>, Error> {
        let Extent { steps, batch, .. } = self.extent;
        room::<C::Scalar>((steps, batch), C::GRAPH.input_len())?;
        Ok(self.input_gradients())
    }

    /// The backward pass of the recorded run, whose parameters these are.
    pub(super) fn run_back<G: ParametersMut<Cell = C> + ?Sized>(
        &mut self,
        params: ParamSlice<'_, C>,
        adjoints: &OutputGradients<'_, C::Scalar>,
        gradient: &mut G,
        inputs: &mut InputGradients<C::Scalar>,
        add: bool,
    ) -> Result<(), Error> {
        let (graph, extent) = (C::GRAPH, self.extent);
        let back = &mut self.back;
        let chunks = C::Scalar::begin_backward(graph, &C::LAYOUT, &extent, adjoints, inputs, back)?;
        self.weights.load_backward(self.tier, params);
        let mut gradient = gradient.slice_mut();
        let grads = gradient.as_mut_slice();
        if !add {
            grads.fill(Zero::zero());
        }
        let given = C::Scalar::given_adjoints(&C::LAYOUT, adjoints);
        for segment in segments(&C::LAYOUT, &extent, chunks) {
            let (back, initial) = (&mut self.back, &self.memory.initial);
            if given.is_none() {
                C::Scalar::load_adjoints(&C::LAYOUT, &extent, adjoints, &segment, back);
            }
            if segment.first == 0 {
                C::Scalar::load_initial(graph, &C::LAYOUT, initial, extent.batch, back);
            }
            let rows = C::Scalar::gradient_rows(&C::LAYOUT, &segment, &mut inputs.inputs);
            let written = rows.is_some();
            self.run_segment(given, rows, &segment);
            let (back, into) = (&mut self.back, &mut inputs.inputs);
            C::Scalar::end_segment(&C::LAYOUT, &extent, &segment, chunks, back, into, written);
        }
        let last = BackCall::<C> {
            call: &self.weights.call,
            back_call: &mut self.back.of.back_call,
            sums: &self.back.of.sums,
            grads,
            cell: PhantomData,
        };
        <C::Scalar as Element>::dispatch(self.tier, last);
        C::Scalar::store_state_gradients(graph, &C::LAYOUT, &self.back, &mut inputs.initial);
        Ok(())
    }

    /// The adjoints of a segment, and what it adds to the sums. `given` are the adjoints of all
    /// outputs, and `into` the rows of the input's gradient, if they are not in the buffers.
    fn run_segment(
        &mut self,
        given: Option<&[C::Scalar]>,
        into: Option<&mut [C::Scalar]>,
        segment: &Segment,
    ) {
        let Extent { batch, .. } = self.extent;
        let layout = &C::LAYOUT;
        let steps = segment.count;
        let (row, at) = (segment.begin * batch, segment.place(segment.begin) * batch);
        let BackMemory { of, scratch } = &mut self.back;
        let Buffers { dy: set, dx, dnext, dprev, dacc, dtmp, back_call, sums, .. } = of;
        let read = Read::<C> {
            x: &self.memory.of.x[row * layout.rows.x..],
            past: &self.memory.of.tape[row * layout.rows.tape..],
            tape: &self.memory.of.tape[(row + batch) * layout.rows.tape..],
            dy: given.map_or_else(|| &set[at * layout.rows.dy..], |dy| &dy[row * layout.rows.dy..]),
            call: &self.weights.call,
            packs: &self.weights.packs,
        };
        let (own, other) = (&mut dacc[at * layout.rows.dacc..], &mut dtmp[at * layout.rows.dtmp..]);
        let dx = into.unwrap_or_else(|| &mut dx[at * layout.rows.dx..]);
        let all = Steps { read, dnext, dprev, dacc: own, dtmp: other, dx, steps, batch };
        // As forwards.
        match shards::shard_sizes(layout, batch, steps) {
            Some(shards) if cfg!(feature = "rayon") => shards::backward(self.tier, all, &shards),
            _ => <C::Scalar as Element>::dispatch(self.tier, all),
        }
        if steps % 2 == 1 {
            core::mem::swap(dnext, dprev);
        }
        let rows = Blocks { rows: segment.steps * batch, block: self.extent.chunk * batch };
        let read = read.skip((segment.first - segment.begin) * batch);
        let (first, dpast) = (segment.place(segment.first) * batch, dtmp);
        let (dacc, dtmp) = (&dacc[first * layout.rows.dacc..], &dpast[first * layout.rows.dtmp..]);
        let sums = Sums { read, rows, dacc, dtmp, dpast, back_call, sums, scratch };
        <C::Scalar as Element>::dispatch(self.tier, sums);
    }
}

/// Checks what a backward pass is given and makes room for it; changes nothing if there is an
/// error. Returns the chunks of a segment.
pub(super) fn begin_backward<E: Element>(
    graph: &CellGraph,
    layout: &Layout,
    extent: &Extent,
    adjoints: &OutputGradients<'_, E>,
    inputs: &InputGradients<E>,
    back: &mut BackMemory<E>,
) -> Result<usize, Error> {
    check_output_gradients(graph, extent, adjoints)?;
    check_results(graph, extent, inputs)?;
    let chunks = shards::chunks_of_segment::<E>(layout, extent);
    let Buffers { dy, dx, dacc, dtmp, .. } = layout.rows;
    room::<E>((chunks * extent.chunk, extent.batch), dy + dx + dacc + dtmp)?;
    back.resize(layout, extent, chunks);
    back.of.back_call.fill(E::zero());
    back.of.sums.fill(E::zero());
    set_final_adjoints(layout, back, extent, adjoints.states);
    Ok(chunks)
}

/// Gradients of inputs and initial states of the right shapes, zero.
pub(super) fn zero_input_gradients<E: Element>(
    graph: &CellGraph,
    extent: &Extent,
) -> InputGradients<E> {
    let Extent { steps, batch, .. } = *extent;
    InputGradients {
        inputs: graph.inputs.iter().map(|p| Array3::zeros((steps, batch, p.len))).collect(),
        initial: graph.states.iter().map(|p| Array2::zeros((batch, p.len))).collect(),
    }
}

/// Gradients of the initial states.
pub(super) fn store_state_gradients<E: Element>(
    graph: &CellGraph,
    layout: &Layout,
    back: &BackMemory<E>,
    initial: &mut [Array2<E>],
) {
    for ((port, &offset), into) in graph.states.iter().zip(layout.states).zip(initial) {
        for (b, mut row) in into.rows_mut().into_iter().enumerate() {
            let from = &back.of.dnext[b * layout.rows.prev + offset..][..port.len];
            row.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
    }
}

/// The adjoints of all outputs, if their rows are as the kernels read them and nothing is added to
/// them.
pub(super) fn given_adjoints<'a, E: Element>(
    layout: &Layout,
    adjoints: &'a OutputGradients<'_, E>,
) -> Option<&'a [E]> {
    let outputs = adjoints.outputs.as_ref()?;
    let alone = adjoints.last.is_none() && adjoints.steps.is_empty();
    let in_dy = |place: &Option<Place>| place.is_some_and(|place| place.buffer == Buffer::Dy);
    let fits = outputs.dim().2 == layout.rows.dy && !layout.input_gradients.iter().any(in_dy);
    outputs.as_slice().filter(|_| alone && fits)
}

fn check_output_gradients<E: Element>(
    graph: &CellGraph,
    extent: &Extent,
    adjoints: &OutputGradients<'_, E>,
) -> Result<(), Error> {
    let Extent { steps, batch, .. } = *extent;
    let last = [batch, graph.output_len];
    if let Some(outputs) = &adjoints.outputs {
        let expected = [steps, batch, graph.output_len];
        check::shape("gradient of the", "outputs", &expected, outputs.shape())?;
    }
    if let Some(adjoint) = &adjoints.last {
        check::shape("gradient of the", "last output", &last, adjoint.shape())?;
    }
    for (step, adjoint) in adjoints.steps {
        check::shape("gradient of the", "output of one step", &last, adjoint.shape())?;
        if *step >= steps {
            return Err(Error::Value {
                what: "the step of an output gradient".into(),
                expected: alloc::format!("below the {steps} steps of the run"),
                found: alloc::format!("{step}"),
            });
        }
    }
    check::states("final-state gradient", graph, batch, adjoints.states)
}

fn check_results<E: Element>(
    graph: &CellGraph,
    extent: &Extent,
    inputs: &InputGradients<E>,
) -> Result<(), Error> {
    let Extent { steps, batch, .. } = *extent;
    same_count("input gradients", graph.inputs.len(), inputs.inputs.len())?;
    for (port, into) in graph.inputs.iter().zip(&inputs.inputs) {
        check::shape("gradient of input", port.name, &[steps, batch, port.len], into.shape())?;
    }
    same_count("initial-state gradients", graph.states.len(), inputs.initial.len())?;
    for (port, into) in graph.states.iter().zip(&inputs.initial) {
        check::shape("gradient of initial state", port.name, &[batch, port.len], into.shape())?;
    }
    Ok(())
}

/// The adjoints that the last step receives.
fn set_final_adjoints<E: Element>(
    layout: &Layout,
    back: &mut BackMemory<E>,
    extent: &Extent,
    states: &[ArrayView2<'_, E>],
) {
    let stride = layout.rows.prev;
    back.of.dnext.fill(Zero::zero());
    for (state, &offset) in states.iter().zip(layout.states) {
        for b in 0..extent.batch {
            let into = &mut back.of.dnext[b * stride + offset..];
            into.iter_mut().zip(state.row(b)).for_each(|(to, from)| *to = *from);
        }
    }
}

/// What the chunks of a segment add to the sums for the parameters' gradients.
struct Sums<'a, C: Cell> {
    read: Read<'a, C>,
    rows: Blocks,
    /// `[rows, dacc]`
    dacc: &'a [C::Scalar],
    /// `[rows, dtmp]`
    dtmp: &'a [C::Scalar],
    /// The same one step earlier.
    dpast: &'a [C::Scalar],
    back_call: &'a mut [C::Scalar],
    sums: &'a mut [C::Scalar],
    scratch: &'a mut Aligned<C::Scalar>,
}

impl<C: Cell> Kernel<C::Scalar> for Sums<'_, C> {
    type Output = ();

    const FLUSHES: bool = true;

    #[inline(always)]
    fn run<S: Kernels<C::Scalar>>(self, simd: S) {
        let Sums { read, rows, dacc, dtmp, dpast, back_call, sums, scratch } = self;
        let mut frame = Frame::new(rows.rows, true, read.packs);
        frame.blocks = rows;
        read.fill(0, &mut frame.read);
        (frame.read.dacc, frame.read.dtmp, frame.read.dpast) = (dacc, dtmp, dpast);
        (frame.write.back_call, frame.write.sums) = (back_call, sums);
        frame.scratch = Some(scratch);
        C::back_sums(simd, &mut frame);
    }
}
