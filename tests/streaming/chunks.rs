//! Time runs in chunks: lengths around their borders, runs cut in two, rows alone and together.

use itertools::zip_eq;
use ndarray::{Axis, s};
use rnn_runtime::prelude::*;

use crate::cells::{cell, each_cell, inputs, seed, state_views, states, views};

/// Lengths of runs of `batch` rows: on both sides of the first border between chunks, and of the
/// second.
fn lengths<C: Cell>(batch: usize) -> [usize; 8] {
    let chunk = Sequence::<C>::chunk_steps(batch);
    assert!((2..=256).contains(&chunk), "{chunk} steps of {batch} rows are no chunk to cross");
    [1, 2, chunk - 1, chunk, chunk + 1, 2 * chunk - 1, 2 * chunk, 2 * chunk + 1]
}

/// Inference, recording and the final states agree at every length.
fn records_what_it_computes<C: Cell>() {
    let cell = cell::<C>();
    let (mut inference, mut training) = (Sequence::new(), Sequence::new());
    for batch in [0, 1, 3] {
        let initial = states::<C>(batch);
        for steps in lengths::<C>(batch) {
            let x = inputs::<C>(steps, batch);
            let y = inference.forward(&cell, &views(&x), &state_views(&initial)).unwrap();
            let z = training.record(&cell, &views(&x), &state_views(&initial)).unwrap();
            assert_eq!(y.dim(), (steps, batch, C::GRAPH.output_len));
            assert_eq!(y, z, "{steps} steps of {batch}");
            let last = inference.final_states();
            assert_eq!(last, training.final_states(), "{steps} steps of {batch}");
            let mut into = states::<C>(batch);
            let mut views: Vec<_> = into.iter_mut().map(|state| state.view_mut()).collect();
            inference.final_states_into(&mut views).unwrap();
            assert_eq!(last, into);
        }
    }
}

mod records {
    use super::records_what_it_computes;

    super::each_cell!(records_what_it_computes);
}

/// A run cut in pieces with the states carried on is the whole run, bit for bit.
fn carries_states<C: Cell>() {
    let chunk = Sequence::<C>::chunk_steps(3);
    let steps = 2 * chunk + 40;
    let (cell, x, initial) = (cell::<C>(), inputs::<C>(steps, 3), states::<C>(3));
    let mut run = Sequence::new();
    let whole = run.forward(&cell, &views(&x), &state_views(&initial)).unwrap();
    let last = run.final_states();

    let mut states = initial;
    for (from, to) in [(0, 1), (1, chunk + 1), (chunk + 1, 2 * chunk + 7), (2 * chunk + 7, steps)] {
        let part: Vec<_> = x.iter().map(|x| x.slice(s![from..to, .., ..])).collect();
        let y = run.forward(&cell, &part, &state_views(&states)).unwrap();
        assert_eq!(y, whole.slice(s![from..to, .., ..]), "steps {from} to {to}");
        states = run.final_states();
    }
    assert_eq!(states, last);
}

mod carried {
    use super::carries_states;

    super::each_cell!(carries_states);
}

/// Backpropagation through a run cut in two, adjoints of the states carried back, is that through
/// the whole, up to the order of sums.
fn carries_adjoints<C: Cell>() {
    let chunk = Sequence::<C>::chunk_steps(3);
    let (steps, cut) = (chunk + 5, chunk / 2);
    let (cell, x, initial) = (cell::<C>(), inputs::<C>(steps, 3), states::<C>(3));
    let seed = seed::<C>(steps, 3);
    let mut run = Sequence::new();
    run.record(&cell, &views(&x), &state_views(&initial)).unwrap();
    let mut expected = C::zeros();
    let whole = run.backward(&cell, &OutputGradients::outputs(seed.view()), &mut expected).unwrap();

    let first: Vec<_> = x.iter().map(|x| x.slice(s![..cut, .., ..])).collect();
    let second: Vec<_> = x.iter().map(|x| x.slice(s![cut.., .., ..])).collect();
    run.record(&cell, &first, &state_views(&initial)).unwrap();
    let mut later = Sequence::new();
    later.record(&cell, &second, &state_views(&run.final_states())).unwrap();
    let mut found = C::zeros();
    let back =
        later.backward(&cell, &OutputGradients::outputs(seed.slice(s![cut.., .., ..])), &mut found);
    let back = back.unwrap();
    let adjoints = state_views(&back.initial);
    let adjoints = OutputGradients {
        states: &adjoints,
        ..OutputGradients::outputs(seed.slice(s![..cut, .., ..]))
    };
    let front = run.backward_add(&cell, &adjoints, &mut found).unwrap();

    crate::cells::near(found.as_slice(), expected.as_slice(), 1e-5);
    for (index, whole) in whole.inputs.iter().enumerate() {
        assert_eq!(back.inputs[index], whole.slice(s![cut.., .., ..]));
        crate::cells::near(&front.inputs[index], whole.slice(s![..cut, .., ..]), 1e-5);
    }
    for (found, expected) in zip_eq(&front.initial, &whole.initial) {
        crate::cells::near(found, expected, 1e-5);
    }
}

mod adjoints {
    use super::carries_adjoints;

    super::each_cell!(carries_adjoints);
}

/// What a row gets does not depend on its neighbours.
fn rows_are_apart<C: Cell>() {
    // Alone the rows are in one chunk, together in two.
    let steps = Sequence::<C>::chunk_steps(3) + 5;
    let (cell, x, initial) = (cell::<C>(), inputs::<C>(steps, 3), states::<C>(3));
    let together = Sequence::new().forward(&cell, &views(&x), &state_views(&initial)).unwrap();
    for row in 0..3 {
        let x: Vec<_> = x.iter().map(|x| x.slice(s![.., row..row + 1, ..])).collect();
        let initial: Vec<_> = initial.iter().map(|h| h.slice(s![row..row + 1, ..])).collect();
        let alone = Sequence::new().forward(&cell, &x, &initial).unwrap();
        assert_eq!(alone.index_axis(Axis(1), 0), together.index_axis(Axis(1), row), "row {row}");
    }
}

mod rows {
    use super::rows_are_apart;

    super::each_cell!(rows_are_apart);
}

/// Gradients of a batch that makes every step a chunk are the sums of those of its parts.
fn chunks_of_one_step<C: Cell>() {
    assert_eq!(Sequence::<C>::chunk_steps(300), 1);
    let (cell, x, initial) = (cell::<C>(), inputs::<C>(4, 300), states::<C>(300));
    let seed = seed::<C>(4, 300);
    let mut run = Sequence::new();
    run.record(&cell, &views(&x), &state_views(&initial)).unwrap();
    let mut expected = C::zeros();
    let whole = run.backward(&cell, &OutputGradients::outputs(seed.view()), &mut expected).unwrap();
    let mut found = C::zeros();
    for rows in [0..60, 60..300] {
        let x: Vec<_> = x.iter().map(|x| x.slice(s![.., rows.clone(), ..])).collect();
        let initial: Vec<_> = initial.iter().map(|h| h.slice(s![rows.clone(), ..])).collect();
        run.record(&cell, &x, &initial).unwrap();
        let adjoints = OutputGradients::outputs(seed.slice(s![.., rows.clone(), ..]));
        let part = run.backward_add(&cell, &adjoints, &mut found).unwrap();
        for (part, whole) in zip_eq(&part.inputs, &whole.inputs) {
            crate::cells::near(part, whole.slice(s![.., rows.clone(), ..]), 1e-5);
        }
        for (part, whole) in zip_eq(&part.initial, &whole.initial) {
            crate::cells::near(part, whole.slice(s![rows.clone(), ..]), 1e-5);
        }
    }
    crate::cells::near(found.as_slice(), expected.as_slice(), 1e-4);
}

mod single {
    use super::chunks_of_one_step;

    super::each_cell!(chunks_of_one_step);
}
