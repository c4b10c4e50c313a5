//! What gradients are made of: overwritten or added to, and linear in the adjoints.

use itertools::zip_eq;
use ndarray::{Array2, Array3, ArrayView2, Axis, ShapeBuilder};
use rnn_runtime::__v0_1::Program as _;
use rnn_runtime::element::Element;
use rnn_runtime::prelude::*;

use crate::cells::{Fused, Whole, cell, each_cell, inputs, near, seed, state_views, states, views};

const STEPS: usize = 50;
const BATCH: usize = 3;

/// A recorded run of `C`, with its parameters.
fn recorded<C: Cell>() -> (C, Sequence<C>) {
    let (cell, x, initial) = (cell::<C>(), inputs::<C>(STEPS, BATCH), states::<C>(BATCH));
    let mut run = Sequence::new();
    run.record(&cell, &views(&x), &state_views(&initial)).unwrap();
    (cell, run)
}

/// All gradients of one loss.
struct Found<C: Cell>(C, InputGradients<C::Scalar>);

impl<C: Cell> Found<C> {
    fn of(adjoints: &OutputGradients<'_, C::Scalar>) -> Self {
        let (cell, mut run) = recorded::<C>();
        let mut gradient = C::zeros();
        let inputs = run.backward(&cell, adjoints, &mut gradient).unwrap();
        Found(gradient, inputs)
    }

    fn values(&self) -> Vec<C::Scalar> {
        let inputs = self.1.inputs.iter().flatten();
        let initial = self.1.initial.iter().flatten();
        self.0.as_slice().iter().chain(inputs).chain(initial).copied().collect()
    }
}

fn overwrites_or_adds<C: Cell>() {
    let (cell, mut run) = recorded::<C>();
    let seed = seed::<C>(STEPS, BATCH);
    let adjoints = OutputGradients::outputs(seed.view());
    let mut gradient = C::zeros();
    gradient.as_mut_slice().fill(C::Scalar::from_f64(f64::NAN));
    let first = run.backward(&cell, &adjoints, &mut gradient).unwrap();
    let once = gradient.as_slice().to_vec();
    assert!(once.iter().any(|value| *value != C::Scalar::from_f64(0.0)));

    let second = run.backward(&cell, &adjoints, &mut gradient).unwrap();
    assert_eq!(first, second, "a second time");
    assert_eq!(once, gradient.as_slice(), "a second time");

    let third = run.backward_add(&cell, &adjoints, &mut gradient).unwrap();
    assert_eq!(first, third, "gradients of inputs are not added up");
    let twice: Vec<_> = once.iter().map(|value| *value + *value).collect();
    near(gradient.as_slice(), &twice, 1e-5);

    let mut into = run.input_gradients();
    into.inputs.iter_mut().for_each(|x| x.fill(C::Scalar::from_f64(f64::NAN)));
    into.initial.iter_mut().for_each(|h| h.fill(C::Scalar::from_f64(f64::NAN)));
    run.backward_into(&cell, &adjoints, &mut gradient, &mut into).unwrap();
    assert_eq!(first, into, "into arrays of the caller's");
    assert_eq!(once, gradient.as_slice(), "into arrays of the caller's");
}

mod kept {
    use super::overwrites_or_adds;

    super::each_cell!(overwrites_or_adds);
}

fn seeds_add_up<C: Cell>() {
    let outputs = seed::<C>(STEPS, BATCH);
    let last = Array2::from_elem((BATCH, C::GRAPH.output_len), C::Scalar::from_f64(0.7));
    let single = [(0, outputs.index_axis(Axis(0), 3)), (41, last.view()), (41, last.view())];
    let finals = states::<C>(BATCH);
    let finals = state_views(&finals);
    let parts = [
        OutputGradients::outputs(outputs.view()),
        OutputGradients::last(last.view()),
        OutputGradients { steps: &single, ..OutputGradients::default() },
        OutputGradients { states: &finals, ..OutputGradients::default() },
    ];
    let mut sum = Found::<C>::of(&OutputGradients::default()).values();
    assert!(sum.iter().all(|value| *value == C::Scalar::from_f64(0.0)), "no seed, no gradient");
    for part in &parts {
        let found = Found::<C>::of(part).values();
        assert!(found.iter().any(|value| *value != C::Scalar::from_f64(0.0)));
        zip_eq(&mut sum, found).for_each(|(sum, value)| *sum += value);
    }
    let all = OutputGradients {
        outputs: Some(outputs.view()),
        last: Some(last.view()),
        steps: &single,
        states: &finals,
    };
    near(&Found::<C>::of(&all).values(), &sum, 1e-4);
}

mod linear {
    use super::seeds_add_up;

    super::each_cell!(seeds_add_up);
}

/// Kernels write the gradient of the input of `Whole` into the array itself, if it is in the usual
/// order.
#[test]
fn gradients_are_written_to_arrays_of_any_order() {
    assert_eq!(Whole::LAYOUT.rows.dx, 16);
    let (cell, mut run) = recorded::<Whole>();
    let seed = seed::<Whole>(STEPS, BATCH);
    let adjoints = OutputGradients::outputs(seed.view());
    let mut gradient = Whole::zeros();
    let usual = run.backward(&cell, &adjoints, &mut gradient).unwrap();
    let mut other = run.input_gradients();
    other.inputs[0] = Array3::from_elem(usual.inputs[0].raw_dim().f(), f32::NAN);
    assert!(other.inputs[0].as_slice().is_none());
    run.backward_into(&cell, &adjoints, &mut gradient, &mut other).unwrap();
    assert_eq!(usual, other);
}

/// The three ways to seed the outputs of single steps are one.
#[test]
fn seeds_of_steps_are_seeds_of_outputs() {
    let seed = Array2::from_shape_fn((BATCH, 9), |(b, i)| (b * 9 + i) as f32 * 0.1);
    let mut outputs = Array3::zeros((STEPS, BATCH, 9));
    outputs.index_axis_mut(Axis(0), STEPS - 1).assign(&seed);
    let steps: [(usize, ArrayView2<'_, f32>); 1] = [(STEPS - 1, seed.view())];
    let whole = Found::<Fused>::of(&OutputGradients::outputs(outputs.view())).values();
    assert_eq!(whole, Found::<Fused>::of(&OutputGradients::last(seed.view())).values());
    let single = OutputGradients { steps: &steps, ..OutputGradients::default() };
    assert_eq!(whole, Found::<Fused>::of(&single).values());
}

/// The output of this cell is its first state: a seed for one is a seed for the other.
#[test]
fn seeds_of_the_last_output_are_seeds_of_its_state() {
    let seed = Array2::from_shape_fn((BATCH, 9), |(b, i)| (b + i) as f32 * 0.1);
    let zero = Array2::zeros((BATCH, 9));
    let states = [seed.view(), zero.view()];
    let of_state =
        Found::<Fused>::of(&OutputGradients { states: &states, ..OutputGradients::default() })
            .values();
    assert_eq!(of_state, Found::<Fused>::of(&OutputGradients::last(seed.view())).values());
}

/// Rows that are not there have no gradient.
#[test]
fn an_empty_batch_gives_zero() {
    let (cell, x) = (cell::<Fused>(), inputs::<Fused>(5, 0));
    let mut run = Sequence::new();
    let y = run.record(&cell, &views(&x), &[]).unwrap();
    let mut gradient = cell.clone();
    let found = run.backward(&cell, &OutputGradients::outputs(y.view()), &mut gradient).unwrap();
    assert!(gradient.as_slice().iter().all(|value| *value == 0.0));
    assert_eq!(found.inputs[0].dim(), (5, 0, 3));
    assert_eq!(found.initial[1].dim(), (0, 9));
}
