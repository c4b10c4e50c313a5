//! Cells where there is no standard library, as on a microcontroller: built for one without an
//! operating system, too.
#![no_std]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use rnn_runtime::Error;
use rnn_runtime::params::ParamSlice;
use rnn_runtime::prelude::*;

rnn_runtime::cell! {
    /// An LSTM with a read-out.
    pub struct Sensor {
        input x: 3;
        state h: 8, c: 8;
        param v: [1, h];
        gate i = sigmoid(x, h);
        gate f = sigmoid(x, h) bias 1.0;
        gate g = tanh(x, h);
        gate o = sigmoid(x, h);
        c[t] = f * c + i * g;
        h[t] = o * tanh(c[t]);
        output v @ h[t];
    }
}

/// Weights as they lie in flash.
pub static WEIGHTS: [f32; Sensor::GRAPH.param_len()] = [0.125; Sensor::GRAPH.param_len()];

/// A stream on these weights.
///
/// # Errors
/// None: there are as many as the cell has parameters.
pub fn stream() -> Result<Stream<Sensor>, Error> {
    Ok(Stream::new(&ParamSlice::<Sensor>::constant(&WEIGHTS)?))
}

/// What the cell makes of one more sample.
///
/// # Errors
/// None: the lengths are right.
pub fn sample(stream: &mut Stream<Sensor>, x: [f32; 3]) -> Result<f32, Error> {
    let mut output = [0.0];
    stream.step(&[&x], &mut output)?;
    Ok(output[0])
}
