//! The logistic function.

use super::power::Power;
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `1 / (1 + exp(-x))`. Where that falls below the normal numbers it is the inverse of a power of
/// two that is no normal number: 0 in the mode that kernels run in.
#[inline(always)]
pub(in crate::kernels::simd) fn sigmoid<T: Machine<E>, E: Element>(
    x: Vector<T, E>,
) -> Vector<T, E> {
    let [low, high] = E::EXPONENTS;
    let z = (-x).min(x.splat(high * E::LN_2)).max(x.splat(low * E::LN_2));
    inverse(Power::of_exp::<false>(z, z * z.splat(E::LOG2_E)))
}

/// `1 / (1 + 2^t)`, the same of `x` for `t` the product of `x` and `-1 / ln 2`.
#[inline(always)]
pub(in crate::kernels::simd) fn sigmoid_scaled<T: Machine<E>, E: Element>(
    t: Vector<T, E>,
) -> Vector<T, E> {
    let [low, high] = E::EXPONENTS;
    inverse(Power::of(t.min(t.splat(high)).max(t.splat(low))))
}

/// One by one and the power.
#[inline(always)]
fn inverse<T: Machine<E>, E: Element>(power: Power<T, E>) -> Vector<T, E> {
    let (scale, slope) = (power.scale, power.slope());
    let one = scale.splat(E::one());
    let sum = one + scale;
    // All of the 1 where the power outgrows it, else nothing; the slope is not far from 1.
    let lost = one - (sum - scale);
    scale.mul_add(power.r, lost).mul_add(slope, sum).reciprocal()
}
