//! One thread's share of the rows.

use std::ops::Range;

use ndarray::{Array2, Array3};
use rnn_models::loss::{Reduction, softmax_cross_entropy};
use rnn_runtime::Cell;
use rnn_runtime::sequence::{OutputGradients, Sequence};

use crate::program::Error;

/// A text read in rows: each begins where the one before ends, and all are read at the same time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'t> {
    pub(crate) text: &'t [u8],
    /// Number of rows.
    pub(crate) count: usize,
}

impl Rows<'_> {
    /// Characters of a row, each with one that follows it.
    pub(crate) fn len(&self) -> usize {
        self.text.len().saturating_sub(1) / self.count
    }
}

/// Some of the rows, and the states the cell has reached in them.
#[derive(Debug)]
pub(crate) struct Lane<C: Cell> {
    rows: Range<usize>,
    sequence: Sequence<C>,
    /// One `[B, H]` a state; none for zeros.
    states: Vec<Array2<f32>>,
    /// Of the last update.
    pub(crate) gradient: C,
}

impl<C: Cell<Scalar = f32>> Lane<C> {
    /// The rows `rows`, at their beginning.
    pub(crate) fn new(rows: Range<usize>) -> Lane<C> {
        Lane { rows, sequence: Sequence::new(), states: Vec::new(), gradient: C::zeros() }
    }

    /// Forgets what was read.
    pub(crate) fn restart(&mut self) {
        self.states.clear();
    }

    /// Reads the places `at` of each row and leaves the gradient of the mean loss in `gradient`.
    /// Returns the loss in nats a character. The gradient stops at the states from before: this is
    /// truncated backpropagation through time.
    pub(crate) fn learn(
        &mut self,
        cell: &C,
        rows: Rows<'_>,
        at: Range<usize>,
    ) -> Result<f64, Error> {
        let (inputs, targets) = self.read(rows, at);
        let states: Vec<_> = self.states.iter().map(|state| state.view()).collect();
        let logits = self.sequence.record(cell, &[inputs.view()], &states)?;
        let (loss, adjoints) =
            softmax_cross_entropy(logits.view(), targets.view(), Reduction::Mean)?;
        self.sequence.backward(
            cell,
            &OutputGradients::outputs(adjoints.view()),
            &mut self.gradient,
        )?;
        self.states = self.sequence.final_states();
        Ok(loss)
    }

    /// Reads the rows from beginning to end, `steps` places at a time, and returns the sum of the
    /// loss in nats.
    pub(crate) fn measure(&mut self, cell: &C, rows: Rows<'_>, steps: usize) -> Result<f64, Error> {
        self.restart();
        let mut sum = 0.0;
        for start in (0..rows.len()).step_by(steps) {
            let (inputs, targets) = self.read(rows, start..rows.len().min(start + steps));
            let states: Vec<_> = self.states.iter().map(|state| state.view()).collect();
            let logits = self.sequence.forward(cell, &[inputs.view()], &states)?;
            sum += softmax_cross_entropy(logits.view(), targets.view(), Reduction::Sum)?.0;
            self.states = self.sequence.final_states();
        }
        Ok(sum)
    }

    /// Characters as one-hot vectors `[T, B, K]`, and the classes that follow them `[T, B]`.
    fn read(&self, rows: Rows<'_>, at: Range<usize>) -> (Array3<f32>, Array2<usize>) {
        let class = |step: usize, row: usize| {
            usize::from(rows.text[(self.rows.start + row) * rows.len() + at.start + step])
        };
        let (steps, batch) = (at.len(), self.rows.len());
        let mut inputs = Array3::zeros((steps, batch, C::GRAPH.input_len()));
        for step in 0..steps {
            for row in 0..batch {
                inputs[[step, row, class(step, row)]] = 1.0;
            }
        }
        (inputs, Array2::from_shape_fn((steps, batch), |(step, row)| class(step + 1, row)))
    }
}
