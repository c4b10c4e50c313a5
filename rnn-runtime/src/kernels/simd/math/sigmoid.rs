//! The logistic function.

use super::{one_and, reduce};
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `1 / (1 + exp(-x))`, and 0 where that falls below the normal numbers. With `exp(-x) = h + h r w`
/// the divisor is `(1 + h) + h r w`, rounded once.
#[inline(always)]
pub(in crate::kernels::simd) fn sigmoid<T: Machine<E>, E: Element>(
    x: Vector<T, E>,
) -> Vector<T, E> {
    let one = x.splat(E::one());
    let [shifted, n, r] = reduce(-x.min(x.splat(E::EXP_ZERO)));
    let h = one.scale_by(shifted, n);
    let sum = one + h;
    // All of the 1 where h outgrows it, else nothing.
    let lost = one - (sum - h);
    let d = h.mul_add(r, lost).mul_add(one_and(r, E::EXP_OF_GATES), sum);
    x.zero_where_less(x.splat(E::EXP_LOW), d.reciprocal())
}
