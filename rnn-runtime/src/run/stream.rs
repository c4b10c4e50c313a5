//! Running a cell step by step with kept state: what an audio callback or a control loop does.

use alloc::vec::Vec;

use ndarray::ArrayView1;

use crate::error::Error;
use crate::kernels::element::Element;
use crate::kernels::matrix::Aligned;
use crate::kernels::simd::{Available, Tier};
use crate::params::{Cell, Parameters};
use crate::run::one::{self, One, Rows};
use crate::run::weights::Weights;

/// One sequence, one step a call. Steps allocate nothing; outputs are
/// equal bit for bit to those of [`Sequence::forward`](crate::sequence::Sequence::forward).
#[derive(Debug, Clone)]
pub struct Stream<C: Cell> {
    tier: Available,
    /// Whether `RNN_TIER` had a name that no tier has.
    refused: bool,
    rows: Rows<C>,
}

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
        let memory = Aligned::zeroed(one::len(&C::LAYOUT));
        Stream { tier: tier.into(), refused: false, rows: Rows { memory, weights, flipped: false } }
    }

    /// Takes new parameters; the states stay. Allocates if the weights are kept at half width.
    pub fn set_parameters<P: Parameters<Cell = C> + ?Sized>(&mut self, params: &P) {
        self.rows.weights.load(self.tier.tier(), params.slice(), false);
    }

    /// One step: `inputs`, one `[I]` an input, give `output` `[O]`.
    ///
    /// # Errors
    /// [`Error::Count`] and [`Error::Length`] for slices of the wrong number or length,
    /// [`Error::Environment`] for an unknown name in [`RNN_TIER`](Tier::environment); the states
    /// are then as before.
    pub fn step(&mut self, inputs: &[&[C::Scalar]], output: &mut [C::Scalar]) -> Result<(), Error> {
        self.check(inputs, output)?;
        let one = One { rows: &mut self.rows, inputs, output };
        <C::Scalar as Element>::dispatch(self.tier, one);
        Ok(())
    }

    /// That a step can be taken with these slices.
    #[inline]
    fn check(&self, inputs: &[&[C::Scalar]], output: &[C::Scalar]) -> Result<(), Error> {
        let graph = C::GRAPH;
        if self.refused {
            return Err(Error::Environment);
        }
        let (expected, found) = (graph.inputs.len(), inputs.len());
        if expected != found {
            return Err(Error::Count { what: "inputs".into(), expected, found });
        }
        for (port, input) in graph.inputs.iter().zip(inputs) {
            length("input", port.name, port.len, input.len())?;
        }
        length("slice for the", "output", graph.output_len, output.len())
    }

    /// State number `index` in the order of the declaration, `[H]`.
    ///
    /// # Errors
    /// No such state.
    pub fn state(&self, index: usize) -> Result<ArrayView1<'_, C::Scalar>, Error> {
        let (offset, len) = state_slot::<C>(index)?;
        let at = self.rows.states_at() + offset;
        Ok(ArrayView1::from(&self.rows.memory[at..at + len]))
    }

    /// Sets state number `index` to `values` `[H]`.
    ///
    /// # Errors
    /// No such state, or the wrong length.
    pub fn set_state(&mut self, index: usize, values: &[C::Scalar]) -> Result<(), Error> {
        let (offset, len) = state_slot::<C>(index)?;
        length("value for state", C::GRAPH.states[index].name, len, values.len())?;
        let at = self.rows.states_at() + offset;
        self.rows.memory[at..at + len].copy_from_slice(values);
        Ok(())
    }

    /// Sets all states to zero.
    pub fn reset(&mut self) {
        let states = 2 * C::LAYOUT.rows.prev;
        self.rows.memory[..states].fill(num_traits::Zero::zero());
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

/// [`Error::Length`] unless it is as long as it must be.
fn length(
    what: &'static str,
    name: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::Length { what, name, expected, found }) }
}
