//! The hyperbolic tangent.

use super::polynomial;
use crate::element::Element;
use crate::simd::Lanes;
use crate::simd::machine::Machine;
use crate::simd::vector::Vector;

/// `e / (2 - e)` with `e = 1 - exp(-2 |x|)`, and the sign of `x`: relatively exact near zero, never
/// beyond 1.
#[inline(always)]
pub(in crate::simd) fn tanh<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let half = E::from_f64(0.5);
    let one = x.splat(E::one());
    let two = x.splat(E::from_f64(2.0));
    let a = x.abs().min(x.splat(E::TANH_ONE));
    let magic = x.splat(E::MAGIC);
    let shifted = a.mul_add(x.splat(E::from_f64(-2.0) * E::LOG2_E), magic);
    let n = shifted - magic;
    // exp(-2 a) = 2^n exp(-2 s)
    let s = if T::FUSED {
        // One part of ln 2 is enough: its error, n times, fades as exp(-2 a) does.
        n.mul_add(x.splat(half * E::LN_2), a)
    } else {
        let [high, low] = E::LN_2_PARTS;
        n.mul_add(x.splat(half * low), n.mul_add(x.splat(half * high), a))
    };
    let h2 = two.scale(shifted);
    let p = (s * s).mul_add(polynomial(s, E::TANH), s);
    let e = h2.mul_add(p, h2.neg_mul_add(x.splat(half), one));
    let d = h2.neg_mul_add(p, h2.mul_add(x.splat(half), one));
    divide(e, d).copysign(x)
}

/// `e / (2 - e)` for `0 <= e <= 1`, where `d` is the divisor but for its rounding.
#[inline(always)]
fn divide<T: Machine<E>, E: Element>(e: Vector<T, E>, d: Vector<T, E>) -> Vector<T, E> {
    let (q, inverse) = if T::ESTIMATES {
        let inverse = d.reciprocal_estimate();
        (e * inverse, inverse)
    } else {
        let q = e / d;
        let half = d.splat(E::from_f64(0.5));
        (q, q.mul_add(half, half))
    };
    if !T::FUSED {
        return q;
    }
    // The remainder e - q (2 - e) without the rounding of d: q is between e / 2 and e, so e - 2 q
    // is exact.
    let remainder = q.mul_add(e, q.neg_mul_add(d.splat(E::from_f64(2.0)), e));
    remainder.mul_add(inverse, q)
}
