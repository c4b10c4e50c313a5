//! What counts as equal.

use rnn_runtime::element::Element;

/// Numbers below the smallest normal one are zeros of their sign, as in kernels.
pub(crate) fn flushed<E: Element>(value: E) -> E {
    if value.abs() < E::min_positive_value() { E::zero().copysign(value) } else { value }
}

/// A slope times a slope: a slope of zero hands on zero.
pub(crate) fn chained<E: Element>(outer: E, inner: E) -> E {
    let (outer, inner) = (flushed(outer), flushed(inner));
    if outer == E::zero() || inner == E::zero() { E::zero() } else { outer * inner }
}

/// What a number that was too small may have become after a few factors, such as an operand of 100
/// or an exponent.
pub(crate) fn least<E: Element>() -> f64 {
    1024.0 * E::min_positive_value().as_f64()
}

/// Whether a kernel's number is the interpreter's, give or take `bound`.
pub(crate) fn equal<E: Element>(found: E, expected: E, bound: f64) -> bool {
    if found == expected || (found.is_nan() && expected.is_nan()) {
        return true;
    }
    if found.is_nan() || !expected.is_finite() {
        return false;
    }
    // Rounding may make the largest numbers infinite.
    let clipped = found.max(-E::max_value()).min(E::max_value());
    (clipped.as_f64() - expected.as_f64()).abs() <= bound + least::<E>()
}

#[test]
fn infinities_and_nan_equal_themselves_alone() {
    let all = [f32::NEG_INFINITY, -3.0, 0.0, f32::MAX, f32::INFINITY, f32::NAN];
    for (i, &found) in all.iter().enumerate() {
        for (j, &expected) in all.iter().enumerate() {
            let size = f64::from(expected.abs());
            let rounded = found == f32::INFINITY && expected == f32::MAX;
            assert_eq!(
                equal(found, expected, 1e-6 * size),
                i == j || rounded,
                "{found} {expected}"
            );
        }
    }
}
