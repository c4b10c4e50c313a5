//! Steps of six small cells that cannot panic, said to the linker: a path that could would call a
//! function that is not there. Only a release build knows, in which everything is optimised, and
//! the crates together; the steps are then compared with sequences, of which other builds take
//! another form.

use ndarray::{Array3, s};
#[cfg(not(debug_assertions))]
use no_panic::no_panic;
use rnn_runtime::prelude::*;
use rnn_runtime::{Error, cells};

cells::Lstm! { struct Lstm8 { x: 1, h: 8 } }
cells::Gru! { struct Gru16 { x: 1, h: 16 } }
cells::Mgu! { struct Mgu16 { x: 2, h: 16 } }

cell! {
    /// An LSTM with a read-out and the input added to that.
    struct Skip16 {
        input x: 1;
        state h: 16, c: h;
        param w: [1, h], b: [1];
        gate i = sigmoid(x, h);
        gate f = sigmoid(x, h);
        gate g = tanh(x, h);
        gate o = sigmoid(x, h);
        c[t] = f * c + i * g;
        h[t] = o * tanh(c[t]);
        output w @ h[t] + b + x;
    }
}

cell! {
    /// Elman's network with two inputs of odd lengths.
    struct Two {
        input x: 3, y: 5;
        state h: 7;
        gate n = tanh(x, y, h);
        h[t] = n;
    }
}

cell! {
    /// No product in the loop.
    struct Leak {
        input x: 8;
        state h: 8;
        param a: [h];
        h[t] = sigmoid(a) * h + x;
    }
}

/// What takes a step.
type Step<C> = fn(&mut Stream<C>, &[&[f32]], &mut [f32]) -> Result<(), Error>;

/// Steps that link only if they cannot panic.
macro_rules! steps {
    ($($name:ident $cell:ident)+) => {$(
        #[cfg_attr(not(debug_assertions), no_panic)]
        fn $name(
            stream: &mut Stream<$cell>,
            inputs: &[&[f32]],
            output: &mut [f32],
        ) -> Result<(), Error> {
            stream.step(inputs, output)
        }
    )+};
}

steps! {
    lstm_8 Lstm8
    gru_16 Gru16
    skip_16 Skip16
    mgu_16 Mgu16
    two Two
    leak Leak
}

/// Takes 40 steps and compares them with a sequence of three rows, of which one is the stream's.
fn compare<C: Cell<Scalar = f32>>(step: Step<C>) -> Result<(), Error> {
    let cell = C::init(&mut seeded(3));
    for tier in Tier::available() {
        let number = |(t, b, i): (usize, usize, usize)| (t as f32 + 0.3 * (b + 2 * i) as f32).sin();
        let inputs = C::GRAPH.inputs.iter();
        let inputs: Vec<_> =
            inputs.map(|port| Array3::from_shape_fn((40, 3, port.len), number)).collect();
        let views: Vec<_> = inputs.iter().map(|input| input.view()).collect();
        let all = Sequence::on(tier).forward(&cell, &views, &[])?;
        let mut stream = Stream::on(tier, &cell);
        let mut output = vec![0.0; C::GRAPH.output_len];
        for t in 0..40 {
            let rows: Vec<Vec<f32>> =
                inputs.iter().map(|input| input.slice(s![t, 1, ..]).to_vec()).collect();
            let rows: Vec<&[f32]> = rows.iter().map(|row| &row[..]).collect();
            step(&mut stream, &rows, &mut output)?;
            assert_eq!(all.slice(s![t, 1, ..]).to_vec(), output, "{} on {tier}", C::GRAPH.name);
        }
        let wrong = step(&mut stream, &[], &mut output);
        assert!(matches!(wrong, Err(Error::Count { .. })), "{wrong:?}");
    }
    println!("{}: steps cannot panic, and are those of sequences", C::GRAPH.name);
    Ok(())
}

fn main() -> Result<(), Error> {
    compare(lstm_8)?;
    compare(gru_16)?;
    compare(skip_16)?;
    compare(mgu_16)?;
    compare(two)?;
    compare(leak)
}
