//! Parameters in memory that no cell owns: in a constant, in part of a vector, in a file.

use std::{io::Write as _, rc::Rc, sync::Arc};

use ndarray::{Array2, Array3};
use rnn_runtime::params::{ParamSlice, ParamSliceMut, Parameters};
use rnn_runtime::prelude::*;
use rnn_runtime::verify::{Options, verify_at};
use rnn_runtime::{Error, cells, sequence::InputGradients};

cells::Lstm! { pub struct Lstm { x: 5, h: 17 } }

rnn_runtime::cell! {
    /// Half-width weights, which inference packs in another form than training; a value computed
    /// once a run.
    struct Half {
        weights f16;
        input x: 3;
        state h: 8;
        param s: [h], V: [h, h];
        gate n = tanh(x, h);
        h[t] = n * sigmoid(s) + V @ h;
    }
}

const LEN: usize = Lstm::GRAPH.param_len();

/// Parameters that a constant expression can give.
const fn parameters() -> [f32; LEN] {
    let mut values = [0.0; LEN];
    let (mut at, mut x) = (0, 1_u32);
    while at < LEN {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        values[at] = (x >> 8) as f32 / (1 << 25) as f32 - 0.25;
        at += 1;
    }
    values
}

static VALUES: [f32; LEN] = parameters();

fn inputs(len: usize) -> Array3<f32> {
    Array3::from_shape_fn((9, 6, len), |(t, b, i)| ((t * 31 + b * 7 + i) as f32 * 0.37).sin())
}

/// All that runs give.
#[derive(Debug, PartialEq)]
struct Results {
    inference: Array3<f32>,
    output: Array3<f32>,
    states: Vec<Array2<f32>>,
    gradient: Vec<f32>,
    inputs: InputGradients<f32>,
    streamed: Vec<f32>,
}

fn run<P: Parameters<Cell: Cell<Scalar = f32>> + ?Sized>(
    sequence: &mut Sequence<P::Cell>,
    params: &P,
) -> Results {
    let graph = P::Cell::GRAPH;
    let x = inputs(graph.inputs[0].len);
    let inference = sequence.forward(params, &[x.view()], &[]).unwrap();
    let output = sequence.record(params, &[x.view()], &[]).unwrap();
    let states = sequence.final_states();
    let mut gradient = vec![f32::NAN; graph.param_len()];
    let mut into = ParamSliceMut::new(&mut gradient).unwrap();
    let inputs =
        sequence.backward(params, &OutputGradients::outputs(output.view()), &mut into).unwrap();
    let mut stream = Stream::new(params);
    let mut streamed = vec![0.0; graph.output_len];
    stream.step(&[x.slice(ndarray::s![0, 0, ..]).as_slice().unwrap()], &mut streamed).unwrap();
    Results { inference, output, states, gradient, inputs, streamed }
}

fn owned<C: Cell<Scalar = f32>>(values: &[f32]) -> C {
    let mut cell = C::zeros();
    cell.as_mut_slice().copy_from_slice(values);
    cell
}

/// What the cell that owns these values gives.
fn expected<C: Cell<Scalar = f32>>(values: &[f32]) -> Results {
    run(&mut Sequence::new(), &owned::<C>(values))
}

#[test]
fn a_constant_runs_in_place() {
    let params = ParamSlice::<Lstm>::constant(&VALUES).unwrap();
    let mut sequence = Sequence::new();
    let expected = expected::<Lstm>(&VALUES);
    assert!(run(&mut sequence, &params) == expected);
    assert!(run(&mut sequence, &params) == expected, "the same again");
    static OTHERS: [f32; LEN] = [0.125; LEN];
    let others = ParamSlice::<Lstm>::constant(&OTHERS).unwrap();
    assert!(run(&mut sequence, &others) != expected, "another constant");
    assert_eq!(params.matrix("i.x").unwrap().dim(), (17, 5));
    assert_eq!(params.as_slice().as_ptr(), VALUES.as_ptr(), "no copy");
}

#[test]
fn part_of_a_larger_vector_runs_and_takes_its_gradient() {
    let mut model = vec![f32::NAN; 3 + LEN + 5];
    model[3..3 + LEN].copy_from_slice(&VALUES);
    let mut sequence = Sequence::<Lstm>::new();
    let expected = expected::<Lstm>(&VALUES);
    let params = ParamSlice::new(&model[3..][..LEN]).unwrap();
    assert!(run(&mut sequence, &params) == expected);

    // A gradient beside those of other parts, and added to.
    let mut gradients = vec![7.0; model.len()];
    let x = inputs(5);
    let y = sequence.record(&params, &[x.view()], &[]).unwrap();
    let mut into = ParamSliceMut::<Lstm>::new(&mut gradients[3..][..LEN]).unwrap();
    sequence.backward(&params, &OutputGradients::outputs(y.view()), &mut into).unwrap();
    assert_eq!(gradients[3..][..LEN], expected.gradient[..]);
    let mut into = ParamSliceMut::<Lstm>::new(&mut gradients[3..][..LEN]).unwrap();
    sequence.backward_add(&params, &OutputGradients::outputs(y.view()), &mut into).unwrap();
    assert!(gradients[3..][..LEN].iter().zip(&expected.gradient).all(|(a, b)| *a == 2.0 * b));
    assert!(gradients[..3].iter().chain(&gradients[3 + LEN..]).all(|&other| other == 7.0));
}

#[test]
fn parameters_are_reached_by_name() {
    let mut values = VALUES.to_vec();
    let mut params = ParamSliceMut::<Lstm>::new(&mut values).unwrap();
    params.vector_mut("i.b").unwrap().fill(0.5);
    params.matrix_mut("f.x").unwrap()[[3, 2]] = 9.0;
    assert!(params.scalar_mut("i.b").is_err() && params.vector_mut("i.q").is_err());
    assert_eq!(params.as_slice().len(), LEN);
    let params = ParamSlice::<Lstm>::new(&values).unwrap();
    assert_eq!(params.vector("i.b").unwrap()[16], 0.5);
    assert_eq!(params.matrix("f.x").unwrap()[[3, 2]], 9.0);
}

#[test]
fn parameters_are_initialised_in_place() {
    let mut model = vec![0.0; LEN + 1];
    ParamSliceMut::<Lstm>::new(&mut model[1..]).unwrap().init(&mut seeded(4));
    assert_eq!(model[1..], *Lstm::init(&mut seeded(4)).as_slice());
}

#[test]
fn a_mapped_file_runs_in_place() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytemuck::cast_slice(&VALUES)).unwrap();
    // SAFETY: the file is this test's alone: nobody changes or shortens it while it is mapped.
    let mapped = unsafe { memmap2::Mmap::map(&file) }.unwrap();
    let values: &[f32] = bytemuck::cast_slice(&mapped);
    let params = ParamSlice::<Lstm>::new(values).unwrap();
    assert!(run(&mut Sequence::new(), &params) == expected::<Lstm>(&VALUES));
}

/// Nothing told the sequence that the values changed.
#[test]
fn a_changed_slice_never_runs_on_old_packed_weights() {
    fn check<C: Cell<Scalar = f32>>() {
        let mut values = C::init(&mut seeded(1)).as_slice().to_vec();
        let mut sequence = Sequence::<C>::new();
        for change in 0..3 {
            let params = ParamSlice::new(&values).unwrap();
            assert!(run(&mut sequence, &params) == expected::<C>(&values), "change {change}");
            for value in &mut values {
                *value *= 0.5;
            }
        }
        // A cell in between.
        let cell = C::init(&mut seeded(2));
        assert!(run(&mut sequence, &cell) == expected::<C>(cell.as_slice()));
        let params = ParamSlice::new(&values).unwrap();
        assert!(run(&mut sequence, &params) == expected::<C>(&values));
        let mut stream = Stream::<C>::new(&cell);
        stream.set_parameters(&params);
    }
    check::<Lstm>();
    check::<Half>();
}

#[test]
fn a_slice_that_changed_behind_its_recorded_run_has_no_gradient() {
    let mut values = VALUES.to_vec();
    let mut sequence = Sequence::<Lstm>::new();
    let (x, mut gradient) = (inputs(5), Lstm::zeros());
    let y = sequence.record(&ParamSlice::new(&values).unwrap(), &[x.view()], &[]).unwrap();
    values[LEN - 1] = -values[LEN - 1];
    let changed = ParamSlice::new(&values).unwrap();
    let result = sequence.backward(&changed, &OutputGradients::outputs(y.view()), &mut gradient);
    assert_eq!(result, Err(Error::NotRecorded));
    values[LEN - 1] = -values[LEN - 1];
    // Changes that cancel out where bits are only added up.
    let changes: [fn(&mut [f32]); 4] = [
        |values| values[3..5].iter_mut().for_each(|value| *value = -*value),
        |values| values.iter_mut().for_each(|value| *value = -*value),
        |values| values.swap(8, 9),
        |values| values.rotate_left(1),
    ];
    for change in changes {
        let mut changed = values.clone();
        change(&mut changed);
        let changed = ParamSlice::new(&changed).unwrap();
        let adjoints = OutputGradients::outputs(y.view());
        let result = sequence.backward(&changed, &adjoints, &mut gradient);
        assert_eq!(result, Err(Error::NotRecorded));
    }
    let restored = ParamSlice::new(&values).unwrap();
    sequence.backward(&restored, &OutputGradients::outputs(y.view()), &mut gradient).unwrap();
    assert_eq!(gradient.as_slice(), expected::<Lstm>(&VALUES).gradient);
}

#[test]
fn versions_say_when_to_pack() {
    let mut sequence = Sequence::<Lstm>::new();
    let first = VALUES.to_vec();
    let second: Vec<f32> = VALUES.iter().map(|value| 0.5 * value).collect();
    let one = expected::<Lstm>(&first);
    let other = expected::<Lstm>(&second);
    // The same version of another slice, and the same slice in another version.
    for _ in 0..2 {
        assert!(run(&mut sequence, &ParamSlice::versioned(&first, 1).unwrap()) == one);
        assert!(run(&mut sequence, &ParamSlice::versioned(&second, 1).unwrap()) == other);
    }
    let mut values = first;
    assert!(run(&mut sequence, &ParamSlice::versioned(&values, 2).unwrap()) == one);
    values.copy_from_slice(&second);
    assert!(run(&mut sequence, &ParamSlice::versioned(&values, 3).unwrap()) == other);
    // A version that its owner did not change: the packed values are used.
    values.copy_from_slice(&VALUES);
    assert!(run(&mut sequence, &ParamSlice::versioned(&values, 3).unwrap()).output == other.output);
}

#[test]
fn pointers_to_parameters_are_parameters() {
    let cell = owned::<Lstm>(&VALUES);
    let expected = expected::<Lstm>(&VALUES);
    let mut sequence = Sequence::<Lstm>::new();
    assert!(run(&mut sequence, &&cell) == expected);
    assert!(run(&mut sequence, &Box::new(cell.clone())) == expected);
    assert!(run(&mut sequence, &Rc::new(cell.clone())) == expected);
    assert!(run(&mut sequence, &Arc::new(cell.clone())) == expected);
    assert_eq!(ParamSlice::<Lstm>::new(&VALUES).unwrap().to_cell().as_slice(), VALUES);
}

#[test]
fn the_wrong_length_is_an_error_that_names_both() {
    let wrong = ParamSlice::<Lstm>::new(&VALUES[1..]).unwrap_err().to_string();
    let text = "the slice of the parameters of `Lstm` has shape [1563], but [1564] is needed";
    assert_eq!(wrong, text);
    assert!(ParamSlice::<Lstm>::versioned(&VALUES[..9], 1).is_err());
    assert!(ParamSlice::<Lstm>::constant(&[]).is_err());
    assert!(ParamSliceMut::<Lstm>::new(&mut [0.0; LEN + 1]).is_err());
}

#[test]
fn a_slice_is_verified() {
    let options = Options { steps: 5, ..Options::default() };
    let params = ParamSlice::<Lstm>::constant(&VALUES).unwrap();
    let report = verify_at(&params, &options);
    report.assert();
    // The errors are those at these parameters and no others.
    assert_ne!(report.tensors, rnn_runtime::verify::verify_with::<Lstm>(&options).tensors);
    assert_eq!(report, verify_at(&owned::<Lstm>(&VALUES), &options));

    let mut broken = VALUES;
    broken[7] = f32::NAN;
    let report = verify_at(&ParamSlice::<Lstm>::new(&broken).unwrap(), &options);
    let text = "parameter `i.x` is not finite at index 7";
    assert!(!report.passed() && report.to_string().contains(text), "{report}");
    let options = Options { parameters: Some(vec![0.0; 3]), ..options };
    let report = rnn_runtime::verify::verify_with::<Lstm>(&options);
    assert!(report.to_string().contains("3 parameters given, but 1564 needed"), "{report}");
}
