//! Cells made at random, through the whole compiler, gradients included: every plan is verified
//! after each step of the scheduler and run over poisoned memory.

use super::planned;
use crate::graph::{passes, samples};
use crate::schedule::evaluate;

fn check(seed: u64) {
    let cell = samples::random::cell(seed);
    // Shown if the scheduler panics.
    println!("seed {seed}\n{}", passes::source(&cell).display(&cell));
    let (graph, plan) = planned(&cell);
    if let Err(why) = evaluate::check(&cell, &graph, &plan, seed) {
        panic!("seed {seed}: {why}\n{}\n{}", graph.display(&cell), plan.display(&cell));
    }
}

#[test]
fn samples() {
    for cell in samples::all() {
        let (graph, plan) = planned(&cell);
        let result = evaluate::check(&cell, &graph, &plan, 1);
        result.unwrap_or_else(|why| panic!("{}: {why}\n{}", cell.name, plan.display(&cell)));
    }
}

/// As many as take some ten seconds.
#[test]
fn random_cells() {
    (0..2000).for_each(check);
}

/// `RNN_RANDOM_CELLS=100000 cargo test -p rnn-codegen --release -- --ignored many_random_cells`
#[test]
#[ignore = "takes minutes"]
fn many_random_cells() {
    let count = std::env::var("RNN_RANDOM_CELLS").ok().and_then(|n| n.parse().ok());
    (0..count.unwrap_or(100_000)).for_each(check);
}
