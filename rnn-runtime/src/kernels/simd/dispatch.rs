//! The way into a tier: from its name to its token, in the mode that the kernel asks for.

use super::flush::Flush;
use super::{Available, Kernel, Scalar};
use crate::element::Element;
use crate::kernels::matrix::Kernels;

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

/// The function that runs a kernel of an element type. Not generic over that type: which tiers
/// there are to be bounded depends on the build.
macro_rules! dispatch {
    ($name:ident, $E:ty) => {
        /// Runs `kernel` on `tier`.
        #[inline]
        pub(crate) fn $name<K: Kernel<$E>>(tier: Available, kernel: K) -> K::Output {
            // What follows is never inlined, so that nothing else is computed in this mode.
            let _mode = K::FLUSHES.then(Flush::begin);
            match tier.tier() {
                #[cfg(all(target_arch = "x86_64", feature = "avx512"))]
                // SAFETY: an available tier is one of this machine.
                super::Tier::Avx512 => unsafe { Avx512::enter(kernel) },
                #[cfg(all(target_arch = "x86_64", feature = "avx2"))]
                // SAFETY: as above.
                super::Tier::Avx2 => unsafe { Avx2::enter(kernel) },
                #[cfg(all(target_arch = "x86_64", feature = "sse2"))]
                super::Tier::Sse2 => enter(Sse2::new(), kernel),
                #[cfg(all(target_arch = "aarch64", feature = "neon"))]
                super::Tier::Neon => enter(Neon::new(), kernel),
                #[cfg(all(target_arch = "wasm32", target_feature = "simd128", feature = "wasm"))]
                super::Tier::Wasm => enter(Wasm::new(), kernel),
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
    kernel.run(simd)
}
