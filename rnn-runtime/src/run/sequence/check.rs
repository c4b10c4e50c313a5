//! Shapes of what a user passes in, checked before anything is changed.

use ndarray::{ArrayView2, ArrayView3};

use crate::declaration::graph::CellGraph;
use crate::error::{Error, same_count};

/// The shape is the one needed.
pub(crate) fn shape(
    what: &str,
    name: &str,
    expected: &[usize],
    found: &[usize],
) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(Error::shape(format_args!("{what} `{name}`"), expected, found))
}

/// Steps and batch rows of the inputs, each `[T, B, I]`.
pub(crate) fn inputs<E>(
    graph: &CellGraph,
    inputs: &[ArrayView3<'_, E>],
) -> Result<(usize, usize), Error> {
    same_count("inputs", graph.inputs.len(), inputs.len())?;
    let (mut steps, mut batch) = (graph.steps, None);
    for (port, input) in graph.inputs.iter().zip(inputs) {
        let (t, b, i) = input.dim();
        if steps.is_some_and(|n| n != t) || batch.is_some_and(|n| n != b) || port.len != i {
            let expected = [steps, batch, Some(port.len)];
            return Err(Error::shape(format_args!("input `{}`", port.name), &expected, &[t, b, i]));
        }
        (steps, batch) = (Some(t), Some(b));
    }
    match (steps, batch) {
        (Some(0), _) => Err(Error::Value {
            what: "the number of steps".into(),
            expected: "at least 1".into(),
            found: "0".into(),
        }),
        (Some(steps), Some(batch)) => Ok((steps, batch)),
        _ => Err(Error::Count { what: "inputs".into(), expected: 1, found: 0 }),
    }
}

/// One `[B, H]` a state, or none at all.
pub(crate) fn states<E>(
    what: &str,
    graph: &CellGraph,
    batch: usize,
    states: &[ArrayView2<'_, E>],
) -> Result<(), Error> {
    if states.is_empty() {
        return Ok(());
    }
    same_count(format_args!("{what}s"), graph.states.len(), states.len())?;
    for (port, state) in graph.states.iter().zip(states) {
        shape(what, port.name, &[batch, port.len], state.shape())?;
    }
    Ok(())
}
