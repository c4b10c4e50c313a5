use ndarray::{Array2, Array3};
use rnn_runtime::prelude::*;

rnn_runtime::cell! {
    /// Long short-term memory with peepholes (Gers and Schmidhuber 2000).
    pub struct Peephole {
        input x: 7;
        state h: 17, c: 17;
        param p_i, p_f, p_o: [h];
        gate i = sigmoid(x, h; p_i * c);
        gate f = sigmoid(x, h; p_f * c) bias 1.0;
        gate g = tanh(x, h);
        c[t] = f * c + i * g;
        gate o = sigmoid(x, h; p_o * c[t]);
        h[t] = o * tanh(c[t]);
    }
}

#[test]
fn peephole_runs() {
    let cell = Peephole::init(&mut seeded(1));
    let x = Array3::from_shape_fn((9, 3, 7), |(t, b, i)| ((t * 21 + b * 7 + i) as f32).sin());
    for tier in Tier::available() {
        let mut sequence = Sequence::on(tier);
        let y = sequence.record(&cell, &[x.view()], &[]).unwrap();
        let mut gradient = Peephole::zeros();
        let back = sequence.backward(&cell, &Seeds::outputs(y.view()), &mut gradient).unwrap();
        println!("{tier} {:?} {:?}", y.sum(), back.inputs[0].sum());
    }
    println!("{}", Peephole::GRAPH.explanation);
    let _ = Array2::<f32>::zeros((1, 1));
}
