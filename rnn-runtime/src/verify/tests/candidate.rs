//! The interpreter as a candidate, with faults.

use std::boxed::Box;
use std::vec;
use std::vec::Vec;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis, concatenate, s};

use crate::element::Element;
use crate::error::Error;
use crate::graph::CellGraph;
use crate::reference::{Forward, Gradients, Reference};
use crate::verify::candidate::Candidate;
use crate::verify::problem::{LossSeeds, views2, views3};

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
    /// The last bit of an output in a batch.
    Batch,
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

impl<E: Element> Candidate<E> for RowByRow<E> {
    fn forward(
        &mut self,
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
        self.spoil(Fault::FinalState, states.last_mut().and_then(|s| s.first_mut()));
        if self.fault == Fault::Batch && rows.len() > 2 {
            outputs.first_mut().map(next_bit);
        }
        Ok(Forward { outputs, states })
    }

    fn record(
        &mut self,
        inputs: &[ArrayView3<'_, E>],
        initial: &[ArrayView2<'_, E>],
    ) -> Result<Forward<E>, Error> {
        let mut forward = self.forward(inputs, initial)?;
        self.spoil(Fault::Recording, forward.outputs.first_mut());
        let rows = (0..inputs[0].dim().1).map(|b| {
            let inputs = inputs.iter().map(|a| a.slice(s![.., b..=b, ..]).to_owned());
            let initial = initial.iter().map(|a| a.slice(s![b..=b, ..]).to_owned());
            (inputs.collect(), initial.collect())
        });
        self.recorded = rows.collect();
        Ok(forward)
    }

    fn backward(&mut self, seeds: &LossSeeds<E>) -> Result<Gradients<E>, Error> {
        if self.fault == Fault::Error {
            return Err(Error::NotRecorded);
        }
        let mut rows: Vec<Gradients<E>> = Vec::new();
        for (b, (inputs, initial)) in self.recorded.iter().enumerate() {
            let tape = self.reference.record(&views3(inputs), &views2(initial))?;
            let seeds = seeds.rows(&[b]);
            rows.push(seeds.with_adjoints(inputs[0].dim().0, |a| tape.backward(a))?);
        }
        let mut sum = join(&rows);
        self.spoil(Fault::Parameter, sum.params.last_mut());
        self.spoil(Fault::Input, sum.inputs[0].first_mut());
        self.spoil(Fault::Initial, sum.initial[0].first_mut());
        if let (Fault::NotANumber, Some(value)) = (self.fault, sum.inputs[0].first_mut()) {
            *value = E::nan();
        }
        Ok(sum)
    }

    fn stream(&mut self, inputs: &[ArrayView2<'_, E>]) -> Result<Array2<E>, Error> {
        let mut outputs = vec![Array2::zeros((0, self.reference.graph().output_len))];
        let mut states = Vec::new();
        for t in 0..inputs[0].nrows() {
            let now: Vec<_> = inputs.iter().map(|a| a.slice(s![t..=t, ..])).collect();
            let now: Vec<_> = now.iter().map(|a| a.view().insert_axis(Axis(0))).collect();
            let step = self.one_step.forward(&now, &views2(&states))?;
            states = step.states;
            outputs.push(step.outputs.index_axis_move(Axis(0), 0));
        }
        let mut outputs = concatenate(Axis(0), &views2(&outputs)).unwrap();
        if self.fault == Fault::Streaming {
            outputs.last_mut().map(next_bit);
        }
        Ok(outputs)
    }
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
