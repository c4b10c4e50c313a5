//! The inverse tangent.

use super::polynomial;
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `atan(a) = q pi/4 + atan(t)` for `a = |x|`, with `|t| <= 1/2` and one division, by the addition
/// theorem of the tangent:
///
/// ```text
/// a < 1/2     q = 0   t = a / 1
/// a < 2       q = 1   t = (a - 1) / (a + 1)
/// else        q = 2   t = -1 / a
/// ```
///
/// In each but the first the multiple of pi/4 is in two parts; `t` enters unrounded in the first.
#[inline(always)]
pub(in crate::kernels::simd) fn atan<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
    let number = |value: f64| x.splat(E::from_f64(value));
    let (zero, one, half, two) = (number(0.0), number(1.0), number(0.5), number(2.0));
    let a = x.abs();
    let choose =
        |first, second, third| a.select_less(half, first, a.select_less(two, second, third));
    let t = choose(a, a - one, -one) / choose(one, a + one, a);
    let quarter = choose(zero, half * half, half);
    let [high, low, _] = E::PI_PARTS.map(|part| quarter * x.splat(part));
    let z = t * t;
    let rest = (t * z).mul_add(polynomial(z, E::ATAN), low);
    (high + (t + rest)).copysign(x)
}
