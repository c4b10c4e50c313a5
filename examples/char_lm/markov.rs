//! The baseline: a Markov model that guesses a character from the three before it.
//!
//! The guesses of orders 0 to 3 are interpolated by the method of Witten and Bell (1991): with `n`
//! the number of times a context was seen and `d` the number of different characters that followed,
//!
//! ```text
//! p_k(next) = (count_k(next) + d p_{k-1}(next)) / (n + d),    p_{-1} = 1 / number of classes.
//! ```
//!
//! A context with many different followers hands more on to the shorter one.

use std::collections::HashMap;

/// Characters a guess looks back.
pub(crate) const ORDER: usize = 3;

/// Bits of a class in a key.
const BITS: usize = 7;

/// Counts of every run of up to four characters in a text.
#[derive(Debug)]
pub(crate) struct Markov {
    classes: usize,
    orders: [Counts; ORDER + 1],
}

/// Counts for contexts of one length.
#[derive(Debug, Default)]
struct Counts {
    /// By context and next character: how often.
    runs: HashMap<u32, u32>,
    /// By context: how often, and followed by how many different characters.
    contexts: HashMap<u32, (u32, u32)>,
}

impl Markov {
    /// Counts the runs of `text`, whose classes are below `classes`.
    pub(crate) fn of(text: &[u8], classes: usize) -> Markov {
        let mut orders: [Counts; ORDER + 1] = Default::default();
        for (at, window) in windows(text) {
            for (order, counts) in orders.iter_mut().enumerate().take(at + 1) {
                let run = last(window, order + 1);
                let (seen, different) = counts.contexts.entry(run >> BITS).or_default();
                let times = counts.runs.entry(run).or_default();
                *different += u32::from(*times == 0);
                *seen += 1;
                *times += 1;
            }
        }
        Markov { classes, orders }
    }

    /// Mean information of a character of `text`.
    pub(crate) fn bits_per_character(&self, text: &[u8]) -> f64 {
        let bits = windows(text).map(|(at, window)| -self.probability(at, window).log2());
        bits.sum::<f64>() / text.len() as f64
    }

    /// The probability of the last character of `window`, which ends at `at`.
    fn probability(&self, at: usize, window: u32) -> f64 {
        let mut probability = 1.0 / self.classes as f64;
        for (order, counts) in self.orders.iter().enumerate().take(at + 1) {
            let run = last(window, order + 1);
            let Some(&(seen, different)) = counts.contexts.get(&(run >> BITS)) else { break };
            let times = f64::from(*counts.runs.get(&run).unwrap_or(&0));
            let (seen, different) = (f64::from(seen), f64::from(different));
            probability = (times + different * probability) / (seen + different);
        }
        probability
    }
}

/// Each place of the text with the four characters that end there, packed.
fn windows(text: &[u8]) -> impl Iterator<Item = (usize, u32)> {
    let packed = text.iter().scan(0, |window, &class| {
        *window = last(*window << BITS | u32::from(class), ORDER + 1);
        Some(*window)
    });
    packed.enumerate()
}

/// The last `count` characters of a window.
fn last(window: u32, count: usize) -> u32 {
    window & ((1 << (BITS * count)) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = &[0, 1, 2, 0, 1, 2, 2, 0, 1, 3, 0, 0, 1, 2];

    #[test]
    fn probabilities_of_all_characters_sum_to_one() {
        let markov = Markov::of(TEXT, 5);
        for context in [[0, 1, 2], [2, 0, 1], [4, 4, 4], [3, 0, 0], [4, 4, 1]] {
            let window = context.iter().fold(0, |window, class| window << BITS | class);
            for at in 0..=3 {
                let sum: f64 =
                    (0..5).map(|next| markov.probability(at, window << BITS | next)).sum();
                assert!((sum - 1.0).abs() < 1e-12, "{context:?} from {at}: {sum}");
            }
        }
    }

    #[test]
    fn probabilities_follow_the_formula() {
        let markov = Markov::of(&[0, 1, 0], 3);
        // Order 0: 0 twice, 1 once, two different ones. Order 1 after 0: 1 once, the only one.
        let alone = (1.0 + 2.0 / 3.0) / 5.0;
        let after_zero = (1.0 + alone) / 2.0;
        assert!((markov.probability(0, 1) - alone).abs() < 1e-12);
        assert!((markov.probability(1, 1) - after_zero).abs() < 1e-12);
        let bits = -(alone.log2() + markov.probability(1, 1 << BITS | 1).log2()) / 2.0;
        assert!((markov.bits_per_character(&[1, 1]) - bits).abs() < 1e-12);
    }
}
