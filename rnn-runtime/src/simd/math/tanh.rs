//! The hyperbolic tangent.

use super::{exp_m1_reduced, quotient};
use crate::element::Element;
use crate::simd::Lanes;
use crate::simd::machine::Machine;
use crate::simd::vector::Vector;

/// `-e / (2 + e)` with `e = exp(-2 |x|) - 1`, and the sign of `x`: relatively exact near zero, never beyond 1.
#[inline(always)]
pub(in crate::simd) fn tanh<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let one = x.splat(E::one());
    let two = x.splat(E::from_f64(2.0));
    let z = x.abs().min(x.splat(E::TANH_ONE)) * x.splat(E::from_f64(-2.0));
    let magic = x.splat(E::MAGIC);
    let shifted = z.mul_add(x.splat(E::LOG2_E), magic);
    let n = shifted - magic;
    // One part of ln 2 is enough if fused: its error, n times, fades as exp(-2 |x|) does.
    let r = if T::FUSED { n.neg_mul_add(x.splat(E::LN_2), z) } else { super::reduce(z).1 };
    let h = one.scale(shifted);
    let e = h.mul_add(exp_m1_reduced(r), h - one);
    let d = two + e;
    quotient(e, d, e - (d - two)).copysign(x)
}
