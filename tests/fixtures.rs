//! Every ready cell against PyTorch: outputs, last states and all gradients of the sequences in
//! `fixtures/*.json`, which `fixtures/generate.py` writes.

use std::fs;

use itertools::zip_eq;
use ndarray::{Array2, Array3};
use rnn_runtime::element::Element;
use rnn_runtime::graph::Shape;
use rnn_runtime::params::Cell;
use rnn_runtime::sequence::{OutputGradients, Sequence};
use serde_json::Value;

/// Each family at the fixture's sizes, as one test.
macro_rules! fixtures {
    (
        $module:ident: $scalar:ident, $bound:expr;
        $($test:ident: $family:ident { $($sizes:tt)* })*
    ) => {
        mod $module {
            $(
                #[test]
                fn $test() {
                    rnn_runtime::cells::$family! {
                        struct Cell { $($sizes)*, scalar: $scalar }
                    }
                    super::check::<Cell>(stringify!($test), $bound);
                }
            )*
        }
    };
}

// PyTorch's results are doubles: what is left are the roundings of some hundred products.
fixtures! {
    doubles: f64, 1e-13;
    elman: Elman { x: 3, h: 4 }
    elman_relu: ElmanRelu { x: 3, h: 4 }
    lstm: Lstm { x: 3, h: 4 }
    projected_lstm: ProjectedLstm { x: 3, h: 4, c: 5 }
    gru: Gru { x: 3, h: 4 }
    irnn: Irnn { x: 3, h: 5 }
    ind_rnn: IndRnn { x: 3, h: 5 }
    lstm_without_forget: LstmWithoutForget { x: 3, h: 5 }
    coupled_lstm: CoupledLstm { x: 3, h: 5 }
    sigmoid_lstm: SigmoidLstm { x: 3, h: 5 }
    peephole_lstm: PeepholeLstm { x: 3, h: 5 }
    multiplicative_lstm: MultiplicativeLstm { x: 3, h: 5 }
    layer_norm_lstm: LayerNormLstm { x: 3, h: 5 }
    gru_reset_before: GruResetBefore { x: 3, h: 5 }
    simplified_gru: SimplifiedGru { x: 3, c: 5 }
    mgu: Mgu { x: 3, h: 5 }
    ugrnn: Ugrnn { x: 3, h: 5 }
    janet: Janet { x: 3, h: 5 }
    min_gru: MinGru { x: 3, h: 5 }
    min_lstm: MinLstm { x: 3, h: 5 }
    lem: Lem { x: 3, y: 5 }
    fast_grnn: FastGrnn { x: 3, h: 5 }
    highway: Highway { x: 3, h: 5 }
    nas: Nas { x: 3, h: 5 }
}

// Five steps in single precision, activations of a few ulp; relative where values are above one.
fixtures! {
    singles: f32, 5e-6;
    elman: Elman { x: 3, h: 4 }
    lstm: Lstm { x: 3, h: 4 }
    gru: Gru { x: 3, h: 4 }
}

/// Runs the fixture `name` forwards and backwards and compares all there is.
fn check<C: Cell>(name: &str, bound: f64) {
    let fixture = read(name);
    let cell = load::<C>(&fixture);
    let x = sequence(&fixture["input"], "values");
    let states = fixture["states"].as_array().unwrap();
    let initial: Vec<_> = states.iter().map(|state| batch(state, "values")).collect();
    let initial: Vec<_> = initial.iter().map(|state| state.view()).collect();

    let mut run = Sequence::<C>::new();
    let output = run.record(&cell, &[x.view()], &initial).unwrap();
    compare("output", &output, &fixture["output"]["values"], bound);
    for (state, found) in zip_eq(states, &run.final_states()) {
        compare("last state", found, &state["last"], bound);
    }

    let seed = sequence(&fixture["output"], "seed");
    let last_seeds: Vec<_> = states.iter().map(|state| batch(state, "seed")).collect();
    let last_seeds: Vec<_> = last_seeds.iter().map(|seed| seed.view()).collect();
    let adjoints = OutputGradients { states: &last_seeds, ..OutputGradients::outputs(seed.view()) };
    let mut gradient = C::zeros();
    let found = run.backward(&cell, &adjoints, &mut gradient).unwrap();
    compare("gradient of x", &found.inputs[0], &fixture["input"]["gradient"], bound);
    for (state, gradient) in zip_eq(states, &found.initial) {
        compare("gradient of an initial state", gradient, &state["gradient"], bound);
    }
    for (info, values) in gradient.params() {
        compare(info.name, values, &param(&fixture, info.name)["gradient"], bound);
    }
}

fn read(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The cell with the fixture's parameters, which must be the cell's in name and shape.
fn load<C: Cell>(fixture: &Value) -> C {
    let mut cell = C::zeros();
    assert_eq!(C::GRAPH.params.len(), fixture["params"].as_array().unwrap().len());
    for (info, values) in cell.params_mut() {
        let entry = param(fixture, info.name);
        let shape = match info.shape {
            Shape::Scalar => vec![],
            Shape::Vector(len) => vec![len],
            Shape::Matrix(rows, columns) => vec![rows, columns],
        };
        assert_eq!(sizes(entry), shape, "{}", info.name);
        for (value, number) in zip_eq(values, numbers(&entry["values"])) {
            *value = C::Scalar::from_f64(number);
        }
    }
    cell
}

fn param<'a>(fixture: &'a Value, name: &str) -> &'a Value {
    let params = fixture["params"].as_array().unwrap();
    params.iter().find(|entry| entry["name"] == name).unwrap_or_else(|| panic!("no `{name}`"))
}

fn sizes(entry: &Value) -> Vec<usize> {
    let shape = entry["shape"].as_array().unwrap();
    shape.iter().map(|size| size.as_u64().unwrap() as usize).collect()
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// An array `[steps, batch, length]`.
fn sequence<E: Element>(entry: &Value, key: &str) -> Array3<E> {
    let values = numbers(&entry[key]).into_iter().map(E::from_f64).collect();
    let sizes = sizes(entry);
    Array3::from_shape_vec((sizes[0], sizes[1], sizes[2]), values).unwrap()
}

/// An array `[batch, length]`.
fn batch<E: Element>(entry: &Value, key: &str) -> Array2<E> {
    let values = numbers(&entry[key]).into_iter().map(E::from_f64).collect();
    let sizes = sizes(entry);
    Array2::from_shape_vec((sizes[0], sizes[1]), values).unwrap()
}

fn compare<'a, E: Element>(
    what: &str,
    found: impl IntoIterator<Item = &'a E>,
    expected: &Value,
    bound: f64,
) {
    let found: Vec<f64> = found.into_iter().map(|&value| value.as_f64()).collect();
    let expected = numbers(expected);
    for (index, (found, expected)) in zip_eq(&found, expected).enumerate() {
        let error = (found - expected).abs() / expected.abs().max(1.0);
        assert!(error <= bound, "{what} at {index}: {found}, PyTorch has {expected}");
    }
}
