//! What must hold bit for bit: the same numbers by another way through the kernels.

use alloc::{format, string::String, vec, vec::Vec};
use core::fmt;

use ndarray::{Array1, Array2, Axis};

use super::candidate::Candidate;
use super::options::Options;
use super::problem::{Given, LossGradients, Problem, views2, views3};
use super::results::{Results, difference, forward_difference};
use super::threads;
use crate::check::reference::Forward;
use crate::declaration::graph::{CellGraph, WeightFormat};
use crate::error::Error;
use crate::kernels::element::Element;

/// A property that holds bit for bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Property {
    /// The same forward and backward pass, again on the same memory, give the same.
    Again,
    /// A recorded forward pass gives what one for the results alone gives, if both have the same
    /// weights.
    Recording,
    /// Derivatives by the last output, by those of single steps and by final states give what those
    /// by all outputs give with zeros elsewhere.
    Seeding,
    /// A stream, one step a call, gives the outputs of the sequence, and after each step the states
    /// of a sequence that ends there.
    Streaming,
    /// Outputs, final states and gradients of inputs and initial states of a row are the same in
    /// any batch.
    RowAlone,
    /// Two threads give what one gives, parameters' gradients included; with the feature `rayon`,
    /// at sizes that threads share.
    Threads,
}

impl Property {
    /// All of them.
    pub const ALL: [Property; 6] = [
        Property::Again,
        Property::Recording,
        Property::Seeding,
        Property::Streaming,
        Property::RowAlone,
        Property::Threads,
    ];

    /// Whether it is to hold for a cell: where inference has weights of half width, training has
    /// others, and threads need a feature.
    pub fn applies(self, graph: &CellGraph) -> bool {
        match self {
            Property::Recording => graph.weights == WeightFormat::Full,
            Property::Threads => cfg!(feature = "rayon"),
            Property::Again | Property::Seeding | Property::Streaming | Property::RowAlone => true,
        }
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Property::Again => "again on the same memory",
            Property::Recording => "recorded equals forward",
            Property::Seeding => "derivatives in any form",
            Property::Streaming => "stream equals sequence",
            Property::RowAlone => "rows are independent of the batch",
            Property::Threads => "any number of threads",
        })
    }
}

/// Steps after which a stream's states are compared with those of a sequence, besides the last one.
const STREAMED: usize = 8;

/// What properties are checked on: a problem, and what the candidate made of it.
pub(super) struct Found<'a, E> {
    pub(super) options: &'a Options,
    pub(super) problem: &'a Problem,
    pub(super) given: &'a Given<E>,
    pub(super) results: &'a Results<E>,
}

impl<E: Element> Found<'_, E> {
    /// A few of the batch rows: the first, one in the middle and the last.
    fn few_rows(&self) -> Vec<usize> {
        let batch = self.problem.batch;
        let mut rows = Vec::from([0, batch / 2, batch - 1]);
        rows.dedup();
        rows
    }

    /// The first difference that violates `property`, or `None` if it holds.
    pub(super) fn violation(
        &self,
        property: Property,
        candidate: &mut dyn Candidate<E>,
    ) -> Result<Option<String>, Error> {
        match property {
            Property::Again => {
                let again = Results::of(candidate, self.given)?;
                Ok(self.results.difference(&again, self.problem.graph))
            }
            Property::Recording => {
                let forward = run(candidate, self.given, false)?;
                Ok(forward_difference(&self.results.forward, &forward, self.problem.graph))
            }
            Property::Seeding => self.seeding(candidate),
            Property::Streaming => self.streaming(candidate),
            Property::RowAlone => self.row_alone(candidate),
            Property::Threads => threads::violation(self.problem.graph, self.options, candidate),
        }
    }

    /// Rows alone, and as the last of a batch of two.
    fn row_alone(&self, candidate: &mut dyn Candidate<E>) -> Result<Option<String>, Error> {
        for b in self.few_rows() {
            for company in [&[b][..], &[(b + 1) % self.problem.batch, b]] {
                let other = Results::of(candidate, &self.given.rows(company))?;
                let other = other.rows(&[company.len() - 1]);
                let found = self.results.rows(&[b]).difference(&other, self.problem.graph);
                if let Some(found) = found {
                    return Ok(Some(format!("row {b} of batch rows {company:?}: {found}")));
                }
            }
        }
        Ok(None)
    }

    /// Some derivatives by outputs, in two forms, and those by final states alone.
    fn seeding(&self, candidate: &mut dyn Candidate<E>) -> Result<Option<String>, Error> {
        let rows = &self.few_rows()[..1];
        let given = self.given.rows(rows);
        let LossGradients { outputs, states, .. } = self.problem.adjoints().rows(rows);
        let Some(outputs) = outputs else { return Ok(None) };
        let at = |t: usize| outputs.index_axis(Axis(0), t).to_owned();
        let (middle, last) = (self.problem.steps / 2, self.problem.steps - 1);
        // The first step twice.
        let steps = vec![(0, at(0)), (middle, at(last)), (0, at(middle))];
        let mut dense = outputs.mapv(|_| E::zero());
        for (t, seed) in steps.iter().cloned().chain([(last, at(last))]) {
            let mut place = dense.index_axis_mut(Axis(0), t);
            place += &seed;
        }
        let none = outputs.mapv(|_| E::zero());
        let forms = [
            [
                LossGradients { last: Some(at(last)), steps, ..LossGradients::default() },
                LossGradients { outputs: Some(dense), ..LossGradients::default() },
            ],
            [
                LossGradients { states: states.clone(), ..LossGradients::default() },
                LossGradients { states, outputs: Some(none), ..LossGradients::default() },
            ],
        ];
        for forms in forms {
            let run = |adjoints| {
                Results::of(candidate, &Given { adjoints: vec![adjoints], ..given.clone() })
            };
            let [few, all] = forms.map(run);
            if let Some(found) = all?.difference(&few?, self.problem.graph) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Streams against sequences, from zero states.
    fn streaming(&self, candidate: &mut dyn Candidate<E>) -> Result<Option<String>, Error> {
        let (rows, steps) = (self.few_rows(), self.problem.steps);
        let graph = self.problem.graph;
        let whole = candidate.run(&views3(&self.given.inputs), &[], false)?;
        // States of a sequence are known after its last step, and some cells fix how many there
        // are.
        let ends = (1..=steps).filter(|&t| t == steps || t <= STREAMED && graph.steps.is_none());
        let inputs = self.given.rows(&rows).inputs;
        let mut states = Vec::new();
        for end in ends {
            let part = inputs.iter().map(|a| a.slice_axis(Axis(0), (..end).into()));
            let part: Vec<_> = part.collect();
            states.push((end, candidate.run(&part, &[], false)?.states));
        }
        for (i, &b) in rows.iter().enumerate() {
            let expected = whole.outputs.index_axis(Axis(1), b).to_owned();
            let inputs: Vec<_> =
                inputs.iter().map(|a| a.index_axis(Axis(1), i).to_owned()).collect();
            let states = states
                .iter()
                .map(|(end, states)| (*end, states.iter().map(|a| a.row(i).to_owned()).collect()));
            let stream = Streamed { inputs, outputs: expected, states: states.collect() };
            if let Some(found) = stream.violation(graph, candidate)? {
                return Ok(Some(format!("row {b}: {found}")));
            }
        }
        Ok(None)
    }
}

/// One batch row as a stream should give it.
struct Streamed<E> {
    /// `[T, n]` each.
    inputs: Vec<Array2<E>>,
    /// `[T, O]`
    outputs: Array2<E>,
    /// The states after some numbers of steps.
    states: Vec<(usize, Vec<Array1<E>>)>,
}

impl<E: Element> Streamed<E> {
    /// Where a stream gives something else.
    fn violation(
        &self,
        graph: &CellGraph,
        candidate: &mut dyn Candidate<E>,
    ) -> Result<Option<String>, Error> {
        candidate.begin_stream();
        let mut outputs = Array2::zeros(self.outputs.dim());
        for (t, mut output) in outputs.outer_iter_mut().enumerate() {
            let now: Vec<_> = self.inputs.iter().map(|a| a.row(t).to_vec()).collect();
            let now: Vec<_> = now.iter().map(Vec::as_slice).collect();
            candidate.step(&now, output.as_slice_mut().unwrap_or(&mut []))?;
            for (_, states) in self.states.iter().filter(|(end, _)| *end == t + 1) {
                for ((i, port), expected) in graph.states.iter().enumerate().zip(states) {
                    let what = format!("state {} after step {}", port.name, t + 1);
                    let found = difference(&what, expected, &Array1::from(candidate.state(i)?));
                    if found.is_some() {
                        return Ok(found);
                    }
                }
            }
        }
        Ok(difference("output", &self.outputs, &outputs))
    }
}

fn run<E: Element>(
    candidate: &mut dyn Candidate<E>,
    given: &Given<E>,
    record: bool,
) -> Result<Forward<E>, Error> {
    candidate.run(&views3(&given.inputs), &views2(&given.initial), record)
}
