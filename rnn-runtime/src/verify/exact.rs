//! What must hold bit for bit: the same numbers by another way through the kernels.

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use ndarray::{Array, Array2, Array3, ArrayView2, ArrayView3, Axis, Dimension};

use super::candidate::{Candidate, row};
use super::problem::{Loss, LossSeeds, Problem, views2, views3};
use crate::element::Element;
use crate::error::Error;
use crate::graph::{CellGraph, WeightFormat};
use crate::reference::Forward;

/// A property that holds bit for bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Property {
    /// A recorded forward pass gives what one for the results alone gives, if both have the same
    /// weights.
    Recording,
    /// A stream, one step a call, gives the outputs of the sequence.
    Streaming,
    /// Outputs, final states and gradients of inputs and initial states of a row are the same in
    /// any batch.
    RowAlone,
}

impl Property {
    /// All of them.
    pub const ALL: [Property; 3] = [Property::Recording, Property::Streaming, Property::RowAlone];

    /// Whether it is to hold for a cell: where inference has weights of half width, training has others.
    pub fn applies(self, graph: &CellGraph) -> bool {
        self != Property::Recording || graph.weights == WeightFormat::Full
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Property::Recording => "recorded equals forward",
            Property::Streaming => "stream equals sequence",
            Property::RowAlone => "a row is alone in its batch",
        })
    }
}

/// The first difference that violates `property`, or `None` if it holds.
pub(super) fn violation<E: Element>(
    property: Property,
    problem: &Problem,
    candidate: &mut impl Candidate<E>,
) -> Result<Option<String>, Error> {
    let values = problem.values::<E>();
    let (inputs, initial) = (views3(&values.inputs), views2(&values.initial));
    match property {
        Property::Recording => {
            let recorded = candidate.record(&inputs, &initial)?;
            let forward = candidate.forward(&inputs, &initial)?;
            Ok(forward_difference(&forward, &recorded))
        }
        Property::Streaming => {
            let sequence = candidate.forward(&inputs, &[])?;
            for b in 0..problem.batch {
                let stream = candidate.stream(&row(&inputs, b))?;
                let expected = sequence.outputs.index_axis(Axis(1), b).to_owned();
                if let Some(found) = difference("output", &expected, &stream) {
                    return Ok(Some(format!("row {b}: {found}")));
                }
            }
            Ok(None)
        }
        Property::RowAlone => {
            let seeds = problem.seeds(Loss::Everything);
            let whole = everything(candidate, &inputs, &initial, &seeds)?;
            for b in 0..problem.batch {
                // Alone, and as the last of a batch of two.
                for company in [&[b][..], &[(b + 1) % problem.batch, b]] {
                    let other = selected(candidate, &inputs, &initial, &seeds, company)?;
                    let expected = whole.rows(&[b]);
                    if let Some(found) = expected.difference(&other.rows(&[company.len() - 1])) {
                        return Ok(Some(format!("row {b} of batch rows {company:?}: {found}")));
                    }
                }
            }
            Ok(None)
        }
    }
}

/// Everything that belongs to batch rows.
struct RowResults<E> {
    /// Outputs and the gradients of the inputs, `[T, B, n]`.
    sequences: Vec<Array3<E>>,
    /// Final states and the gradients of the initial ones, `[B, n]`.
    states: Vec<Array2<E>>,
}

impl<E: Element> RowResults<E> {
    fn rows(&self, rows: &[usize]) -> RowResults<E> {
        RowResults {
            sequences: self.sequences.iter().map(|a| a.select(Axis(1), rows)).collect(),
            states: self.states.iter().map(|a| a.select(Axis(0), rows)).collect(),
        }
    }

    fn difference(&self, other: &RowResults<E>) -> Option<String> {
        let sequences = self.sequences.iter().zip(&other.sequences).enumerate();
        let mut sequences = sequences.map(|(i, (a, b))| match i {
            0 => difference("output", a, b),
            i => difference(&format!("gradient of input {}", i - 1), a, b),
        });
        let count = self.states.len() / 2;
        let states = self.states.iter().zip(&other.states).enumerate();
        let mut states = states.map(|(i, (a, b))| match i.checked_sub(count) {
            None => difference(&format!("final state {i}"), a, b),
            Some(i) => difference(&format!("gradient of initial state {i}"), a, b),
        });
        sequences.find_map(|d| d).or_else(|| states.find_map(|d| d))
    }
}

fn everything<E: Element>(
    candidate: &mut impl Candidate<E>,
    inputs: &[ArrayView3<'_, E>],
    initial: &[ArrayView2<'_, E>],
    seeds: &LossSeeds<E>,
) -> Result<RowResults<E>, Error> {
    let forward = candidate.record(inputs, initial)?;
    let gradients = candidate.backward(seeds)?;
    let mut sequences = Vec::from([forward.outputs]);
    sequences.extend(gradients.inputs);
    let mut states = forward.states;
    states.extend(gradients.initial);
    Ok(RowResults { sequences, states })
}

/// The same for a batch of these rows only.
fn selected<E: Element>(
    candidate: &mut impl Candidate<E>,
    inputs: &[ArrayView3<'_, E>],
    initial: &[ArrayView2<'_, E>],
    seeds: &LossSeeds<E>,
    rows: &[usize],
) -> Result<RowResults<E>, Error> {
    let inputs: Vec<_> = inputs.iter().map(|a| a.select(Axis(1), rows)).collect();
    let initial: Vec<_> = initial.iter().map(|a| a.select(Axis(0), rows)).collect();
    everything(candidate, &views3(&inputs), &views2(&initial), &seeds.rows(rows))
}

fn forward_difference<E: Element>(a: &Forward<E>, b: &Forward<E>) -> Option<String> {
    let mut states = a.states.iter().zip(&b.states).enumerate();
    difference("output", &a.outputs, &b.outputs)
        .or_else(|| states.find_map(|(i, (a, b))| difference(&format!("final state {i}"), a, b)))
}

/// The first place where two arrays differ. Bits are compared through the exact widening to `f64`.
fn difference<E: Element, D: Dimension>(
    what: &str,
    expected: &Array<E, D>,
    found: &Array<E, D>,
) -> Option<String> {
    if expected.shape() != found.shape() {
        return Some(format!("{what} of shape {:?} and {:?}", expected.shape(), found.shape()));
    }
    let mut pairs = expected.iter().zip(found).enumerate();
    pairs.find_map(|(i, (&e, &f))| {
        let differ = e.as_f64().to_bits() != f.as_f64().to_bits();
        differ.then(|| format!("{what} value {i}: {e:e} and {f:e}"))
    })
}
