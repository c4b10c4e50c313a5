//! Powers with a constant exponent.

use crate::element::Element;
use crate::simd::Lanes;
use crate::simd::machine::Machine;
use crate::simd::vector::Vector;

/// Powers up to this one are products; beyond, their roundings would add up.
const MAX_PRODUCT: f64 = 64.0;

/// Products for whole exponents, a root besides for halves, else `exp(exponent * log(x))`. A reciprocal comes
/// first: then nothing leaves the range of the type before the result does. The exponent is a constant where
/// this is inlined, and so one of the branches is all that is left.
#[inline(always)]
pub(in crate::simd) fn pow<T: Machine<E>, E: Element>(
    x: Vector<T, E>,
    exponent: E,
) -> Vector<T, E> {
    let size = exponent.as_f64().abs();
    let whole = size.trunc();
    let rest = size - whole;
    if rest != 0.0 && (rest != 0.5 || whole > MAX_PRODUCT) {
        return by_log(x, exponent);
    }
    let one = x.splat(E::one());
    let inverse = exponent < E::zero();
    let base = if inverse { one / x } else { x };
    if rest == 0.5 {
        // What is added makes a zero positive.
        let root = if inverse { one / (x + x.splat(E::zero())).sqrt() } else { x.sqrt() };
        return if whole == 0.0 { root } else { root * product(base, whole as u32) };
    }
    if whole <= MAX_PRODUCT {
        return product(base, whole as u32);
    }
    let y = by_log(x.abs(), exponent);
    if whole % 2.0 == 0.0 { y } else { y.copysign(x) }
}

/// With the ends of both functions: zero and infinity change places where the exponent is negative.
#[inline(always)]
fn by_log<T: Machine<E>, E: Element>(x: Vector<T, E>, exponent: E) -> Vector<T, E> {
    (x.log() * x.splat(exponent)).exp()
}

/// By repeated squaring.
#[inline(always)]
fn product<T: Machine<E>, E: Element>(x: Vector<T, E>, exponent: u32) -> Vector<T, E> {
    let (mut square, mut left) = (x, exponent);
    let mut result = None;
    while left > 0 {
        if left % 2 == 1 {
            result = Some(match result {
                None => square,
                Some(result) => result * square,
            });
        }
        left /= 2;
        if left > 0 {
            square = square * square;
        }
    }
    result.unwrap_or(x.splat(E::one()))
}
