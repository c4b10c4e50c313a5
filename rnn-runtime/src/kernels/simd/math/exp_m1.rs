//! The exponential less one.

use super::{exp_m1_reduced, reduce};
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `exp(x) - 1 = 2 (h p(r) + (h - 1/2))` with `h = 2^(n - 1)`, which is finite up to the overflow;
/// exact near zero, where `h` is 1/2 and the difference vanishes.
#[inline(always)]
pub(in crate::kernels::simd) fn exp_m1<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let half = x.splat(E::from_f64(0.5));
    // Past these ends the result does not change: it is -1 below and overflows above.
    let low = x.splat(-E::EXP_M1_END);
    let high = x.splat(E::EXP_HIGH + E::from_f64(0.25));
    let [shifted, _, r] = reduce(x.max(low).min(high));
    let h = half.scale(shifted);
    let y = h.mul_add(exp_m1_reduced(r), h - half);
    // The sign of x restores that of -0; elsewhere it is the result's own.
    (y + y).copysign(x)
}
