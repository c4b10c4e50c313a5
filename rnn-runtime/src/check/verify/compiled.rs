//! The generated kernels as a candidate: the only part of the verification that is compiled with a
//! cell.

use alloc::vec::Vec;

use ndarray::{ArrayView2, ArrayView3};

use super::candidate::Candidate;
use crate::check::reference::{Forward, Gradients};
use crate::error::Error;
use crate::kernels::simd::Tier;
use crate::params::{Cell, Flat};
use crate::run::sequence::{OutputGradients, Sequence};
use crate::run::stream::Stream;

/// A cell with its drivers on one tier.
pub(super) struct Compiled<C: Cell> {
    cell: C,
    gradient: C,
    sequence: Sequence<C>,
    stream: Stream<C>,
}

impl<C: Cell> Compiled<C> {
    /// With these parameters.
    pub(super) fn new(tier: Tier, params: Vec<C::Scalar>) -> Self {
        let cell = C::from_flat(Flat::new(params));
        let stream = Stream::on(tier, &cell);
        Compiled { cell, gradient: C::zeros(), sequence: Sequence::on(tier), stream }
    }
}

impl<C: Cell> Candidate<C::Scalar> for Compiled<C> {
    fn run(
        &mut self,
        inputs: &[ArrayView3<'_, C::Scalar>],
        initial: &[ArrayView2<'_, C::Scalar>],
        record: bool,
    ) -> Result<Forward<C::Scalar>, Error> {
        let outputs = match record {
            true => self.sequence.record(&self.cell, inputs, initial)?,
            false => self.sequence.forward(&self.cell, inputs, initial)?,
        };
        Ok(Forward { outputs, states: self.sequence.final_states() })
    }

    fn backward(
        &mut self,
        adjoints: &OutputGradients<'_, C::Scalar>,
    ) -> Result<Gradients<C::Scalar>, Error> {
        let found = self.sequence.backward(&self.cell, adjoints, &mut self.gradient)?;
        let params = self.gradient.as_slice().to_vec();
        Ok(Gradients { params, inputs: found.inputs, initial: found.initial })
    }

    fn begin_stream(&mut self) {
        self.stream.reset();
    }

    fn step(&mut self, inputs: &[&[C::Scalar]], output: &mut [C::Scalar]) -> Result<(), Error> {
        self.stream.step(inputs, output)
    }

    fn state(&self, index: usize) -> Result<Vec<C::Scalar>, Error> {
        Ok(self.stream.state(index)?.to_vec())
    }

    fn shared(&self) -> Option<(usize, usize)> {
        crate::run::sequence::least_shared(&C::LAYOUT)
    }
}
