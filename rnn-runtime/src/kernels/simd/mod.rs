//! Vectors of the machine behind one small trait: the only place with intrinsics.
//!
//! [`Simd`] is a token: whoever holds one has been through detection, so its operations are safe.
//! [`Lanes`] is the vector type that belongs to it. Generated code is generic over the token and
//! enters through [`Kernel`](crate::kernels::Kernel) and [`Element::dispatch`].

use core::ops::{Add, Div, Mul, Neg, Sub};

pub mod accuracy;
#[cfg(all(target_arch = "x86_64", feature = "avx2"))]
mod avx2;
#[cfg(all(target_arch = "x86_64", feature = "avx512"))]
mod avx512;
pub(crate) mod cache;
pub(crate) mod flush;
pub(crate) mod half;
mod machine;
mod math;
#[cfg(all(target_arch = "aarch64", feature = "neon"))]
mod neon;
mod pair;
pub(crate) mod prefetch;
mod scalar;
#[cfg(all(target_arch = "x86_64", feature = "sse2"))]
mod sse2;
mod tier;
mod vector;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128", feature = "wasm"))]
mod wasm;

#[cfg(all(target_arch = "x86_64", feature = "avx2"))]
pub use avx2::Avx2;
#[cfg(all(target_arch = "x86_64", feature = "avx512"))]
pub use avx512::Avx512;
pub use machine::{Function, Machine};
pub use math::Coefficients;
#[cfg(all(target_arch = "aarch64", feature = "neon"))]
pub use neon::Neon;
pub use pair::Pair;
pub use scalar::Scalar;
#[cfg(all(target_arch = "x86_64", feature = "sse2"))]
pub use sse2::Sse2;
pub use tier::{Available, Tier};
pub use vector::Vector;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128", feature = "wasm"))]
pub use wasm::Wasm;

use crate::kernels::element::Element;

/// The largest number of lanes of any tier, for `f32`. Rows are padded to this (half of it for
/// `f64`, 64 bytes each way), so a whole vector can be loaded at the end of any slot.
pub const MAX_LANES: usize = 16;

/// Proof that the instructions of a tier are there, and the vector type that uses them.
pub trait Simd<E: Element>: Copy + Send + Sync + 'static {
    /// The vector type.
    type V: Lanes<Elem = E>;

    /// The vectors of a loop over one row alone, which takes a length of a multiple of
    /// [`MAX_LANES`] (half of it for `f64`): two as one where that pays, with the same bits.
    type Wide: Simd<E>;

    /// Which tier this token stands for.
    const TIER: Tier;

    /// The token of [`Wide`](Simd::Wide) vectors.
    fn wide(self) -> Self::Wide;

    /// `value` in each lane.
    fn splat(self, value: E) -> Self::V;

    /// `LANES` values from `row[at..]`; panics when the row is shorter.
    fn load(self, row: &[E], at: usize) -> Self::V;

    /// Asks for what is at `at` of the row after this one, if there is one: it is about to be read
    /// or written.
    fn will_use(self, row: &[E], at: usize);
}

/// A vector of `LANES` values. A value of this type exists only where its instructions do.
///
/// Accuracy bounds of the functions are constants in [`accuracy`].
pub trait Lanes:
    Copy
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// Type of one lane.
    type Elem: Element;

    /// Number of lanes.
    const LANES: usize;

    /// Writes all lanes to `row[at..at + LANES]`; panics when the row is shorter.
    fn store(self, row: &mut [Self::Elem], at: usize);

    /// Writes the first `min(count, LANES)` lanes to `row[at..]` and touches nothing else.
    fn store_first(self, row: &mut [Self::Elem], at: usize, count: usize);

    /// Writes the first lane to `row[at]` and touches nothing else.
    fn store_number(self, row: &mut [Self::Elem], at: usize);

    /// The first `count` lanes as they are, `fill` in the others (none when `count >= LANES`).
    fn keep_first(self, count: usize, fill: Self::Elem) -> Self;

    /// `self * factor + term`, with one rounding where the tier has fused multiply-add, else two.
    fn mul_add(self, factor: Self, term: Self) -> Self;

    /// `term - self * factor`, rounded as in [`mul_add`](Lanes::mul_add).
    fn neg_mul_add(self, factor: Self, term: Self) -> Self;

    /// Smaller value in one instruction; a NaN in `self` comes through.
    fn min(self, other: Self) -> Self;

    /// Larger value in one instruction; a NaN in `self` comes through.
    fn max(self, other: Self) -> Self;

    /// Smaller value, as IEEE 754-2019 has it: NaN if either is NaN, and -0 is smaller than 0.
    fn minimum(self, other: Self) -> Self;

    /// Larger value, as IEEE 754-2019 has it: NaN if either is NaN, and -0 is smaller than 0.
    fn maximum(self, other: Self) -> Self;

    /// `yes` in the lanes where `self < bound`, else `no`, as for NaN.
    fn select_less(self, bound: Self, yes: Self, no: Self) -> Self;

    /// Absolute value.
    fn abs(self) -> Self;

    /// -1, 0 or 1; both zeros and NaN stay what they are.
    fn sign(self) -> Self;

    /// Square root, correctly rounded.
    fn sqrt(self) -> Self;

    /// The largest whole number that is not above; zeros, infinities and NaN stay what they are.
    fn floor(self) -> Self;

    /// The nearest whole number, of two the even one; zeros, infinities and NaN stay what they are.
    fn round(self) -> Self;

    /// Sum of all lanes, in an order fixed for the tier.
    fn sum(self) -> Self::Elem;

    /// Largest lane; among lanes of which one is NaN, any of them.
    fn largest(self) -> Self::Elem;

    /// Exponential.
    fn exp(self) -> Self;

    /// Natural logarithm.
    fn log(self) -> Self;

    /// `log(1 + x)`: minus infinity at -1, NaN below.
    fn log1p(self) -> Self;

    /// `log(exp(self) + exp(other))`, in the range of the larger operand; NaN if either is NaN.
    fn logaddexp(self, other: Self) -> Self;

    /// `1 / (1 + exp(-x))`.
    fn sigmoid(self) -> Self;

    /// Hyperbolic tangent.
    fn tanh(self) -> Self;

    /// `1 / (1 + 2^t)`: [`sigmoid`](Lanes::sigmoid) of `x` for `t = -x / ln 2`.
    fn sigmoid_scaled(self) -> Self;

    /// `(2^t - 1) / (2^t + 1)`: [`tanh`](Lanes::tanh) of `x` for `t = 2 x / ln 2`.
    fn tanh_scaled(self) -> Self;

    /// [`sigmoid`](Lanes::sigmoid) within [`SIGMOID_FAST`](accuracy::SIGMOID_FAST).
    fn sigmoid_fast(self) -> Self;

    /// [`tanh`](Lanes::tanh) within [`TANH_FAST`](accuracy::TANH_FAST), never beyond 1.
    fn tanh_fast(self) -> Self;

    /// `log(1 + exp(x))`.
    fn softplus(self) -> Self;

    /// `exp(x) - 1`.
    fn exp_m1(self) -> Self;

    /// Sine.
    fn sin(self) -> Self;

    /// Cosine.
    fn cos(self) -> Self;

    /// Inverse tangent, between -pi/2 and pi/2.
    fn atan(self) -> Self;

    /// The complementary error function, `1 - erf(x)`.
    fn erfc(self) -> Self;

    /// `x / (1 + |x|)`.
    fn softsign(self) -> Self;

    /// `|self|` with the sign of `sign`.
    fn copysign(self, sign: Self) -> Self;

    /// A power, by way of the logarithm; NaN below zero.
    fn pow(self, exponent: Self::Elem) -> Self;
}
