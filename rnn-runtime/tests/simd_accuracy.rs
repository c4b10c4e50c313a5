//! The functions of every tier against more precise ones, within the bounds of
//! `rnn_runtime::simd::accuracy`, and at their ends.

mod precise;

use std::f32::consts::FRAC_PI_2;
use std::f64::consts::LN_2;

use precise::Double;
use rnn_runtime::__v0_1::Kernel;
use rnn_runtime::__v0_1::matrix::Kernels;
use rnn_runtime::__v0_1::simd::{Lanes, Tier};
use rnn_runtime::element::Element;
use rnn_runtime::simd::accuracy::{self, Bound};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Function {
    Exp,
    Log,
    Sigmoid,
    Tanh,
    Softplus,
    ExpM1,
    Sin,
    Cos,
    Erfc,
    Log1p,
    Atan,
    SigmoidScaled,
    TanhScaled,
}

use Function::*;

const FUNCTIONS: [Function; 13] = [
    Exp,
    Log,
    Sigmoid,
    Tanh,
    Softplus,
    ExpM1,
    Sin,
    Cos,
    Erfc,
    Log1p,
    Atan,
    SigmoidScaled,
    TanhScaled,
];

impl Function {
    fn bound(self) -> Bound {
        match self {
            Exp => accuracy::EXP,
            Log => accuracy::LOG,
            Sigmoid | SigmoidScaled => accuracy::SIGMOID,
            Tanh | TanhScaled => accuracy::TANH,
            Softplus => accuracy::SOFTPLUS,
            ExpM1 => accuracy::EXP_M1,
            Sin => accuracy::SIN,
            Cos => accuracy::COS,
            Erfc => accuracy::ERFC,
            Log1p => accuracy::LOG1P,
            Atan => accuracy::ATAN,
        }
    }

    /// In double precision, to about one ulp of it.
    fn reference(self, x: f64) -> f64 {
        match self {
            Exp => x.exp(),
            Log => x.ln(),
            Sigmoid if x < 0.0 => x.exp() / (1.0 + x.exp()),
            Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Tanh => x.tanh(),
            Softplus if x.is_nan() => x,
            Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
            ExpM1 => x.exp_m1(),
            Sin => x.sin(),
            Cos => x.cos(),
            Erfc => libm::erfc(x),
            Log1p => x.ln_1p(),
            Atan => x.atan(),
            SigmoidScaled if x > 0.0 => (-x).exp2() / (1.0 + (-x).exp2()),
            SigmoidScaled => 1.0 / (1.0 + x.exp2()),
            TanhScaled => Tanh.reference(x * (LN_2 / 2.0)),
        }
    }

    /// In twice double precision, where there is such a function and its parts are normal numbers;
    /// else in double precision.
    fn exact(self, x: f64) -> Exact {
        let rough = self.reference(x);
        let ordinary = rough.is_finite() && rough.abs() > 1e-270 && x.abs() > 1e-270;
        let wide = match self {
            _ if !ordinary => return Exact::rough(rough),
            Exp => precise::exp(Double(x, 0.0)),
            Log => precise::log(x),
            Sigmoid => precise::sigmoid(Double(x, 0.0)),
            Tanh => precise::tanh(Double(x, 0.0)),
            SigmoidScaled => precise::sigmoid(precise::times_ln_2(-x)),
            TanhScaled => precise::tanh(precise::times_ln_2(x / 2.0)),
            Softplus => precise::softplus(x),
            ExpM1 => precise::exp_m1(Double(x, 0.0)),
            Log1p => precise::log_1p(Double(x, 0.0)),
            Atan => precise::atan(x),
            Sin | Cos | Erfc => return Exact::rough(rough),
        };
        // Near the overflow the wide function's parts may leave the range.
        if wide.1.is_finite() { Exact { value: wide, slack: 0.0 } } else { Exact::rough(rough) }
    }

    /// What no result may leave.
    fn range(self) -> (f64, f64) {
        match self {
            Exp | Softplus => (0.0, f64::INFINITY),
            Sigmoid | SigmoidScaled => (0.0, 1.0),
            Tanh | TanhScaled | Sin | Cos => (-1.0, 1.0),
            Erfc => (0.0, 2.0),
            // That of `f32` is the larger one.
            Atan => (-f64::from(FRAC_PI_2), f64::from(FRAC_PI_2)),
            ExpM1 => (-1.0, f64::INFINITY),
            Log | Log1p => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }
}

/// What a result is compared with.
#[derive(Debug, Clone, Copy)]
struct Exact {
    value: Double,
    /// How far it may be off itself, in ulp of `f64`.
    slack: f64,
}

impl Exact {
    fn rough(value: f64) -> Exact {
        Exact { value: Double(value, 0.0), slack: 1.0 }
    }
}

/// Writes the function of each argument; rows are multiples of every tier's lanes.
struct Map<'a, E> {
    function: Function,
    x: &'a [E],
    y: &'a mut [E],
}

impl<E: Element> Kernel<E> for Map<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        for at in (0..self.x.len()).step_by(S::V::LANES) {
            let x = simd.load(self.x, at);
            let y = match self.function {
                Exp => x.exp(),
                Log => x.log(),
                Sigmoid => x.sigmoid(),
                Tanh => x.tanh(),
                Softplus => x.softplus(),
                ExpM1 => x.exp_m1(),
                Sin => x.sin(),
                Cos => x.cos(),
                Erfc => x.erfc(),
                Log1p => x.log1p(),
                Atan => x.atan(),
                SigmoidScaled => x.sigmoid_scaled(),
                TanhScaled => x.tanh_scaled(),
            };
            y.store(self.y, at);
        }
    }
}

/// Distance of neighbouring numbers of `E` at `value`, or at the smallest normal one.
fn ulp<E: Element>(value: f64) -> f64 {
    let power_of_two = f64::from_bits(value.to_bits() & 0x7FF0_0000_0000_0000);
    let smallest = Element::as_f64(E::min_positive_value());
    power_of_two.max(smallest) * Element::as_f64(E::epsilon())
}

/// Error in ulp of one result, or infinity where it is wrong in kind.
fn error<E: Element>(function: Function, x: E, y: E, exact: Exact) -> f64 {
    let rounded = E::from_f64(exact.value.0);
    let (low, high) = function.range();
    let y64 = y.as_f64();
    let wrong_kind = rounded.is_nan() != y.is_nan()
        || rounded.is_infinite() != y.is_infinite()
        || y64 < low
        || y64 > high
        || (x == E::zero()
            && rounded == E::zero()
            && rounded.is_sign_negative() != y.is_sign_negative());
    if wrong_kind {
        f64::INFINITY
    } else if !rounded.is_finite() || rounded.abs().max(y.abs()) < E::min_positive_value() {
        // Below the smallest normal number any other may take the place of the result.
        0.0
    } else {
        (((y64 - exact.value.0) - exact.value.1).abs() - exact.slack * ulp::<f64>(exact.value.0))
            / ulp::<E>(exact.value.0)
    }
}

/// Checks one function on one tier; returns the largest error in ulp and its argument.
fn sweep<E: Element>(tier: Tier, function: Function, x: &[E], exact: &[Exact]) -> (f64, E) {
    let mut y = vec![E::zero(); x.len()];
    E::dispatch(tier, Map { function, x, y: &mut y });
    let mut worst = (0.0, E::zero());
    for i in 0..x.len() {
        let error = error(function, x[i], y[i], exact[i]);
        if error > worst.0 {
            worst = (error, x[i]);
        }
    }
    worst
}

/// Arguments of both signs with exponents spread over `-30..11`, and then the ends of all
/// functions.
fn arguments<E: Element>(count: u64) -> Vec<E> {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut x: Vec<E> = Vec::new();
    for i in 0..count {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let fraction = 1.0 + (state >> 11) as f64 / (1u64 << 53) as f64;
        // Most of them where the functions bend.
        let exponent = if i % 4 == 0 { (i / 4 % 41) as i32 - 30 } else { (i / 4 % 9) as i32 - 5 };
        let sign = if state & 1024 == 0 { 1.0 } else { -1.0 };
        x.push(E::from_f64(sign * fraction * 2f64.powi(exponent)));
    }
    let tiny = E::min_positive_value();
    let ends = [
        0.0, 1.0, 9.0, 9.1, 17.5, 19.2, 87.33654, 88.0, 88.722839, 103.0, 708.39641, 709.78271,
        745.2, 1e5, 1e30,
    ];
    for end in ends.map(E::from_f64).into_iter().chain([
        tiny,
        tiny * E::from_f64(0.5),
        E::max_value(),
        E::infinity(),
    ]) {
        for step in -3..=3 {
            let near = end * (E::one() + E::epsilon() * E::from_f64(f64::from(step)));
            x.extend([near, -near]);
        }
    }
    x.push(E::nan());
    x.resize(x.len().next_multiple_of(16), E::one());
    x
}

/// Checks all functions on all tiers.
fn check<E: Element>(count: u64) {
    let x = arguments::<E>(count);
    for function in FUNCTIONS {
        let exact: Vec<Exact> = x.iter().map(|&x| function.exact(Element::as_f64(x))).collect();
        for tier in Tier::available() {
            let (error, at) = sweep(tier, function, &x, &exact);
            let bound = function.bound().of::<E>(tier);
            println!("{function:?} {} {tier}: {error:.3} of {bound} ulp, at {at:e}", E::NAME);
            assert!(error <= bound, "{function:?} {} {tier}: {error} at {at:e}", E::NAME);
        }
    }
}

#[test]
fn f32_within_bounds() {
    check::<f32>(60_000);
}

#[test]
fn f64_within_bounds() {
    check::<f64>(20_000);
}

/// The logarithm of a sum of exponentials, of each pair of arguments.
struct LogAddExp<'a, E> {
    operands: [&'a [E]; 2],
    y: &'a mut [E],
}

impl<E: Element> Kernel<E> for LogAddExp<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        for at in (0..self.y.len()).step_by(S::V::LANES) {
            let [a, b] = self.operands.map(|row| simd.load(row, at));
            a.logaddexp(b).store(self.y, at);
        }
    }
}

/// Checks pairs of arguments that are near each other and of such that are not.
fn check_logaddexp<E: Element>(count: u64) {
    let x: Vec<E> =
        arguments(count).into_iter().filter(|x: &E| x.abs() < E::from_f64(1e3)).collect();
    let pairs = x.iter().enumerate().map(|(i, &a)| match i % 3 {
        0 => (a, x[(7 * i + 3) % x.len()]),
        1 => (a, a + x[(5 * i + 1) % x.len()]),
        _ => (a, -a),
    });
    let near = |&(a, b): &(E, E)| (a - b).abs() < E::from_f64(600.0);
    let (mut a, mut b): (Vec<E>, Vec<E>) = pairs.filter(near).unzip();
    for row in [&mut a, &mut b] {
        row.resize(row.len().next_multiple_of(16), E::one());
    }
    let mut y = vec![E::zero(); a.len()];
    for tier in Tier::available() {
        E::dispatch(tier, LogAddExp { operands: [&a, &b], y: &mut y });
        let mut worst = (0.0, E::zero(), E::zero());
        for ((&a, &b), &y) in a.iter().zip(&b).zip(&y) {
            let exact = precise::logaddexp(a.as_f64(), b.as_f64());
            let larger = a.max(b).as_f64();
            let size =
                [exact.0, larger, exact.0 - larger].map(f64::abs).into_iter().fold(0.0, f64::max);
            // A term below the smallest normal number may be 0.
            let off = ((y.as_f64() - exact.0) - exact.1).abs() - E::min_positive_value().as_f64();
            let error = off / ulp::<E>(size);
            if error.is_nan() || error > worst.0 {
                worst = (error, a, b);
            }
        }
        let (error, a, b) = worst;
        let bound = accuracy::LOGADDEXP.of::<E>(tier);
        println!("LogAddExp {} {tier}: {error:.3} of {bound} ulp, at {a:e}, {b:e}", E::NAME);
        assert!(error <= bound, "LogAddExp {} {tier}: {error} at {a:e}, {b:e}", E::NAME);
    }
}

#[test]
fn logaddexp_within_bounds() {
    check_logaddexp::<f32>(60_000);
    check_logaddexp::<f64>(20_000);
}

/// All 2^32 arguments on all tiers; the reference is this crate's `f64`, which
/// [`f64_within_bounds`] checks. In release mode some minutes a function.
#[test]
#[ignore = "all 2^32 arguments: minutes in release mode"]
fn f32_exhaustive() {
    const BLOCK: usize = 1 << 16;
    for function in FUNCTIONS {
        let mut worst = [(0.0, 0f32); Tier::ALL.len()];
        for block in 0..(1u64 << 32) / BLOCK as u64 {
            let from = (block * BLOCK as u64) as u32;
            let x: Vec<f32> = (0..BLOCK as u32).map(|i| f32::from_bits(from + i)).collect();
            let wide: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
            let mut exact = vec![0.0; BLOCK];
            f64::dispatch(Tier::detect(), Map { function, x: &wide, y: &mut exact });
            let exact: Vec<Exact> = exact.iter().map(|&y| Exact::rough(y)).collect();
            for tier in Tier::available() {
                let found = sweep(tier, function, &x, &exact);
                if found.0 > worst[tier as usize].0 {
                    worst[tier as usize] = found;
                }
            }
        }
        for tier in Tier::available() {
            let (error, at) = worst[tier as usize];
            println!("{function:?} {tier}: {error:.3} ulp at {at:e}");
            assert!(error <= function.bound().of::<f32>(tier), "{function:?} {tier}");
        }
    }
}
