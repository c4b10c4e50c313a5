//! Wrong data: the error names both sides, and nothing was changed.

use ndarray::{Array2, Array3, ArrayView3};
use rnn_runtime::Error;
use rnn_runtime::prelude::*;
use rnn_runtime::reference::Reference;
use rnn_runtime::verify::{Options, verify_with};

use crate::cells::{FixedLength, Fused, Wide, cell, inputs, seed, state_views, states, views};

const STEPS: usize = 6;
const BATCH: usize = 2;

fn says<T>(result: Result<T, Error>, message: &str) {
    match result {
        Ok(_) => panic!("no error, but expected: {message}"),
        Err(error) => assert_eq!(error.to_string(), message),
    }
}

/// A recorded run.
fn recorded() -> (Wide, Sequence<Wide>) {
    let (cell, x, initial) = (cell::<Wide>(), inputs::<Wide>(STEPS, BATCH), states::<Wide>(BATCH));
    let mut run = Sequence::new();
    run.record(&cell, &views(&x), &state_views(&initial)).unwrap();
    (cell, run)
}

/// What a forward pass with these arrays says; the run recorded before stays as it was.
fn forward(inputs: &[Array3<f32>], initial: &[Array2<f32>], message: &str) {
    let (cell, mut run) = recorded();
    let states = run.final_states();
    let seed = seed::<Wide>(STEPS, BATCH);
    let adjoints = OutputGradients::outputs(seed.view());
    let mut before = Wide::zeros();
    run.backward(&cell, &adjoints, &mut before).unwrap();
    let (inputs, initial) = (views(inputs), state_views(initial));
    says(run.forward(&cell, &inputs, &initial), message);
    says(run.record(&cell, &inputs, &initial), message);
    assert_eq!(run.final_states(), states);
    let mut after = Wide::zeros();
    run.backward(&cell, &adjoints, &mut after).unwrap();
    assert_eq!(before.as_slice(), after.as_slice());
}

#[test]
fn inputs_are_checked() {
    let right = inputs::<Wide>(STEPS, BATCH);
    forward(&right[..1], &[], "1 inputs given, but 2 needed");
    forward(&[], &[], "0 inputs given, but 2 needed");
    let wrong = [right[0].clone(), Array3::zeros((STEPS, BATCH, 2))];
    forward(&wrong, &[], "input `gain` has shape [6, 2, 2], but [6, 2, 1] is needed");
    let wrong = [right[0].clone(), Array3::zeros((STEPS, 3, 1))];
    forward(&wrong, &[], "input `gain` has shape [6, 3, 1], but [6, 2, 1] is needed");
    let wrong = [right[0].clone(), Array3::zeros((5, BATCH, 1))];
    forward(&wrong, &[], "input `gain` has shape [5, 2, 1], but [6, 2, 1] is needed");
    let wrong = [Array3::zeros((STEPS, BATCH, 5)), right[1].clone()];
    forward(
        &wrong,
        &[],
        "input `x` has shape [6, 2, 5], but [_, _, 4] is needed, with any size for `_`",
    );
    let none = inputs::<Wide>(0, BATCH);
    forward(&none, &[], "the number of steps is 0, but must be at least 1");
}

#[test]
fn initial_states_are_checked() {
    let (x, mut wrong) = (inputs::<Wide>(STEPS, BATCH), states::<Wide>(BATCH));
    forward(&x, &wrong[..2], "2 initial states given, but 3 needed");
    wrong[1] = Array2::zeros((BATCH, 4));
    forward(&x, &wrong, "initial state `c` has shape [2, 4], but [2, 3] is needed");
    wrong[1] = Array2::zeros((1, 3));
    forward(&x, &wrong, "initial state `c` has shape [1, 3], but [2, 3] is needed");
}

#[test]
fn a_fixed_length_is_checked() {
    let cell = FixedLength::zeros();
    let x: Array3<f32> = Array3::zeros((5, 1, 2));
    let view: [ArrayView3<'_, f32>; 1] = [x.view()];
    let message = "input `x` has shape [5, 1, 2], but [6, _, 2] is needed, with any size for `_`";
    says(Sequence::new().forward(&cell, &view, &[]), message);
}

#[test]
fn arrays_for_results_are_checked() {
    let (cell, mut run) = recorded();
    let x = inputs::<Wide>(STEPS, BATCH);
    let mut output = Array3::from_elem((STEPS, BATCH, 7), 3.0);
    let message = "array for the `output` has shape [6, 2, 7], but [6, 2, 8] is needed";
    says(run.forward_into(&cell, &views(&x), &[], output.view_mut()), message);
    says(run.record_into(&cell, &views(&x), &[], output.view_mut()), message);
    assert!(output.iter().all(|value| *value == 3.0));

    let mut one = Array2::zeros((BATCH, 6));
    let message = "1 final states given, but 3 needed";
    says(run.final_states_into(&mut [one.view_mut()]), message);
    let (mut a, mut b, mut c) = (one.clone(), Array2::zeros((3, 3)), Array2::zeros((BATCH, 4)));
    let message = "final state `c` has shape [3, 3], but [2, 3] is needed";
    says(run.final_states_into(&mut [a.view_mut(), b.view_mut(), c.view_mut()]), message);
    assert_eq!(a, one);
}

/// What a backward pass with these adjoints says; gradients stay as they were.
fn backward(adjoints: &OutputGradients<'_, f32>, message: &str) {
    let (cell, mut run) = recorded();
    let mut gradient = cell.clone();
    says(run.backward(&cell, adjoints, &mut gradient), message);
    says(run.backward_add(&cell, adjoints, &mut gradient), message);
    assert_eq!(gradient.as_slice(), cell.as_slice());
}

#[test]
fn seeds_are_checked() {
    let wrong = Array3::zeros((STEPS, BATCH, 7));
    let message = "gradient of the `outputs` has shape [6, 2, 7], but [6, 2, 8] is needed";
    backward(&OutputGradients::outputs(wrong.view()), message);
    let wrong = Array2::zeros((3, 8));
    let message = "gradient of the `last output` has shape [3, 8], but [2, 8] is needed";
    backward(&OutputGradients::last(wrong.view()), message);
    let message = "gradient of the `output of one step` has shape [3, 8], but [2, 8] is needed";
    backward(
        &OutputGradients { steps: &[(0, wrong.view())], ..OutputGradients::default() },
        message,
    );
    let right = Array2::zeros((BATCH, 8));
    let message = "the step of an output gradient is 6, but must be below the 6 steps of the run";
    backward(
        &OutputGradients { steps: &[(6, right.view())], ..OutputGradients::default() },
        message,
    );
    let message = "1 final-state gradients given, but 3 needed";
    backward(&OutputGradients { states: &[right.view()], ..OutputGradients::default() }, message);
    let arrays = [(2, 6), (2, 3), (2, 5)].map(Array2::zeros);
    let message = "final-state gradient `last` has shape [2, 5], but [2, 4] is needed";
    backward(
        &OutputGradients { states: &state_views(&arrays), ..OutputGradients::default() },
        message,
    );
}

#[test]
fn arrays_for_gradients_are_checked() {
    let (cell, mut run) = recorded();
    let seed = seed::<Wide>(STEPS, BATCH);
    let adjoints = OutputGradients::outputs(seed.view());
    let mut gradient = cell.clone();
    let mut check = |change: fn(&mut InputGradients<f32>), message: &str| {
        let mut into = run.input_gradients();
        change(&mut into);
        says(run.backward_into(&cell, &adjoints, &mut gradient, &mut into), message);
        assert_eq!(gradient.as_slice(), cell.as_slice());
    };
    check(|into| drop(into.inputs.pop()), "1 input gradients given, but 2 needed");
    check(|into| drop(into.initial.pop()), "2 initial-state gradients given, but 3 needed");
    check(
        |into| into.inputs[0] = Array3::zeros((STEPS, 1, 4)),
        "gradient of input `x` has shape [6, 1, 4], but [6, 2, 4] is needed",
    );
    check(
        |into| into.initial[1] = Array2::zeros((BATCH, 6)),
        "gradient of initial state `c` has shape [2, 6], but [2, 3] is needed",
    );
}

#[test]
fn backward_needs_a_recorded_run_of_the_same_parameters() {
    let (mut cell, mut run) = recorded();
    let (adjoints, mut gradient) = (OutputGradients::default(), cell.clone());
    let mut fails = |run: &mut Sequence<Wide>, cell: &Wide| {
        let found = run.backward(cell, &adjoints, &mut gradient);
        assert_eq!(found.unwrap_err(), Error::NotRecorded);
    };
    fails(&mut Sequence::new(), &cell);
    let old = cell.clone();
    cell.as_mut_slice()[0] += 1.0;
    fails(&mut run, &cell);
    run.backward(&old, &adjoints, &mut Wide::zeros()).unwrap();
    run.forward(&old, &views(&inputs::<Wide>(STEPS, BATCH)), &[]).unwrap();
    fails(&mut run, &old);
}

/// A view of one value can have more steps than any memory holds.
#[test]
fn runs_that_no_memory_holds_are_refused() {
    let (cell, one) = (cell::<Fused>(), inputs::<Fused>(1, 1));
    let initial: Vec<ndarray::ArrayView2<'_, f32>> = Vec::new();
    for steps in [1 << 45, 1 << 58, 1 << 59] {
        let x = [one[0].broadcast((steps, 1, 3)).unwrap()];
        let message = format!("a run of {steps} steps and 1 rows needs more memory than there is");
        says(Sequence::new().forward(&cell, &x, &initial), &message);
        says(Sequence::new().record(&cell, &x, &initial), &message);
        let mut output = Array3::zeros((1, 1, 9));
        // The output is in the way first, as it cannot be that long.
        assert!(Sequence::new().forward_into(&cell, &x, &initial, output.view_mut()).is_err());
        let reference = Reference::<f32>::new(Fused::GRAPH, cell.as_slice()).unwrap();
        says(reference.forward(&x, &initial), &message);
        says(reference.record(&x, &initial), &message);
    }
}

/// Without rows there is nothing to compute, and arrays are empty, however many steps they have.
#[test]
fn an_empty_batch_takes_no_time_however_many_steps_it_has() {
    let (cell, steps) = (cell::<Fused>(), 1 << 40);
    let x = Array3::zeros((steps, 0, 3));
    let mut run = Sequence::new();
    let y = run.forward(&cell, &[x.view()], &[]).unwrap();
    assert_eq!(y.shape(), [steps, 0, 9]);
    assert_eq!(run.record(&cell, &[x.view()], &[]).unwrap(), y);
    assert!(run.final_states().iter().all(|state| state.nrows() == 0));
    let mut gradient = cell.clone();
    let inputs = run.backward(&cell, &OutputGradients::outputs(y.view()), &mut gradient).unwrap();
    assert!(gradient.as_slice().iter().all(|value| *value == 0.0));
    assert_eq!(inputs.inputs[0].shape(), x.shape());
    // A shape that no array has, though it would be empty.
    let steps = usize::MAX / 8;
    let x = Array3::zeros((steps, 0, 3));
    let message = format!("a run of {steps} steps and 0 rows needs more memory than there is");
    says(run.forward(&cell, &[x.view()], &[]), &message);
    says(run.record(&cell, &[x.view()], &[]), &message);
    let reference = Reference::<f32>::new(Fused::GRAPH, cell.as_slice()).unwrap();
    says(reference.forward(&[x.view()], &[]), &message);
}

#[test]
fn a_verification_that_no_memory_holds_is_a_failure() {
    let options = Options { steps: usize::MAX, ..Options::default() };
    let report = verify_with::<Fused>(&options);
    assert_eq!(report.failures.len(), 1, "{report}");
    assert!(report.failures[0].contains("needs more memory than there is"), "{report}");
    let report = verify_with::<Fused>(&Options { batch: 0, ..Options::default() });
    assert_eq!(report.failures, ["the batch is 0, but must be at least 1"]);
}

#[test]
fn streams_are_checked() {
    let cell = cell::<Wide>();
    let mut stream = Stream::new(&cell);
    let mut output = [3.0; 8];
    stream.step(&[&[1.0; 4], &[1.0]], &mut output).unwrap();
    let (states, kept) = ([0, 1, 2].map(|i| stream.state(i).unwrap().to_vec()), output);
    says(stream.step(&[&[0.0; 4]], &mut output), "1 inputs given, but 2 needed");
    let message = "input `gain` has shape [2], but [1] is needed";
    says(stream.step(&[&[0.0; 4], &[0.0; 2]], &mut output), message);
    let message = "slice for the `output` has shape [7], but [8] is needed";
    says(stream.step(&[&[0.0; 4], &[0.0]], &mut output[..7]), message);
    let message = "value for state `c` has shape [4], but [3] is needed";
    says(stream.set_state(1, &[0.0; 4]), message);
    let message = "the number of a state is 3, but must be below 3: they are `h`, `c`, `last`";
    says(stream.set_state(3, &[0.0; 4]), message);
    says(stream.state(3), message);
    assert_eq!(states, [0, 1, 2].map(|i| stream.state(i).unwrap().to_vec()));
    assert_eq!(kept, output);
}

#[test]
fn no_number_is_not_lost_and_does_not_panic() {
    let cell = cell::<Fused>();
    let mut x = inputs::<Fused>(4, 2);
    x[0][[1, 0, 0]] = f32::NAN;
    let mut run = Sequence::new();
    let y = run.record(&cell, &views(&x), &[]).unwrap();
    for ((t, b, _), value) in y.indexed_iter() {
        assert_eq!(value.is_nan(), b == 0 && t > 0, "step {t}, row {b}");
    }
    let mut gradient = Fused::zeros();
    run.backward(&cell, &OutputGradients::outputs(y.view()), &mut gradient).unwrap();
    assert!(gradient.as_slice().iter().all(|value| value.is_nan()));
}
