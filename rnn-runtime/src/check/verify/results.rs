//! What a cell computes for a problem, and where two of those differ in a bit.

use alloc::{format, string::String, vec::Vec};

use ndarray::{Array, Axis, Dimension};

use super::candidate::Candidate;
use super::problem::{Given, views2, views3};
use crate::check::reference::{Adjoints, Forward, Gradients, Tape};
use crate::declaration::graph::CellGraph;
use crate::error::Error;
use crate::kernels::element::Element;

/// Forwards and backwards, in the scalar type of the run.
#[derive(Debug, Clone)]
pub(super) struct Results<E> {
    pub(super) forward: Forward<E>,
    /// Of each loss.
    pub(super) gradients: Vec<Gradients<E>>,
}

impl<E: Element> Results<E> {
    /// Of the candidate, which records the run.
    pub(super) fn of(candidate: &mut dyn Candidate<E>, given: &Given<E>) -> Result<Self, Error> {
        let forward = candidate.run(&views3(&given.inputs), &views2(&given.initial), true)?;
        let gradients =
            given.adjoints.iter().map(|s| s.with(|adjoints| candidate.backward(adjoints)));
        Ok(Results { forward, gradients: gradients.collect::<Result<_, _>>()? })
    }

    /// Of the interpreter, for derivatives by all outputs and the final states.
    pub(super) fn interpreted(tape: &Tape<'_, '_, E>, given: &Given<E>) -> Result<Self, Error> {
        let forward =
            Forward { outputs: tape.outputs().to_owned(), states: tape.states().to_vec() };
        let gradients = given.adjoints.iter().map(|adjoints| {
            let outputs = adjoints.outputs.as_ref().map(|outputs| outputs.view());
            tape.backward(&Adjoints { outputs, states: &views2(&adjoints.states) })
        });
        Ok(Results { forward, gradients: gradients.collect::<Result<_, _>>()? })
    }

    /// What belongs to some batch rows; gradients of parameters do not.
    pub(super) fn rows(&self, rows: &[usize]) -> Results<E> {
        let (forward, gradients) = (&self.forward, self.gradients.iter());
        Results {
            forward: Forward {
                outputs: forward.outputs.select(Axis(1), rows),
                states: forward.states.iter().map(|a| a.select(Axis(0), rows)).collect(),
            },
            gradients: gradients
                .map(|of| Gradients {
                    params: Vec::new(),
                    inputs: of.inputs.iter().map(|a| a.select(Axis(1), rows)).collect(),
                    initial: of.initial.iter().map(|a| a.select(Axis(0), rows)).collect(),
                })
                .collect(),
        }
    }

    /// The first difference from `other` in a bit.
    pub(super) fn difference(&self, other: &Results<E>, graph: &CellGraph) -> Option<String> {
        let mut gradients = self.gradients.iter().zip(&other.gradients);
        let counts = (self.gradients.len(), other.gradients.len());
        forward_difference(&self.forward, &other.forward, graph)
            .or_else(|| gradients.find_map(|(a, b)| gradient_difference(a, b, graph)))
            .or_else(|| (counts.0 != counts.1).then(|| format!("{counts:?} losses")))
    }
}

/// The first difference of two gradients in a bit.
fn gradient_difference<E: Element>(
    own: &Gradients<E>,
    others: &Gradients<E>,
    graph: &CellGraph,
) -> Option<String> {
    let params = || {
        let place = own.params.iter().zip(&others.params).position(|(a, b)| differ(*a, *b))?;
        let info = graph.params.iter().rev().find(|info| info.offset <= place)?;
        let (a, b) = (own.params[place], others.params[place]);
        let place = place - info.offset;
        Some(format!("gradient of {} value {place}: {a:e} and {b:e}", info.name))
    };
    let counts = [
        (own.params.len(), others.params.len()),
        (own.inputs.len(), others.inputs.len()),
        (own.initial.len(), others.initial.len()),
    ];
    if let Some((a, b)) = counts.into_iter().find(|(a, b)| a != b) {
        return Some(format!("{a} and {b} gradients"));
    }
    let name = |prefix: &str, port: &str| format!("gradient of {prefix} {port}");
    let mut inputs = graph.inputs.iter().zip(&own.inputs).zip(&others.inputs);
    let mut initial = graph.states.iter().zip(&own.initial).zip(&others.initial);
    params()
        .or_else(|| inputs.find_map(|((p, a), b)| difference(&name("input", p.name), a, b)))
        .or_else(|| initial.find_map(|((p, a), b)| difference(&name("initial", p.name), a, b)))
}

/// The first difference of two forward passes in a bit.
pub(super) fn forward_difference<E: Element>(
    a: &Forward<E>,
    b: &Forward<E>,
    graph: &CellGraph,
) -> Option<String> {
    if a.states.len() != b.states.len() {
        return Some(format!("{} and {} final states", a.states.len(), b.states.len()));
    }
    let mut states = graph.states.iter().zip(&a.states).zip(&b.states);
    difference("output", &a.outputs, &b.outputs).or_else(|| {
        states.find_map(|((port, a), b)| difference(&format!("final {}", port.name), a, b))
    })
}

/// The first place where two arrays differ in a bit.
pub(super) fn difference<E: Element, D: Dimension>(
    what: &str,
    a: &Array<E, D>,
    b: &Array<E, D>,
) -> Option<String> {
    if a.shape() != b.shape() {
        return Some(format!("{what} of shape {:?} and {:?}", a.shape(), b.shape()));
    }
    let mut pairs = a.iter().zip(b).enumerate();
    pairs.find_map(|(i, (&a, &b))| {
        differ(a, b).then(|| format!("{what} value {i}: {a:e} and {b:e}"))
    })
}

/// Whether two numbers differ in a bit, which the widening to `f64` keeps.
fn differ<E: Element>(a: E, b: E) -> bool {
    a.as_f64().to_bits() != b.as_f64().to_bits()
}
