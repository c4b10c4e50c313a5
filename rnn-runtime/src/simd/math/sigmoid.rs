//! The logistic function.

use super::{exp_m1_reduced_fast, quotient, reduce};
use crate::element::Element;
use crate::simd::Lanes;
use crate::simd::machine::Machine;
use crate::simd::vector::Vector;

/// `1 / (1 + e)` for positive and `e / (1 + e)` for negative `x`, with `e = exp(-|x|)`: nothing
/// overflows, and the relative error stays small down to the smallest normal number, below which it
/// is 0.
#[inline(always)]
pub(in crate::simd) fn sigmoid<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let one = x.splat(E::one());
    let zero = x.splat(E::zero());
    let (shifted, r) = reduce((-x.abs()).max(x.splat(-E::EXP_ZERO)));
    let h = one.scale(shifted);
    let p = exp_m1_reduced_fast(r);
    let e = h.mul_add(p, h);
    // Beside e, not after it: what its rounding loses against 1 + e goes into the quotient.
    let d = h.mul_add(p, one + h);
    quotient(x.select_less(zero, e, one), d, e - (d - one))
}
