//! The complementary error function.

use super::polynomial;
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// Where `E::ERFC` holds its coefficients; beyond, the result is below the normal numbers.
const END: f64 = 9.5;

/// `erfc(a) = exp(-a^2) t p(1 - t)` for `a = |x|` and `t = 1 / (1 + a/2)`, whose `1 - t` is
/// `t a/2`; below zero 2 less that. What the square loses by rounding comes in as a factor: in an
/// exponent it would count for many digits. Doubles go lane by lane.
#[inline(always)]
pub(in crate::kernels::simd) fn erfc<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    if E::ERFC.is_empty() {
        return x.each(precise);
    }
    let (zero, one) = (x.splat(E::zero()), x.splat(E::one()));
    let a = x.abs().min(x.splat(E::from_f64(END)));
    let half = a * x.splat(E::from_f64(0.5));
    let t = one / (one + half);
    let (square, lost) = square(a);
    let bell = (-square).exp();
    let y = lost.neg_mul_add(bell, bell) * (t * polynomial(half * t, E::ERFC));
    x.select_less(zero, x.splat(E::from_f64(2.0)) - y, y)
}

/// The square as it is rounded, and the rest.
#[inline(always)]
fn square<T: Machine<E>, E: Element>(a: Vector<T, E>) -> (Vector<T, E>, Vector<T, E>) {
    let square = a * a;
    if T::FUSED {
        return (square, a.mul_add(a, -square));
    }
    // Halves of the digits, whose products are exact (Dekker 1971).
    let far = a * a.splat(E::from_f64(4097.0));
    let high = far - (far - a);
    let low = a - high;
    (square, (high * high - square) + (high + a) * low)
}

/// The function of one number, in double precision.
fn precise<E: Element>(x: E) -> E {
    E::from_f64(libm::erfc(x.as_f64()))
}
