//! Functions of single numbers, of which the elementwise functions are made.

use core::f64::consts::{FRAC_1_SQRT_2, PI};

use crate::kernels::element::Element;

/// What `activations fast;` has for `tanh(u)`: `u (1 + P1 z + P2 z^2) / (1 + Q1 z + Q2 z^2)` with
/// `z = u^2`, and beyond the end what it is there.
const FAST_P: [f64; 2] = [0.102_189_56, 0.000_662_41];
const FAST_Q: [f64; 2] = [0.435_231_15, 0.012_743_17];
const FAST_END: f64 = 5.1;

/// `u` between `low` and `high`, and these beyond.
pub(super) fn clamp<E: Element>(u: E, low: E, high: E) -> E {
    if u < low {
        low
    } else if u > high {
        high
    } else {
        u
    }
}

/// `u` to the power `p`; NaN below zero unless `p` is whole, where the standard library has a value
/// for minus infinity.
pub(super) fn power<E: Element>(u: E, p: f64) -> E {
    if u < E::zero() && p.fract() != 0.0 { E::nan() } else { u.powf(E::from_f64(p)) }
}

/// Without overflow of the exponential.
pub(super) fn sigmoid<E: Element>(u: E) -> E {
    if u < E::zero() {
        let e = u.exp();
        e / (E::one() + e)
    } else {
        E::one() / (E::one() + (-u).exp())
    }
}

pub(super) fn fast_tanh<E: Element>(u: E) -> E {
    let n = E::from_f64;
    let u = clamp(u, n(-FAST_END), n(FAST_END));
    let z = u * u;
    let polynomial = |c: [f64; 2]| E::one() + z * (n(c[0]) + z * n(c[1]));
    u * polynomial(FAST_P) / polynomial(FAST_Q)
}

/// `(1 + tanh(u / 2)) / 2`
pub(super) fn fast_sigmoid<E: Element>(u: E) -> E {
    let half = E::from_f64(0.5);
    half + half * fast_tanh(half * u)
}

/// `log(1 + exp(u)) = max(u, 0) + log(1 + exp(-|u|))`.
pub(super) fn softplus<E: Element>(u: E) -> E {
    larger(u, E::zero()) + (-u.abs()).exp().ln_1p()
}

pub(super) fn sign<E: Element>(u: E) -> E {
    // `signum` of the standard library has no zero.
    if u == E::zero() { E::zero() } else { u.signum() }
}

/// The nearest whole number by the distance from the one below; of two the even one.
pub(super) fn nearest<E: Element>(u: E) -> E {
    let half = E::from_f64(0.5);
    let below = u.floor();
    let even = (below * half).floor() == below * half;
    let up = u - below > half || (u - below == half && !even);
    (if up { below + E::one() } else { below }).copysign(u)
}

/// Distribution function of the standard normal distribution, by the complementary error function
/// so that the lower tail keeps its digits.
pub(super) fn normal<E: Element>(u: E) -> E {
    E::from_f64(0.5 * libm::erfc(-u.as_f64() * FRAC_1_SQRT_2))
}

/// Density of the standard normal distribution.
pub(super) fn normal_density<E: Element>(u: E) -> E {
    (-E::from_f64(0.5) * u * u).exp() / E::from_f64((2.0 * PI).sqrt())
}

/// The smaller of both as IEEE 754-2019 has it: NaN if either is NaN, and -0 smaller than 0.
pub(super) fn smaller<E: Element>(a: E, b: E) -> E {
    if a.is_nan() || b.is_nan() {
        a + b
    } else if a < b || (a == b && a.is_sign_negative()) {
        a
    } else {
        b
    }
}

pub(super) fn larger<E: Element>(a: E, b: E) -> E {
    -smaller(-a, -b)
}

/// In double precision: the rounding of a large difference would be many digits of the exponential.
/// Equal infinities have no difference.
pub(super) fn logaddexp<E: Element>(a: E, b: E) -> E {
    let distance = if a == b { 0.0 } else { (a.as_f64() - b.as_f64()).abs() };
    E::from_f64(larger(a, b).as_f64() + (-distance).exp().ln_1p())
}

/// What `exp(a)` is of `exp(a) + exp(b)`; half of it where neither is larger, NaN among them.
pub(super) fn share<E: Element>(a: E, b: E) -> E {
    if a < b || b < a { sigmoid(a - b) } else { E::from_f64(0.5) }
}

/// What an operand gets of the adjoint `dy`: the product with the slope, where zero times infinity
/// is zero. A place that does not change, or that nothing asks for, has no part in what an infinite
/// factor makes of others.
pub(super) fn handed<E: Element>(dy: E, slope: E) -> E {
    if dy == E::zero() || slope == E::zero() { E::zero() } else { dy * slope }
}

/// `dy / b`, where zero over zero and infinity over infinity are zero.
pub(super) fn shared<E: Element>(dy: E, b: E) -> E {
    if dy == E::zero() || b.is_infinite() { E::zero() } else { dy / b }
}
