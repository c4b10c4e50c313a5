//! Gradients kept within bounds before an optimiser sees them.

use rnn_runtime::element::Element;
use rnn_runtime::error::Error;

/// Clamps every value to `[-limit, limit]` and returns how many were outside.
///
/// # Errors
///
/// [`Error::NotFinite`] for a gradient value, [`Error::Value`] for a limit that is not above zero;
/// nothing is changed then.
///
/// ```
/// let mut gradient = [0.5_f32, -3.0, 2.0];
/// assert_eq!(rnn_models::clip::by_value(&mut gradient, 1.0)?, 2);
/// assert_eq!(gradient, [0.5, -1.0, 1.0]);
/// # Ok::<(), rnn_models::Error>(())
/// ```
pub fn by_value<E: Element>(gradient: &mut [E], limit: f64) -> Result<usize, Error> {
    check_limit(limit)?;
    check_finite("gradient", gradient)?;
    let limit = E::from_f64(limit);
    let mut clipped = 0;
    for value in gradient.iter_mut().filter(|value| value.abs() > limit) {
        *value = limit.copysign(*value);
        clipped += 1;
    }
    Ok(clipped)
}

/// Scales all gradients by one factor so that their Euclidean norm, taken over all of them
/// together, is at most `limit` (Pascanu, Mikolov and Bengio 2013). Returns the norm they had,
/// infinity if it is beyond `f64`; they were scaled if it is above `limit`.
///
/// Several slices are the gradients of several parts of one model: a cell, a head.
///
/// # Errors
///
/// [`Error::NotFinite`] for a gradient value, [`Error::Value`] for a limit that is not above zero;
/// nothing is changed then.
///
/// ```
/// let (mut cell, mut head) = ([3.0_f64, 0.0], [4.0_f64]);
/// assert_eq!(rnn_models::clip::by_norm(&mut [&mut cell, &mut head], 1.0)?, 5.0);
/// assert!((cell[0] - 0.6).abs() < 1e-15 && (head[0] - 0.8).abs() < 1e-15);
/// # Ok::<(), rnn_models::Error>(())
/// ```
pub fn by_norm<E: Element>(gradients: &mut [&mut [E]], limit: f64) -> Result<f64, Error> {
    check_limit(limit)?;
    for (number, gradient) in gradients.iter().enumerate() {
        check_finite(&format!("gradient {number}"), gradient)?;
    }
    let (scaled, factor) = norm(gradients);
    let norm = scaled / factor;
    if norm > limit {
        for value in gradients.iter_mut().flat_map(|gradient| gradient.iter_mut()) {
            // In this order neither the quotient nor the products leave the range.
            *value = E::from_f64(value.as_f64() * factor / scaled * limit);
        }
    }
    Ok(norm)
}

/// The Euclidean norm of all values together times a factor, and the factor.
fn norm<E: Element>(gradients: &[&mut [E]]) -> (f64, f64) {
    let squares = |factor| gradients.iter().map(|values| sum_of_squares(values, factor)).sum();
    let plain: f64 = squares(1.0);
    if plain > 1e-200 && plain.is_finite() {
        return (plain.sqrt(), 1.0);
    }
    // The squares leave the range of doubles, or are near its end: again from scaled values.
    let factor = if plain > 1.0 { 1e-200 } else { 1e200 };
    (squares(factor).sqrt(), factor)
}

/// The sum of `(value * factor)^2`, in parts that do not wait for each other.
fn sum_of_squares<E: Element>(values: &[E], factor: f64) -> f64 {
    let mut parts = [0.0; 16];
    for values in values.chunks(parts.len()) {
        for (part, value) in parts.iter_mut().zip(values) {
            *part += ((*value).as_f64() * factor).powi(2);
        }
    }
    parts.iter().sum()
}

fn check_limit(limit: f64) -> Result<(), Error> {
    if limit > 0.0 {
        return Ok(());
    }
    Err(Error::Value {
        what: "limit of the gradient".into(),
        expected: "above zero".into(),
        found: limit.to_string(),
    })
}

/// Refuses values that are not finite.
pub(crate) fn check_finite<E: Element>(what: &str, values: &[E]) -> Result<(), Error> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(Error::NotFinite { what: what.into(), index }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_inside_stay_untouched() {
        let mut gradient = [1.0_f32, -1.0, 0.0, f32::MIN_POSITIVE];
        let before = gradient;
        assert_eq!(by_value(&mut gradient, 1.0), Ok(0));
        assert_eq!(gradient, before);
        assert_eq!(by_norm(&mut [&mut gradient], 2.0).map(|n| (n * n).round()), Ok(2.0));
        assert_eq!(gradient, before);
    }

    #[test]
    fn zero_and_empty_gradients_have_the_norm_zero() {
        let mut zero = [0.0_f32; 3];
        assert_eq!(by_norm(&mut [&mut zero, &mut []], 1.0), Ok(0.0));
        assert_eq!(zero, [0.0; 3]);
        assert_eq!(by_norm::<f32>(&mut [], 1.0), Ok(0.0));
    }

    #[test]
    fn no_square_leaves_the_range() {
        let mut gradient = [f64::MAX / 2.0, f64::MAX / 2.0];
        let norm = by_norm(&mut [&mut gradient], 1.0).unwrap();
        assert!((norm / (f64::MAX / 2.0) - 2.0_f64.sqrt()).abs() < 1e-15);
        assert!((gradient[0] - 0.5_f64.sqrt()).abs() < 1e-15);
        let mut gradient = [1e-300_f64, 1e-300];
        let norm = by_norm(&mut [&mut gradient], 1.0).unwrap();
        assert!((norm / 1e-300 - 2.0_f64.sqrt()).abs() < 1e-15);
        let tiniest = f64::from_bits(1);
        assert_eq!(by_norm(&mut [&mut [tiniest]], 1.0), Ok(tiniest));
    }

    #[test]
    fn a_norm_beyond_the_range_is_clipped() {
        let mut gradient = [f64::MAX; 4];
        assert_eq!(by_norm(&mut [&mut gradient], 1.0), Ok(f64::INFINITY));
        assert!(gradient.iter().all(|value| (value - 0.5).abs() < 1e-15), "{gradient:?}");
    }

    #[test]
    fn errors_change_nothing() {
        let mut gradient = [5.0_f32, f32::NAN];
        let error = by_value(&mut gradient, 1.0).unwrap_err();
        assert_eq!(error.to_string(), "gradient is not finite at index 1");
        let error = by_norm(&mut [&mut [9.0], &mut gradient], 1.0).unwrap_err();
        assert_eq!(error.to_string(), "gradient 1 is not finite at index 1");
        assert_eq!(gradient[0], 5.0);
        for limit in [0.0, -1.0, f64::NAN] {
            assert!(matches!(by_value(&mut [1.0_f32], limit), Err(Error::Value { .. })));
            assert!(matches!(by_norm(&mut [&mut [1.0_f32]], limit), Err(Error::Value { .. })));
        }
    }
}
