//! The hyperbolic tangent.

use super::power::Power;
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `(exp(2 x) - 1) / (exp(2 x) + 1)`.
#[inline(always)]
pub(in crate::kernels::simd) fn tanh<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let end = x.splat(E::TANH_ONE * E::LN_2 * E::from_f64(0.5));
    let bounded = x.min(end).max(-end);
    let t = bounded * x.splat(E::from_f64(2.0) * E::LOG2_E);
    ratio(Power::of_exp::<true>(bounded + bounded, t), x)
}

/// `(2^t - 1) / (2^t + 1)`, the same of `x` for `t` the product of `x` and `2 / ln 2`.
#[inline(always)]
pub(in crate::kernels::simd) fn tanh_scaled<T: Machine<E>, E: Element>(
    t: Vector<T, E>,
) -> Vector<T, E> {
    let end = t.splat(E::TANH_ONE);
    ratio(Power::of(t.min(end).max(-end)), t)
}

/// The power less one by that and two, of the sign of the argument: relatively exact near zero,
/// where the whole power is 1 and the difference vanishes; never beyond 1. A division, which has a
/// unit of its own: an estimate and its corrections would wait for those that multiply.
#[inline(always)]
fn ratio<T: Machine<E>, E: Element>(power: Power<T, E>, x: Vector<T, E>) -> Vector<T, E> {
    let one = power.scale.splat(E::one());
    // The first term, which rounds once, is all that counts where the argument is small.
    let first = (power.scale * power.r).mul_add(power.first(), power.scale - one);
    let [factor, rest] = power.rest();
    let difference = factor.mul_add(rest, first);
    // The sign of the argument restores that of -0; elsewhere it is the difference's own.
    difference.or_sign(x) / (difference + (one + one))
}
