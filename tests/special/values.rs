//! Numbers at which functions change their ways.

use rnn_runtime::element::Element;

/// Kinks, where the exponential and what is made of it saturates or leaves the range in either
/// scalar type, arguments for which powers leave the range midway, and ordinary numbers.
const POSITIVE: [f64; 34] = [
    0.0, 0.004, 0.1, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.5, 6.0, 9.1, 13.0, 17.5, 19.2, 36.5, 87.34,
    88.0, 88.73, 95.0, 104.0, 270.0, 708.4, 709.8, 746.0, 1234.567, 65536.0, 1e6, 1e10, 1e20, 1e38,
    1e155, 1e200, 1e300,
];

/// All special values: of both signs, with their inverses, and those that are kinks with their
/// neighbours.
pub(crate) fn special<E: Element>() -> Vec<E> {
    let of = |value: f64| E::from_f64(value);
    let mut values: Vec<E> = POSITIVE.iter().map(|&value| of(value)).collect();
    values.extend([1e10, 1e20, 1e38, 1e155, 1e200, 1e300].map(|value: f64| of(1.0 / value)));
    for kink in [0.5, 1.0, 2.0, 3.0] {
        values.extend([of(kink) * (E::one() + E::epsilon()), of(kink) * (E::one() - E::epsilon())]);
    }
    values.extend([E::min_positive_value(), E::max_value(), E::infinity()]);
    values.retain(|value| *value == E::zero() || *value >= E::min_positive_value());
    let negative: Vec<E> = values.iter().map(|&value| -value).collect();
    values.extend(negative);
    values.push(E::nan());
    values
}
