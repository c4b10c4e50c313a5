//! How exact the functions of [`Lanes`](super::Lanes) are: the largest errors, measured and then
//! promised.
//!
//! An error is counted in ulp, the distance between neighbouring numbers of the element type at the
//! exact result. The figures of `f32` are rounded up from the largest errors of all arguments
//! between 2^-13 and 2^7 in magnitude (2^16 for sine and cosine) and of samples of the others;
//! those of `f64`, and of pairs of arguments, from the largest found in samples of 1,500,000 or
//! more. Results below the smallest normal number may be 0, or any other below it. NaN gives NaN,
//! overflow infinity.
//!
//! With fused multiply-add, the largest errors of all 2^32 arguments of `f32`:
//!
//! ```text
//!            AVX-512                AVX2
//! exp        0.9324 at -5.2002      0.9324 at -5.2002
//! log1p      0.913  at  0.4960      0.913  at  0.4960
//! atan       1.425  at  0.5018      1.425  at  0.5018
//! ```

use super::Tier;
use crate::kernels::element::Element;

/// The largest error of a function in ulp.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Of `f32`, on tiers with fused multiply-add.
    pub f32_fused: f64,
    /// Of `f32`, on the others.
    pub f32_plain: f64,
    /// Of `f64`, on tiers with fused multiply-add.
    pub f64_fused: f64,
    /// Of `f64`, on the others.
    pub f64_plain: f64,
}

impl Bound {
    /// The bound for an element type on a tier.
    pub fn of<E: Element>(self, tier: Tier) -> f64 {
        match (size_of::<E>(), tier.is_fused()) {
            (4, true) => self.f32_fused,
            (4, false) => self.f32_plain,
            (_, true) => self.f64_fused,
            (_, false) => self.f64_plain,
        }
    }
}

const fn bound(f32_fused: f64, f32_plain: f64, f64_fused: f64, f64_plain: f64) -> Bound {
    Bound { f32_fused, f32_plain, f64_fused, f64_plain }
}

/// Of [`exp`](super::Lanes::exp).
pub const EXP: Bound = bound(0.94, 1.0, 1.0, 1.1);

/// Of [`log`](super::Lanes::log).
pub const LOG: Bound = bound(0.92, 0.92, 0.9, 0.9);

/// Of [`sigmoid`](super::Lanes::sigmoid), and of [`sigmoid_scaled`](super::Lanes::sigmoid_scaled).
/// From samples of 3,000,000 arguments of `f32`.
pub const SIGMOID: Bound = bound(1.9, 1.9, 2.1, 2.1);

/// Of [`tanh`](super::Lanes::tanh), and of [`tanh_scaled`](super::Lanes::tanh_scaled). From samples
/// of 3,000,000 arguments of `f32`.
pub const TANH: Bound = bound(3.5, 3.5, 3.5, 3.5);

/// Of [`softplus`](super::Lanes::softplus).
pub const SOFTPLUS: Bound = bound(2.1, 2.1, 2.1, 2.1);

/// Largest error of [`sigmoid_fast`](super::Lanes::sigmoid_fast), absolute, of both types on all
/// tiers.
pub const SIGMOID_FAST: f64 = 3e-5;

/// Largest error of [`tanh_fast`](super::Lanes::tanh_fast), absolute, of both types on all tiers.
pub const TANH_FAST: f64 = 6e-5;

/// Largest difference of the outputs of `weights f16;` from those of the exact cell, over the
/// largest output: LSTM, GRU and minGRU of up to 129 units over 64 steps.
pub const SEQUENCE_F16: f64 = 5e-4;

/// The same of `weights bf16;`.
pub const SEQUENCE_BF16: f64 = 4e-3;

/// The same of `activations fast;`, and of gradients, all parameters together, over the largest of
/// all.
pub const SEQUENCE_FAST: f64 = 3e-4;

/// Largest change by `activations fast;` of outputs and states after one step of any ready cell of
/// three units or more, over the largest of each.
///
/// What becomes of it over many steps is the cell's: gated cells of three units or more stay within
/// 4e-3 in outputs and 2e-2 in gradients over 64 steps (each gradient by itself), but cells that
/// amplify differences, as [`LayerNormLstm`](crate::cells::LayerNormLstm) and
/// [`LstmWithoutForget`](crate::cells::LstmWithoutForget) with random weights do, may end anywhere.
/// [`verify`](crate::verify) says it of a cell:
/// [`TensorRow::approximation`](crate::verify::TensorRow::approximation).
pub const STEP_FAST: f64 = 5e-4;

/// The same of gradients, as [`Tolerances`](crate::verify::Tolerances) measures them: more than of
/// outputs, because approximations are off in absolute terms, and gradients follow small values (a
/// gate that is nearly closed, in [`FastGrnn`](crate::cells::FastGrnn)) or are divided by small
/// deviations (in [`LayerNormLstm`](crate::cells::LayerNormLstm)).
pub const STEP_FAST_GRADIENT: f64 = 1e-2;

/// Of [`exp_m1`](super::Lanes::exp_m1).
pub const EXP_M1: Bound = bound(1.6, 1.7, 2.4, 2.4);

/// Of [`log1p`](super::Lanes::log1p).
pub const LOG1P: Bound = bound(0.92, 0.93, 0.9, 0.9);

/// Of [`logaddexp`](super::Lanes::logaddexp), in ulp of the largest of the result and the two terms
/// that it is the sum of, which may cancel: the larger operand, and at most `log(2)`. A term below
/// the smallest normal number may be 0.
pub const LOGADDEXP: Bound = bound(2.3, 2.3, 2.2, 2.2);

/// Of [`atan`](super::Lanes::atan).
pub const ATAN: Bound = bound(1.43, 1.42, 1.4, 1.4);

/// Of [`sin`](super::Lanes::sin).
pub const SIN: Bound = bound(2.1, 0.6, 2.3, 1.0);

/// Of [`cos`](super::Lanes::cos).
pub const COS: Bound = bound(2.1, 0.6, 2.3, 1.0);

/// Of [`erfc`](super::Lanes::erfc); far out, where it is small.
pub const ERFC: Bound = bound(9.0, 9.0, 1.0, 1.0);

/// Of [`pow`](super::Lanes::pow): ulp for each unit of `log(y)` of
/// the result `y` beyond 1, since the error of an exponent counts for digits of the result.
pub const POW: f64 = 2.0;
