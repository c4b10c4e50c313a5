//! The way into a tier: from its name to its token.

use super::{Kernel, Scalar, Tier};

#[cfg(all(target_arch = "x86_64", feature = "avx2"))]
use super::Avx2;
#[cfg(all(target_arch = "x86_64", feature = "avx512"))]
use super::Avx512;
#[cfg(all(target_arch = "aarch64", feature = "neon"))]
use super::Neon;
#[cfg(all(target_arch = "x86_64", feature = "sse2"))]
use super::Sse2;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128", feature = "wasm"))]
use super::Wasm;

/// The function that runs a kernel of an element type. Not generic over that type: which tiers there
/// are to be bounded depends on the build.
macro_rules! dispatch {
    ($name:ident, $E:ty) => {
        /// Runs `kernel` on `tier`, or on the best tier below it that there is.
        #[inline]
        pub(crate) fn $name<K: Kernel<$E>>(tier: Tier, kernel: K) -> K::Output {
            match tier.or_below() {
                #[cfg(all(target_arch = "x86_64", feature = "avx512"))]
                // SAFETY: `or_below` returns only tiers of this machine.
                Tier::Avx512 => unsafe { Avx512::enter(kernel) },
                #[cfg(all(target_arch = "x86_64", feature = "avx2"))]
                // SAFETY: as above.
                Tier::Avx2 => unsafe { Avx2::enter(kernel) },
                #[cfg(all(target_arch = "x86_64", feature = "sse2"))]
                Tier::Sse2 => kernel.run(Sse2::new()),
                #[cfg(all(target_arch = "aarch64", feature = "neon"))]
                Tier::Neon => kernel.run(Neon::new()),
                #[cfg(all(target_arch = "wasm32", target_feature = "simd128", feature = "wasm"))]
                Tier::Wasm => kernel.run(Wasm::new()),
                _ => kernel.run(Scalar::new()),
            }
        }
    };
}

dispatch!(dispatch_f32, f32);
dispatch!(dispatch_f64, f64);
