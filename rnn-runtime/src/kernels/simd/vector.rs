//! The vector type of every tier, written once over [`Machine`].

use core::ops::{Add, Div, Mul, Neg, Sub};

use super::machine::{Function, Machine};
use super::prefetch::prefetch;
use super::{Lanes, MAX_LANES, Simd, Tier, math};
use crate::kernels::element::Element;

/// Panics unless a row of `len` values has `count` from `at` on. Compiled for each access of each
/// kernel, and therefore a comparison, where taking slices would be many lines of intermediate
/// code.
#[inline(always)]
fn check(len: usize, at: usize, count: usize) {
    assert!(at <= len && count <= len - at, "a vector beyond its row");
}

/// `LANES` values in a register of tier `T`, with the token that made it.
#[derive(Clone, Copy)]
pub struct Vector<T: Machine<E>, E: Element> {
    token: T,
    reg: T::Reg,
}

impl<E: Element, T: Machine<E>> Simd<E> for T {
    type V = Vector<T, E>;

    type Wide = T::Wide;

    const TIER: Tier = T::TIER;

    #[inline(always)]
    fn wide(self) -> Self::Wide {
        self.into()
    }

    #[inline(always)]
    fn splat(self, value: E) -> Self::V {
        Vector { token: self, reg: Machine::splat(self, value) }
    }

    #[inline(always)]
    fn load(self, row: &[E], at: usize) -> Self::V {
        check(row.len(), at, T::LANES);
        // SAFETY: the row has `LANES` values from `at` on.
        Vector { token: self, reg: unsafe { Machine::load(self, row.as_ptr().wrapping_add(at)) } }
    }

    #[inline(always)]
    fn will_use(self, row: &[E], at: usize) {
        prefetch(row.as_ptr_range().end.wrapping_add(at));
    }
}

impl<E: Element, T: Machine<E>> Vector<T, E> {
    /// The same value in each lane of another vector.
    #[inline(always)]
    pub(super) fn splat(self, value: E) -> Self {
        self.with(self.token.splat(value))
    }

    /// A function of one number, lane by lane: for what is rare.
    #[inline(always)]
    pub(super) fn each(self, function: fn(E) -> E) -> Self {
        let mut lanes = [E::zero(); MAX_LANES];
        self.store(&mut lanes, 0);
        for lane in &mut lanes[..T::LANES] {
            *lane = function(*lane);
        }
        Simd::load(self.token, &lanes, 0)
    }

    /// Another register of the same tier.
    #[inline(always)]
    fn with(self, reg: T::Reg) -> Self {
        Vector { token: self.token, reg }
    }

    /// 0 in the lanes where `self < bound`, else `other`.
    #[inline(always)]
    pub(super) fn zero_where_less(self, bound: Self, other: Self) -> Self {
        self.with(self.token.zero_where_less(self.reg, bound.reg, other.reg))
    }

    /// `self * 2^n`, see [`Machine::scale`].
    #[inline(always)]
    pub(super) fn scale(self, shifted: Self) -> Self {
        self.with(self.token.scale(self.reg, shifted.reg))
    }

    /// The nearest whole number `n`, and `2^n`: see [`Machine::power`].
    #[inline(always)]
    pub(super) fn power(self) -> [Self; 2] {
        let [n, power] = self.token.power(self.reg);
        [self.with(n), self.with(power)]
    }

    /// Its own sign where it is not positive, else that of `sign`.
    #[inline(always)]
    pub(super) fn or_sign(self, sign: Self) -> Self {
        self.with(self.token.or_sign(self.reg, sign.reg))
    }

    /// See [`Machine::reciprocal`].
    #[inline(always)]
    pub(super) fn reciprocal(self) -> Self {
        self.with(self.token.reciprocal(self.reg))
    }

    /// `m` and `e` with `self = m * 2^e` and `0.75 <= m < 1.5`; `e` is infinite for zero and
    /// infinity, and one of them NaN for negative numbers and NaN.
    #[inline(always)]
    pub(super) fn split(self) -> (Self, Self) {
        if T::SPLITS_ALL {
            let (m, e) = self.token.split(self.reg);
            return (self.with(m), self.with(e));
        }
        let zero = self.splat(E::zero());
        let infinity = self.splat(E::infinity());
        let smallest = self.splat(E::min_positive_value());
        let [factor, exponent] = E::RAISE;
        let normal = self.select_less(smallest, self * self.splat(factor), self);
        let (m, e) = self.token.split(normal.reg);
        let e = self.with(e) - self.select_less(smallest, self.splat(exponent), zero);
        let bad = self.select_less(zero, self.splat(E::nan()), -infinity);
        let e = zero.select_less(self, e, bad);
        (self.with(m), self.select_less(infinity, e, self))
    }
}

/// Operators and methods that are one method of [`Machine`].
macro_rules! operators {
    ($($operator:ident $method:ident,)+) => {$(
        impl<E: Element, T: Machine<E>> $operator for Vector<T, E> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.with(self.token.$method(self.reg, other.reg))
            }
        }
    )+};
}

operators! {
    Add add,
    Sub sub,
    Mul mul,
    Div div,
}

impl<E: Element, T: Machine<E>> Neg for Vector<T, E> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        self.with(self.token.neg(self.reg))
    }
}

/// Methods of [`Lanes`] that are one function of [`math`].
macro_rules! functions {
    ($($name:ident)+) => {$(
        #[inline(always)]
        fn $name(self) -> Self {
            struct Named;

            impl Function for Named {
                #[inline(always)]
                fn of<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E> {
                    math::$name(x)
                }
            }

            self.token.function::<Named>(self)
        }
    )+};
}

impl<E: Element, T: Machine<E>> Lanes for Vector<T, E> {
    type Elem = E;

    const LANES: usize = T::LANES;

    #[inline(always)]
    fn store(self, row: &mut [E], at: usize) {
        check(row.len(), at, T::LANES);
        // SAFETY: the row has `LANES` values from `at` on.
        unsafe { self.token.store(self.reg, row.as_mut_ptr().wrapping_add(at)) }
    }

    #[inline(always)]
    fn store_first(self, row: &mut [E], at: usize, count: usize) {
        let count = if count < T::LANES { count } else { T::LANES };
        check(row.len(), at, count);
        // SAFETY: the row has `count` values from `at` on, and `count` is at most `LANES`.
        unsafe { self.token.store_first(self.reg, row.as_mut_ptr().wrapping_add(at), count) }
    }

    #[inline(always)]
    fn store_number(self, row: &mut [E], at: usize) {
        row[at] = self.token.first_lane(self.reg);
    }

    #[inline(always)]
    fn keep_first(self, count: usize, fill: E) -> Self {
        let mask = self.token.first(count);
        self.with(self.token.select(mask, self.reg, self.token.splat(fill)))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        self.with(self.token.mul_add(self.reg, factor.reg, term.reg))
    }

    #[inline(always)]
    fn neg_mul_add(self, factor: Self, term: Self) -> Self {
        self.with(self.token.neg_mul_add(self.reg, factor.reg, term.reg))
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.with(self.token.min(self.reg, other.reg))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.with(self.token.max(self.reg, other.reg))
    }

    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        self.with(self.token.minimum(self.reg, other.reg))
    }

    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        self.with(self.token.maximum(self.reg, other.reg))
    }

    #[inline(always)]
    fn select_less(self, bound: Self, yes: Self, no: Self) -> Self {
        let mask = self.token.less(self.reg, bound.reg);
        self.with(self.token.select(mask, yes.reg, no.reg))
    }

    #[inline(always)]
    fn copysign(self, sign: Self) -> Self {
        self.with(self.token.copysign(self.reg, sign.reg))
    }

    #[inline(always)]
    fn softsign(self) -> Self {
        self / (self.splat(E::one()) + self.abs())
    }

    #[inline(always)]
    fn pow(self, exponent: E) -> Self {
        math::pow(self, exponent)
    }

    #[inline(always)]
    fn abs(self) -> Self {
        self.with(self.token.abs(self.reg))
    }

    #[inline(always)]
    fn sign(self) -> Self {
        let size = self.abs();
        // What is not above zero is zero or NaN, and stays. The sign comes last: rustc 1.95 (LLVM
        // 22.1) gets a selection between `copysign` and one of its operands wrong on AVX-512 where
        // registers are short (llvm-project #157929).
        self.splat(E::zero()).select_less(size, self.splat(E::one()), size).copysign(self)
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        self.with(self.token.sqrt(self.reg))
    }

    #[inline(always)]
    fn floor(self) -> Self {
        self.with(self.token.floor(self.reg))
    }

    #[inline(always)]
    fn round(self) -> Self {
        self.with(self.token.round(self.reg))
    }

    #[inline(always)]
    fn logaddexp(self, other: Self) -> Self {
        math::logaddexp(self, other)
    }

    #[inline(always)]
    fn sum(self) -> E {
        self.token.sum(self.reg)
    }

    #[inline(always)]
    fn largest(self) -> E {
        self.token.largest(self.reg)
    }

    functions! {
        exp log log1p sigmoid tanh sigmoid_scaled tanh_scaled sigmoid_fast tanh_fast softplus exp_m1
        sin cos atan erfc
    }
}
