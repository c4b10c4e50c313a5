//! Arrays in any order of memory: batch first, reversed, every other row.

use ndarray::{Array3, ArrayView3, s};
use rnn_runtime::prelude::*;

use crate::cells::{Fused, Whole, Wide, cell, inputs, seed, state_views, states, views};

/// The same values, batch first in memory, seen as `[T, B, I]` again.
fn batch_first(array: &Array3<f32>) -> Array3<f32> {
    let stored = array.view().permuted_axes([1, 0, 2]).as_standard_layout().into_owned();
    stored.permuted_axes([1, 0, 2])
}

#[test]
fn batch_first_is_accepted() {
    let (cell, x, initial) = (cell::<Wide>(), inputs::<Wide>(70, 3), states::<Wide>(3));
    let seed = seed::<Wide>(70, 3);
    let mut run = Sequence::new();
    let y = run.record(&cell, &views(&x), &state_views(&initial)).unwrap();
    let mut gradient = Wide::zeros();
    let found = run.backward(&cell, &OutputGradients::outputs(seed.view()), &mut gradient).unwrap();

    let other: Vec<_> = x.iter().map(batch_first).collect();
    assert!(!other[0].is_standard_layout());
    let columns: Vec<_> = initial.iter().map(|h| h.t().as_standard_layout().into_owned()).collect();
    let initial: Vec<_> = columns.iter().map(|h| h.t()).collect();
    let mut z = batch_first(&Array3::zeros((70, 3, 8)));
    run.record_into(&cell, &views(&other), &initial, z.view_mut()).unwrap();
    assert_eq!(y, z);
    let other_seed = batch_first(&seed);
    let mut other_gradient = Wide::zeros();
    let mut into = run.input_gradients();
    into.inputs = into.inputs.iter().map(batch_first).collect();
    let adjoints = OutputGradients::outputs(other_seed.view());
    run.backward_into(&cell, &adjoints, &mut other_gradient, &mut into).unwrap();
    assert_eq!(found, into);
    assert_eq!(gradient.as_slice(), other_gradient.as_slice());
}

#[test]
fn views_with_gaps_and_backwards_are_accepted() {
    let (cell, x) = (cell::<Fused>(), inputs::<Fused>(40, 4));
    let parts: [ArrayView3<'_, f32>; 3] = [
        x[0].slice(s![..;-1, .., ..]),
        x[0].slice(s![1..;3, ..;2, ..]),
        x[0].slice(s![.., 1..3, ..;-1]),
    ];
    for view in parts {
        let copy = view.to_owned();
        let y = Sequence::new().forward(&cell, &[view], &[]).unwrap();
        let z = Sequence::new().forward(&cell, &[copy.view()], &[]).unwrap();
        assert_eq!(y, z);
    }
}

#[test]
fn a_value_for_all_steps_is_accepted() {
    let (cell, x) = (cell::<Fused>(), inputs::<Fused>(1, 2));
    let view = x[0].broadcast((9, 2, 3)).unwrap();
    let y = Sequence::new().forward(&cell, &[view], &[]).unwrap();
    let z = Sequence::new().forward(&cell, &[view.to_owned().view()], &[]).unwrap();
    assert_eq!(y, z);
}

#[test]
fn outputs_are_written_to_views_with_gaps() {
    written_with_gaps::<Fused>();
    written_with_gaps::<Whole>();
}

fn written_with_gaps<C: Cell<Scalar = f32>>() {
    let (cell, x, len) = (cell::<C>(), inputs::<C>(20, 2), C::GRAPH.output_len);
    let mut run = Sequence::new();
    let y = run.forward(&cell, &views(&x), &[]).unwrap();
    let mut wide = Array3::from_elem((20, 4, len + 3), 7.0);
    run.forward_into(&cell, &views(&x), &[], wide.slice_mut(s![.., 1..3, 2..len + 2])).unwrap();
    assert_eq!(y, wide.slice(s![.., 1..3, 2..len + 2]));
    let around = wide.iter().filter(|value| **value == 7.0).count();
    assert_eq!(around, wide.len() - y.len());
}
