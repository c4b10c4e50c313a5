//! Declarations in hostile surroundings: `hygiene/src` in this edition, families of another crate,
//! crates that do not call the runtime `rnn_runtime`, and what the cells compute.

#[path = "hygiene/src/lib.rs"]
mod declared;

use rnn_runtime::verify::{Options, verify_with};

rnn_hygiene::families::first::Plain! {
    /// Of a family of another crate.
    pub struct OfFirst { x: 2, h: 3 }
}

rnn_hygiene::families::second::Twin! {
    /// Of one of two families of another crate that are the same.
    pub struct OfTwin { x: 3, h: 2 }
}

fn check<C: rnn_runtime::Cell>() {
    let options = Options { steps: 4, batch: 2, coordinates: 4, ..Options::default() };
    verify_with::<C>(&options).assert();
}

#[test]
fn hostile_surroundings_change_nothing() {
    check::<declared::hostile::Hostile>();
    check::<declared::hostile::HostileDouble>();
    check::<declared::hostile::HostileSteps>();
    check::<declared::no_prelude::bare::Bare>();
    check::<declared::no_prelude::bare::Ready>();
}

#[test]
fn names_of_generated_code_are_free() {
    check::<declared::names::Generated>();
    check::<declared::names::Surface>();
    check::<declared::names::Linear>();
    check::<declared::names::Nothing>();
    check::<declared::names::r#type>();
    check::<declared::names::types::p>();
    check::<declared::names::types::kernels>();
    check::<declared::names::types::TAPE>();
    check::<declared::names::types::S>();
}

#[test]
fn the_prelude_goes_with_the_standard_cell() {
    assert_eq!(declared::names::beside_a_cell::parameters(), 4 * (3 + 4 + 1));
}

#[test]
fn families_keep_apart() {
    use rnn_runtime::Cell;
    assert!(declared::families::OfFirst::GRAPH.equations.contains("tanh"));
    assert!(declared::families::OfSecond::GRAPH.equations.contains("relu"));
    assert!(OfFirst::GRAPH.equations.contains("tanh"));
    assert_eq!(OfTwin::GRAPH.states[0].len, 2);
    assert_eq!(declared::families::OfInside::GRAPH.name, "OfInside");
    assert_eq!(declared::families::OfPrivate::GRAPH.inputs[0].len, 1);
    assert_eq!(
        declared::families::OfTwin::GRAPH.params,
        declared::families::OfOtherTwin::GRAPH.params
    );
}

#[test]
fn cells_in_functions_are_cells() {
    // n.x, n.h and n.b of the member, three numbers of the inner cell.
    assert_eq!(declared::local::parameters(), (4 + 4 + 2) + 3);
}

#[test]
fn the_runtime_may_have_another_name() {
    check::<rnn_hygiene_renamed::Elman>();
    check::<rnn_hygiene_renamed::Steps>();
    check::<rnn_hygiene_renamed::Member>();
    check::<rnn_hygiene_renamed::Ready>();
    is_the_bias(rnn_hygiene_renamed::step().expect("right lengths"));
}

#[test]
fn the_runtime_may_come_from_another_crate() {
    check::<rnn_hygiene_reexported::Elman>();
    check::<rnn_hygiene_reexported::Member>();
    check::<rnn_hygiene_reexported::Ready>();
    is_the_bias(rnn_hygiene_reexported::step().expect("right lengths"));
}

#[test]
fn families_may_come_from_a_crate_that_has_the_runtime() {
    check::<rnn_hygiene_reexported::OfPlain>();
    for output in rnn_hygiene_reexported::sequence().expect("right lengths") {
        is_the_bias(output);
    }
}

/// The output of a cell whose parameters are 0, but for a bias of 1.
fn is_the_bias(output: [f32; 3]) {
    for value in output {
        approx::assert_relative_eq!(value, 1f32.tanh(), max_relative = 1e-6);
    }
}

#[test]
fn a_crate_without_the_standard_library_streams_from_a_constant() {
    use rnn_hygiene_bare::{Sensor, WEIGHTS, sample, stream};
    let mut stream = stream().unwrap();
    let x = ndarray::Array3::from_elem((2, 1, 3), 0.5);
    let cell = rnn_runtime::params::ParamSlice::<Sensor>::new(&WEIGHTS).unwrap();
    let y = rnn_runtime::sequence::Sequence::new().forward(&cell, &[x.view()], &[]).unwrap();
    for output in y {
        assert_eq!(sample(&mut stream, [0.5; 3]), Ok(output));
    }
    check::<Sensor>();
}
