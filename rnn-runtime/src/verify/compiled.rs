//! The generated kernels as a candidate.

use alloc::{vec, vec::Vec};

use ndarray::{Array2, ArrayView1, ArrayView2, ArrayView3, Axis};

use super::candidate::Candidate;
use super::problem::{LossSeeds, views2};
use crate::element::Element;
use crate::error::Error;
use crate::params::{Cell, Flat};
use crate::reference::{Forward, Gradients};
use crate::sequence::{Seeds, Sequence};
use crate::simd::Tier;
use crate::stream::Stream;

/// A cell with its drivers on one tier.
pub(super) struct Compiled<C: Cell> {
    cell: C,
    gradient: C,
    tier: Tier,
    sequence: Sequence<C>,
}

impl<C: Cell> Compiled<C> {
    /// With these parameters.
    pub(super) fn new(tier: Tier, params: Vec<C::Scalar>) -> Self {
        Compiled {
            cell: C::from_flat(Flat::new(params)),
            gradient: C::zeros(),
            tier,
            sequence: Sequence::on(tier),
        }
    }
}

impl<C: Cell<Scalar = E>, E: Element> Candidate<E> for Compiled<C> {
    fn forward(
        &mut self,
        inputs: &[ArrayView3<'_, E>],
        initial: &[ArrayView2<'_, E>],
    ) -> Result<Forward<E>, Error> {
        let outputs = self.sequence.forward(&self.cell, inputs, initial)?;
        Ok(Forward { outputs, states: self.sequence.final_states() })
    }

    fn record(
        &mut self,
        inputs: &[ArrayView3<'_, E>],
        initial: &[ArrayView2<'_, E>],
    ) -> Result<Forward<E>, Error> {
        let outputs = self.sequence.record(&self.cell, inputs, initial)?;
        Ok(Forward { outputs, states: self.sequence.final_states() })
    }

    fn backward(&mut self, seeds: &LossSeeds<E>) -> Result<Gradients<E>, Error> {
        let states = views2(&seeds.states);
        let steps: Vec<_> = seeds.steps.iter().map(|(t, seed)| (*t, seed.view())).collect();
        let seeds = Seeds {
            outputs: seeds.outputs.as_ref().map(|o| o.view()),
            last: seeds.last.as_ref().map(|l| l.view()),
            steps: &steps,
            states: &states,
        };
        let found = self.sequence.backward(&self.cell, &seeds, &mut self.gradient)?;
        let params = self.gradient.as_slice().to_vec();
        Ok(Gradients { params, inputs: found.inputs, initial: found.initial })
    }

    fn stream(&mut self, inputs: &[ArrayView2<'_, E>]) -> Result<Array2<E>, Error> {
        let mut stream = Stream::on(self.tier, &self.cell);
        let steps = inputs.first().map_or(0, |input| input.nrows());
        let mut outputs = Array2::zeros((steps, C::GRAPH.output_len));
        let mut output = vec![E::zero(); C::GRAPH.output_len];
        for (t, mut row) in outputs.outer_iter_mut().enumerate() {
            let now: Vec<_> = inputs.iter().map(|i| i.index_axis(Axis(0), t).to_vec()).collect();
            let now: Vec<_> = now.iter().map(Vec::as_slice).collect();
            stream.step(&now, &mut output)?;
            row.assign(&ArrayView1::from(&output));
        }
        Ok(outputs)
    }
}
