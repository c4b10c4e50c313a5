//! What must be true of every cell.

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis, s};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use rnn_runtime::element::Element;
use rnn_runtime::prelude::*;
use rnn_runtime::verify::{Options, verify_with};

/// Steps and rows: one and many, a rest in every tile and none, and enough rows that the batch
/// fills the tiles.
const EXTENTS: [(usize, usize); 4] = [(9, 5), (1, 8), (9, 8), (9, 33)];

/// Rows whose steps are also taken one by one.
const STREAMS: usize = 3;

/// All checks; `declaration` is printed where one fails.
pub(crate) fn agrees<C: Cell>(seed: u64, declaration: &str) {
    let found = EXTENTS.iter().find_map(|&extent| differs::<C>(extent)).or_else(exact::<C>);
    if let Some(found) = found {
        panic!("seed {seed}: {found}\n{declaration}");
    }
}

/// The checks for cells whose values may be anything: not numbers, or so large that rounding
/// decides.
pub(crate) fn repeats<C: Cell>(seed: u64, declaration: &str) {
    if let Some(found) = exact::<C>() {
        panic!("mutated, seed {seed}: {found}\n{declaration}");
    }
}

/// What `verify` finds, with two seeds: a value within rounding of a kink can go to the other side
/// with one.
fn differs<C: Cell>((steps, batch): (usize, usize)) -> Option<String> {
    let failed = |seed| {
        let options = Options { steps, batch, seed, coordinates: 3, ..Options::default() };
        let report = verify_with::<C>(&options);
        (!report.passed()).then(|| format!("{steps} steps of {batch}:\n{report}"))
    };
    failed(1).and_then(|_| failed(2))
}

/// What must be equal bit for bit, on every tier.
fn exact<C: Cell>() -> Option<String> {
    let steps = C::GRAPH.steps.unwrap_or(9);
    Tier::available().find_map(|tier| {
        [1, 5, 8, 33].into_iter().find_map(|batch| {
            let case = Case::<C>::new(tier, steps, batch);
            let found = case.calls().or_else(|| case.stream());
            found.map(|found| format!("{tier}, {steps} steps of {batch}: {found}"))
        })
    })
}

/// A cell with data for two calls.
struct Case<C: Cell> {
    tier: Tier,
    cell: C,
    inputs: Vec<Array3<C::Scalar>>,
    others: Vec<Array3<C::Scalar>>,
    initial: Vec<Array2<C::Scalar>>,
}

/// Everything that a call returns.
type Results<E> = Vec<(String, Vec<E>)>;

impl<C: Cell> Case<C> {
    fn new(tier: Tier, steps: usize, batch: usize) -> Self {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        let mut draw = || C::Scalar::from_f64(rng.random_range(-1.0..=1.0));
        let ports = C::GRAPH.inputs.iter();
        let mut inputs = || -> Vec<_> {
            let shape = |len| (steps, batch, len);
            ports.clone().map(|p| Array3::from_shape_simple_fn(shape(p.len), &mut draw)).collect()
        };
        let (inputs, others) = (inputs(), inputs());
        let states = C::GRAPH.states.iter();
        let initial = states.map(|p| Array2::from_shape_simple_fn((batch, p.len), &mut draw));
        let initial = initial.collect();
        Case { tier, cell: C::init(&mut seeded(3)), inputs, others, initial }
    }

    /// The same call gives the same after another one, and in fresh memory.
    fn calls(&self) -> Option<String> {
        let mut memory = Sequence::on(self.tier);
        let first = self.train(&mut memory, &self.inputs);
        self.train(&mut memory, &self.others);
        let again = self.train(&mut memory, &self.inputs);
        let fresh = self.train(&mut Sequence::on(self.tier), &self.inputs);
        difference("after another call", &first, &again)
            .or_else(|| difference("in fresh memory", &fresh, &again))
    }

    fn train(&self, memory: &mut Sequence<C>, inputs: &[Array3<C::Scalar>]) -> Results<C::Scalar> {
        let initial = views2(&self.initial);
        let output = memory.record(&self.cell, &views3(inputs), &initial).expect("a run");
        let mut results = vec![("output".to_owned(), output.iter().copied().collect())];
        let last = memory.final_states();
        let states = views2(&last);
        let seeds = OutputGradients { states: &states, ..OutputGradients::outputs(output.view()) };
        let mut gradient = C::zeros();
        let found = memory.backward(&self.cell, &seeds, &mut gradient).expect("a recorded run");
        for (port, state) in C::GRAPH.states.iter().zip(&last) {
            results.push((format!("final {}", port.name), state.iter().copied().collect()));
        }
        results.push(("gradient".to_owned(), gradient.as_slice().to_vec()));
        for (port, input) in C::GRAPH.inputs.iter().zip(&found.inputs) {
            results.push((format!("gradient of {}", port.name), input.iter().copied().collect()));
        }
        for (port, state) in C::GRAPH.states.iter().zip(&found.initial) {
            let what = format!("gradient of initial {}", port.name);
            results.push((what, state.iter().copied().collect()));
        }
        results
    }

    /// Steps one by one give the outputs and states of the sequence, from zero and from other
    /// states.
    fn stream(&self) -> Option<String> {
        let zeros: Vec<_> = self.initial.iter().map(|s| Array2::zeros(s.raw_dim())).collect();
        let rows = self.inputs[0].len_of(Axis(1)).min(STREAMS);
        [&zeros, &self.initial].into_iter().find_map(|initial| {
            let mut memory = Sequence::on(self.tier);
            let run = memory.forward(&self.cell, &views3(&self.inputs), &views2(initial));
            let output = run.expect("a run");
            let last = memory.final_states();
            (0..rows).find_map(|row| {
                let column = |a: &Array3<_>| a.index_axis(Axis(1), row).iter().copied().collect();
                let mut whole = vec![("output".to_owned(), column(&output))];
                for (port, state) in C::GRAPH.states.iter().zip(&last) {
                    whole.push((format!("final {}", port.name), state.row(row).to_vec()));
                }
                difference(&format!("row {row} in a stream"), &whole, &self.steps(initial, row))
            })
        })
    }

    fn steps(&self, initial: &[Array2<C::Scalar>], row: usize) -> Results<C::Scalar> {
        let mut stream = Stream::on(self.tier, &self.cell);
        for (index, state) in initial.iter().enumerate() {
            stream.set_state(index, &state.row(row).to_vec()).expect("a state");
        }
        let mut outputs = Vec::new();
        for t in 0..self.inputs[0].len_of(Axis(0)) {
            let now: Vec<_> =
                self.inputs.iter().map(|x| x.slice(s![t, row, ..]).to_vec()).collect();
            let now: Vec<_> = now.iter().map(Vec::as_slice).collect();
            let mut output = vec![C::Scalar::default(); C::GRAPH.output_len];
            stream.step(&now, &mut output).expect("a step");
            outputs.extend(output);
        }
        let mut results = vec![("output".to_owned(), outputs)];
        for (index, port) in C::GRAPH.states.iter().enumerate() {
            let state = stream.state(index).expect("a state").to_vec();
            results.push((format!("final {}", port.name), state));
        }
        results
    }
}

fn views3<E>(arrays: &[Array3<E>]) -> Vec<ArrayView3<'_, E>> {
    arrays.iter().map(|a| a.view()).collect()
}

fn views2<E>(arrays: &[Array2<E>]) -> Vec<ArrayView2<'_, E>> {
    arrays.iter().map(|a| a.view()).collect()
}

/// The first place where two results are not the same number.
fn difference<E: Element>(when: &str, a: &Results<E>, b: &Results<E>) -> Option<String> {
    assert_eq!(a.len(), b.len(), "results of one cell");
    a.iter().zip(b).find_map(|((what, a), (_, b))| {
        assert_eq!(a.len(), b.len(), "values of {what}");
        let same = |a: E, b: E| {
            let (a, b) = (a.as_f64(), b.as_f64());
            a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
        };
        let at = a.iter().zip(b).position(|(&a, &b)| !same(a, b))?;
        Some(format!("{what} value {at} {when}: {:e} and {:e}", a[at], b[at]))
    })
}
