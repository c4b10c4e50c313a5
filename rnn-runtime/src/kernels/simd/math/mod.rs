//! Elementary functions on vectors, one file each, written once for all tiers and both element
//! types.
//!
//! No table, and no branch but that of sine and cosine for large arguments; polynomials in Estrin's
//! form, for the chain of one step of a small cell is bound by latency. What they rest on:
//!
//! ```text
//! x = n ln 2 + r, |r| <= ln 2 / 2      reduce      exp(x) = 2^n (1 + p(r))
//! a = m 2^e, 0.75 <= m < 1.5           split       log(a) = e ln 2 + log(1 + (m - 1))
//! ```
//!
//! The bounds that come out are measured, and stand in [`accuracy`](super::accuracy).

mod atan;
mod coefficients;
mod erfc;
mod exp;
mod exp_m1;
mod fast;
mod log;
mod logaddexp;
mod pow;
mod power;
mod sigmoid;
mod sin_cos;
mod softplus;
mod tanh;

pub(super) use atan::atan;
pub use coefficients::Coefficients;
pub(super) use erfc::erfc;
pub(super) use exp::exp;
pub(super) use exp_m1::exp_m1;
pub(super) use fast::{sigmoid_fast, tanh_fast};
pub(super) use log::{log, log1p};
pub(super) use logaddexp::logaddexp;
pub(super) use pow::pow;
pub(super) use sigmoid::{sigmoid, sigmoid_scaled};
pub(super) use sin_cos::{cos, sin};
pub(super) use softplus::softplus;
pub(super) use tanh::{tanh, tanh_scaled};

use super::Lanes;
use super::machine::Machine;
use super::vector::Vector;
use crate::kernels::element::Element;

/// `x * factor + offset` rounded to the nearest integer, for results below 2^22 (`f32`) or 2^51
/// (`f64`).
#[inline(always)]
fn round<T: Machine<E>, E: Element>(x: Vector<T, E>, factor: E, offset: E) -> Vector<T, E> {
    let magic = x.splat(E::MAGIC);
    x.mul_add(x.splat(factor), x.splat(offset)) + magic - magic
}

/// `n + MAGIC`, `n` and `r` with `x = n ln 2 + r` and `|r| <= ln 2 / 2`, for `|x|` up to the ends
/// of `exp`.
#[inline(always)]
fn reduce<T: Machine<E>, E: Element>(x: Vector<T, E>) -> [Vector<T, E>; 3] {
    let magic = x.splat(E::MAGIC);
    let shifted = x.mul_add(x.splat(E::LOG2_E), magic);
    let n = shifted - magic;
    [shifted, n, subtract_ln_2(x, n)]
}

/// `x - n ln 2`.
#[inline(always)]
fn subtract_ln_2<T: Machine<E>, E: Element>(x: Vector<T, E>, n: Vector<T, E>) -> Vector<T, E> {
    let [high, low] = E::LN_2_PARTS;
    n.neg_mul_add(x.splat(low), n.neg_mul_add(x.splat(high), x))
}

/// `(exp(r) - 1) / r` for `|r| <= ln 2 / 2`.
#[inline(always)]
fn exp_slope<T: Machine<E>, E: Element>(r: Vector<T, E>) -> Vector<T, E> {
    r.mul_add(polynomial(r, E::EXP), r.splat(E::one()))
}

/// `exp(r) - 1` for `|r| <= ln 2 / 2`; `r` enters unrounded.
#[inline(always)]
fn exp_m1_reduced<T: Machine<E>, E: Element>(r: Vector<T, E>) -> Vector<T, E> {
    (r * r).mul_add(polynomial(r, E::EXP), r)
}

/// `2 atanh(s) - 2 s`, divided by `s`, of `z = s * s <= 1/9`.
#[inline(always)]
fn atanh_rest<T: Machine<E>, E: Element>(z: Vector<T, E>) -> Vector<T, E> {
    z * polynomial(z, E::ATANH)
}

/// `c[0] + c[1] x + c[2] x^2 ..`, three to sixteen coefficients.
#[inline(always)]
fn polynomial<T: Machine<E>, E: Element>(x: Vector<T, E>, c: &[E]) -> Vector<T, E> {
    if c.len() <= 6 {
        let x2 = x * x;
        return quad(x, x2, &c[2..]).mul_add(x2, pair(x, c));
    }
    series(x, pair(x, c), &c[2..])
}

/// `low + c[0] x^2 + c[1] x^3 ..` in Estrin's form, three to fourteen coefficients.
#[inline(always)]
fn series<T: Machine<E>, E: Element>(x: Vector<T, E>, low: Vector<T, E>, c: &[E]) -> Vector<T, E> {
    let x2 = x * x;
    let x4 = x2 * x2;
    let sum = quad(x, x2, &c[2..]).mul_add(x4, pair(x, c).mul_add(x2, low));
    if c.len() <= 6 {
        return sum;
    }
    let high = quad(x, x2, &c[6..]);
    let high = if c.len() > 10 { quad(x, x2, &c[10..]).mul_add(x4, high) } else { high };
    high.mul_add(x4 * x4, sum)
}

/// The first four terms of a polynomial, or as many as there are.
#[inline(always)]
fn quad<T: Machine<E>, E: Element>(x: Vector<T, E>, x2: Vector<T, E>, c: &[E]) -> Vector<T, E> {
    if c.len() > 2 { pair(x, &c[2..]).mul_add(x2, pair(x, c)) } else { pair(x, c) }
}

/// The first two terms of a polynomial, or the only one.
#[inline(always)]
fn pair<T: Machine<E>, E: Element>(x: Vector<T, E>, c: &[E]) -> Vector<T, E> {
    if c.len() > 1 { x.mul_add(x.splat(c[1]), x.splat(c[0])) } else { x.splat(c[0]) }
}
