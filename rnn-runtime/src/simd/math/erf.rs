//! The error function.

use super::{exp_m1_reduced, polynomial, reduce};
use crate::element::Element;
use crate::simd::Lanes;
use crate::simd::machine::Machine;
use crate::simd::vector::Vector;

/// `erf(x) = 1 - exp(-a (2 / sqrt(pi) + q(a)))` with the sign of `x`, where `a = |x|` and the
/// exponent stands for `log(erfc(a))`: relatively exact near zero, where `q` vanishes. Doubles go
/// lane by lane.
#[inline(always)]
pub(in crate::simd) fn erf<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    if E::ERF.is_empty() {
        return x.each(precise);
    }
    let one = x.splat(E::one());
    let a = x.abs().min(x.splat(E::ERF_ONE));
    let slope = x.splat(E::ERF_SLOPE);
    let exponent = a.mul_add(slope, a * polynomial(a, E::ERF));
    let [shifted, _, r] = reduce(-exponent);
    let h = one.scale(shifted);
    h.mul_add(exp_m1_reduced(r), h - one).copysign(x)
}

/// The error function of one number, in double precision.
fn precise<E: Element>(x: E) -> E {
    E::from_f64(libm::erf(x.as_f64()))
}
