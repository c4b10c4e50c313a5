//! The exponential.

use super::{exp_m1_reduced, exp_slope, reduce};
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `exp(x) = 2^n (1 + r w(r))`; infinite where it overflows, 0 where it falls below the normal
/// numbers.
#[inline(always)]
pub(in crate::kernels::simd) fn exp<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let [shifted, _, r] = reduce(x);
    let one = x.splat(E::one());
    // Fused, what the rounding of w loses comes in times r. Else the product r w is rounded too,
    // and the other form loses less.
    let y = if T::FUSED { r.mul_add(exp_slope(r), one) } else { exp_m1_reduced(r) + one };
    let y = y.scale(shifted);
    // Beyond the ends the scaled value is noise. NaN is not below the upper end: it stays NaN.
    let y = x.zero_where_less(x.splat(E::EXP_LOW), y);
    x.select_less(x.splat(E::EXP_HIGH), y, x + x.splat(E::infinity()))
}
