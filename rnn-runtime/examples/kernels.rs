//! Cells whose machine code `.ci/assembly.py` reads: everything they do is compiled in, little of
//! it is run.

use ndarray::Array3;
use rnn_runtime::Error;
use rnn_runtime::prelude::*;

rnn_runtime::cells::Lstm! { struct Lstm128 { x: 64, h: 128 } }
rnn_runtime::cells::Gru! { struct Gru128 { x: 64, h: 128 } }
rnn_runtime::cells::PeepholeLstm! { struct Peephole128 { x: 64, h: 128 } }
rnn_runtime::cells::LayerNormLstm! { struct Norm128 { x: 64, h: 128 } }

/// Infers, records, backpropagates and streams.
fn run<C: Cell<Scalar = f32>>() -> Result<(), Error> {
    let (cell, mut gradient) = (C::zeros(), C::zeros());
    let x = Array3::zeros((2, 1, C::GRAPH.input_len()));
    let mut sequence = Sequence::new();
    let output = sequence.forward(&cell, &[x.view()], &[])?;
    sequence.record(&cell, &[x.view()], &[])?;
    sequence.backward(&cell, &OutputGradients::outputs(output.view()), &mut gradient)?;
    let mut output = vec![0.0; C::GRAPH.output_len];
    Stream::new(&cell).step(&[&vec![0.0; C::GRAPH.input_len()]], &mut output)
}

fn main() -> Result<(), Error> {
    run::<Lstm128>()?;
    run::<Gru128>()?;
    run::<Peephole128>()?;
    run::<Norm128>()
}
