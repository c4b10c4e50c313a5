//! Picoseconds of a multiply-add.

use std::hint::black_box;
use std::time::Instant;

use ndarray::Array3;
use rnn_runtime::graph::{CellGraph, Op};
use rnn_runtime::prelude::*;
use rnn_runtime::{Cell, Error};

/// Time spent on one figure, in seconds, and on one of its runs.
const TOTAL: f64 = 0.003;
const RUN: f64 = 0.0002;

/// One step with kept state.
pub(crate) fn step<C: Cell<Scalar = f32>>() -> Result<f64, Error> {
    let cell = C::init(&mut seeded(1));
    let mut stream = Stream::new(&cell);
    let x = vec![0.5; C::GRAPH.input_len()];
    let mut output = vec![0.0; C::GRAPH.output_len];
    let seconds = least(|| {
        stream.step(&[&x], &mut output)?;
        black_box(&output);
        Ok(())
    })?;
    Ok(seconds * 1e12 / multiply_adds(C::GRAPH))
}

/// Inference over a sequence.
pub(crate) fn infer<C: Cell<Scalar = f32>>(steps: usize, batch: usize) -> Result<f64, Error> {
    let cell = C::init(&mut seeded(1));
    let x = numbers(steps, batch, C::GRAPH.input_len());
    let mut y = Array3::zeros((steps, batch, C::GRAPH.output_len));
    let mut sequence = Sequence::new();
    let seconds = least(|| sequence.forward_into(&cell, &[x.view()], &[], y.view_mut()))?;
    Ok(seconds * 1e12 / (multiply_adds(C::GRAPH) * (steps * batch) as f64))
}

/// Forward and backward with new parameters.
pub(crate) fn train<C: Cell<Scalar = f32>>(steps: usize, batch: usize) -> Result<f64, Error> {
    let (mut cell, mut gradient) = (C::init(&mut seeded(1)), C::zeros());
    let x = numbers(steps, batch, C::GRAPH.input_len());
    let r = numbers(steps, batch, C::GRAPH.output_len);
    let mut y = r.clone();
    let mut sequence = Sequence::new();
    sequence.record(&cell, &[x.view()], &[])?;
    let mut inputs = sequence.input_gradients();
    let seconds = least(|| {
        black_box(cell.as_mut_slice());
        sequence.record_into(&cell, &[x.view()], &[], y.view_mut())?;
        let adjoints = OutputGradients::outputs(r.view());
        sequence.backward_into(&cell, &adjoints, &mut gradient, &mut inputs)
    })?;
    Ok(seconds * 1e12 / (3.0 * multiply_adds(C::GRAPH) * (steps * batch) as f64))
}

/// Seconds of the fastest run.
fn least(mut run: impl FnMut() -> Result<(), Error>) -> Result<f64, Error> {
    run()?;
    let start = Instant::now();
    run()?;
    let group = (RUN / start.elapsed().as_secs_f64().max(1e-8)).ceil().clamp(1.0, 1e4) as u32;
    let (start, mut least) = (Instant::now(), f64::INFINITY);
    while start.elapsed().as_secs_f64() < TOTAL {
        let start = Instant::now();
        for _ in 0..group {
            run()?;
        }
        least = least.min(start.elapsed().as_secs_f64() / f64::from(group));
    }
    Ok(least)
}

/// Numbers in ±1, `[steps, batch, len]`.
fn numbers(steps: usize, batch: usize, len: usize) -> Array3<f32> {
    Array3::from_shape_fn((steps, batch, len), |(t, b, i)| ((t * 31 + b * 7 + i * 3) as f32).sin())
}

/// Multiply-adds of the products of one step of one row, forwards.
fn multiply_adds(graph: &CellGraph) -> f64 {
    let each = |op| match op {
        Op::Product { param, .. } => graph.params[param].shape.len(),
        _ => 0,
    };
    graph.nodes.iter().map(|node| each(node.op)).sum::<usize>() as f64
}
