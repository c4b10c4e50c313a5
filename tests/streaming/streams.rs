//! Streams against sequences, bit for bit, on every tier.

use ndarray::{ArrayView1, s};
use rnn_runtime::prelude::*;
use rnn_runtime::simd::Tier;

use crate::cells::{Fused, Wide, cell, each_cell, inputs, state_views, states, views};

/// Feeds step `t` of row 0 and gives the output.
fn step<C: Cell>(
    stream: &mut Stream<C>,
    inputs: &[ndarray::Array3<C::Scalar>],
    t: usize,
) -> Vec<C::Scalar> {
    let slices: Vec<_> = inputs.iter().map(|x| x.slice(s![t, 0, ..])).collect();
    let slices: Vec<_> = slices.iter().map(|x| x.as_slice().unwrap()).collect();
    let mut output = vec![C::Scalar::default(); C::GRAPH.output_len];
    stream.step(&slices, &mut output).unwrap();
    output
}

fn equals_sequence<C: Cell>() {
    // Of the sequence more than a chunk.
    let steps = Sequence::<C>::chunk_steps(1) + 5;
    let (cell, x, initial) = (cell::<C>(), inputs::<C>(steps, 1), states::<C>(1));
    for tier in Tier::available() {
        let mut sequence = Sequence::on(tier);
        let y = sequence.forward(&cell, &views(&x), &state_views(&initial)).unwrap();
        let mut stream = Stream::on(tier, &cell);
        for (index, state) in initial.iter().enumerate() {
            stream.set_state(index, state.as_slice().unwrap()).unwrap();
        }
        for t in 0..steps {
            let output = step(&mut stream, &x, t);
            assert_eq!(ArrayView1::from(&output), y.slice(s![t, 0, ..]), "{tier}, step {t}");
        }
        for (index, last) in sequence.final_states().iter().enumerate() {
            assert_eq!(stream.state(index).unwrap(), last.row(0), "{tier}, state {index}");
        }
    }
}

mod equal_sequences {
    use super::equals_sequence;

    super::each_cell!(equals_sequence);
}

#[test]
fn reset_begins_anew() {
    let (cell, x) = (cell::<Wide>(), inputs::<Wide>(4, 1));
    let mut stream = Stream::new(&cell);
    let first: Vec<_> = (0..4).map(|t| step(&mut stream, &x, t)).collect();
    assert!(stream.state(0).unwrap().iter().any(|value| *value != 0.0));
    stream.reset();
    for index in 0..3 {
        assert!(stream.state(index).unwrap().iter().all(|value| *value == 0.0));
    }
    let again: Vec<_> = (0..4).map(|t| step(&mut stream, &x, t)).collect();
    assert_eq!(first, again);
}

#[test]
fn a_state_is_what_was_set() {
    let mut stream = Stream::new(&cell::<Wide>());
    stream.set_state(1, &[1.0, 2.0, 3.0]).unwrap();
    assert_eq!(stream.state(1).unwrap().to_vec(), [1.0, 2.0, 3.0]);
    assert_eq!(stream.state(0).unwrap().to_vec(), [0.0; 6]);
    assert_eq!(stream.state(2).unwrap().to_vec(), [0.0; 4]);
}

#[test]
fn new_parameters_keep_the_states() {
    let (old, x) = (cell::<Fused>(), inputs::<Fused>(3, 1));
    let mut new = old.clone();
    new.vector_mut("o.b").unwrap().fill(0.5);
    let mut stream = Stream::new(&old);
    step(&mut stream, &x, 0);
    let state = stream.state(1).unwrap().to_vec();
    stream.set_parameters(&new);
    assert_eq!(stream.state(1).unwrap().to_vec(), state);
    let mut fresh = Stream::new(&new);
    for index in 0..2 {
        fresh.set_state(index, &stream.state(index).unwrap().to_vec()).unwrap();
    }
    assert_eq!(step(&mut stream, &x, 1), step(&mut fresh, &x, 1));
}
