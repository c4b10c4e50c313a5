//! The vector type of every tier, written once over [`Machine`].

use core::ops::{Add, Div, Mul, Neg, Sub};

use super::machine::Machine;
use super::{Lanes, Simd, Tier};
use crate::element::Element;

/// `LANES` values in a register of tier `T`, with the token that made it.
#[derive(Clone, Copy)]
pub struct Vector<T: Machine<E>, E: Element> {
    token: T,
    reg: T::Reg,
}

impl<E: Element, T: Machine<E>> Simd<E> for T {
    type V = Vector<T, E>;

    const TIER: Tier = T::TIER;

    #[inline(always)]
    fn splat(self, value: E) -> Self::V {
        Vector { token: self, reg: Machine::splat(self, value) }
    }

    #[inline(always)]
    fn load(self, row: &[E], at: usize) -> Self::V {
        let from = row[at..][..T::LANES].as_ptr();
        // SAFETY: the slice just taken has `LANES` values.
        Vector { token: self, reg: unsafe { Machine::load(self, from) } }
    }
}

impl<E: Element, T: Machine<E>> Vector<T, E> {
    /// The same value in each lane of another vector.
    #[inline(always)]
    pub(super) fn splat(self, value: E) -> Self {
        self.with(self.token.splat(value))
    }

    /// Another register of the same tier.
    #[inline(always)]
    fn with(self, reg: T::Reg) -> Self {
        Vector { token: self.token, reg }
    }

    /// `yes` in the lanes where `self < bound`, else `no`.
    #[inline(always)]
    pub(super) fn select_less(self, bound: Self, yes: Self, no: Self) -> Self {
        let mask = self.token.less(self.reg, bound.reg);
        self.with(self.token.select(mask, yes.reg, no.reg))
    }

    /// `|self|` with the sign of `sign`.
    #[inline(always)]
    pub(super) fn copysign(self, sign: Self) -> Self {
        self.with(self.token.copysign(self.reg, sign.reg))
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

/// A function of one argument, lane by lane.
macro_rules! lane_by_lane {
    ($($name:ident = $function:expr;)+) => {$(
        #[inline(always)]
        fn $name(self) -> Self {
            let mut lanes = [E::zero(); super::MAX_LANES];
            self.store(&mut lanes, 0);
            for lane in &mut lanes[..T::LANES] {
                *lane = E::from_f64($function(lane.to_f64()));
            }
            Simd::load(self.token, &lanes, 0)
        }
    )+};
}

impl<E: Element, T: Machine<E>> Lanes for Vector<T, E> {
    type Elem = E;

    const LANES: usize = T::LANES;

    #[inline(always)]
    fn store(self, row: &mut [E], at: usize) {
        let to = row[at..][..T::LANES].as_mut_ptr();
        // SAFETY: the slice just taken has `LANES` values.
        unsafe { self.token.store(self.reg, to) }
    }

    #[inline(always)]
    fn store_first(self, row: &mut [E], at: usize, count: usize) {
        let count = if count < T::LANES { count } else { T::LANES };
        let to = row[at..][..count].as_mut_ptr();
        // SAFETY: the slice just taken has `count` values, and `count` is at most `LANES`.
        unsafe { self.token.store_first(self.reg, to, count) }
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
    fn less(self, other: Self) -> Self {
        self.select_less(other, self.splat(E::one()), self.splat(E::zero()))
    }

    #[inline(always)]
    fn abs(self) -> Self {
        self.with(self.token.abs(self.reg))
    }

    #[inline(always)]
    fn sign(self) -> Self {
        let zero = self.splat(E::zero());
        let unit = self.splat(E::one()).copysign(self);
        // What is neither below nor above zero is a zero or NaN, and stays.
        zero.select_less(self.abs(), unit, self)
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        self.with(self.token.sqrt(self.reg))
    }

    #[inline(always)]
    fn sum(self) -> E {
        self.token.sum(self.reg)
    }

    #[inline(always)]
    fn largest(self) -> E {
        self.token.largest(self.reg)
    }

    lane_by_lane! {
        exp = libm::exp;
        log = libm::log;
        sigmoid = |x: f64| 1.0 / (1.0 + libm::exp(-x));
        tanh = libm::tanh;
        softplus = |x: f64| libm::log1p(libm::exp(-x.abs())) + x.max(0.0);
        exp_m1 = libm::expm1;
        sin = libm::sin;
        cos = libm::cos;
        erf = libm::erf;
    }
}
