//! The logarithm of a sum of exponentials.

use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `log(exp(a) + exp(b)) = max(a, b) + log(1 + exp(d))` with `d = min(a, b) - max(a, b)`, the
/// second term by `softplus`. What the difference loses by rounding (Knuth's sum of two) comes in
/// by the slope, for which the term itself is near enough: where `d` is so large that it matters,
/// both are about `exp(d)`. Equal infinities, whose difference is none, and NaN are their maximum.
#[inline(always)]
pub(in crate::kernels::simd) fn logaddexp<T: Machine<E>, E: Element>(
    a: Vector<T, E>,
    b: Vector<T, E>,
) -> Vector<T, E> {
    let (larger, smaller) = (a.maximum(b), a.minimum(b));
    let distance = smaller - larger;
    let part = distance - smaller;
    let lost = (smaller - (distance - part)) - (larger + part);
    let rest = distance.softplus();
    let rest = lost.mul_add(rest, rest);
    let lowest = a.splat(E::neg_infinity());
    larger + lowest.select_less(distance, rest, a.splat(E::zero()))
}
