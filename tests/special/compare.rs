//! What counts as equal.

use rnn_runtime::element::Element;

/// Numbers below the smallest normal one are zero, as in kernels.
pub(crate) fn flushed<E: Element>(value: E) -> E {
    if value.abs() < E::min_positive_value() { E::zero() } else { value }
}

/// A slope times a slope: a slope of zero hands on zero.
pub(crate) fn chained<E: Element>(outer: E, inner: E) -> E {
    let (outer, inner) = (flushed(outer), flushed(inner));
    if outer == E::zero() || inner == E::zero() { E::zero() } else { outer * inner }
}

/// What a number that was too small may have become behind a few factors, such as an operand of 100 or an exponent.
pub(crate) fn least<E: Element>() -> f64 {
    1024.0 * E::min_positive_value().as_f64()
}

/// Whether a kernel's number is the interpreter's, give or take `bound`.
pub(crate) fn equal<E: Element>(found: E, expected: E, bound: f64) -> bool {
    if found.is_nan() || expected.is_nan() {
        return found.is_nan() && expected.is_nan();
    }
    if found == expected {
        return true;
    }
    // Rounding may make the largest numbers infinite.
    let clip = |value: E| value.max(-E::max_value()).min(E::max_value()).as_f64();
    (clip(found) - clip(expected)).abs() <= bound + least::<E>()
}
