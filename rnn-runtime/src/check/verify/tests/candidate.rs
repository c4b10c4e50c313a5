//! The interpreter as a candidate, with faults.

use std::boxed::Box;
use std::vec::Vec;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis, concatenate, s};

use crate::check::reference::{Adjoints, Forward, Gradients, Reference};
use crate::check::verify::candidate::Candidate;
use crate::check::verify::problem::{views2, views3};
use crate::declaration::graph::CellGraph;
use crate::error::Error;
use crate::kernels::element::Element;
use crate::run::sequence::OutputGradients;

/// What is wrong on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// One output value, forwards and recorded.
    Output,
    /// One value of the last final state.
    FinalState,
    /// One value of the last parameter's gradient.
    Parameter,
    /// One value of an input's gradient.
    Input,
    /// One value of the first initial state's gradient.
    Initial,
    /// A NaN in an input's gradient.
    NotANumber,
    /// One output value when recorded.
    Recording,
    /// The last bit of a stream's output.
    Streaming,
    /// The last bit of a stream's first state after its second step.
    StreamState,
    /// The last bit of an output, in every other run.
    Again,
    /// The last bit of an input's gradient where the loss is of the last step.
    Seeding,
    /// The last bit of an output in a batch.
    Batch,
    /// None, but final states below the smallest normal number are zero.
    Flushed,
    /// The last bit of a parameter's gradient, on more threads than one.
    #[cfg(feature = "rayon")]
    Threads,
    /// The backward pass refuses.
    Error,
}

/// Inputs and initial states of one row.
type RowInputs<E> = (Vec<Array3<E>>, Vec<Array2<E>>);

/// Runs each row by itself and joins the results.
pub(super) struct RowByRow<E> {
    reference: Reference<'static, E>,
    /// The same without a fixed length.
    one_step: Reference<'static, E>,
    fault: Fault,
    recorded: Vec<RowInputs<E>>,
    /// Recorded runs so far.
    runs: usize,
    /// Steps of the stream so far, and its states.
    stream: (usize, Vec<Array2<E>>),
}

impl<E: Element> RowByRow<E> {
    pub(super) fn new(
        graph: &'static CellGraph,
        params: Vec<E>,
        fault: Fault,
    ) -> Result<Self, Error> {
        let any_length = Box::leak(Box::new(CellGraph { steps: None, ..*graph }));
        Ok(RowByRow {
            reference: Reference::new(graph, &params)?,
            one_step: Reference::new(any_length, &params)?,
            fault,
            recorded: Vec::new(),
            runs: 0,
            stream: (0, Vec::new()),
        })
    }

    /// Makes `value` wrong by a hundredth if the fault is `fault`.
    fn spoil(&self, fault: Fault, value: Option<&mut E>) {
        if let (true, Some(value)) = (self.fault == fault, value) {
            *value += E::from_f64(0.01);
        }
    }
}

/// The next number away from zero.
fn next_bit<E: Element>(value: &mut E) {
    *value *= E::one() + E::epsilon();
}

impl<E: Element> RowByRow<E> {
    fn forward(
        &self,
        inputs: &[ArrayView3<'_, E>],
        initial: &[ArrayView2<'_, E>],
    ) -> Result<Forward<E>, Error> {
        let rows = (0..inputs[0].dim().1).map(|b| {
            let inputs: Vec<_> = inputs.iter().map(|a| a.slice(s![.., b..=b, ..])).collect();
            let initial: Vec<_> = initial.iter().map(|a| a.slice(s![b..=b, ..])).collect();
            self.reference.forward(&inputs, &initial)
        });
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let outputs: Vec<_> = rows.iter().map(|r| r.outputs.view()).collect();
        let mut outputs = concatenate(Axis(1), &outputs).unwrap();
        let states = (0..rows[0].states.len()).map(|i| {
            let rows: Vec<_> = rows.iter().map(|r| r.states[i].view()).collect();
            concatenate(Axis(0), &rows).unwrap()
        });
        let mut states: Vec<_> = states.collect();
        self.spoil(Fault::Output, outputs.first_mut());
        if self.fault == Fault::Flushed {
            let tiny = states.iter_mut().flatten().filter(|v| v.abs() < E::min_positive_value());
            tiny.for_each(|v| *v = E::zero());
        }
        self.spoil(Fault::FinalState, states.last_mut().and_then(|s| s.first_mut()));
        if self.fault == Fault::Batch && rows.len() > 2 {
            outputs.first_mut().map(next_bit);
        }
        Ok(Forward { outputs, states })
    }
}

impl<E: Element> Candidate<E> for RowByRow<E> {
    fn run(
        &mut self,
        inputs: &[ArrayView3<'_, E>],
        initial: &[ArrayView2<'_, E>],
        record: bool,
    ) -> Result<Forward<E>, Error> {
        let mut forward = self.forward(inputs, initial)?;
        if !record {
            return Ok(forward);
        }
        self.runs += 1;
        if self.fault == Fault::Again && self.runs.is_multiple_of(2) {
            forward.outputs.first_mut().map(next_bit);
        }
        self.spoil(Fault::Recording, forward.outputs.first_mut());
        let rows = (0..inputs[0].dim().1).map(|b| {
            let inputs = inputs.iter().map(|a| a.slice(s![.., b..=b, ..]).to_owned());
            let initial = initial.iter().map(|a| a.slice(s![b..=b, ..]).to_owned());
            (inputs.collect(), initial.collect())
        });
        self.recorded = rows.collect();
        Ok(forward)
    }

    fn backward(&mut self, adjoints: &OutputGradients<'_, E>) -> Result<Gradients<E>, Error> {
        if self.fault == Fault::Error {
            return Err(Error::NotRecorded);
        }
        let mut rows: Vec<Gradients<E>> = Vec::new();
        for (b, (inputs, initial)) in self.recorded.iter().enumerate() {
            let tape = self.reference.record(&views3(inputs), &views2(initial))?;
            let outputs = dense(adjoints, tape.outputs().dim(), b);
            let states: Vec<_> = adjoints.states.iter().map(|a| a.slice(s![b..=b, ..])).collect();
            rows.push(tape.backward(&Adjoints { outputs: Some(outputs.view()), states: &states })?);
        }
        let mut sum = join(&rows);
        self.spoil(Fault::Parameter, sum.params.last_mut());
        self.spoil(Fault::Input, sum.inputs[0].first_mut());
        self.spoil(Fault::Initial, sum.initial[0].first_mut());
        match self.fault {
            #[cfg(feature = "rayon")]
            Fault::Threads if rayon::current_num_threads() == 2 => {
                sum.params.last_mut().map(next_bit);
            }
            Fault::NotANumber => sum.inputs[0].iter_mut().take(1).for_each(|v| *v = E::nan()),
            Fault::Seeding if adjoints.last.is_some() => {
                sum.inputs[0].first_mut().map(next_bit);
            }
            _ => {}
        }
        Ok(sum)
    }

    fn begin_stream(&mut self) {
        self.stream = (0, Vec::new());
    }

    fn step(&mut self, inputs: &[&[E]], output: &mut [E]) -> Result<(), Error> {
        let now: Vec<_> = inputs
            .iter()
            .map(|values| Array3::from_shape_fn((1, 1, values.len()), |(_, _, i)| values[i]))
            .collect();
        let (step, states) = &mut self.stream;
        let found = self.one_step.forward(&views3(&now), &views2(states))?;
        (*step, *states) = (*step + 1, found.states);
        output.iter_mut().zip(&found.outputs).for_each(|(to, from)| *to = *from);
        if self.fault == Fault::Streaming {
            output.last_mut().map(next_bit);
        }
        if self.fault == Fault::StreamState && *step == 2 {
            states[0].first_mut().map(next_bit);
        }
        Ok(())
    }

    fn state(&self, index: usize) -> Result<Vec<E>, Error> {
        Ok(self.stream.1[index].iter().copied().collect())
    }

    fn shared(&self) -> Option<(usize, usize)> {
        Some((2, 4))
    }
}

/// The derivatives by the outputs of row `b` at every step.
fn dense<E: Element>(
    adjoints: &OutputGradients<'_, E>,
    shape: (usize, usize, usize),
    b: usize,
) -> Array3<E> {
    let mut all = Array3::zeros(shape);
    if let Some(outputs) = &adjoints.outputs {
        all += &outputs.slice(s![.., b..=b, ..]);
    }
    let last = adjoints.last.iter().map(|last| (shape.0 - 1, last));
    for (t, seed) in adjoints.steps.iter().map(|(t, seed)| (*t, seed)).chain(last) {
        let mut at = all.index_axis_mut(Axis(0), t);
        at += &seed.slice(s![b..=b, ..]);
    }
    all
}

/// The rows of inputs and states side by side, the parameters summed.
fn join<E: Element>(rows: &[Gradients<E>]) -> Gradients<E> {
    let params = |i: usize| rows.iter().map(|r| r.params[i]).sum();
    let inputs = |i: usize| {
        let rows: Vec<_> = rows.iter().map(|r| r.inputs[i].view()).collect();
        concatenate(Axis(1), &rows).unwrap()
    };
    let initial = |i: usize| {
        let rows: Vec<_> = rows.iter().map(|r| r.initial[i].view()).collect();
        concatenate(Axis(0), &rows).unwrap()
    };
    Gradients {
        params: (0..rows[0].params.len()).map(params).collect(),
        inputs: (0..rows[0].inputs.len()).map(inputs).collect(),
        initial: (0..rows[0].initial.len()).map(initial).collect(),
    }
}
