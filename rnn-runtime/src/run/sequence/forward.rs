//! The forward pass, chunk by chunk.

use alloc::vec::Vec;

use ndarray::{Array3, ArrayView2, ArrayView3, ArrayViewMut3, Axis};

use super::chunk::{Chunk, States};
use super::memory::{Extent, Memory, copy_rows};
use super::{Driver as _, Recorded, Sequence, check, shards};
use crate::declaration::graph::CellGraph;
use crate::error::Error;
use crate::kernels::element::Element;
use crate::kernels::simd::Tier;
use crate::params::{Cell, ParamSlice};
use crate::program::{Buffer, Buffers, Layout};
use crate::room::room;

impl<C: Cell> Sequence<C> {
    pub(super) fn run_into(
        &mut self,
        params: ParamSlice<'_, C>,
        inputs: &[ArrayView3<'_, C::Scalar>],
        initial: &[ArrayView2<'_, C::Scalar>],
        mut output: ArrayViewMut3<'_, C::Scalar>,
        keep: bool,
    ) -> Result<(), Error> {
        if self.refused {
            Tier::environment()?;
        }
        let graph = C::GRAPH;
        let layout = &C::LAYOUT;
        let memory = &mut self.memory;
        let (extent, shards) =
            C::Scalar::begin_forward(graph, layout, inputs, initial, &output, keep, memory)?;
        self.extent = extent;
        self.recorded = keep.then(|| Recorded::of(params));
        self.weights.load(self.tier, params, keep);
        let given = if keep { None } else { C::Scalar::given_inputs(layout, inputs) };
        // Without the feature a cell is not compiled for shards.
        if cfg!(feature = "rayon")
            && let Some(shards) = shards
        {
            self.run_shards(&shards, inputs, given, output);
            return Ok(());
        }
        let loaded = if given.is_some() { &[] } else { inputs };
        for (first, steps) in extent.chunks() {
            let at = (first, steps);
            C::Scalar::load_inputs(&C::LAYOUT, &extent, &mut self.memory, loaded, at);
            let row = extent.at(first) * extent.batch;
            let Buffers { x, prev: states, tape, acc, tmp, y, .. } = &mut self.memory.of;
            let written = output_rows(layout, &mut output, at);
            let copied = written.is_none();
            let chunk = Chunk::<C> {
                x: match given {
                    Some(rows) => &rows[first * extent.batch * C::LAYOUT.rows.x..],
                    None => &x[row * C::LAYOUT.rows.x..],
                },
                states: States::Run(states),
                tape: &mut tape[(row + extent.batch) * C::LAYOUT.rows.tape..],
                acc,
                tmp,
                y: written.unwrap_or(y),
                packs: &self.weights.packs,
                call: &self.weights.call,
                steps,
                batch: extent.batch,
                joined: extent.joined,
            };
            chunk.dispatch(self.tier, keep);
            if copied {
                let (memory, call) = (&self.memory, &self.weights.call);
                C::Scalar::store_outputs(&C::LAYOUT, &extent, memory, call, at, &mut output);
            }
        }
        Ok(())
    }
}

/// Checks what a run is given and makes room for it; changes nothing if there is an error. Returns
/// also the sizes of the shards, if threads share the batch.
pub(super) fn begin_forward<E: Element>(
    graph: &CellGraph,
    layout: &Layout,
    inputs: &[ArrayView3<'_, E>],
    initial: &[ArrayView2<'_, E>],
    output: &ArrayViewMut3<'_, E>,
    keep: bool,
    memory: &mut Memory<E>,
) -> Result<(Extent, Option<Vec<usize>>), Error> {
    let (steps, batch) = check::inputs(graph, inputs)?;
    check::states("initial state", graph, batch, initial)?;
    let expected = [steps, batch, graph.output_len];
    check::shape("array for the", "output", &expected, output.shape())?;
    let shards = shards::shard_sizes(layout, batch, steps);
    let extent = Extent::new::<E>(layout, steps, batch, keep);
    let extent = if shards.is_some() && !keep { extent.stepwise() } else { extent };
    room::<E>((extent.kept(), batch), layout.rows.x + layout.rows.tape)?;
    room::<E>(
        (extent.chunk, batch),
        layout.rows.prev + layout.rows.acc + layout.rows.tmp + layout.rows.y,
    )?;
    memory.resize(layout, &extent);
    set_states(layout, &mut memory.of.prev, batch, initial);
    if keep {
        memory.keep_initial(graph, layout, batch);
    }
    Ok((extent, shards))
}

/// Outputs of the right shape for `inputs`, zero.
pub(super) fn zero_outputs<E: Element>(
    graph: &CellGraph,
    inputs: &[ArrayView3<'_, E>],
) -> Result<Array3<E>, Error> {
    let (steps, batch) = check::inputs(graph, inputs)?;
    room::<E>((steps, batch), graph.output_len)?;
    Ok(Array3::zeros((steps, batch, graph.output_len)))
}

/// Makes the memory ready for a chunk, given as its first step and its number of steps: the states
/// before it, and its inputs; no input at all if the kernels read what the caller has.
pub(super) fn load_inputs<E: Element>(
    layout: &Layout,
    extent: &Extent,
    memory: &mut Memory<E>,
    inputs: &[ArrayView3<'_, E>],
    (first, steps): (usize, usize),
) {
    if first > 0 {
        memory.rewind(layout, extent);
    }
    for (input, offset) in inputs.iter().zip(layout.inputs) {
        let chunk = input.slice_axis(Axis(0), (first..first + steps).into());
        let row = extent.at(first) * extent.batch * layout.rows.x + offset;
        load_rows(chunk, &mut memory.of.x[row..], layout.rows.x);
    }
}

/// Copies the outputs of a chunk, given as its first step and its number of steps.
pub(super) fn store_outputs<E: Element>(
    layout: &Layout,
    extent: &Extent,
    memory: &Memory<E>,
    call: &[E],
    (first, steps): (usize, usize),
    output: &mut ArrayViewMut3<'_, E>,
) {
    let row = extent.at(first) * extent.batch;
    let (from, stride) = memory.at(layout, call, layout.output, row, extent.batch);
    let chunk = output.slice_axis_mut(Axis(0), (first..first + steps).into());
    store_rows(chunk, from, stride);
}

/// The outputs of some steps, given as the first of them and their number, if kernels can write
/// them there.
pub(super) fn output_rows<'a, E: Element>(
    layout: &Layout,
    output: &'a mut ArrayViewMut3<'_, E>,
    (first, steps): (usize, usize),
) -> Option<&'a mut [E]> {
    let chunk = output.slice_axis_mut(Axis(0), (first..first + steps).into());
    chunk.into_slice().filter(|_| layout.output.buffer == Buffer::Y)
}

/// The only input, if its rows are as the kernels read them and nothing else needs a copy.
pub(super) fn given_inputs<'a, E: Element>(
    layout: &Layout,
    inputs: &'a [ArrayView3<'_, E>],
) -> Option<&'a [E]> {
    let [input] = inputs else { return None };
    let fits = input.dim().2 == layout.rows.x && layout.output.buffer != Buffer::X;
    input.as_slice().filter(|_| fits)
}

/// Writes the initial states, or zeros.
fn set_states<E: Element>(
    layout: &Layout,
    states: &mut [E],
    batch: usize,
    initial: &[ArrayView2<'_, E>],
) {
    let stride = layout.rows.prev;
    states[..batch * stride].fill(E::zero());
    for (state, &offset) in initial.iter().zip(layout.states) {
        for (b, row) in state.rows().into_iter().enumerate() {
            let into = &mut states[b * stride + offset..];
            into.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
        }
    }
}

/// Puts the initial states `[batch, state]` where the backward pass has the states after a step, if
/// that is in `buffer`; `into` begins with the rows of the step before the first.
pub(super) fn set_pasts<E: Element>(
    graph: &CellGraph,
    layout: &Layout,
    initial: &[E],
    buffer: Buffer,
    batch: usize,
    (into, stride): (&mut [E], usize),
) {
    for ((port, &from), past) in graph.states.iter().zip(layout.states).zip(layout.pasts) {
        if let Some(past) = past.filter(|past| past.buffer == buffer) {
            let (from, into) = (&initial[from..], &mut into[past.offset..]);
            copy_rows(batch, port.len, (from, layout.rows.prev), (into, stride));
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

impl<E: Element> Memory<E> {
    /// Keeps the initial states, and puts them where the tape has the states after a step.
    fn keep_initial(&mut self, graph: &CellGraph, layout: &Layout, batch: usize) {
        if batch == 0 {
            return;
        }
        let len = batch * layout.rows.prev;
        self.initial.copy_from_slice(&self.of.prev[..len]);
        self.of.tape[..batch * layout.rows.tape].fill(E::zero());
        let tape = (&mut self.of.tape[..], layout.rows.tape);
        set_pasts(graph, layout, &self.initial, Buffer::Tape, batch, tape);
    }

    /// Makes the states after a chunk those before the next one.
    fn rewind(&mut self, layout: &Layout, extent: &Extent) {
        let len = extent.batch * layout.rows.prev;
        let last = extent.chunk * len;
        self.of.prev.copy_within(last..last + len, 0);
    }
}
