//! The natural logarithm.

use super::atanh_rest;
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `log(m 2^e) = e ln 2 + log(1 + (m - 1))`; minus infinity at zero, NaN below.
#[inline(always)]
pub(in crate::kernels::simd) fn log<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let (m, e) = x.split();
    let [high, low] = E::LN_2_PARTS;
    let rest = e * x.splat(low);
    e.mul_add(x.splat(high), near_one(m - x.splat(E::one()), rest))
}

/// `log(1 + x) = log(u) + (1 + x - u) / u` for `u = 1 + x` as it is rounded: what the rounding lost
/// comes in by the slope.
#[inline(always)]
pub(in crate::kernels::simd) fn log1p<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let one = x.splat(E::one());
    let u = one + x;
    let lost = x - (u - one);
    let (m, e) = u.split();
    let [high, low] = E::LN_2_PARTS;
    // Where u is 0, nothing was lost.
    let rest = e.mul_add(x.splat(low), lost / u.max(x.splat(E::min_positive_value())));
    let y = e.mul_add(x.splat(high), near_one(m - one, rest));
    // The sign of x restores that of -0; elsewhere it is the result's own.
    x.select_less(x.splat(E::infinity()), y, x).copysign(x)
}

/// `log(1 + f) + rest` for `-1/4 <= f <= 1`: with `s = f / (2 + f)`, `log(1 + f) = 2 atanh(s)`,
/// rearranged as in fdlibm (Sun Microsystems 1993) to `f - (f^2 / 2 - s (f^2 / 2 + R))`, so that
/// `f` enters unrounded.
#[inline(always)]
pub(super) fn near_one<T: Machine<E>, E: Element>(
    f: Vector<T, E>,
    rest: Vector<T, E>,
) -> Vector<T, E> {
    let s = f / (f.splat(E::from_f64(2.0)) + f);
    let half_square = f * f * f.splat(E::from_f64(0.5));
    let correction = s.mul_add(half_square + atanh_rest(s * s), rest);
    f - (half_square - correction)
}
