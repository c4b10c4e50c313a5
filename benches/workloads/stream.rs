//! The rows with one step a call and the state kept.

use std::hint::black_box;

use ndarray::{Array2, ArrayView2, s};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rnn_runtime::reference::Reference;
use rnn_runtime::stream::Stream;
use rnn_runtime::{Cell, Error};

use crate::problem::{random_array, random_cell};
use crate::timing::{Effort, Sample, measure};

/// Steps of a repetition; figures are those of one step.
const STEPS: usize = 256;

/// Times a step of the generated kernels.
pub(crate) fn generated<C: Cell<Scalar = f32>>(effort: Effort) -> Result<Sample, Error> {
    let mut rng = StdRng::seed_from_u64(7);
    let cell = random_cell::<C>(&mut rng)?;
    let x = random_array((STEPS, 1, C::GRAPH.input_len()), &mut rng)?;
    let mut stream = Stream::new(&cell);
    let mut output = vec![0.0; C::GRAPH.output_len];
    measure(effort, STEPS, || {
        for x in x.as_slice().unwrap_or_default().chunks_exact(C::GRAPH.input_len()) {
            stream.step(&[x], &mut output)?;
            black_box(&output);
        }
        Ok(())
    })
}

/// Times a step of the interpreter.
pub(crate) fn interpreted<C: Cell<Scalar = f32>>(effort: Effort) -> Result<Sample, Error> {
    let mut rng = StdRng::seed_from_u64(7);
    let cell = random_cell::<C>(&mut rng)?;
    let x = random_array((STEPS, 1, C::GRAPH.input_len()), &mut rng)?;
    let reference = Reference::<f32>::new(C::GRAPH, cell.as_slice())?;
    let mut states: Vec<Array2<f32>> =
        C::GRAPH.states.iter().map(|state| Array2::zeros((1, state.len))).collect();
    measure(effort, STEPS, || {
        for step in 0..STEPS {
            let views: Vec<ArrayView2<'_, f32>> = states.iter().map(|state| state.view()).collect();
            let forward = reference.forward(&[x.slice(s![step..=step, .., ..])], &views)?;
            black_box(&forward.outputs);
            states = forward.states;
        }
        Ok(())
    })
}
