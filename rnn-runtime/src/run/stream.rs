//! Running a cell step by step with kept state: what an audio callback or a control loop does.

use alloc::vec::Vec;

use ndarray::ArrayView1;

use crate::error::{Error, same_count};
use crate::kernels::element::Element;
use crate::kernels::simd::{Available, Tier};
use crate::params::{Cell, Parameters};
use crate::program::{Buffer, Buffers, Place};
use crate::run::sequence::{Chunk, Driver as _, Extent, Memory, One, States};
use crate::run::weights::Weights;

/// One sequence, one step a call. Steps allocate nothing; outputs are
/// equal bit for bit to those of [`Sequence::forward`](crate::sequence::Sequence::forward).
#[derive(Debug, Clone)]
pub struct Stream<C: Cell> {
    tier: Available,
    /// Whether `RNN_TIER` had a name that no tier has.
    refused: bool,
    weights: Weights<C>,
    memory: Memory<C::Scalar>,
    /// Whether the states are in the second of their two places: steps take turns.
    flipped: bool,
}

const ONE: Extent = Extent { steps: 1, batch: 1, chunk: 1, keep: false, joined: true };

impl<C: Cell> Stream<C> {
    /// A stream with these parameters, which it copies, and zero states, on the kernels of
    /// [`Cell::tier`].
    pub fn new<P: Parameters<Cell = C> + ?Sized>(params: &P) -> Self {
        Stream { refused: Tier::environment().is_err(), ..Self::on(C::tier(), params) }
    }

    /// The same on the kernels of `tier`, or of the best [available](Tier::is_available)
    /// tier below it.
    pub fn on<P: Parameters<Cell = C> + ?Sized>(tier: Tier, params: &P) -> Self {
        let mut weights = Weights::new();
        weights.load(tier, params.slice(), false);
        let memory = C::Scalar::memory_for(&C::LAYOUT, &ONE);
        Stream { tier: tier.into(), refused: false, weights, memory, flipped: false }
    }

    /// Takes new parameters; the states stay. Allocates if the weights are kept at half width.
    pub fn set_parameters<P: Parameters<Cell = C> + ?Sized>(&mut self, params: &P) {
        self.weights.load(self.tier.tier(), params.slice(), false);
    }

    /// One step: `inputs`, one `[I]` an input, give `output` `[O]`.
    ///
    /// # Errors
    /// Slices of the wrong number or length, or an unknown name in [`RNN_TIER`](Tier::environment);
    /// the states are then as before.
    pub fn step(&mut self, inputs: &[&[C::Scalar]], output: &mut [C::Scalar]) -> Result<(), Error> {
        if self.refused {
            Tier::environment()?;
        }
        let graph = C::GRAPH;
        same_count("inputs", graph.inputs.len(), inputs.len())?;
        for (port, input) in graph.inputs.iter().zip(inputs) {
            if port.len != input.len() {
                return Err(wrong_length("input", port.name, port.len, input.len()));
            }
        }
        if output.len() != graph.output_len {
            return Err(wrong_length("slice for the", "output", graph.output_len, output.len()));
        }
        for (input, &offset) in inputs.iter().zip(C::LAYOUT.inputs) {
            self.memory.of.x[offset..offset + input.len()].copy_from_slice(input);
        }
        let Buffers { x, prev: states, tape, acc, tmp, .. } = &mut self.memory.of;
        let (first, second) = states.split_at_mut(C::LAYOUT.rows.prev);
        let (prev, next) = if self.flipped { (second, first) } else { (first, second) };
        let chunk = Chunk::<C> {
            x,
            states: States::Pair(prev, next),
            tape: &mut tape[C::LAYOUT.rows.tape..],
            acc,
            tmp,
            y: output,
            packs: &self.weights.packs,
            call: &self.weights.call,
            steps: 1,
            batch: 1,
            joined: ONE.joined,
        };
        <C::Scalar as Element>::dispatch(self.tier, One(chunk));
        let before = self.states_at();
        self.flipped = !self.flipped;
        if C::LAYOUT.output.buffer == Buffer::Y {
            return Ok(());
        }
        let Place { buffer, offset } = C::LAYOUT.output;
        let from = match buffer {
            Buffer::Prev => &self.memory.of.prev[before + offset..],
            Buffer::Next => &self.memory.of.prev[self.states_at() + offset..],
            _ => self.memory.at(&C::LAYOUT, &self.weights.call, C::LAYOUT.output, 0, 1).0,
        };
        output.copy_from_slice(&from[..output.len()]);
        Ok(())
    }

    /// Where the states begin.
    fn states_at(&self) -> usize {
        if self.flipped { C::LAYOUT.rows.prev } else { 0 }
    }

    /// State number `index` in the order of the declaration, `[H]`.
    ///
    /// # Errors
    /// No such state.
    pub fn state(&self, index: usize) -> Result<ArrayView1<'_, C::Scalar>, Error> {
        let (offset, len) = state_slot::<C>(index)?;
        let at = self.states_at() + offset;
        Ok(ArrayView1::from(&self.memory.of.prev[at..at + len]))
    }

    /// Sets state number `index` to `values` `[H]`.
    ///
    /// # Errors
    /// No such state, or the wrong length.
    pub fn set_state(&mut self, index: usize, values: &[C::Scalar]) -> Result<(), Error> {
        let (offset, len) = state_slot::<C>(index)?;
        if values.len() != len {
            let name = C::GRAPH.states[index].name;
            return Err(wrong_length("value for state", name, len, values.len()));
        }
        let at = self.states_at() + offset;
        self.memory.of.prev[at..at + len].copy_from_slice(values);
        Ok(())
    }

    /// Sets all states to zero.
    pub fn reset(&mut self) {
        self.memory.of.prev.fill(num_traits::Zero::zero());
    }
}

fn state_slot<C: Cell>(index: usize) -> Result<(usize, usize), Error> {
    let slot = C::GRAPH.states.get(index).zip(C::LAYOUT.states.get(index));
    slot.map(|(port, &offset)| (offset, port.len)).ok_or_else(|| {
        let names: Vec<_> =
            C::GRAPH.states.iter().map(|port| alloc::format!("`{}`", port.name)).collect();
        Error::Value {
            what: "the number of a state".into(),
            expected: alloc::format!("below {}: they are {}", names.len(), names.join(", ")),
            found: alloc::format!("{index}"),
        }
    })
}

#[cold]
fn wrong_length(what: &str, name: &str, expected: usize, found: usize) -> Error {
    Error::shape(format_args!("{what} `{name}`"), &[expected], &[found])
}
