//! The states after the last step of a run.

use alloc::vec::Vec;

use ndarray::{Array2, ArrayViewMut2};

use super::check;
use super::memory::{Extent, Memory};
use crate::declaration::graph::{CellGraph, Port};
use crate::error::{Error, same_count};
use crate::kernels::element::Element;
use crate::program::Layout;

/// One `[B, H]` a state; empty before any run.
pub(super) fn final_states<E: Element>(
    graph: &CellGraph,
    layout: &Layout,
    extent: &Extent,
    memory: &Memory<E>,
) -> Vec<Array2<E>> {
    if extent.steps == 0 {
        return Vec::new();
    }
    let state = |(port, &offset): (&Port, &usize)| {
        let value = |(b, i): (usize, usize)| last_row(layout, extent, memory, b)[offset + i];
        Array2::from_shape_fn((extent.batch, port.len), value)
    };
    graph.states.iter().zip(layout.states).map(state).collect()
}

/// The same into arrays of the caller's.
pub(super) fn final_states_into<E: Element>(
    graph: &CellGraph,
    layout: &Layout,
    extent: &Extent,
    memory: &Memory<E>,
    states: &mut [ArrayViewMut2<'_, E>],
) -> Result<(), Error> {
    same_count("final states", graph.states.len(), states.len())?;
    for (port, state) in graph.states.iter().zip(states.iter()) {
        check::shape("final state", port.name, &[extent.batch, port.len], state.shape())?;
    }
    for ((port, &offset), state) in graph.states.iter().zip(layout.states).zip(states.iter_mut()) {
        for (b, mut row) in state.rows_mut().into_iter().enumerate() {
            let values = &last_row(layout, extent, memory, b)[offset..offset + port.len];
            row.iter_mut().zip(values).for_each(|(to, from)| *to = *from);
        }
    }
    Ok(())
}

/// Row `b` of the states after the last step.
fn last_row<'b, E: Element>(
    layout: &Layout,
    extent: &Extent,
    memory: &'b Memory<E>,
    b: usize,
) -> &'b [E] {
    &memory.of.prev[(extent.last() * extent.batch + b) * layout.rows.prev..][..layout.rows.prev]
}
