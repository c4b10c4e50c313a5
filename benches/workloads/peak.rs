//! The yardsticks: how many multiply-adds a second the core can do in registers, and how fast it
//! reads weights that are multiplied by one row.

use std::hint::black_box;
use std::time::Instant;

use rnn_runtime::__v0_1::Kernel;
use rnn_runtime::__v0_1::matrix::{Aligned, Kernels};
use rnn_runtime::__v0_1::simd::{Lanes, Simd, Tier};
use rnn_runtime::element::Element;

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

/// The fastest that `tier` multiplies and adds each of `kib` KiB of numbers once, in GB/s: time
/// after time, from alternating ends, as one row reads its weights.
pub(crate) fn read_gbytes(tier: Tier, kib: usize, effort: Effort) -> f64 {
    let mut numbers = Aligned::zeroed(kib * 256);
    numbers.fill(0.5);
    let (trials, rounds) = match effort {
        Effort::Measure => (40, (16 << 10) / kib),
        Effort::Once => (1, 2),
    };
    let trial = |_| {
        let start = Instant::now();
        let bytes = <f32 as Element>::dispatch(tier, Reads { numbers: &numbers, rounds });
        bytes / start.elapsed().as_secs_f64() / 1e9
    };
    (0..trials).map(trial).fold(0.0, f64::max)
}

/// Sums over numbers from memory.
struct Reads<'a> {
    numbers: &'a [f32],
    rounds: usize,
}

impl Kernel<f32> for Reads<'_> {
    /// Bytes read.
    type Output = f64;

    #[inline(always)]
    fn run<S: Kernels<f32>>(self, simd: S) -> f64 {
        /// Chains, which hide the latency of a multiply-add.
        const N: usize = 8;
        let factor = simd.splat(black_box(0.999));
        let mut chains = [simd.splat(0.0); N];
        let block = N * S::V::LANES;
        let blocks = self.numbers.len() / block;
        for round in 0..self.rounds {
            for at in 0..blocks {
                let at = if round % 2 == 0 { at } else { blocks - 1 - at };
                let numbers = &self.numbers[at * block..][..block];
                for (i, chain) in chains.iter_mut().enumerate() {
                    *chain = factor.mul_add(simd.load(numbers, i * S::V::LANES), *chain);
                }
            }
        }
        for chain in chains {
            black_box(chain.sum());
        }
        (self.rounds * blocks * block * size_of::<f32>()) as f64
    }
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
