//! The hyperbolic tangent.

use super::{exp_m1_reduced, quotient, subtract_ln_2};
use crate::element::Element;
use crate::simd::Lanes;
use crate::simd::machine::Machine;
use crate::simd::vector::Vector;

/// `-e / (2 + e)` with `e = exp(-2 |x|) - 1`, and the sign of `x`: relatively exact near zero,
/// never beyond 1.
#[inline(always)]
pub(in crate::simd) fn tanh<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let one = x.splat(E::one());
    let minus_two = x.splat(E::from_f64(-2.0));
    let a = x.abs().min(x.splat(E::TANH_ONE));
    let magic = x.splat(E::MAGIC);
    // The factor 2 is in the constant: its product is not in the chain.
    let shifted = a.mul_add(x.splat(E::from_f64(-2.0) * E::LOG2_E), magic);
    let n = shifted - magic;
    let z = a * minus_two;
    // One part of ln 2 is enough if fused: its error, n times, fades as exp(-2 |x|) does.
    let r = if T::FUSED { n.neg_mul_add(x.splat(E::LN_2), z) } else { subtract_ln_2(z, n) };
    let h = one.scale(shifted);
    let p = exp_m1_reduced(r);
    let e = h.mul_add(p, h - one);
    // Beside e, not after it: what its rounding loses against 2 + e goes into the quotient.
    let d = h.mul_add(p, h + one);
    quotient(e, d, e - (d + minus_two)).copysign(x)
}
