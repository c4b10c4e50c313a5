//! Updates of the parameters by truncated backpropagation through time, on two threads.

use std::f64::consts::{LN_2, PI};
use std::panic::resume_unwind;
use std::thread;

use rand::RngExt;
use rand::rngs::StdRng;
use rnn_models::clip;
use rnn_models::optim::{Adam, Optimiser};
use rnn_runtime::Cell;

use crate::lane::{Lane, Rows};
use crate::program::Error;

/// Threads, each with the same number of rows. It is fixed so that a seed gives the same result on
/// every machine with the same instruction set.
const LANES: usize = 2;

/// The sizes and rates of a training run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Rows of text read in parallel.
    pub(crate) rows: usize,
    /// Characters of each row that one update sees.
    pub(crate) steps: usize,
    /// Updates of the whole run.
    pub(crate) updates: usize,
    /// Highest learning rate.
    pub(crate) learning_rate: f64,
    /// Largest norm of a gradient.
    pub(crate) clip: f64,
}

impl Settings {
    /// Characters the training text must have at least: one sequence in each row.
    pub(crate) fn characters_needed(&self) -> usize {
        self.rows * self.steps + 1
    }

    /// The learning rate of an update: up in a straight line for a twentieth of the run, then down
    /// along a half wave of the cosine (Loshchilov and Hutter 2017).
    fn rate(&self, update: usize) -> f64 {
        let done = update as f64 / self.updates as f64;
        let rise = (done + 1.0 / self.updates as f64) * 20.0;
        self.learning_rate * rise.min(1.0) * (0.51 + 0.49 * (PI * done).cos())
    }
}

/// A cell that is learning a text.
#[derive(Debug)]
pub(crate) struct Trainer<'t, C: Cell> {
    pub(crate) cell: C,
    settings: Settings,
    rows: Rows<'t>,
    lanes: Vec<Lane<C>>,
    adam: Adam<f32>,
    rng: StdRng,
    /// Updates so far.
    updates: usize,
    /// Where the next update reads; the end of the rows before the first one.
    at: usize,
}

impl<'t, C: Cell<Scalar = f32>> Trainer<'t, C> {
    /// Begins with the parameters of `cell`. The text has at least as many characters as the
    /// settings need.
    pub(crate) fn new(cell: C, settings: Settings, text: &'t [u8], rng: StdRng) -> Self {
        let rows = Rows { text, count: settings.rows };
        let adam = Adam::new(settings.learning_rate).betas(0.9, 0.99);
        let lanes = lanes(rows.count);
        Trainer { cell, settings, rows, lanes, adam, rng, updates: 0, at: rows.len() }
    }

    /// One update. Returns the loss it saw before, in bits a character.
    pub(crate) fn update(&mut self) -> Result<f64, Error> {
        let Settings { steps, clip, .. } = self.settings;
        if self.at + steps > self.rows.len() {
            // Another pass; its borders between sequences lie elsewhere.
            self.at = self.rng.random_range(0..=self.rows.len() % steps);
            self.lanes.iter_mut().for_each(Lane::restart);
        }
        let (cell, rows, at) = (&self.cell, self.rows, self.at..self.at + steps);
        let nats = in_parallel(&mut self.lanes, |lane| lane.learn(cell, rows, at.clone()))?;
        self.at += steps;

        let (first, others) = self.lanes.split_at_mut(1);
        let gradient = first[0].gradient.as_mut_slice();
        for other in others {
            gradient.iter_mut().zip(other.gradient.as_slice()).for_each(|(sum, g)| *sum += g);
        }
        gradient.iter_mut().for_each(|g| *g /= LANES as f32);
        clip::by_norm(&mut [gradient], clip)?;
        self.adam.set_learning_rate(self.settings.rate(self.updates));
        self.adam.step(self.cell.as_mut_slice(), gradient)?;
        self.updates += 1;
        Ok(nats.iter().sum::<f64>() / LANES as f64 / LN_2)
    }
}

/// Bits a character that `cell` needs for `text`, which is read in as many rows as in training, or
/// fewer if it is short.
pub(crate) fn bits_per_character<C>(
    cell: &C,
    settings: &Settings,
    text: &[u8],
) -> Result<f64, Error>
where
    C: Cell<Scalar = f32>,
{
    let rows = Rows { text, count: settings.rows };
    let mut lanes = lanes(rows.count);
    let nats = in_parallel(&mut lanes, |lane| lane.measure(cell, rows, settings.steps))?;
    Ok(nats.iter().sum::<f64>() / (rows.count * rows.len()) as f64 / LN_2)
}

/// Equal shares of the rows.
fn lanes<C: Cell<Scalar = f32>>(rows: usize) -> Vec<Lane<C>> {
    (0..LANES).map(|i| Lane::new(rows * i / LANES..rows * (i + 1) / LANES)).collect()
}

/// Does the same on each lane, in a thread of its own.
fn in_parallel<C, W>(lanes: &mut [Lane<C>], work: W) -> Result<Vec<f64>, Error>
where
    C: Cell<Scalar = f32>,
    W: Fn(&mut Lane<C>) -> Result<f64, Error> + Sync,
{
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = lanes.iter_mut().map(|lane| scope.spawn(|| work(lane))).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    })
}
