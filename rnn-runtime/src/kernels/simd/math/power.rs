//! What sigmoid and tanh share: a power of two in parts, so that `2^t + c` is a single multiply-add
//! after the sum of its whole power and `c`, which nothing waits for.

use super::{polynomial, subtract_ln_2};
use crate::kernels::element::Element;
use crate::kernels::simd::Lanes;
use crate::kernels::simd::machine::Machine;
use crate::kernels::simd::vector::Vector;

/// `2^n base^r` with `n` whole, the base 2 or e, and `r` so that the second factor is between the
/// roots of 1/2 and of 2.
pub(super) struct Power<T: Machine<E>, E: Element> {
    /// `2^n`
    pub(super) scale: Vector<T, E>,
    pub(super) r: Vector<T, E>,
    /// `r`, or a number near it that is there earlier.
    near: Vector<T, E>,
    /// Of the series of `(base^r - 1) / r`.
    coefficients: &'static [E],
}

impl<T: Machine<E>, E: Element> Power<T, E> {
    /// `2^t`, where that is a normal number.
    #[inline(always)]
    pub(super) fn of(t: Vector<T, E>) -> Self {
        let [n, scale] = t.power();
        let r = t - n;
        Power { scale, r, near: r, coefficients: E::EXP2 }
    }

    /// `exp(x)`, where that is a normal number, for `t` the product of `x` and `1 / ln 2`: with
    /// what that lacks. `NEAR` says that arguments are too small for the series to wait for it.
    /// Without fused operations, by powers of e.
    #[inline(always)]
    pub(super) fn of_exp<const NEAR: bool>(x: Vector<T, E>, t: Vector<T, E>) -> Self {
        let [n, scale] = t.power();
        if !T::FUSED {
            let r = subtract_ln_2(x, n);
            return Power { scale, r, near: r, coefficients: E::EXP1 };
        }
        let product = x.mul_add(x.splat(E::LOG2_E), -t);
        let lacking = x.mul_add(x.splat(E::LOG2_E_REST), product);
        let near = t - n;
        let r = near + lacking;
        let near = if NEAR && size_of::<E>() == 4 { near } else { r };
        Power { scale, r, near, coefficients: E::EXP2 }
    }

    /// `(base^r - 1) / r`
    #[inline(always)]
    pub(super) fn slope(&self) -> Vector<T, E> {
        polynomial(self.near, self.coefficients)
    }

    /// The slope at 0.
    #[inline(always)]
    pub(super) fn first(&self) -> Vector<T, E> {
        self.r.splat(self.coefficients[0])
    }

    /// `base^r` less 1 and `r` times the slope at 0, times the whole power: in two factors.
    #[inline(always)]
    pub(super) fn rest(&self) -> [Vector<T, E>; 2] {
        let near = self.near;
        [self.scale * near * near, polynomial(near, &self.coefficients[1..])]
    }
}
