//! Choosing a class from logits: the likeliest one, or one drawn from their softmax.

use ndarray::ArrayView1;
use rand::{Rng, RngExt};

use crate::loss::{self, check_temperature};
use rnn_runtime::element::Element;
use rnn_runtime::error::Error;

/// The class with the largest logit, the first of equals. `logits` is `[K]`.
///
/// # Errors
///
/// [`Error::NotFinite`] for a logit that is NaN or infinite, [`Error::Value`] when there is no
/// class, or none that is not masked by minus infinity.
///
/// ```
/// let logits = ndarray::array![0.1_f32, 2.0, 2.0];
/// assert_eq!(rnn_models::sample::greedy(logits.view())?, 1);
/// # Ok::<(), rnn_models::Error>(())
/// ```
pub fn greedy<E: Element>(logits: ArrayView1<'_, E>) -> Result<usize, Error> {
    check_logits(logits)?;
    let mut best = 0;
    for (class, &logit) in logits.iter().enumerate() {
        if logit > logits[best] {
            best = class;
        }
    }
    Ok(best)
}

/// A class drawn with the probabilities `exp(logit / temperature) / sum`. `logits` is `[K]`; one
/// number is taken from `rng`.
///
/// # Errors
///
/// [`Error::NotFinite`] for a logit that is NaN or infinite, [`Error::Value`] when there is no
/// class, or none that is not masked by minus infinity, or the temperature is not finite and above
/// zero ([`greedy`] is the limit at zero).
///
/// ```
/// use rand::{SeedableRng, rngs::StdRng};
///
/// let mut rng = StdRng::seed_from_u64(1);
/// let logits = ndarray::array![0.0_f32, 100.0];
/// assert_eq!(rnn_models::sample::draw(logits.view(), 1.0, &mut rng)?, 1);
/// # Ok::<(), rnn_models::Error>(())
/// ```
pub fn draw<E, R>(logits: ArrayView1<'_, E>, temperature: f64, rng: &mut R) -> Result<usize, Error>
where
    E: Element,
    R: Rng + ?Sized,
{
    check_temperature(temperature)?;
    check_logits(logits)?;
    let largest = logits.fold(E::neg_infinity(), |largest, &logit| largest.max(logit)).as_f64();
    let weight = |logit: &E| (((*logit).as_f64() - largest) / temperature).exp();
    let mut left = rng.random::<f64>() * logits.iter().map(weight).sum::<f64>();
    let mut last = 0;
    for (class, weight) in logits.iter().map(weight).enumerate().filter(|(_, w)| *w > 0.0) {
        if left < weight {
            return Ok(class);
        }
        left -= weight;
        last = class;
    }
    // Rounding can leave a little after the last class.
    Ok(last)
}

fn check_logits<E: Element>(logits: ArrayView1<'_, E>) -> Result<(), Error> {
    if logits.is_empty() {
        return Err(Error::Value {
            what: "number of classes".into(),
            expected: "at least 1".into(),
            found: "0".into(),
        });
    }
    loss::check_logits(0, logits)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::loss::softmax;

    #[test]
    fn frequencies_follow_the_softmax() {
        let logits = array![0.0_f32, 1.0, -1.0, 2.0];
        let mut rng = StdRng::seed_from_u64(11);
        for temperature in [0.5, 1.0, 3.0] {
            let p = softmax(logits.view(), temperature).unwrap();
            let mut counts = [0_u32; 4];
            for _ in 0..20_000 {
                counts[draw(logits.view(), temperature, &mut rng).unwrap()] += 1;
            }
            for (count, p) in counts.iter().zip(&p) {
                // Five standard errors of a frequency of 20 000 draws are at most 0.018.
                assert!((f64::from(*count) / 20_000.0 - f64::from(*p)).abs() < 0.018);
            }
        }
    }

    #[test]
    fn a_low_temperature_is_greedy() {
        let logits = array![3.0_f64, 3.1, -1e300];
        let mut rng = StdRng::seed_from_u64(12);
        for _ in 0..100 {
            assert_eq!(draw(logits.view(), 1e-300, &mut rng), greedy(logits.view()));
        }
    }

    #[test]
    fn one_seed_gives_one_sequence() {
        let logits = Array1::<f32>::zeros(50);
        let sequence = |seed| {
            let mut rng = StdRng::seed_from_u64(seed);
            (0..20).map(|_| draw(logits.view(), 1.0, &mut rng).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(sequence(1), sequence(1));
        assert_ne!(sequence(1), sequence(2));
    }

    #[test]
    fn masked_classes_are_never_chosen() {
        let mut rng = StdRng::seed_from_u64(14);
        let masked = f32::NEG_INFINITY;
        let logits = array![masked, -3.0, masked, -3.5];
        assert_eq!(greedy(logits.view()), Ok(1));
        for _ in 0..100 {
            assert!(draw(logits.view(), 1.0, &mut rng).unwrap() % 2 == 1);
        }
        let none = array![masked, masked];
        assert!(matches!(greedy(none.view()), Err(Error::Value { .. })));
        assert!(matches!(draw(none.view(), 1.0, &mut rng), Err(Error::Value { .. })));
        let infinite = array![0.0, f32::INFINITY];
        assert!(matches!(greedy(infinite.view()), Err(Error::NotFinite { index: 1, .. })));
    }

    #[test]
    fn wrong_arguments_are_refused() {
        let mut rng = StdRng::seed_from_u64(13);
        let none = Array1::<f32>::zeros(0);
        assert!(matches!(greedy(none.view()), Err(Error::Value { .. })));
        assert!(matches!(draw(none.view(), 1.0, &mut rng), Err(Error::Value { .. })));
        let bad = array![0.0_f32, f32::NAN];
        assert_eq!(greedy(bad.view()).unwrap_err().to_string(), "logits is not finite at index 1");
        let fine = array![0.0_f32];
        assert!(matches!(draw(fine.view(), 0.0, &mut rng), Err(Error::Value { .. })));
        assert_eq!(draw(fine.view(), 1.0, &mut rng), Ok(0));
    }
}
