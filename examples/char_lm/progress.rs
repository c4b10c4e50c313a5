//! What is seen of the training while it runs, and the curve that remains.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How much of the mean of the losses stays when one more comes.
const KEEP: f64 = 0.95;

/// A progress bar that also keeps the curve.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    /// Characters of one update.
    characters: usize,
    /// Time spent in updates.
    training: Duration,
    mean: Option<f64>,
    /// Update and running mean of the loss in bits a character.
    pub(crate) curve: Vec<(f64, f64)>,
}

impl Progress {
    /// For so many updates, each of so many characters.
    pub(crate) fn new(updates: usize, characters: usize) -> Progress {
        let template = "{bar:32} {pos}/{len} updates, {msg}, {eta} left";
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        Progress {
            bar: ProgressBar::new(updates as u64).with_style(style),
            started: Instant::now(),
            characters,
            training: Duration::ZERO,
            mean: None,
            curve: Vec::new(),
        }
    }

    /// One update was made with this loss in bits a character, and took this long.
    pub(crate) fn update(&mut self, bits: f64, took: Duration) {
        self.training += took;
        let mean = self.mean.map_or(bits, |mean| KEEP * mean + (1.0 - KEEP) * bits);
        self.mean = Some(mean);
        self.curve.push((self.curve.len() as f64 + 1.0, mean));
        let speed = self.characters_per_second() / 1000.0;
        self.bar.set_message(format!("{mean:.3} bits/char, {speed:.1} k chars/s"));
        self.bar.inc(1);
    }

    /// Characters learnt in a second, evaluation not counted.
    pub(crate) fn characters_per_second(&self) -> f64 {
        (self.curve.len() * self.characters) as f64 / self.training.as_secs_f64().max(1e-9)
    }

    /// Time since the beginning.
    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// The running mean of the loss.
    pub(crate) fn mean(&self) -> Option<f64> {
        self.mean
    }

    /// Prints lines above the bar, also where no bar is shown.
    pub(crate) fn say(&self, text: &str) {
        self.bar.suspend(|| println!("{text}"));
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
