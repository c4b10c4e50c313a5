//! The yardstick: how many multiply-adds a second the core can do in registers.

use std::hint::black_box;
use std::time::Instant;

use rnn_runtime::element::Element;
use rnn_runtime::matrix::Kernels;
use rnn_runtime::simd::{Kernel, Lanes, Simd, Tier};

use crate::timing::Effort;

/// Peak of `tier` on this core in GFLOP/s: the best of several trials of some milliseconds each.
pub(crate) fn gflops(tier: Tier, effort: Effort) -> f64 {
    let (trials, rounds) = match effort {
        Effort::Measure => (40, 200_000),
        Effort::Once => (1, 1_000),
    };
    let trial = |_| {
        let start = Instant::now();
        let flops = <f32 as Element>::dispatch(tier, Chains { rounds });
        flops / start.elapsed().as_secs_f64() / 1e9
    };
    (0..trials).map(trial).fold(0.0, f64::max)
}

/// Independent chains of multiply-adds, enough of them to hide the latency and as few as fit into
/// the registers.
struct Chains {
    rounds: usize,
}

impl Kernel<f32> for Chains {
    /// Floating-point operations done.
    type Output = f64;

    #[inline(always)]
    fn run<S: Kernels<f32>>(self, simd: S) -> f64 {
        match S::TIER {
            Tier::Avx512 | Tier::Neon => chains::<S, 24>(simd, self.rounds),
            Tier::Scalar | Tier::Sse2 | Tier::Avx2 | Tier::Wasm => {
                chains::<S, 12>(simd, self.rounds)
            }
        }
    }
}

#[inline(always)]
fn chains<S: Simd<f32>, const N: usize>(simd: S, rounds: usize) -> f64 {
    let (factor, term) = black_box((0.999, 0.001));
    let (factor, term) = (simd.splat(factor), simd.splat(term));
    let mut chains = [simd.splat(1.0); N];
    for _ in 0..rounds {
        for chain in &mut chains {
            *chain = chain.mul_add(factor, term);
        }
    }
    let mut total = simd.splat(0.0);
    for chain in chains {
        total = total + chain;
    }
    black_box(total.sum());
    (2 * N * S::V::LANES * rounds) as f64
}
