//! The way into a tier: from its name to its token, in the mode that the kernel asks for.

use super::element::Element;
use super::matrix::Kernels;
use super::simd::flush::{Before, Flush};
use super::simd::{Available, Scalar};

#[cfg(all(target_arch = "x86_64", feature = "avx2"))]
use super::simd::Avx2;
#[cfg(all(target_arch = "x86_64", feature = "avx512"))]
use super::simd::Avx512;
#[cfg(all(target_arch = "aarch64", feature = "neon"))]
use super::simd::Neon;
#[cfg(all(target_arch = "x86_64", feature = "sse2"))]
use super::simd::Sse2;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128", feature = "wasm"))]
use super::simd::Wasm;

/// Something to run with the instructions of a tier. `run` must be `#[inline(always)]`, and so must
/// all it calls that takes a token: what is not inlined is compiled without the tier's
/// instructions.
pub trait Kernel<E: Element> {
    /// What it returns.
    type Output;

    /// Whether numbers below the smallest normal one may count as zero, as operands and as results:
    /// what computes with states and gradients that decay is many times as slow without.
    const FLUSHES: bool = false;

    /// Does the work with the vectors of `simd`.
    fn run<S: Kernels<E>>(self, simd: S) -> Self::Output;
}

/// The function that runs a kernel of an element type. Not generic over that type: which tiers
/// there are to be bounded depends on the build.
macro_rules! dispatch {
    ($name:ident, $E:ty) => {
        /// Runs `kernel` on `tier`.
        #[inline]
        pub(crate) fn $name<K: Kernel<$E>>(tier: Available, kernel: K) -> K::Output {
            match tier.tier() {
                #[cfg(all(target_arch = "x86_64", feature = "avx512"))]
                // SAFETY: an available tier is one of this machine.
                super::simd::Tier::Avx512 => unsafe { Avx512::enter(kernel) },
                #[cfg(all(target_arch = "x86_64", feature = "avx2"))]
                // SAFETY: as above.
                super::simd::Tier::Avx2 => unsafe { Avx2::enter(kernel) },
                #[cfg(all(target_arch = "x86_64", feature = "sse2"))]
                super::simd::Tier::Sse2 => enter(Sse2::new(), kernel),
                #[cfg(all(target_arch = "aarch64", feature = "neon"))]
                super::simd::Tier::Neon => enter(Neon::new(), kernel),
                #[cfg(all(target_arch = "wasm32", target_feature = "simd128", feature = "wasm"))]
                super::simd::Tier::Wasm => enter(Wasm::new(), kernel),
                _ => enter(Scalar::new(), kernel),
            }
        }
    };
}

dispatch!(dispatch_f32, f32);
dispatch!(dispatch_f64, f64);

/// Runs `kernel` on a tier whose instructions every machine of the build has. A function of its
/// own, as those of the other tiers are: inlined, it would be optimised again in each of its
/// callers.
#[inline(never)]
fn enter<E: Element, K: Kernel<E>, S: Kernels<E>>(simd: S, kernel: K) -> K::Output {
    let mut before = Before::default();
    let _mode = K::FLUSHES.then(|| Flush::begin(&mut before));
    kernel.run(simd)
}

/// Gives a token the function that runs a kernel compiled with its instructions.
#[cfg(all(target_arch = "x86_64", any(feature = "avx2", feature = "avx512")))]
macro_rules! entered {
    ($Token:ident, $features:literal, $instructions:literal) => {
        impl $Token {
            /// Runs `kernel`, compiled with the instructions. Not inlined, as `enter` of the other
            /// tiers is not.
            ///
            /// # Safety
            #[doc = concat!("The machine must have ", $instructions, ".")]
            #[inline(never)]
            #[target_feature(enable = $features)]
            unsafe fn enter<E: Element, K: Kernel<E>>(kernel: K) -> K::Output
            where
                Self: Kernels<E>,
            {
                let mut before = Before::default();
                let _mode = K::FLUSHES.then(|| Flush::begin(&mut before));
                // SAFETY: the caller vouches for the instructions.
                kernel.run(unsafe { $Token::new() })
            }
        }
    };
}

#[cfg(all(target_arch = "x86_64", feature = "avx2"))]
entered!(Avx2, "avx2,fma,f16c", "AVX2, FMA and F16C");
#[cfg(all(target_arch = "x86_64", feature = "avx512"))]
entered!(
    Avx512,
    "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma",
    "AVX-512 F, VL, DQ and BW, AVX2 and FMA"
);
