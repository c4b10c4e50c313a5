//! The exponential.

use super::{exp_m1_reduced, reduce};
use crate::element::Element;
use crate::simd::machine::Machine;
use crate::simd::vector::Vector;

/// `exp(x) = 2^n (1 + p(r))`; infinite where it overflows, 0 where it falls below the normal
/// numbers.
#[inline(always)]
pub(in crate::simd) fn exp<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let (shifted, r) = reduce(x);
    let y = (exp_m1_reduced(r) + x.splat(E::one())).scale(shifted);
    // Beyond the ends the scaled value is noise. NaN is not below the upper end: it stays NaN.
    let y = x.select_less(x.splat(E::EXP_LOW), x.splat(E::zero()), y);
    x.select_less(x.splat(E::EXP_HIGH), y, x + x.splat(E::infinity()))
}
