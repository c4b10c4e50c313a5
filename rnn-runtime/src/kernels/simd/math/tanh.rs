//! The hyperbolic tangent.

use super::{polynomial, subtract_ln_2};
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `-e / (2 + e)` with `e = exp(-2 |x|) - 1`, and the sign of `x`: relatively exact near zero,
/// never beyond 1. A division, which has a unit of its own: an estimate and its corrections would
/// wait for those that multiply.
#[inline(always)]
pub(in crate::kernels::simd) fn tanh<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let one = x.splat(E::one());
    let a = x.abs().min(x.splat(E::TANH_ONE));
    let magic = x.splat(E::MAGIC);
    // The factor 2 is in the constant: its product is not in the chain.
    let shifted = a.mul_add(x.splat(E::from_f64(-2.0) * E::LOG2_E), magic);
    let n = shifted - magic;
    let z = a * x.splat(E::from_f64(-2.0));
    // One part of ln 2 is enough if fused: its error, n times, fades as exp(-2 |x|) does.
    let r = if T::FUSED { n.neg_mul_add(x.splat(E::LN_2), z) } else { subtract_ln_2(z, n) };
    let h = one.scale_by(shifted, n);
    let p = (r * r).mul_add(polynomial(r, E::EXP_OF_GATES), r);
    let e = h.mul_add(p, h - one);
    (e / h.mul_add(p, h + one)).copysign(x)
}
