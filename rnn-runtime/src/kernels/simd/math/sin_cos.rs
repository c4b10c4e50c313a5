//! Sine and cosine.

use super::{polynomial, round};
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// Sine.
#[inline(always)]
pub(in crate::kernels::simd) fn sin<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    if outside(x) { x.each(E::sin) } else { alternating(x, E::zero()) }
}

/// Cosine.
#[inline(always)]
pub(in crate::kernels::simd) fn cos<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    if outside(x) { x.each(E::cos) } else { alternating(x, E::from_f64(0.5)) }
}

/// Whether some lane is NaN or too large for the reduction, which is for fused arithmetic only.
#[inline(always)]
fn outside<T: Machine<E>, E: Element>(x: Vector<T, E>) -> bool {
    let [one, zero] = [E::one(), E::zero()].map(|number| x.splat(number));
    let inside = x.abs().select_less(x.splat(E::SIN_LIMIT), one, zero);
    !T::FUSED || inside.sum() < E::from_f64(T::LANES as f64)
}

/// `sin(x + offset pi)`, offset 0 or 1/2: with `x = (n - offset) pi + r` and `|r| <= pi / 2` it is
/// `(-1)^n sin(r)`.
#[inline(always)]
fn alternating<T: Machine<E>, E: Element>(x: Vector<T, E>, offset: E) -> Vector<T, E> {
    let n = round(x, E::FRAC_1_PI, offset);
    let turns = n - x.splat(offset);
    let [high, middle, low] = E::PI_PARTS;
    let r = turns.neg_mul_add(x.splat(high), x);
    let r = turns.neg_mul_add(x.splat(middle), r);
    let r = turns.neg_mul_add(x.splat(low), r);
    let half = E::from_f64(0.5);
    let odd = n - round(n, half, E::zero()) * x.splat(E::from_f64(2.0));
    // odd is -1, 0 or 1: r (1 - 2 odd^2) is exact.
    let r = r * (odd + odd).neg_mul_add(odd, x.splat(E::one()));
    let z = r * r;
    let y = (r * z).mul_add(polynomial(z, E::SIN), r);
    // Rounding may pass 1 by an ulp, and loses the sign of -0; r has the result's.
    y.abs().min(x.splat(E::one())).copysign(r)
}
