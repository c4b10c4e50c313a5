//! Powers with a constant exponent.

use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `exp(exponent * log(x))`, with the ends of both functions: zero and infinity change places where
/// the exponent is negative.
#[inline(always)]
pub(in crate::kernels::simd) fn pow<T: Machine<E>, E: Element>(
    x: Vector<T, E>,
    exponent: E,
) -> Vector<T, E> {
    (x.log() * x.splat(exponent)).exp()
}
