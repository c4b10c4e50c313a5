//! The smooth maximum of `x` and 0.

use super::log::near_one;
use super::{exp_m1_reduced, reduce};
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|))`.
#[inline(always)]
pub(in crate::kernels::simd) fn softplus<T: Machine<E>, E: Element>(
    x: Vector<T, E>,
) -> Vector<T, E> {
    let [shifted, _, r] = reduce((-x.abs()).max(x.splat(-E::EXP_ZERO)));
    let h = x.splat(E::one()).scale(shifted);
    let e = h.mul_add(exp_m1_reduced(r), h);
    x.max(x.splat(E::zero())) + near_one(e, x.splat(E::zero()))
}
