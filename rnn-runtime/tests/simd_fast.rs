//! The fast sigmoid and tanh of every tier.

use rnn_runtime::__v0_1::Kernel;
use rnn_runtime::__v0_1::matrix::Kernels;
use rnn_runtime::__v0_1::simd::{Lanes, MAX_LANES, Tier};
use rnn_runtime::element::Element;
use rnn_runtime::simd::accuracy::{SIGMOID_FAST, TANH_FAST};

/// Both functions of each argument, `[sigmoid, tanh]`.
struct Both<'a, E>(&'a [E]);

impl<E: Element> Kernel<E> for Both<'_, E> {
    type Output = [Vec<E>; 2];

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) -> [Vec<E>; 2] {
        let mut results = [vec![E::zero(); self.0.len()], vec![E::zero(); self.0.len()]];
        for at in (0..self.0.len()).step_by(S::V::LANES) {
            let x = simd.load(self.0, at);
            x.sigmoid_fast().store(&mut results[0], at);
            x.tanh_fast().store(&mut results[1], at);
        }
        results
    }
}

fn check<E: Element>() {
    let count = 400_000 / MAX_LANES * MAX_LANES;
    let x: Vec<E> = (0..count).map(|i| E::from_f64(i as f64 * 1e-4 - 20.0)).collect();
    for tier in Tier::available() {
        let [sigmoid, tanh] = E::dispatch(tier, Both(&x));
        let mut worst = [0.0_f64; 2];
        for ((x, s), t) in x.iter().zip(sigmoid).zip(tanh) {
            let (x, s, t) = (Element::as_f64(*x), Element::as_f64(s), Element::as_f64(t));
            worst[0] = worst[0].max((s - 1.0 / (1.0 + (-x).exp())).abs());
            worst[1] = worst[1].max((t - x.tanh()).abs());
            assert!(t.abs() < 1.0 && s > 0.0 && s < 1.0, "{tier}: beyond the ends at {x}");
            // Small arguments keep their digits.
            assert!(x.abs() > 0.01 || (t - x.tanh()).abs() <= 1e-4 * x.abs(), "{tier}: {x}");
        }
        let [s, t] = worst;
        assert!(s <= SIGMOID_FAST && t <= TANH_FAST, "{tier}: {s:e} and {t:e}");
        assert!(t > TANH_FAST / 2.0, "{tier}: the bound is far too wide for {t:e}");
    }
}

#[test]
fn within_bounds_and_never_beyond_the_ends() {
    check::<f32>();
    check::<f64>();
}

#[test]
fn at_the_ends() {
    let mut x = vec![0.0_f32; MAX_LANES];
    x[..4].copy_from_slice(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0]);
    for tier in Tier::available() {
        let [sigmoid, tanh] = <f32 as Element>::dispatch(tier, Both(&x));
        assert!(sigmoid[0].is_nan() && tanh[0].is_nan(), "{tier}");
        assert!(tanh[1] > 0.9999 && tanh[2] < -0.9999 && sigmoid[1] > 0.9999, "{tier}");
        assert_eq!((tanh[3].to_bits(), sigmoid[3]), ((-0.0_f32).to_bits(), 0.5), "{tier}");
    }
}
