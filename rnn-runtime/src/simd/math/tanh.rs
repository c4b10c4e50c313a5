//! The hyperbolic tangent.

use super::{exp_m1_reduced, pair, subtract_ln_2};
use crate::element::Element;
use crate::simd::Lanes;
use crate::simd::machine::Machine;
use crate::simd::vector::Vector;

/// `-e / (2 + e)` with `e = exp(-2 |x|) - 1`, and the sign of `x`: relatively exact near zero,
/// never beyond 1.
#[inline(always)]
pub(in crate::simd) fn tanh<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
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
    let p = exp_m1_reduced(r);
    let e = h.mul_add(p, h - one);
    // An estimate of the quotient can begin before p is there.
    let early = T::FUSED && !E::EXP_ROUGH.is_empty();
    let p = if early { (r * r).mul_add(pair(r, E::EXP_ROUGH), r) } else { p };
    divide(e, h.mul_add(p, h + one)).copysign(x)
}

/// `e / (2 + e)` for `-1 <= e <= 0`, where `d` is about `2 + e`, and no farther off than by
/// rounding where the tier does not fuse.
#[inline(always)]
fn divide<T: Machine<E>, E: Element>(e: Vector<T, E>, d: Vector<T, E>) -> Vector<T, E> {
    if !T::FUSED {
        return e / d;
    }
    let inverse = d.reciprocal_estimate();
    let q = e * inverse;
    // The remainder e - q (2 + e) without the error of d: q is between e / 2 and e, so e - 2 q is
    // exact.
    let remainder = q.neg_mul_add(e, q.mul_add(d.splat(E::from_f64(-2.0)), e));
    remainder.mul_add(inverse, q)
}
